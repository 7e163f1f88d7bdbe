use super::*;
use crate::tidy::tests::check_rule;

const INHERITING: &str = "version.workspace = true\nedition.workspace = true\n\
    rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n\
    [lints]\nworkspace = true\n";

#[track_caller]
fn check(name: &str, rest: &str, expected: &[&str]) {
    let manifest = format!("[package]\nname = \"{name}\"\n{INHERITING}{rest}");
    let expected: Vec<_> = expected.iter().map(|it| format!("crates/a/Cargo.toml: {it}")).collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    check_rule(super::check, &[("crates/a/Cargo.toml", &manifest)], &expected);
}

#[test]
fn versions_are_given_once() {
    check(
        "confluence-api",
        "[dependencies]\nurl = \"2\"\nhttp = { workspace = true, optional = true }\n",
        &["`url`: give its version in `[workspace.dependencies]`"],
    );
    check_rule(
        super::check,
        &[(
            "Cargo.toml",
            "[package]\nname = \"xtask\"\nversion = \"1.0.0\"\nedition.workspace = true\n\
            rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n",
        )],
        &[
            "Cargo.toml: no `[lints] workspace = true`",
            "Cargo.toml: write `version.workspace = true`",
        ],
    );
}

#[test]
fn a_manifest_that_is_no_toml_is_named() {
    let files = [("Cargo.toml", "[package\n")];
    let mut report = Report::default();
    super::check(&Tree::of(&files), &mut report);
    assert_eq!(report.errors.len(), 1);
}

#[test]
fn code_comes_from_the_registries_alone() {
    let lock = format!("source = \"{REGISTRY}\"\nsource = \"git+https://forge.test/x\"\n");
    check_rule(
        super::check,
        &[("Cargo.lock", &lock)],
        &["Cargo.lock:2: \"git+https://forge.test/x\" is not crates.io"],
    );
    check_rule(
        super::check,
        &[("tools/package-lock.json", "{ \"resolved\": \"…\" }")],
        &[
            "tools/package-lock.json: names download addresses; write it with `omit-lockfile-registry-resolved`",
        ],
    );
}

use crate::tidy::tests::check_rule;

const MANIFEST: &str = "a/Cargo.toml";

#[track_caller]
fn check(manifest: &str, code: &[(&str, &str)], expected: &[&str]) {
    let manifest = format!("[package]\nname = \"a\"\n{manifest}");
    let files: Vec<_> =
        [(MANIFEST, manifest.as_str())].into_iter().chain(code.iter().copied()).collect();
    check_rule(super::check, &files, expected);
}

#[test]
fn an_unused_dependency_is_named() {
    let manifest = "[dependencies]\nserde-json.workspace = true\n";
    let unused = "a/Cargo.toml: `serde-json` of `[dependencies]` is not used";
    check(manifest, &[("a/src/lib.rs", "use serde_json::Value;")], &[]);
    check(manifest, &[("a/src/lib.rs", "#[serde(with = \"serde_json::raw\")]")], &[]);
    check(manifest, &[("a/src/lib.rs", "// serde_json::Value\nuse my_serde_json::x;")], &[unused]);
    check(manifest, &[("a/tests/it/main.rs", "use serde_json::Value;")], &[unused]);
    check(manifest, &[("b/src/lib.rs", "use serde_json::Value;")], &[unused]);
}

#[test]
fn a_dependency_of_tests_is_used_in_tests() {
    let manifest = "[dev-dependencies]\ninsta.workspace = true\n";
    check(manifest, &[("a/tests/it/main.rs", "insta::assert_snapshot!(x)")], &[]);
    check(
        manifest,
        &[("a/src/tests.rs", "let insta = 1;")],
        &["a/Cargo.toml: `insta` of `[dev-dependencies]` is not used"],
    );
}

#[test]
fn a_reason_is_enough() {
    check(
        "[package.metadata.tidy.unnamed-dependencies]\nring = \"why\"\n\
         [dependencies]\nring.workspace = true\n",
        &[],
        &[],
    );
}

#[test]
fn a_shared_version_has_a_user() {
    check_rule(
        super::check,
        &[("Cargo.toml", "[workspace.dependencies]\nurl = \"2\"\n"), (MANIFEST, "[package]\n")],
        &["Cargo.toml: no package uses `url` of `[workspace.dependencies]`"],
    );
}

//! Rules for manifests: what is inherited, who may depend on whom, and where code comes from.

use std::path::Path;

use toml::{Table, Value};

use super::{Report, Tree};

/// Which of our packages a package may depend on, outside its tests.
///
/// `auth` and `tools` never see each other, only `server` serves MCP, and the sandbox shares nothing
/// with the client it is there to check.
const ARROWS: &[(&str, &[&str])] = &[
    ("confluence-api", &[]),
    ("confluence-markup", &[]),
    ("confluence-auth", &["confluence-api"]),
    ("confluence-tools", &["confluence-api", "confluence-markup"]),
    ("confluence-store", &["confluence-auth", "confluence-connector"]),
    ("confluence-connector", &["confluence-api", "confluence-auth", "confluence-tools"]),
    (
        "confluence-server",
        &["confluence-api", "confluence-auth", "confluence-tools", "confluence-connector"],
    ),
    ("confluence-sandbox", &[]),
    (
        "confluence-mcp-server",
        &[
            "confluence-api",
            "confluence-markup",
            "confluence-auth",
            "confluence-tools",
            "confluence-store",
            "confluence-connector",
            "confluence-server",
            "confluence-sandbox",
        ],
    ),
    (
        "confluence-cli",
        &[
            "confluence-api",
            "confluence-auth",
            "confluence-tools",
            "confluence-markup",
            "confluence-store",
            "confluence-sandbox",
        ],
    ),
    ("xtask", &["confluence-tools", "confluence-mcp-server", "confluence-cli"]),
];

/// What every package takes from `[workspace.package]`.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

/// The tables that hold dependencies, in a manifest and in its `[target.*]` tables.
pub(super) const DEPENDENCIES: &[&str] =
    &["dependencies", "dev-dependencies", "build-dependencies"];

/// The only place that packages come from, as the lock file spells it.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(tree: &Tree, report: &mut Report) {
    for (path, manifest) in packages(tree, report) {
        let name = name(&manifest).to_owned();
        inherited(path, &manifest, report);
        arrows(path, &name, &manifest, report);
    }
    sources(tree, report);
    npm_lock(tree, report);
}

/// The manifests of packages, parsed.
pub(super) fn packages<'a>(tree: &'a Tree, report: &mut Report) -> Vec<(&'a Path, Table)> {
    let mut packages = Vec::new();
    for (path, text) in tree.with_extension("toml").filter(|(path, _)| path.ends_with("Cargo.toml"))
    {
        match text.parse::<Table>() {
            Ok(manifest) if manifest.contains_key("package") => packages.push((path, manifest)),
            Ok(_) => {}
            Err(error) => report.error(path, None, format!("no TOML: {}", error.message())),
        }
    }
    packages
}

/// The dependencies of a package: in which table, by which name, and how.
pub(super) fn dependencies(manifest: &Table) -> impl Iterator<Item = (&str, &str, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = std::iter::once(manifest).chain(targets.filter_map(|(_, it)| it.as_table()));
    tables.flat_map(|table| {
        DEPENDENCIES.iter().flat_map(|kind| {
            let entries = table.get(*kind).and_then(Value::as_table).into_iter().flatten();
            entries.map(|(name, how)| (*kind, name.as_str(), how))
        })
    })
}

fn name(manifest: &Table) -> &str {
    manifest
        .get("package")
        .and_then(|it| it.get("name"))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn is_inherited(value: Option<&Value>) -> bool {
    value.and_then(|it| it.get("workspace")).and_then(Value::as_bool) == Some(true)
}

fn inherited(path: &Path, manifest: &Table, report: &mut Report) {
    if !is_inherited(manifest.get("lints")) {
        report.error(path, None, "no `[lints] workspace = true`");
    }
    for field in INHERITED {
        if !is_inherited(manifest.get("package").and_then(|it| it.get(field))) {
            report.error(path, None, format!("write `{field}.workspace = true`"));
        }
    }
    for (_, name, how) in dependencies(manifest) {
        if !is_inherited(Some(how)) {
            let message = format!("`{name}`: give its version in `[workspace.dependencies]`");
            report.error(path, None, message);
        }
    }
}

fn arrows(path: &Path, package: &str, manifest: &Table, report: &mut Report) {
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package) else {
        let message = format!("`{package}` has no row in the table of arrows (xtask, `ARROWS`)");
        report.error(path, None, message);
        return;
    };
    for (kind, dependency, _) in dependencies(manifest) {
        let ours = ARROWS.iter().any(|(name, _)| *name == dependency);
        if ours && kind != "dev-dependencies" && !allowed.contains(&dependency) {
            let message = format!("`{package}` must not depend on `{dependency}`");
            report.error(path, None, message);
        }
    }
}

/// Every package in the lock file is ours or from crates.io, those of tests included.
fn sources(tree: &Tree, report: &mut Report) {
    let path = Path::new("Cargo.lock");
    let Some(lock) = tree.text(path) else { return };
    for (index, line) in lock.lines().enumerate() {
        if let Some(source) = line.strip_prefix("source = ")
            && source.trim_matches('"') != REGISTRY
        {
            report.error(path, Some(index + 1), format!("{source} is not crates.io"));
        }
    }
}

/// A lock file that names download addresses works only where those are reached.
fn npm_lock(tree: &Tree, report: &mut Report) {
    for (path, text) in tree.with_extension("json") {
        if path.ends_with("package-lock.json") && text.contains("\"resolved\"") {
            let message =
                "names download addresses; write it with `omit-lockfile-registry-resolved`";
            report.error(path, None, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_rule;
    use super::*;

    const INHERITING: &str = "version.workspace = true\nedition.workspace = true\n\
        rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n\
        [lints]\nworkspace = true\n";

    #[track_caller]
    fn check(name: &str, rest: &str, expected: &[&str]) {
        let manifest = format!("[package]\nname = \"{name}\"\n{INHERITING}{rest}");
        let expected: Vec<_> =
            expected.iter().map(|it| format!("crates/a/Cargo.toml: {it}")).collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check_rule(super::check, &[("crates/a/Cargo.toml", &manifest)], &expected);
    }

    #[test]
    fn dependencies_follow_the_arrows() {
        check("confluence-auth", "[dependencies]\nconfluence-api.workspace = true\n", &[]);
        check(
            "confluence-auth",
            "[dependencies]\nconfluence-tools.workspace = true\n",
            &["`confluence-auth` must not depend on `confluence-tools`"],
        );
        check(
            "confluence-api",
            "[target.'cfg(unix)'.dependencies]\nconfluence-auth.workspace = true\n",
            &["`confluence-api` must not depend on `confluence-auth`"],
        );
        check("confluence-api", "[dev-dependencies]\nconfluence-auth.workspace = true\n", &[]);
    }

    #[test]
    fn a_new_package_needs_a_row() {
        check(
            "confluence-new",
            "",
            &["`confluence-new` has no row in the table of arrows (xtask, `ARROWS`)"],
        );
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
}

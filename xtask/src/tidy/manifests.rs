//! Rules for manifests: what is inherited, and where code comes from.

use std::path::Path;

use toml::{Table, Value};

use super::{Report, Tree};

/// What every package takes from `[workspace.package]`.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

/// The tables that hold dependencies, in a manifest and in its `[target.*]` tables.
pub(super) const DEPENDENCIES: &[&str] =
    &["dependencies", "dev-dependencies", "build-dependencies"];

/// The only place that packages come from, as the lock file spells it.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(tree: &Tree, report: &mut Report) {
    for (path, manifest) in packages(tree, report) {
        inherited(path, &manifest, report);
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

pub(super) fn name(manifest: &Table) -> &str {
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
mod tests;

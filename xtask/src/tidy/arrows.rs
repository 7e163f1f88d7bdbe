//! Rules for the direction of dependencies between our packages.
//!
//! The table here says what a manifest may name. `deny.toml` says the same from the other side, for
//! what cargo resolves, and must agree.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

use super::manifests::{dependencies, name, packages};
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
    ("confluence-store", &["confluence-api", "confluence-auth", "confluence-connector"]),
    ("confluence-connector", &["confluence-api", "confluence-auth", "confluence-tools"]),
    (
        "confluence-server",
        &["confluence-api", "confluence-auth", "confluence-tools", "confluence-connector"],
    ),
    ("confluence-sandbox", &[]),
    // For the programs: how an account is configured, and the client made from it.
    (
        "confluence-setup",
        &["confluence-api", "confluence-auth", "confluence-tools", "confluence-sandbox"],
    ),
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
            "confluence-setup",
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
            "confluence-setup",
        ],
    ),
    (
        "codegen",
        &["confluence-tools", "confluence-server", "confluence-mcp-server", "confluence-cli"],
    ),
    // See the programs from outside.
    ("bench", &[]),
    ("dist", &[]),
    (
        "checks",
        &[
            "confluence-api",
            "confluence-markup",
            "confluence-sandbox",
            "confluence-server",
            "confluence-tools",
        ],
    ),
    ("fuzz", &["checks"]),
    // For tests of any crate.
    ("private-postgres", &[]),
    // Runs whatever state the rest is in.
    ("xtask", &[]),
];

pub(super) fn check(tree: &Tree, report: &mut Report) {
    // What cannot be parsed is reported with the other rules for manifests.
    let packages = packages(tree, &mut Report::default());
    for (path, manifest) in &packages {
        directions(path, manifest, report);
    }
    let present: Vec<&str> = packages.iter().map(|(_, manifest)| name(manifest)).collect();
    bans(tree, &present, report);
}

fn directions(path: &Path, manifest: &Table, report: &mut Report) {
    let package = name(manifest);
    let Some(allowed) = allowed(package) else {
        let message = format!("`{package}` has no row in the table of arrows (xtask, `ARROWS`)");
        report.error(path, None, message);
        return;
    };
    for (kind, dependency, _) in dependencies(manifest) {
        let forbidden = is_ours(dependency) && !allowed.contains(&dependency);
        // Tests may bring together what must not meet in a program.
        if forbidden && kind != "dev-dependencies" {
            report.error(path, None, format!("`{package}` must not depend on `{dependency}`"));
        }
    }
}

/// `deny.toml` lets each of our packages be used by those, and only those, that the table allows.
fn bans(tree: &Tree, present: &[&str], report: &mut Report) {
    let path = Path::new("deny.toml");
    let Some(text) = tree.text(path) else { return };
    let config = match text.parse::<Table>() {
        Ok(config) => config,
        Err(error) => {
            report.error(path, None, format!("no TOML: {}", error.message()));
            return;
        }
    };
    let entries = config.get("bans").and_then(|it| it.get("deny")).and_then(Value::as_array);
    let entries: Vec<&Value> = entries.into_iter().flatten().collect();
    for package in present.iter().filter(|it| is_ours(it)) {
        let users = present.iter().filter(|it| allowed(it).is_some_and(|it| it.contains(package)));
        let users: BTreeSet<&str> = users.copied().collect();
        let of_package = |it: &&&Value| it.get("crate").and_then(Value::as_str) == Some(package);
        let wrappers = entries.iter().find(of_package).and_then(|it| it.get("wrappers"));
        let wrappers = wrappers.and_then(Value::as_array).into_iter().flatten();
        let wrappers: BTreeSet<&str> = wrappers.filter_map(Value::as_str).collect();
        if wrappers != users {
            let users =
                users.into_iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(", ");
            report.error(path, None, format!("`{package}` needs `wrappers = [{users}]`"));
        }
    }
}

fn allowed(package: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(name, _)| *name == package).map(|(_, allowed)| *allowed)
}

fn is_ours(package: &str) -> bool {
    allowed(package).is_some()
}

#[cfg(test)]
mod tests;

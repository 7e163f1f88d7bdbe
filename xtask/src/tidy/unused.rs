//! Rules for dependencies that nothing uses.
//!
//! A dependency counts as used where code names it: `name::…`, or `use name`. One that is there for
//! another reason says so in its package's manifest:
//!
//! ```toml
//! [package.metadata.tidy.unnamed-dependencies]
//! ring = "turns on a feature of `rustls`"
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

use super::manifests::{dependencies, packages};
use super::source::{without_comments, words};
use super::{Report, Tree};

pub(super) fn check(tree: &Tree, report: &mut Report) {
    // What cannot be parsed is reported with the other rules for manifests.
    let packages = packages(tree, &mut Report::default());
    let mut inherited = BTreeSet::new();
    for (path, manifest) in &packages {
        let code = Code::of(tree, path.parent().unwrap_or(Path::new("")));
        for (kind, name, _) in dependencies(manifest) {
            inherited.insert(name);
            if !explained(manifest, name) && !code.uses(kind, name) {
                report.error(path, None, format!("`{name}` of `[{kind}]` is not used"));
            }
        }
    }
    let path = Path::new("Cargo.toml");
    let root = tree.text(path).and_then(|it| it.parse::<Table>().ok()).unwrap_or_default();
    let shared = root.get("workspace").and_then(|it| it.get("dependencies"));
    for (name, _) in shared.and_then(Value::as_table).into_iter().flatten() {
        if !inherited.contains(name.as_str()) {
            report.error(
                path,
                None,
                format!("no package uses `{name}` of `[workspace.dependencies]`"),
            );
        }
    }
}

fn explained(manifest: &Table, name: &str) -> bool {
    let metadata = manifest.get("package").and_then(|it| it.get("metadata"));
    let unnamed =
        metadata.and_then(|it| it.get("tidy")).and_then(|it| it.get("unnamed-dependencies"));
    unnamed.and_then(|it| it.get(name)).is_some()
}

/// The code of one package.
struct Code {
    /// What ships: everything in `src`, as tests inside of it cannot be told apart here.
    sources: Vec<String>,
    /// What runs before the build.
    build: Vec<String>,
    /// Integration tests, examples and benchmarks.
    others: Vec<String>,
}

impl Code {
    fn of(tree: &Tree, folder: &Path) -> Self {
        let mut code = Self { sources: Vec::new(), build: Vec::new(), others: Vec::new() };
        for (path, text) in tree.with_extension("rs") {
            let Ok(inside) = path.strip_prefix(folder) else { continue };
            let files = if inside.starts_with("src") {
                &mut code.sources
            } else if inside == Path::new("build.rs") {
                &mut code.build
            } else {
                &mut code.others
            };
            files.push(without_comments(text));
        }
        code
    }

    fn uses(&self, kind: &str, name: &str) -> bool {
        let name = name.replace('-', "_");
        let named = |files: &[String]| files.iter().any(|it| names(it, &name));
        match kind {
            "build-dependencies" => named(&self.build),
            "dev-dependencies" => named(&self.sources) || named(&self.others),
            _ => named(&self.sources),
        }
    }
}

fn names(code: &str, name: &str) -> bool {
    words(code, name).any(|at| {
        let before = code.get(..at).unwrap_or_default().trim_end();
        let after = code.get(at + name.len()..).unwrap_or_default();
        after.starts_with("::") || before.ends_with("use") || before.ends_with("extern crate")
    })
}

#[cfg(test)]
mod tests;

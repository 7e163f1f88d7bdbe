//! Rules for Rust files: lengths, module docs, and what may not stay in code.

use std::path::Path;

use super::source::{code_only, line_at, words};
use super::{Report, Tree};

/// Above this, a file should be split soon.
const LONG: usize = 500;

/// Above this, a file must be split.
const TOO_LONG: usize = 800;

/// The root of a crate only names its parts and wires them.
const LONG_CRATE_ROOT: usize = 100;

/// Macros that mark something unfinished.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

pub(super) fn check(tree: &Tree, report: &mut Report) {
    for (path, text) in tree.with_extension("rs") {
        if !is_test(path) {
            length(path, text, report);
            module_docs(path, text, report);
        }
        unfinished(path, text, report);
    }
}

/// Whether the file holds tests only: as long as they must be, and named by what they test.
fn is_test(path: &Path) -> bool {
    let folder = |name| path.components().any(|it| it.as_os_str() == name);
    path.file_stem().is_some_and(|it| it == "tests") || folder("tests") || folder("benches")
}

fn length(path: &Path, text: &str, report: &mut Report) {
    let lines = text.lines().count();
    let crate_root = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
    if crate_root && lines >= LONG_CRATE_ROOT {
        let message = format!("{lines} lines in a crate root; move code to modules (< 100)");
        report.error(path, None, message);
    } else if lines > TOO_LONG {
        report.error(path, None, format!("{lines} lines; split the file ({TOO_LONG} at most)"));
    } else if lines > LONG {
        report.warning(path, format!("{lines} lines; a file should stay below {LONG}"));
    }
}

fn module_docs(path: &Path, text: &str, report: &mut Report) {
    let first = text.lines().map(str::trim).find(|it| {
        let documents = it.starts_with("//!") || it.starts_with("#![doc");
        documents || !(it.is_empty() || it.starts_with("//") || it.starts_with("#!["))
    });
    if !first.is_some_and(|it| it.starts_with("//!") || it.starts_with("#![doc")) {
        report.error(path, Some(1), "no `//!`: say in one sentence what is in this module");
    }
}

fn unfinished(path: &Path, text: &str, report: &mut Report) {
    let code = code_only(text);
    for name in UNFINISHED {
        for offset in words(&code, name) {
            if code.get(offset + name.len()..).is_some_and(|it| it.starts_with('!')) {
                let message = format!("`{name}!` marks something unfinished");
                report.error(path, Some(line_at(&code, offset)), message);
            }
        }
    }
    for (offset, attribute) in attributes(&code) {
        let line = Some(line_at(&code, offset));
        let name = attribute.split(|it: char| !it.is_alphanumeric() && it != '_').next();
        let conditional = name == Some("cfg_attr");
        let holds = |word| words(attribute, word).next().is_some();
        if name == Some("ignore") || (conditional && holds("ignore")) {
            report.error(path, line, "`ignore`: a test that does not run proves nothing");
        }
        if name == Some("allow") || (conditional && holds("allow")) {
            report.error(path, line, "`allow`: use `#[expect(lint, reason = \"…\")]`");
        }
    }
}

/// The attributes in `code`: where each starts, and what stands between its brackets.
fn attributes(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.match_indices('#').filter_map(|(offset, _)| {
        let rest = code.get(offset + 1..)?;
        let rest = rest.strip_prefix('!').unwrap_or(rest).strip_prefix('[')?;
        let mut depth = 1_usize;
        let end = rest.find(|it| {
            match it {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        Some((offset, rest.get(..end)?.trim_start()))
    })
}

#[cfg(test)]
mod tests;

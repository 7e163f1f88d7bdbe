//! Rules for fixtures: each is used, and none names a real site.

use std::path::Path;

use super::{Report, Tree};

/// The only site that recorded answers may name.
const SITE: &str = "example.atlassian.net";

pub(super) fn check(tree: &Tree, report: &mut Report) {
    let code: Vec<&str> = tree.with_extension("rs").map(|(_, text)| text).collect();
    for path in tree.paths().filter(|it| it.starts_with("fixtures")) {
        let described = path.extension().is_some_and(|it| it == "md");
        if !described && !is_used(path, &code) {
            report.error(path, None, "no test reads this fixture");
        }
    }
    for (path, text) in tree.with_extension("json") {
        if path.starts_with("fixtures/api") {
            for (index, line) in text.lines().enumerate() {
                for host in hosts(line).filter(|it| *it != SITE) {
                    let message = format!("names the host `{host}`; write `{SITE}`");
                    report.error(path, Some(index + 1), message);
                }
            }
        }
    }
}

/// Whether code names the fixture (as `pages/get.200`, say, with or without its first folder and its
/// extension) or reads a whole folder that it is in (`corpus/`, the slash included).
fn is_used(path: &Path, code: &[&str]) -> bool {
    let path = path.to_string_lossy().replace('\\', "/");
    let relative = path.strip_prefix("fixtures/").unwrap_or(&path);
    let inner = relative.split_once('/').map_or(relative, |(_, it)| it);
    let stem = inner.rsplit_once('.').map_or(inner, |(it, _)| it);
    let folders = inner.match_indices('/').filter_map(|(at, _)| inner.get(..=at));
    let mut names = vec![format!("{stem}\""), format!("{inner}\"")];
    names.extend(folders.map(|it| format!("{it}\"")));
    names.iter().any(|name| code.iter().any(|it| it.contains(name)))
}

/// Hosts in a line of JSON: what follows `://`, and bare names below `atlassian.net`.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    let is_host = |it: char| it.is_ascii_alphanumeric() || ".-".contains(it);
    let of_urls = line.match_indices("://").filter_map(move |(at, separator)| {
        let rest = line.get(at + separator.len()..)?;
        rest.split(|it| !is_host(it)).next()
    });
    let bare = line
        .split(move |it| !is_host(it))
        .filter(|it| it.ends_with(".atlassian.net"))
        .filter(move |it| !line.contains(&format!("://{it}")));
    of_urls.chain(bare).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests;

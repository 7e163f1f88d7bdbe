//! Rules for fixtures: each is used, and none names a real site.

use std::path::Path;

use super::{Report, Tree};

/// The only site that recorded answers may name.
const SITE: &str = "example.atlassian.net";

pub(super) fn check(tree: &Tree, report: &mut Report) {
    let code: Vec<&str> = tree.with_extension("rs").map(|(_, text)| text).collect();
    for path in tree.paths().filter(|it| it.starts_with("fixtures")) {
        if !is_about_fixtures(path) && !is_used(path, &code) {
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

/// Whether the file says where fixtures come from, and under which terms.
fn is_about_fixtures(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".md") || name.starts_with("LICENSE") || name.starts_with("NOTICE")
}

/// Whether code names the fixture, with or without its first folder and its extension.
///
/// Documents may be read by the folder: code names it with a slash at the end (`"storage/"`). Recorded
/// answers may not, as each stands for something that a test knows.
fn is_used(path: &Path, code: &[&str]) -> bool {
    let path = path.to_string_lossy().replace('\\', "/");
    let relative = path.strip_prefix("fixtures/").unwrap_or(&path);
    let inner = relative.split_once('/').map_or(relative, |(_, it)| it);
    let stem = inner.rsplit_once('.').map_or(inner, |(it, _)| it);
    // What follows in the source ends the name, so that `get.200` is not taken for `get.200.draft`.
    let mut names = vec![format!("{stem}\""), format!("{inner}\"")];
    if !relative.starts_with("api/") {
        let folders = relative.match_indices('/').filter_map(|(at, _)| relative.get(..=at));
        names.extend(folders.map(|it| format!("{it}\"")));
    }
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

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
mod tests {
    use super::super::tests::check_rule;

    #[track_caller]
    fn check(fixture: (&str, &str), code: &str, expected: &[&str]) {
        check_rule(super::check, &[fixture, ("crates/a/src/tests.rs", code)], expected);
    }

    #[test]
    fn an_unused_fixture_is_named() {
        let unused = "fixtures/api/pages/get.200.json: no test reads this fixture";
        let fixture = ("fixtures/api/pages/get.200.json", "{}");
        check(fixture, "fixture(\"pages/get.404\")", &[unused]);
        check(fixture, "fixture(\"pages/get.200.draft\")", &[unused]);
        check(fixture, "fixture(\"pages/get.200\")", &[]);
        check(fixture, "include_str!(\"../fixtures/api/pages/get.200.json\")", &[]);
    }

    #[test]
    fn a_test_may_read_a_whole_folder() {
        let fixture = ("fixtures/markup/corpus/table.xml", "<p/>");
        check(fixture, "corpus(\"corpus/\")", &[]);
        check(("fixtures/README.md", ""), "", &[]);
    }

    #[test]
    fn a_recorded_answer_names_no_real_site() {
        let code = "fixture(\"a.200\")";
        let real = "{\n\"base\": \"https://acme.atlassian.net/wiki\"\n}";
        check(
            ("fixtures/api/a.200.json", real),
            code,
            &[
                "fixtures/api/a.200.json:2: names the host `acme.atlassian.net`; write `example.atlassian.net`",
            ],
        );
        check(
            ("fixtures/api/a.200.json", "\"see intranet://x and acme.atlassian.net\""),
            code,
            &[
                "fixtures/api/a.200.json:1: names the host `x`; write `example.atlassian.net`",
                "fixtures/api/a.200.json:1: names the host `acme.atlassian.net`; write `example.atlassian.net`",
            ],
        );
        check(("fixtures/api/a.200.json", "\"https://example.atlassian.net/wiki\""), code, &[]);
    }
}

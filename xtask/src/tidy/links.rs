//! Rules for Markdown: a relative link leads to a file, and its anchor to a heading.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::{Report, Tree};

pub(super) fn check(tree: &Tree, report: &mut Report) {
    let anchors: BTreeMap<&Path, BTreeSet<String>> =
        tree.with_extension("md").map(|(path, text)| (path, anchors(text))).collect();
    for (path, text) in tree.with_extension("md") {
        for (line, target) in links(text) {
            if let Err(why) = resolve(tree, &anchors, path, &target) {
                report.error(path, Some(line), format!("link to `{target}`: {why}"));
            }
        }
    }
}

fn resolve(
    tree: &Tree,
    anchors: &BTreeMap<&Path, BTreeSet<String>>,
    from: &Path,
    target: &str,
) -> Result<(), &'static str> {
    let elsewhere = target.contains("://") || target.starts_with("mailto:");
    // In a crate's README, which is its documentation too, this is an item.
    let item = target.contains("::");
    if elsewhere || item || target.is_empty() {
        return Ok(());
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() {
        from.to_owned()
    } else {
        let folder = from.parent().unwrap_or(Path::new(""));
        join(folder, file).ok_or("leads out of the repository")?
    };
    if !tree.contains(&path) {
        return Err("there is no such file");
    }
    match anchors.get(path.as_path()) {
        Some(anchors) if !anchor.is_empty() && !anchors.contains(anchor) => {
            Err("there is no such heading")
        }
        _ => Ok(()),
    }
}

/// `file` as seen from `folder`; `None` when it leads out of the tree.
fn join(folder: &Path, file: &str) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for component in Path::new(file).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The lines that are prose, counted from 1, with code spans blank.
fn prose(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut fence: Option<String> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let trimmed = line.trim_start();
        let marks: String = trimmed
            .chars()
            .take_while(|it| trimmed.starts_with(*it) && "`~".contains(*it))
            .collect();
        match &fence {
            Some(open) => {
                if marks.starts_with(open.as_str()) {
                    fence = None;
                }
                None
            }
            None if marks.len() >= 3 => {
                fence = Some(marks);
                None
            }
            None => Some((index + 1, without_code(line))),
        }
    })
}

/// `line` with its code spans blank; a lone backtick is left as it is.
fn without_code(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (before, code) = rest.split_at(start);
        text.push_str(before);
        let inside = code.trim_start_matches('`');
        let ticks = &code[..code.len() - inside.len()];
        if let Some(end) = inside.find(ticks) {
            text.push_str("code");
            rest = &inside[end + ticks.len()..];
        } else {
            text.push_str(ticks);
            rest = inside;
        }
    }
    text.push_str(rest);
    text
}

/// Where each link of `text` leads, with its line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        for (at, opening) in line.match_indices("](") {
            let rest = &line[at + opening.len()..];
            let target = match rest.strip_prefix('<') {
                Some(rest) => rest.split('>').next(),
                None => rest.split([')', ' ']).next(),
            };
            links.extend(target.map(|it| (number, it.to_owned())));
        }
        let definition = line.trim_start().strip_prefix('[').and_then(|it| it.split_once("]: "));
        if let Some((_, target)) = definition {
            let target = target.split_whitespace().next().unwrap_or_default();
            links.push((number, target.trim_matches(['<', '>']).to_owned()));
        }
    }
    links
}

/// The anchors that `text` offers: its headings as web views spell them, and explicit ids.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    // Code spans count in headings, so only fences are left out.
    let lines: Vec<&str> = text.lines().collect();
    for (number, _) in prose(text) {
        let line = lines[number - 1];
        let heading = line.trim_start_matches('#');
        let level = line.len() - heading.len();
        if (1..=6).contains(&level) && heading.starts_with(' ') {
            let slug = slug(heading);
            let count = seen.entry(slug.clone()).or_default();
            anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
            *count += 1;
        }
        for attribute in ["id=\"", "name=\""] {
            for (at, _) in line.match_indices(attribute) {
                let id = line[at + attribute.len()..].split('"').next().unwrap_or_default();
                anchors.insert(id.to_owned());
            }
        }
    }
    anchors
}

/// A heading as an anchor: lower case, words joined by `-`, no punctuation, links by their text.
fn slug(heading: &str) -> String {
    let mut text = heading.trim().to_owned();
    while let Some((before, rest)) = text.split_once("](") {
        let after = rest.split_once(')').map_or("", |(_, it)| it);
        text = format!("{before}{after}");
    }
    text.to_lowercase()
        .chars()
        .filter(|it| it.is_alphanumeric() || "-_ ".contains(*it))
        .map(|it| if it == ' ' { '-' } else { it })
        .collect()
}

#[cfg(test)]
mod tests;

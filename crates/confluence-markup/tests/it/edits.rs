//! Twenty edits as agents make them, on every page of the editor: what they do not touch keeps its bytes.
//!
//! What an edit may touch is known from the Markdown: the result's bytes are those of the page before and
//! after one stretch, and that stretch holds nothing that the loss report watches but what is said here.

use confluence_markup::storage::{Document, compare, to_markdown};

use crate::pages;

/// What an edit is allowed to do to the page's bytes.
#[derive(Clone, Copy)]
enum Bound {
    /// Only bytes that are new came in.
    Added,
    /// Only this many bytes, all together in one place, may be gone.
    Replaced(usize),
    /// A block may be gone with all its bytes.
    Removed,
}

type Edit = (&'static str, fn(&str) -> Option<String>, Bound);

const EDITS: [Edit; 20] = [
    ("a paragraph at the end", |it| Some(format!("{it}\nNew *last* words.\n")), Bound::Added),
    ("a paragraph at the start", |it| Some(format!("New first words.\n\n{it}")), Bound::Added),
    (
        "a heading and a list at the end",
        |it| Some(format!("{it}\n## Next\n\n- one\n- two\n")),
        Bound::Added,
    ),
    (
        "a table at the end",
        |it| Some(format!("{it}\n| A | B |\n| --- | --- |\n| 1 | 2 |\n")),
        Bound::Added,
    ),
    ("code at the end", |it| Some(format!("{it}\n```rust\nlet x = \"]]>\";\n```\n")), Bound::Added),
    (
        "a panel at the end",
        |it| Some(format!("{it}\n> [!WARNING]\n> Mind *this*.\n")),
        Bound::Added,
    ),
    ("a task list at the end", |it| Some(format!("{it}\n- [ ] to do\n- [x] done\n")), Bound::Added),
    (
        "a status at the end",
        |it| Some(format!("{it}\nNow [[status:DONE:green]] on [[date:2026-07-01]].\n")),
        Bound::Added,
    ),
    ("an item after the first of a list", an_item, Bound::Added),
    ("a row after the first of a table", a_row, Bound::Added),
    (
        "a word in the first paragraph",
        |it| in_line(it, is_prose, |line| format!("{line} indeed")),
        Bound::Added,
    ),
    (
        "a word in the last paragraph",
        |it| in_last_line(it, is_prose, |line| format!("{line} indeed")),
        Bound::Added,
    ),
    (
        "a heading reworded",
        |it| in_line(it, is_heading, |line| format!("{line} reworded")),
        Bound::Added,
    ),
    (
        "a heading's level",
        |it| in_line(it, is_heading, |line| format!("#{line}")),
        Bound::Replaced(2),
    ),
    ("a task done", |it| once(it, "- [ ] ", "- [x] "), Bound::Replaced(2)),
    ("a task undone", |it| once(it, "- [x] ", "- [ ] "), Bound::Added),
    (
        "a word made bold",
        |it| in_line(it, is_plain, |line| line.replacen(" the ", " **the** ", 1)),
        Bound::Replaced(3),
    ),
    ("a line of code", |it| once(it, "fn main() {", "fn main() {\n    // first"), Bound::Added),
    ("a rule taken out", |it| once(it, "\n___\n", "\n"), Bound::Removed),
    (
        "a paragraph after the first heading",
        |it| after_line(it, is_heading, "\nWords below the heading.\n"),
        Bound::Added,
    ),
];

#[test]
fn edits_of_agents_change_what_they_name_and_nothing_else() {
    let pages = pages::editor_pages();
    assert!(pages.len() >= 32);
    let mut made = [0; EDITS.len()];
    for page in pages {
        let document = Document::parse(&page.body).unwrap();
        let markdown = to_markdown(&document);
        // On the largest, every fifth will do.
        let step = if page.body.len() > 200_000 { 5 } else { 1 };
        for (index, (name, edit, bound)) in EDITS.iter().enumerate().step_by(step) {
            let Some(edited) = edit(&markdown).filter(|it| *it != markdown) else { continue };
            let at = format!("{}: {name}", page.name);
            let merged = document.merge_markdown(0..page.body.len(), &edited);
            let merged = merged.unwrap_or_else(|error| panic!("{at}: {error}"));
            let losses = compare(&document, &Document::parse(&merged).unwrap());
            assert_eq!(losses.to_string(), "", "{at}");
            check(&page.body, &merged, *bound, &at);
            made[index] += 1;
        }
    }
    for (count, (name, ..)) in made.iter().zip(&EDITS) {
        assert!(*count >= 4, "{name}: made on {count} pages only");
    }
}

/// The page's bytes before and after one stretch are the result's.
#[track_caller]
fn check(page: &str, merged: &str, bound: Bound, at: &str) {
    let same = |a: &mut dyn Iterator<Item = (u8, u8)>| a.take_while(|it| it.0 == it.1).count();
    let before = same(&mut page.bytes().zip(merged.bytes()));
    let after = same(&mut page.bytes().rev().zip(merged.bytes().rev()));
    let gone = page.len().saturating_sub(before + after);
    let came = merged.len().saturating_sub(page.len() - gone);
    assert!(came > 0 || gone > 0, "{at}: nothing was edited");
    let most = match bound {
        Bound::Added => 0,
        Bound::Replaced(bytes) => bytes,
        Bound::Removed => 40,
    };
    // Both ends of a heading have its level.
    let is_level = at.ends_with("a heading's level");
    let most = if is_level { 4096 } else { most };
    assert!(
        gone <= most,
        "{at}: {gone} bytes are gone, {came} came: {}",
        excerpt(page, before, gone)
    );
    assert!(came <= if is_level { 4096 } else { 600 }, "{at}: {came} bytes came");
}

fn excerpt(text: &str, at: usize, length: usize) -> String {
    String::from_utf8_lossy(&text.as_bytes()[at..at + length.min(300)]).into_owned()
}

fn is_prose(line: &str) -> bool {
    line.starts_with(|it: char| it.is_alphabetic()) && line.ends_with(|it: char| it.is_alphabetic())
}

/// Prose without signs, so that a replacement cannot hit the middle of one.
fn is_plain(line: &str) -> bool {
    line.starts_with(|it: char| it.is_alphabetic())
        && line.find(" the ").is_some_and(|at| !line[..at].contains(['*', '[', '<', '`', '~', '_']))
}

fn is_heading(line: &str) -> bool {
    line.starts_with('#')
        && !line.starts_with("######")
        && line.ends_with(|it: char| it.is_alphabetic())
}

fn is_top_item(line: &str) -> bool {
    line.starts_with("- ") && !line.starts_with("- [") && !line.starts_with("- -")
}

fn once(text: &str, from: &str, to: &str) -> Option<String> {
    text.contains(from).then(|| text.replacen(from, to, 1))
}

/// Lines outside of fences, by where they begin.
fn lines(text: &str) -> impl DoubleEndedIterator<Item = (usize, &str)> {
    let mut in_fence = false;
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if line.trim_start_matches(['>', ' ', '-']).starts_with("```") {
            in_fence = !in_fence;
        } else if !in_fence {
            lines.push((at, line));
        }
        at += line.len() + 1;
    }
    lines.into_iter()
}

fn replace_line(text: &str, (at, line): (usize, &str), with: &str) -> String {
    format!("{}{with}{}", &text[..at], &text[at + line.len()..])
}

fn in_line(text: &str, is: fn(&str) -> bool, edit: fn(&str) -> String) -> Option<String> {
    let found = lines(text).find(|it| is(it.1))?;
    Some(replace_line(text, found, &edit(found.1)))
}

fn in_last_line(text: &str, is: fn(&str) -> bool, edit: fn(&str) -> String) -> Option<String> {
    let found = lines(text).rfind(|it| is(it.1))?;
    Some(replace_line(text, found, &edit(found.1)))
}

fn after_line(text: &str, is: fn(&str) -> bool, new: &str) -> Option<String> {
    let found = lines(text).find(|it| is(it.1))?;
    Some(replace_line(text, found, &format!("{}\n{new}", found.1)))
}

/// An item below the first that has no list of its own.
fn an_item(text: &str) -> Option<String> {
    let found = lines(text)
        .find(|(at, line)| is_top_item(line) && text[at + line.len()..].starts_with("\n- "))?;
    Some(replace_line(text, found, &format!("{}\n- An item that is new.", found.1)))
}

/// A row below the head of the first table, with as many cells.
fn a_row(text: &str) -> Option<String> {
    let found = lines(text).find(|it| it.1.starts_with("| ---") || it.1.starts_with("| :---"))?;
    let row = format!("|{}", " new |".repeat(found.1.matches('|').count() - 1));
    Some(replace_line(text, found, &format!("{}\n{row}", found.1)))
}

use confluence_markup::{
    markdown,
    storage::{Document, compare, to_markdown},
};

use crate::pages;

#[test]
fn every_document_is_written_back_as_it_was() {
    for page in pages::all() {
        let document = Document::parse(&page.body).unwrap();
        assert!(document.serialize() == page.body, "{}", page.name);
    }
}

#[test]
fn no_document_has_lost_anything_of_itself() {
    for page in pages::all() {
        let document = Document::parse(&page.body).unwrap();
        assert_eq!(compare(&document, &document).to_string(), "", "{}", page.name);
    }
}

#[test]
fn markdown_that_nobody_edited_gives_the_same_bytes() {
    for page in pages::all() {
        let document = Document::parse(&page.body).unwrap();
        let mut edited = to_markdown(&document);
        // Not the same text, but it says the same.
        edited.push_str("\n\n");
        let merged = document.merge_markdown(0..page.body.len(), &edited);
        let merged = merged.unwrap_or_else(|error| panic!("{}: {error}", page.name));
        assert!(merged == page.body, "{}", page.name);
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    for page in pages::all() {
        let document = Document::parse(&page.body).unwrap();
        let once = to_markdown(&document);
        let again = markdown::write(&markdown::read(&once));
        for (line, (a, b)) in once.lines().zip(again.lines()).enumerate() {
            assert_eq!(a, b, "{}, line {}", page.name, line + 1);
        }
        assert_eq!(once.len(), again.len(), "{}", page.name);
    }
}

/// Every word is changed once, on small pages; on larger ones, some of them.
#[test]
fn with_one_word_edited_all_else_stays() {
    for page in pages::all() {
        let document = Document::parse(&page.body).unwrap();
        let markdown = to_markdown(&document);
        let words = words(&markdown);
        let step = (words.len() * page.body.len() / 400_000).max(1) | 1;
        for (index, at) in words.iter().enumerate().step_by(step) {
            let edited = format!("{}Zyx{}", &markdown[..*at], &markdown[*at..]);
            let merged = match document.merge_markdown(0..page.body.len(), &edited) {
                Ok(merged) => merged,
                Err(error) => {
                    panic!("{}, word {index}: {error}\n{}", page.name, around(&edited, *at))
                }
            };
            let back = without_new_link_body(&merged, &page.body).replacen("Zyx", "", 1);
            assert!(
                back == page.body,
                "{}, word {index} of {}: {}\nis:  {}\nwas: {}",
                page.name,
                words.len(),
                around(&edited, *at),
                difference(&back, &page.body),
                difference(&page.body, &back),
            );
        }
    }
}

/// A link that has no text of its own shows what it leads to; with that edited, it has got one.
fn without_new_link_body(merged: &str, page: &str) -> String {
    let (open, close) = ("<ac:link-body>", "</ac:link-body>");
    if merged.matches(open).count() == page.matches(open).count() {
        return merged.to_owned();
    }
    let Some(at) = merged.find("Zyx") else { return merged.to_owned() };
    let start = merged[..at].rfind(open).unwrap_or(at);
    let end = merged[at..].find(close).map_or(at, |it| at + it + close.len());
    format!("{}{}", &merged[..start], &merged[end..])
}

/// Where words of running text begin: not in placeholders, code, targets of links, tags and fences.
fn words(markdown: &str) -> Vec<usize> {
    let mut words = Vec::new();
    let mut in_fence = false;
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        if line.trim_start_matches([' ', '>', '-', '*']).starts_with("```") {
            in_fence = !in_fence;
        } else if !in_fence {
            words_of_line(line, at, &mut words);
        }
        at += line.len();
    }
    words
}

fn words_of_line(line: &str, at: usize, words: &mut Vec<usize>) {
    let mut index = 0;
    while index < line.len() {
        let rest = &line[index..];
        let skipped =
            [("[[", "]]"), ("](<", ">)"), ("](", ")"), ("<", ">"), ("`", "`"), ("\\", "")];
        let found = skipped.iter().find(|it| rest.starts_with(it.0));
        if let Some((open, close)) = found {
            let inside = &rest[open.len()..];
            let length = inside.find(close).map_or(inside.len(), |it| it + close.len());
            index += (open.len() + length).max(1);
            while !line.is_char_boundary(index) {
                index += 1;
            }
            continue;
        }
        let is_start = index > 0 && matches!(line.as_bytes()[index - 1], b' ' | b'(');
        let is_box = rest.starts_with("x] ");
        if is_start && !is_box && rest.as_bytes()[0].is_ascii_lowercase() {
            words.push(at + index);
        }
        index += rest.chars().next().map_or(1, char::len_utf8);
    }
}

fn around(text: &str, at: usize) -> String {
    let start = text[..at].char_indices().rev().nth(80).map_or(0, |it| it.0);
    text[start..].chars().take(200).collect()
}

fn difference(one: &str, other: &str) -> String {
    let at = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let mut at = at.saturating_sub(60);
    while !one.is_char_boundary(at) {
        at -= 1;
    }
    one[at..].chars().take(260).collect()
}

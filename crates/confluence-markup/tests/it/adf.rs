use confluence_markup::{
    adf::{Document, from_markdown, to_markdown},
    markdown,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::adf_pages;

#[test]
fn markdown_that_nobody_edited_gives_the_same_bytes() {
    for page in adf_pages::all() {
        let document = Document::parse(&page.body).unwrap();
        assert_eq!(document.root().source(), page.body);
        let mut edited = to_markdown(&document);
        // Not the same text, but it says the same.
        edited.push_str("\n\n");
        let merged = document.merge_markdown(&edited);
        let merged = merged.unwrap_or_else(|error| panic!("{}: {error}", page.name));
        assert!(merged == page.body, "{}", page.name);
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    for page in adf_pages::all() {
        let once = to_markdown(&Document::parse(&page.body).unwrap());
        let again = markdown::write(&markdown::read(&once));
        for (line, (a, b)) in once.lines().zip(again.lines()).enumerate() {
            assert_eq!(a, b, "{}, line {}: {once}", page.name, line + 1);
        }
        assert_eq!(once.len(), again.len(), "{}", page.name);
    }
}

#[test]
fn text_that_is_added_at_the_end_leaves_all_else_as_it_was() {
    for page in adf_pages::all() {
        let document = Document::parse(&page.body).unwrap();
        let edited = format!("{}\nAdded.\n", to_markdown(&document));
        let merged = document.merge_markdown(&edited);
        let merged = merged.unwrap_or_else(|error| panic!("{}: {error}", page.name));
        let added = r#"{"type":"paragraph","content":[{"type":"text","text":"Added."}]}"#;
        let back = merged.replacen(&format!(",{added}"), "", 1).replacen(added, "", 1);
        assert!(back == page.body, "{}\n{back}\n{}", page.name, page.body);
    }
}

/// Every word is changed once, on small pages; on larger ones, some of them.
#[test]
fn with_one_word_edited_all_else_stays() {
    for page in adf_pages::all() {
        let document = Document::parse(&page.body).unwrap();
        let markdown = to_markdown(&document);
        let words = words(&markdown);
        let step = (words.len() / 40).max(1) | 1;
        for at in words.into_iter().step_by(step) {
            let edited = format!("{}Zyx{}", &markdown[..at], &markdown[at..]);
            let around: String = markdown[..at].chars().rev().take(60).collect();
            let around: String = around.chars().rev().collect();
            let merged = document.merge_markdown(&edited);
            let merged = merged.unwrap_or_else(|it| panic!("{}: {it} at {around}", page.name));
            assert_eq!(merged.matches("Zyx").count(), 1, "{} at {around}", page.name);
            let back = merged.replacen("Zyx", "", 1);
            assert!(back == page.body, "{} at {around}:\n{back}\n{}", page.name, page.body);
        }
    }
}

#[test]
fn what_is_edited_still_satisfies_the_schema() {
    let schema = adf_pages::schema();
    for seed in 0..40 {
        let body = adf_pages::generated(seed, 12);
        let value: Value = serde_json::from_str(&body).unwrap();
        assert!(schema.is_valid(&value), "generated {seed} is no document of the editor");
        let document = Document::parse(&body).unwrap();
        let markdown = to_markdown(&document);
        let mut rng = fastrand::Rng::with_seed(seed);
        for _ in 0..20 {
            let edited = edit(&markdown, &mut rng);
            if let Ok(merged) = document.merge_markdown(&edited) {
                let value = serde_json::from_str(&merged).unwrap();
                assert!(
                    schema.is_valid(&value),
                    "{seed}: {}\n{edited}",
                    first_error(&schema, &value)
                );
            }
        }
    }
}

fn first_error(schema: &jsonschema::Validator, value: &Value) -> String {
    let error = schema.iter_errors(value).next();
    let at = error.map(|it| it.instance_path().to_string()).unwrap_or_default();
    format!("{at}: {}", value.pointer(&at).unwrap_or(value))
}

/// One edit as somebody might make it: a line taken out, put elsewhere or written twice, or new text.
fn edit(markdown: &str, rng: &mut fastrand::Rng) -> String {
    let mut lines: Vec<&str> = markdown.lines().collect();
    let new = [
        "# New",
        "- one\n- two",
        "> quoted",
        "- [x] done",
        "```\ncode\n```",
        "some **new** `text`",
        "| a | b |\n| --- | --- |\n| 1 | 2 |",
        "> [!TIP]\n> try",
        "1. first",
        "---",
        "x<br>y",
        "[[date:2026-01-02]] [[status:Done:green]] [[mention:5b1:2]]",
    ];
    if lines.is_empty() {
        return "text".to_owned();
    }
    let at = rng.usize(..lines.len());
    let to = rng.usize(..lines.len());
    match rng.u8(0..5) {
        0 => drop(lines.remove(at)),
        1 => lines.swap(at, to),
        2 => lines.insert(to, lines[at]),
        3 => lines.insert(at, new[rng.usize(..new.len())]),
        _ => {
            lines.insert(at, "");
            lines.insert(at, new[rng.usize(..new.len())]);
            lines.insert(at, "");
        }
    }
    lines.join("\n")
}

/// Where words of running text begin: not in placeholders, targets of links, tags and fences.
fn words(markdown: &str) -> Vec<usize> {
    let mut words = Vec::new();
    let mut in_fence = false;
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        if line.trim_start_matches([' ', '>', '-', '*']).starts_with("```") {
            in_fence = !in_fence;
        } else if !in_fence {
            let mut depth = 0_usize;
            for index in 0..line.len() {
                let Some((before, rest)) = line.split_at_checked(index) else { continue };
                if before.ends_with("]]") || before.ends_with([')', '>']) {
                    depth = 0;
                }
                if rest.starts_with("[[") || rest.starts_with("](") || rest.starts_with('<') {
                    depth += 1;
                }
                let is_word = rest.starts_with(|it: char| it.is_ascii_lowercase());
                if depth == 0 && is_word && before.ends_with(' ') && !rest.starts_with("x] ") {
                    words.push(at + index);
                }
            }
        }
        at += line.len();
    }
    words
}

#[test]
fn markdown_makes_documents_that_satisfy_the_schema() {
    let schema = adf_pages::schema();
    let markdown = include_str!("../../fixtures/adf/everything.md");
    let written = from_markdown(markdown).unwrap();
    let value: Value = serde_json::from_str(&written).unwrap();
    assert!(schema.is_valid(&value), "{}", first_error(&schema, &value));
    let back = to_markdown(&Document::parse(&written).unwrap());
    assert_eq!(without_ids(&back), markdown);
}

/// Without the ids of placeholders and images, which what is new does not have.
fn without_ids(markdown: &str) -> String {
    let mut out = markdown.to_owned();
    for number in 1..10 {
        out = out.replace(&format!(" \"#m{number}\""), "").replace(&format!(" #m{number}]]"), "]]");
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn generated_documents_keep_all_that_was_not_edited(seed in any::<u64>(), blocks in 1..8_usize) {
        let body = adf_pages::generated(seed, blocks);
        let document = Document::parse(&body).unwrap();
        let markdown = to_markdown(&document);
        prop_assert_eq!(document.merge_markdown(&markdown).unwrap(), body.clone());
        let edited = format!("First.\n\n{markdown}");
        let added = r#"{"type":"paragraph","content":[{"type":"text","text":"First."}]}"#;
        let merged = document.merge_markdown(&edited).unwrap();
        let back = merged.replacen(&format!("{added},"), "", 1).replacen(added, "", 1);
        let back = back.replacen(&format!(",{added}"), "", 1);
        prop_assert_eq!(back, body);
    }

    #[test]
    fn any_edit_is_refused_or_makes_a_valid_document(seed in any::<u64>()) {
        let body = adf_pages::generated(seed, 6);
        let document = Document::parse(&body).unwrap();
        let markdown = to_markdown(&document);
        let mut rng = fastrand::Rng::with_seed(seed);
        let edited = edit(&edit(&markdown, &mut rng), &mut rng);
        if let Ok(merged) = document.merge_markdown(&edited) {
            let value = serde_json::from_str(&merged).unwrap();
            prop_assert!(SCHEMA.is_valid(&value), "{}\n{edited}", first_error(&SCHEMA, &value));
        }
    }

    #[test]
    fn any_markdown_is_refused_or_makes_a_valid_document(
        markdown in "([-*>#`|+1. \\[\\]!x_~<&\\\\()\n]|a|b |\\[\\[date:2026-01-02\\]\\]|\n\n){0,60}"
    ) {
        if let Ok(written) = from_markdown(&markdown) {
            let value: Value = serde_json::from_str(&written).unwrap();
            prop_assert!(SCHEMA.is_valid(&value), "{}", first_error(&SCHEMA, &value));
            prop_assert!(Document::parse(&written).is_ok());
        }
    }
}

static SCHEMA: std::sync::LazyLock<jsonschema::Validator> =
    std::sync::LazyLock::new(adf_pages::schema);

//! Unhappy paths first: what is refused, and what stays that Markdown does not show.

use super::{Document, MAX_NESTING, ParseError, WriteError, from_markdown, to_markdown};

fn page(content: &str) -> String {
    format!("{{\"version\":1,\"type\":\"doc\",\"content\":[{content}]}}")
}

#[track_caller]
fn check(content: &str, edit: impl FnOnce(&str) -> String, expected: &str) {
    let source = page(content);
    let document = Document::parse(&source).unwrap();
    let markdown = to_markdown(&document);
    let edited = edit(&markdown);
    assert_ne!(markdown, edited, "the edit does nothing");
    assert_eq!(document.merge_markdown(&edited).unwrap(), page(expected), "{markdown}");
}

#[track_caller]
fn refused(content: &str, edit: impl FnOnce(&str) -> String) -> WriteError {
    let source = page(content);
    let document = Document::parse(&source).unwrap();
    document.merge_markdown(&edit(&to_markdown(&document))).unwrap_err()
}

const COLOURED: &str = r##"{"type":"paragraph","attrs":{"localId":"p"},"content":[{"type":"text","text":"a red word","marks":[{"type":"textColor","attrs":{"color":"#ff0000"}}]},{"type":"text","text":" and more"}]}"##;

const MACRO: &str = r#"{"type":"extension","attrs":{"extensionType":"x","extensionKey":"toc"}}"#;

#[test]
fn what_is_no_document_is_refused() {
    for text in ["", "{", "[]", "1", "{\"type\":1}", "{\"type\":\"doc\",\"content\":{}}"] {
        assert!(matches!(Document::parse(text), Err(ParseError::Malformed(_))), "{text}");
    }
    let error = Document::parse("{\"type\":\"paragraph\"}").unwrap_err();
    assert_eq!(error, ParseError::NotADocument("paragraph".to_owned()));
}

#[test]
fn what_is_nested_too_deep_is_refused() {
    for depth in [MAX_NESTING, 100_000] {
        let open = "{\"type\":\"blockquote\",\"content\":[".repeat(depth);
        let text = page(&format!("{open}{}", "]}".repeat(depth)));
        assert_eq!(Document::parse(&text).unwrap_err(), ParseError::TooDeep);
    }
    let brackets = "[".repeat(16 << 20);
    assert_eq!(Document::parse(&brackets).unwrap_err(), ParseError::TooDeep);
}

#[test]
fn a_placeholder_that_is_made_up_is_refused_by_name() {
    let error = refused(MACRO, |it| format!("{it}\n[[macro:jira #m7]]\n"));
    assert!(error.to_string().starts_with("`[[macro:jira #m7]]` stands for nothing"), "{error}");
    let error = from_markdown("[[macro:toc #m1]]").unwrap_err();
    assert!(matches!(error, WriteError::UnknownPlaceholder(_)), "{error}");
}

#[test]
fn a_placeholder_that_was_altered_is_refused() {
    let error = refused(MACRO, |it| it.replace("toc", "jira"));
    assert!(matches!(error, WriteError::ChangedPlaceholder { .. }), "{error}");
}

#[test]
fn what_the_editor_would_not_take_is_refused() {
    for markdown in ["- # heading", "> | a |\n> | --- |", "> [!NOTE]\n> > quoted"] {
        let error = from_markdown(markdown).unwrap_err();
        assert!(matches!(error, WriteError::NotHere { .. }), "{markdown}: {error}");
    }
    for target in ["javascript:alert(1)", "java\u{a0}script:x", "DATA:text/html,x"] {
        let error = from_markdown(&format!("[x](<{target}>)")).unwrap_err();
        assert!(matches!(error, WriteError::UnsafeLink(_)), "{target}: {error}");
    }
    let error = from_markdown("[x](page:DOC/Title)").unwrap_err();
    assert!(matches!(error, WriteError::NoAddress(_)), "{error}");
}

#[test]
fn a_colour_stays_around_a_word_that_was_changed() {
    let changed = COLOURED.replace("red", "green");
    check(COLOURED, |it| it.replace("red", "green"), &changed);
}

#[test]
fn text_that_is_not_coloured_stays_so() {
    let changed = COLOURED.replace("and more", "and no more");
    check(COLOURED, |it| it.replace("and more", "and no more"), &changed);
}

#[test]
fn a_heading_keeps_its_attributes_when_its_level_changes() {
    let heading = r#"{"type":"heading","attrs":{"localId":"h","level":2},"content":[{"type":"text","text":"One"}]}"#;
    check(heading, |it| it.replace("## ", "### "), &heading.replace(":2", ":3"));
}

#[test]
fn a_task_that_is_done_keeps_its_id() {
    let tasks = r#"{"type":"taskList","attrs":{"localId":"l"},"content":[{"type":"taskItem","attrs":{"localId":"t","state":"TODO"},"content":[{"type":"text","text":"One"}]}]}"#;
    check(tasks, |it| it.replace("[ ]", "[x]"), &tasks.replace("TODO", "DONE"));
}

#[test]
fn a_comment_stays_where_its_text_is_changed() {
    let text = r#"{"type":"paragraph","content":[{"type":"text","text":"see here","marks":[{"type":"annotation","attrs":{"id":"u","annotationType":"inlineComment"}}]}]}"#;
    check(text, |it| it.replace("here", "there"), &text.replace("here", "there"));
}

#[test]
fn nodes_of_other_types_stay_and_are_named() {
    let nodes = r#"{"type":"hologram","attrs":{"x":1e2},"extra":[1.0]},{"type":"paragraph"},{"type":"paragraph","content":[{"type":"text","text":"one"}]}"#;
    let source = page(nodes);
    let document = Document::parse(&source).unwrap();
    assert_eq!(to_markdown(&document), "[[adf:hologram #m1]]\n\none\n");
    check(nodes, |it| it.replace("one", "two"), &nodes.replace("one", "two"));
}

#[test]
fn a_macro_that_is_moved_stays_as_it_is() {
    let text = r#"{"type":"paragraph","content":[{"type":"text","text":"one"}]}"#;
    let edit = |_: &str| "one\n\n[[macro:toc #m1]]\n".to_owned();
    check(&format!("{MACRO},{text}"), edit, &format!("{text},{MACRO}"));
}

#[test]
fn a_row_that_is_taken_out_of_a_merged_cell_makes_it_smaller() {
    let cell = |attributes: &str, text: &str| {
        format!(
            r#"{{"type":"tableCell","attrs":{{{attributes}}},"content":[{{"type":"paragraph","content":[{{"type":"text","text":"{text}"}}]}}]}}"#
        )
    };
    let row = |cells: &str| format!(r#"{{"type":"tableRow","content":[{cells}]}}"#);
    let table = |rows: &str| format!(r#"{{"type":"table","content":[{rows}]}}"#);
    let second = row(&cell("", "c"));
    let first = |span: u8| {
        row(&format!("{},{}", cell(&format!(r#""rowspan":{span}"#), "a"), cell("", "b")))
    };
    let edit = |it: &str| it.replace("| [[merged-up]] | c |\n", "");
    check(&table(&format!("{},{second}", first(2))), edit, &table(&first(1)));
}

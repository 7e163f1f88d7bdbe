use crate::storage::{Document, MAX_BYTES, ParseError, compare, to_markdown};

/// 16 MB, as the goal says.
const LARGE: usize = 16 << 20;

#[test]
fn a_hundred_thousand_levels_are_read_and_written_back() {
    let depth = 100_000;
    let source = format!("{}x{}", "<div>".repeat(depth), "</div>".repeat(depth));
    let document = Document::parse(&source).unwrap();
    assert_eq!(document.len(), depth + 2);
    assert_eq!(document.serialize(), source);
    assert_eq!(document.outline(), []);
    assert!(compare(&document, &document).is_empty());
}

#[test]
fn a_body_of_nothing_but_angles_is_refused() {
    let source = "<".repeat(LARGE);
    assert!(matches!(Document::parse(&source), Err(ParseError::Malformed { line: 1, .. })));
    let source = format!("{source}>");
    assert!(matches!(Document::parse(&source), Err(ParseError::Malformed { line: 1, .. })));
}

#[test]
fn a_body_of_nothing_but_ampersands_is_text() {
    let source = "&".repeat(1 << 20);
    let document = Document::parse(&source).unwrap();
    assert_eq!(document.len(), 2);
    assert_eq!(document.text(document.root()), source);
}

#[test]
fn end_tags_that_close_nothing_are_refused_at_once() {
    let source = format!("{}{}", "<p>".repeat(100_000), "</b>".repeat(100_000));
    assert!(Document::parse(&source).is_err());
    assert!(Document::parse(&"<p>".repeat(100_000)).is_err());
}

#[test]
fn a_hundred_thousand_breaks_without_slash_are_siblings() {
    let source = format!("<p>{}</p>", "<br>".repeat(100_000));
    let document = Document::parse(&source).unwrap();
    let p = document.children(document.root()).next().unwrap();
    assert_eq!(document.children(p).count(), 100_000);
}

#[test]
fn declared_entities_are_never_expanded() {
    let source = "<!DOCTYPE p [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;\">]><p>&b;&b;</p>";
    let document = Document::parse(source).unwrap();
    assert_eq!(document.text(document.root()), "&b;&b;");
}

#[test]
fn a_start_tag_of_a_million_attributes_is_read_once() {
    let source = format!("<p {}>x</p>", "a=\"b\" ".repeat(1_000_000));
    let document = Document::parse(&source).unwrap();
    let p = document.children(document.root()).next().unwrap();
    assert_eq!(document.attributes(p).count(), 1_000_000);
}

#[test]
fn a_larger_body_is_refused_with_the_limit() {
    let source = " ".repeat(MAX_BYTES + 1);
    let error = Document::parse(&source).unwrap_err();
    assert_eq!(error, ParseError::TooLarge { bytes: MAX_BYTES + 1, limit: MAX_BYTES });
}

/// Reads, writes and merges a body, and expects that nothing but the edit changes.
#[track_caller]
fn survives(source: &str) {
    let document = Document::parse(source).unwrap();
    let markdown = to_markdown(&document);
    let merged = document.merge_markdown(0..source.len(), &format!("{markdown}\n\nend\n")).unwrap();
    assert!(merged.replacen("<p>end</p>", "", 1) == source);
}

#[test]
fn deep_nesting_becomes_one_placeholder() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<b>", "</b>"),
        ("<ul><li>", "</li></ul>"),
        ("<blockquote>", "</blockquote>"),
        ("<table><tbody><tr><td>", "</td></tr></tbody></table>"),
        (
            "<ac:structured-macro ac:name=\"x\"><ac:rich-text-body>",
            "</ac:rich-text-body></ac:structured-macro>",
        ),
    ] {
        survives(&format!("<p>a</p>{}x{}", open.repeat(20_000), close.repeat(20_000)));
    }
}

#[test]
fn spans_beyond_all_measure_take_no_memory() {
    let cell = "<td colspan=\"999999999\" rowspan=\"999999999\">a</td>";
    let row = format!("<tr>{}</tr>", cell.repeat(100));
    survives(&format!("<p>a</p><table><tbody>{}</tbody></table>", row.repeat(300)));
}

#[test]
fn markdown_of_nothing_but_signs_is_read() {
    for signs in ["[[", "> ", "- ", "*", "`", "<b>", "![", "|", "#", "[[a]] ", "[[/a]] ", "\\"] {
        crate::storage::from_markdown(&signs.repeat(20_000)).ok();
    }
}

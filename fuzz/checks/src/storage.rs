//! The storage format's parser and what edits its bodies.

use confluence_markup::storage::{Document, Place, compare, from_markdown, to_markdown};

/// A body in storage format, or Markdown where it is none.
///
/// # Panics
///
/// When a body is not written back as it was, when comparing it with itself finds a loss, when an edit
/// changes bytes that it does not name, or when what is made of Markdown is not storage format.
pub fn storage(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    if let Ok(storage) = from_markdown(&source) {
        assert!(Document::parse(&storage).is_ok(), "{storage}");
    }
    let Ok(document) = Document::parse(&source) else { return };
    assert_eq!(document.serialize(), source);
    assert!(compare(&document, &document).is_empty());
    for section in document.outline() {
        assert_eq!(document.section(&section.id).as_ref(), Ok(&section));
        let edited = document.edit_section(&section.id, Place::Append, "<p>x</p>");
        let edited = edited.expect("the section is there");
        let (before, after) = source.split_at(section.body.end);
        assert_eq!(edited, format!("{before}<p>x</p>{after}"));
    }
    let markdown = to_markdown(&document);
    if let Ok(merged) = document.merge_markdown(0..source.len(), &format!("{markdown}\n")) {
        assert_eq!(merged, source);
    }
    if let Ok(merged) = document.merge_markdown(0..source.len(), &markdown.replacen(' ', " x ", 1))
    {
        assert!(Document::parse(&merged).is_ok(), "{merged}");
    }
    // Any text, and what is hardest to put into text.
    let text: String = document.text(document.root()).chars().take(2).collect();
    if let Ok(replaced) = document.replace_text(0..source.len(), &text, "]]>&<") {
        let edited = Document::parse(&replaced.storage).expect("text is put in as text");
        assert_eq!(edited.outline().len(), document.outline().len());
    }
}

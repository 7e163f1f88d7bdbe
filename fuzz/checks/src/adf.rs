//! The parser of ADF, and edits of its Markdown.

use confluence_markup::adf::{Document, from_markdown, to_markdown};

/// A document in ADF; what is none is taken for Markdown.
///
/// # Panics
///
/// When Markdown that nobody edited makes another document, or what is written cannot be read.
pub fn adf(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let Ok(document) = Document::parse(&source) else {
        if let Ok(written) = from_markdown(&source) {
            let document = Document::parse(&written).expect("what is written is ADF");
            assert_eq!(document.root().source(), written);
        }
        return;
    };
    let markdown = to_markdown(&document);
    assert_eq!(document.merge_markdown(&markdown).as_deref(), Ok(source.as_ref()));
    if let Ok(edited) = document.merge_markdown(&format!("{markdown}\nAdded.\n")) {
        Document::parse(&edited).expect("what is written is ADF");
    }
}

//! What texts for a model or a log must look like.

/// Whether a character has no place in a text: controls, and marks that reorder text.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Asserts that `text` is one line of something, not longer than `limit` characters, that cannot
/// disturb a terminal.
#[track_caller]
pub(crate) fn assert_line(text: &str, limit: usize) {
    assert!(!text.trim().is_empty(), "there is no text");
    assert!(!text.contains(is_unsafe), "{text:?}");
    let length = text.chars().count();
    assert!(length <= limit, "{length} characters: {text:?}");
}

/// Asserts that `text` may have lines and tabs, but nothing else that [`assert_line`] refuses.
#[track_caller]
pub(crate) fn assert_lines(text: &str, limit: usize) {
    let wrong = text.chars().find(|it| is_unsafe(*it) && !matches!(it, '\n' | '\t'));
    assert!(wrong.is_none(), "{wrong:?} in {text:?}");
    let length = text.chars().count();
    assert!(length <= limit, "{length} characters");
}

/// Asserts that `text` has nothing of a page of HTML.
#[track_caller]
pub(crate) fn assert_no_page(text: &str) {
    let lower = text.to_ascii_lowercase();
    for start in ["<!doctype", "<html", "<head", "<body", "<script", "<style"] {
        assert!(!lower.contains(start), "{text:?}");
    }
}

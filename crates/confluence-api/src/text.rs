//! Other people's words, made fit to be repeated: in messages, in logs, to models.

/// Whether a character can disturb a terminal or mislead a reader: controls, and marks that reorder
/// text.
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The beginning of `text`, `limit` characters at most, without those that are unsafe.
pub fn excerpt(text: &str, limit: usize) -> String {
    text.chars().filter(|it| !is_unsafe(*it)).take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_is_short_and_cannot_disturb() {
        assert_eq!(excerpt("a\u{1b}[31m\u{202e}b\u{7f}\n\u{feff}é", 80), "a[31mbé");
        assert_eq!(excerpt("\u{1b}ééé", 2), "éé");
        assert_eq!(excerpt("", 2), "");
    }
}

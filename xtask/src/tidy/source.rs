//! Rust source as the rules want to see it: without comments, with or without what strings hold.
//!
//! A few lines of lexing are enough here, and keep every position, so that findings name lines.

/// Text in which comments are blank.
pub(super) fn without_comments(source: &str) -> String {
    blank(source, false)
}

/// Text in which comments and the insides of string and character literals are blank.
pub(super) fn code_only(source: &str) -> String {
    blank(source, true)
}

/// The line, counted from 1, of the byte at `offset`.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|it| **it == b'\n').count() + 1
}

/// Where `word` stands as a word of its own.
pub(super) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    text.match_indices(word).map(|(start, _)| start).filter(move |start| {
        let before = text.get(..*start).and_then(|it| it.chars().next_back());
        let after = text.get(start + word.len()..).and_then(|it| it.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

fn blank(source: &str, strings_too: bool) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (length, blanked) = match token(rest) {
            Token::Comment(length) => (length, true),
            Token::Literal(length) => (length, strings_too),
            Token::Word(length) => (length, false),
            Token::Other => (first.len_utf8(), false),
        };
        let (taken, left) = rest.split_at(length);
        if blanked {
            text.extend(taken.bytes().map(|it| if it == b'\n' { '\n' } else { ' ' }));
        } else {
            text.push_str(taken);
        }
        rest = left;
    }
    text
}

/// What `rest` starts with, and its length in bytes.
enum Token {
    Comment(usize),
    Literal(usize),
    /// An identifier or number, taken whole so that the `r` of `for"` starts no raw string.
    Word(usize),
    Other,
}

fn token(rest: &str) -> Token {
    if rest.starts_with("//") {
        return Token::Comment(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Token::Comment(block_comment(rest));
    }
    let unprefixed = rest.trim_start_matches(['b', 'c', 'r']);
    let prefix = rest.len() - unprefixed.len();
    if prefix <= 2 {
        let raw = rest.get(..prefix).is_some_and(|it| it.contains('r'));
        let hashes = unprefixed.len() - unprefixed.trim_start_matches('#').len();
        let opening = unprefixed.get(hashes..).unwrap_or_default();
        if raw && opening.starts_with('"') {
            let closing = format!("\"{}", "#".repeat(hashes));
            let inside = opening.get(1..).unwrap_or_default();
            let end = inside.find(&closing).map_or(inside.len(), |it| it + closing.len());
            return Token::Literal(prefix + hashes + 1 + end);
        }
        if !raw && unprefixed.starts_with('"') {
            return Token::Literal(prefix + quoted(unprefixed, '"'));
        }
        if !raw && unprefixed.starts_with('\'') {
            return character(unprefixed).map_or(Token::Other, |it| Token::Literal(prefix + it));
        }
    }
    match rest.find(|it: char| !it.is_alphanumeric() && it != '_') {
        Some(0) => Token::Other,
        Some(length) => Token::Word(length),
        None => Token::Word(rest.len()),
    }
}

/// Length of the block comment that `text` starts with; these nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut offset = 0;
    while let Some(rest) = text.get(offset..).filter(|it| !it.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            offset += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            offset += 2;
        } else {
            offset += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    offset
}

/// Length of the literal that `text` starts with, both quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, it) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if it == '\\' {
            escaped = true;
        } else if it == quote {
            return offset + quote.len_utf8();
        }
    }
    text.len()
}

/// Length of the character literal that `text` starts with; `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut characters = text.chars().skip(1);
    let first = characters.next()?;
    if first == '\\' || characters.next() == Some('\'') {
        return Some(quoted(text, '\''));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(code_only(source), expected);
        assert_eq!(code_only(source).len(), source.len(), "positions are kept");
    }

    #[test]
    fn comments_are_blank() {
        check("a // todo!()\nb", "a           \nb");
        check("a /* x /* y */ z */ b", "a                   b");
        check("a /* never closed", "a                ");
    }

    #[test]
    fn literals_are_blank() {
        check(r#"f("a \" // b", 1)"#, r"f(           , 1)");
        check(r##"f(r#"a " b"#) // c"##, "f(          )     ");
        check(r#"f(b"x", c"y", '"', '\'', 'a')"#, "f(    ,     ,    ,     ,    )");
    }

    #[test]
    fn lifetimes_and_words_are_code() {
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check("for br in crb {}", "for br in crb {}");
    }

    #[test]
    fn strings_stay_when_only_comments_go() {
        assert_eq!(without_comments("f(\"a // b\") // c"), "f(\"a // b\")     ");
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(words("url curl url_x (url)", "url").collect::<Vec<_>>(), [0, 16]);
    }
}

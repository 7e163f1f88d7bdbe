//! What is written, and to whom: a terminal gets nothing that it could take for a command.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal, StdoutLock, Write as _},
};

/// Standard output.
#[derive(Debug)]
pub(crate) struct Output {
    out: StdoutLock<'static>,
    terminal: bool,
}

impl Output {
    /// Takes standard output for as long as it lives.
    pub(crate) fn open() -> Self {
        let out = io::stdout();
        Self { terminal: out.is_terminal(), out: out.lock() }
    }

    /// Whether a person looks at it.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Writes text, with a line break at its end unless there is nothing to write.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        let mut text = without_escapes(text);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Writes JSON as it came, in a line.
    pub(crate) fn json(&mut self, json: &[u8]) -> io::Result<()> {
        self.row(json)?;
        self.out.flush()
    }

    /// Writes a line of JSON, which a later [`flush`](Self::flush) brings out.
    pub(crate) fn row(&mut self, json: &[u8]) -> io::Result<()> {
        if self.terminal {
            let text = String::from_utf8_lossy(json);
            self.out.write_all(escaped(&text).as_bytes())?;
        } else {
            self.out.write_all(json)?;
        }
        if json.ends_with(b"\n") { Ok(()) } else { self.out.write_all(b"\n") }
    }

    /// Writes a text of our own as it is.
    pub(crate) fn script(&mut self, text: &[u8]) -> io::Result<()> {
        self.out.write_all(text)?;
        self.out.flush()
    }

    /// Brings out what was written.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a line to standard error.
pub(crate) fn tell(text: &str) {
    // Nobody is left to tell if it is closed.
    let _ = writeln!(io::stderr().lock(), "{}", without_escapes(text));
}

/// Whether a terminal would act on a character instead of showing it.
fn is_command(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

/// JSON whose strings are spelled so that a terminal shows them; its meaning stays the same.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            // Between tokens, not in strings.
            '\r' => {}
            it if is_command(it) || is_mark(it) => {
                let _ = write!(out, "\\u{:04x}", u32::from(it));
            }
            it => out.push(it),
        }
    }
    out
}

/// Marks that reorder what stands around them.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text without the sequences that move a terminal's cursor, change its colours or its title, or
/// make it answer.
pub(crate) fn without_escapes(text: &str) -> String {
    if !text.chars().any(is_command) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\u{1b}' => match rest.peek() {
                // A control sequence ends with a letter or one of a few signs.
                Some('[') => {
                    rest.next();
                    while rest.next_if(|it| matches!(it, ' '..='?')).is_some() {}
                    rest.next_if(|it| matches!(it, '@'..='~'));
                }
                // A string for the terminal ends with a bell or with another escape.
                Some(']' | 'P' | '_' | '^' | 'X') => {
                    while rest.next_if(|it| !matches!(it, '\u{7}' | '\u{1b}' | '\n')).is_some() {}
                    rest.next_if_eq(&'\u{7}');
                }
                Some(it) if it.is_ascii_graphic() => _ = rest.next(),
                _ => {}
            },
            it if is_command(it) => {}
            it => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, without_escapes};

    #[test]
    fn a_terminal_is_given_no_commands() {
        let check = |text: &str, expected: &str| assert_eq!(without_escapes(text), expected);
        check("\u{1b}[31mred\u{1b}[0m", "red");
        check("\u{1b}]0;title\u{7}text", "text");
        check("\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link");
        check("\u{1b}Pq#0\u{1b}\\text", "text");
        check("\u{9b}31mtext\u{7f}\u{8}\r", "31mtext");
        check("\u{1b}", "");
        check("\u{1b}[", "");
        check("\u{1b}[31", "");
        check("\u{1b}]never ends\nnext", "\nnext");
        check("a\tb\nc é", "a\tb\nc é");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let json = "{\"a\":\"\u{9b}31m\u{7f}\u{202e}é\"}";
        let shown = escaped(json);
        assert!(!shown.contains(['\u{9b}', '\u{7f}', '\u{202e}']), "{shown}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(json));
    }
}

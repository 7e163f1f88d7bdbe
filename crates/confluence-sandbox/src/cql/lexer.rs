//! Cuts a query into tokens that know where they stand.

use std::fmt;

use super::error::{Reason, SyntaxError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bare text: a field, a keyword, a function or a value.
    Word(String),
    /// Quoted text, without quotes and escapes.
    Quoted(String),
    /// One of the operators and punctuation marks.
    Symbol(&'static str),
    End,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) => write!(f, "`{text}`"),
            Self::Quoted(text) => write!(f, "the string `{text}`"),
            Self::Symbol(text) => write!(f, "`{text}`"),
            Self::End => f.write_str("the end of the query"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Token {
    pub(super) fn error(&self, reason: Reason) -> SyntaxError {
        SyntaxError { line: self.line, column: self.column, reason }
    }
}

/// Longer marks first, so that `!=` is not read as `!`.
const SYMBOLS: [&str; 11] = ["!=", "!~", ">=", "<=", "=", "~", ">", "<", "(", ")", ","];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut lexer = Lexer { rest: text, line: 1, column: 1 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.token()?;
        let last = token.kind == Kind::End;
        tokens.push(token);
        if last {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl Lexer<'_> {
    fn token(&mut self) -> Result<Token, SyntaxError> {
        while self.rest.starts_with(char::is_whitespace) {
            self.next_char();
        }
        let (line, column) = (self.line, self.column);
        let kind = self.kind().map_err(|reason| SyntaxError { line, column, reason })?;
        Ok(Token { kind, line, column })
    }

    fn kind(&mut self) -> Result<Kind, Reason> {
        let Some(first) = self.rest.chars().next() else { return Ok(Kind::End) };
        if let Some(symbol) = SYMBOLS.into_iter().find(|it| self.rest.starts_with(it)) {
            for _ in symbol.chars() {
                self.next_char();
            }
            return Ok(Kind::Symbol(symbol));
        }
        if matches!(first, '"' | '\'') {
            self.next_char();
            return self.quoted(first);
        }
        let mut word = String::new();
        while let Some(char) = self.rest.chars().next().filter(|&it| is_word(it)) {
            word.push(char);
            self.next_char();
        }
        let signed = word.strip_prefix('-');
        if word.is_empty()
            || signed.is_some_and(|it| !it.starts_with(|it: char| it.is_ascii_digit()))
        {
            let found = if word.is_empty() { format!("`{first}`") } else { format!("`{word}`") };
            let expected =
                "a word, a string, an operator or a parenthesis (quote special characters)";
            return Err(Reason::Unexpected { found, expected });
        }
        Ok(Kind::Word(word))
    }

    fn quoted(&mut self, quote: char) -> Result<Kind, Reason> {
        let mut text = String::new();
        while let Some(char) = self.next_char() {
            match char {
                '\\' => match self.rest.chars().next() {
                    Some(escaped @ ('"' | '\'' | '\\')) => {
                        self.next_char();
                        text.push(escaped);
                    }
                    _ => text.push('\\'),
                },
                _ if char == quote => return Ok(Kind::Quoted(text)),
                _ => text.push(char),
            }
        }
        Err(Reason::UnterminatedString)
    }

    fn next_char(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        self.rest = chars.as_str();
        if char == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(char)
    }
}

/// Whether the character may stand in a word without quotes, as in `2026/01/02` and `space.key`.
fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '.' | '-' | '/' | ':')
}

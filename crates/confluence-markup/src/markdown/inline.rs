//! Writes running text.

use super::escape::{Place, push_code, push_target, push_text};
use crate::model::{Inline, Style};

/// To Markdown's rules on signs, a placeholder is like a letter: it is hidden when they are read.
const PLACEHOLDER: char = 'x';

/// Stands between what would otherwise be read as one. It says nothing.
pub(super) const SEPARATOR: &str = "<!-- -->";

/// Writes running text, without a line break of Markdown where `is_line` says that it is one line.
pub(super) struct InlineWriter<'o> {
    pub(super) out: &'o mut String,
    /// What stands before each further line.
    pub(super) prefix: &'o str,
    pub(super) is_cell: bool,
    /// Whether all must be on one line: a heading, a cell.
    pub(super) is_line: bool,
    pub(super) start: usize,
    /// In the text of a link.
    pub(super) in_link: bool,
}

impl InlineWriter<'_> {
    pub(super) fn all(&mut self, content: &[Inline], after: Option<char>) {
        for (index, inline) in content.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|it| content.get(it));
            if let (Some(Inline::Code(_)), Inline::Code(_)) = (before, inline) {
                // The ticks of both would be one sign.
                self.out.push_str(SEPARATOR);
            }
            let next = match content.get(index + 1) {
                Some(it) => first_char(it),
                None => after,
            };
            self.one(inline, next);
        }
    }

    fn one(&mut self, inline: &Inline, next: Option<char>) {
        match inline {
            Inline::Text(text) => {
                let place = self.place();
                push_text(text, place, self.out);
            }
            Inline::Code(code) => push_code(code, self.is_cell, self.out),
            // At either end of what holds it, a backslash would be a backslash.
            Inline::Break
                if self.is_line
                    || self.in_link
                    || self.start == usize::MAX
                    || next.is_none()
                    || self.is_line_start() =>
            {
                self.out.push_str("<br>");
            }
            Inline::Break => {
                self.out.push_str("\\\n");
                self.out.push_str(self.prefix);
                self.start = self.out.len();
            }
            Inline::Styled { style, content } => self.styled(*style, content, next),
            Inline::Link { target, content } => {
                if let [Inline::Text(text)] = content.as_slice()
                    && text == target
                    && is_autolink(target)
                {
                    self.out.push('<');
                    self.out.push_str(target);
                    self.out.push('>');
                    return;
                }
                self.out.push('[');
                let outside = std::mem::replace(&mut self.in_link, true);
                self.all(content, Some(']'));
                self.in_link = outside;
                self.out.push_str("](");
                push_target(target, self.out);
                self.out.push(')');
            }
            Inline::Image { target, alt, id } => {
                self.out.push_str("![");
                let place = Place { line_start: false, is_cell: self.is_cell, in_link: true };
                push_text(alt, place, self.out);
                self.out.push_str("](");
                push_target(target, self.out);
                if !id.is_empty() {
                    self.out.push_str(" \"#");
                    self.out.push_str(id);
                    self.out.push('"');
                }
                self.out.push(')');
            }
            Inline::Placeholder(placeholder) => self.placeholder(&placeholder.to_string()),
            Inline::Enclosed { placeholder, content } => {
                self.placeholder(&placeholder.to_string());
                self.all(content, Some(PLACEHOLDER));
                self.placeholder(&placeholder.closing().to_string());
            }
        }
    }

    fn placeholder(&mut self, text: &str) {
        if self.is_cell {
            self.out.push_str(&text.replace('|', "\\|"));
        } else {
            self.out.push_str(text);
        }
    }

    fn place(&self) -> Place {
        Place { line_start: self.is_line_start(), is_cell: self.is_cell, in_link: self.in_link }
    }

    fn is_line_start(&self) -> bool {
        self.out.len() == self.start
    }

    /// Markdown's signs where they are read as such, else HTML's tags.
    fn styled(&mut self, style: Style, content: &[Inline], next: Option<char>) {
        let before = if self.is_line_start() { None } else { self.out.chars().next_back() };
        let mut inside = String::new();
        let mut writer = InlineWriter {
            out: &mut inside,
            prefix: self.prefix,
            is_cell: self.is_cell,
            is_line: self.is_line,
            // Only the line's start is one.
            start: usize::MAX,
            in_link: self.in_link,
        };
        writer.all(content, Some('x'));
        let signs: &[&str] = match style {
            Style::Strong => &["**", "__"],
            Style::Emphasis => &["*", "_"],
            Style::Strike => &["~~"],
            Style::Underline | Style::Subscript | Style::Superscript => &[],
        };
        let fitting = signs.iter().find(|it| fits(it, before, &inside, next));
        let name = super::read::tag_name(style);
        let (open, close) = match fitting {
            Some(sign) => ((*sign).to_owned(), (*sign).to_owned()),
            None => (format!("<{name}>"), format!("</{name}>")),
        };
        self.out.push_str(&open);
        self.out.push_str(&inside);
        self.out.push_str(&close);
    }
}

/// Whether signs open and close there, by `CommonMark`'s rules on what they stand beside.
fn fits(sign: &str, before: Option<char>, inside: &str, after: Option<char>) -> bool {
    let (Some(first), Some(last)) = (inside.chars().next(), inside.chars().next_back()) else {
        return false;
    };
    let char = sign.chars().next().unwrap_or('*');
    let is_same = |it: Option<char>| it == Some(char) || char == '~' && it == Some('\\');
    // A bracket may be a placeholder's; what is no sign to everybody, such as half of an emoji, is taken
    // for a letter.
    let is_free = |it: Option<char>| {
        it.is_none_or(|it| it.is_whitespace() || it.is_ascii_punctuation() && it != ']')
    };
    let opens = !first.is_whitespace() && (!is_sign(first) || is_free(before));
    let closes = !last.is_whitespace() && (!is_sign(last) || is_free(after));
    let is_lone = ![before, Some(first), Some(last), after].into_iter().any(is_same);
    // Between letters, an underscore is one.
    let is_allowed = char != '_' || is_free(before) && is_free(after);
    // A backslash before the closing sign would escape it.
    opens && closes && is_lone && is_allowed && last != '\\' && before != Some('\\')
}

fn is_sign(char: char) -> bool {
    !char.is_alphanumeric() && !char.is_whitespace()
}

/// What the text of an inline begins with, as far as it matters to what stands before it.
fn first_char(inline: &Inline) -> Option<char> {
    match inline {
        Inline::Text(text) => text.chars().next(),
        Inline::Code(_) => Some('`'),
        Inline::Break => Some('\\'),
        Inline::Styled { style, .. } => Some(match style {
            Style::Strong | Style::Emphasis => '*',
            Style::Strike => '~',
            Style::Underline | Style::Subscript | Style::Superscript => '<',
        }),
        Inline::Link { .. } => Some('['),
        Inline::Placeholder(_) | Inline::Enclosed { .. } => Some(PLACEHOLDER),
        Inline::Image { .. } => Some('!'),
    }
}

fn is_autolink(target: &str) -> bool {
    ["http://", "https://"].iter().any(|it| target.starts_with(it))
        && !target.contains(|it: char| {
            it.is_whitespace()
                || it.is_control()
                || matches!(it, '<' | '>' | '|' | '\\' | '&' | '[' | '*' | '_')
        })
}

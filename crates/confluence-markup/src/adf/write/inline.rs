//! Writes running text: nodes of the original where all of one is there, else new ones.

use serde_json::{Value, json};

use super::{Writer, place};
use crate::{
    adf::{
        Kind, Node, WriteError,
        token::{Look, Origin, Shown, Token},
    },
    model::{Inline, Placeholder, Style},
    storage::is_unsafe,
};

/// A token, and the text whose marks it has.
#[derive(Debug, Clone)]
pub(in crate::adf) struct Placed<'d, 'a> {
    pub(in crate::adf) token: Token<'d, 'a>,
    pub(in crate::adf) like: Option<&'d Node<'a>>,
}

impl Placed<'_, '_> {
    /// Its text as the original has it.
    fn text(&self) -> &str {
        match (self.token.origin, &self.token.look) {
            (Some(Origin::Text { of, .. }), _) => of,
            (_, Look::Text(text)) => text,
            (_, Look::Break) => "\n",
            (_, Look::Atom(_)) => "",
        }
    }

    /// How many tokens, from this one on, are a whole node of the original.
    fn whole(&self, following: &[Self]) -> Option<usize> {
        let Some(Origin::Part { node, part: 0, parts }) = self.token.origin else { return None };
        let is_next = |(index, it): (usize, &Self)| match it.token.origin {
            Some(Origin::Part { node: other, part, .. }) => {
                std::ptr::eq(node, other) && part == index + 1
            }
            _ => false,
        };
        let rest = following.get(..parts - 1)?;
        rest.iter().enumerate().all(is_next).then_some(parts)
    }

    fn is_alike(&self, other: &Self) -> bool {
        match (self.like, other.like) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            (None, None) => self.token.shown == other.token.shown,
            _ => false,
        }
    }
}

impl<'d, 'a> Writer<'_, 'd, 'a> {
    /// Writes what stands in a block with text.
    pub(in crate::adf) fn run_of(
        &mut self,
        holder: Kind,
        mut tokens: Vec<Placed<'d, 'a>>,
    ) -> Result<(), WriteError> {
        tokens.retain(|it| !matches!(it.token.origin, Some(Origin::Layout)));
        if holder == Kind::CodeBlock {
            if let Some(Look::Atom(inline)) =
                tokens.iter().map(|it| &it.token.look).find(|it| matches!(it, Look::Atom(_)))
            {
                return Err(not_beside(inline, place::described(holder)));
            }
            let text: String = tokens.iter().map(Placed::text).collect();
            self.plain(&text);
            return Ok(());
        }
        let mut rest = tokens.as_slice();
        while let [first, following @ ..] = rest {
            if let (Some(length), Some(Origin::Part { node, .. })) =
                (first.whole(following), first.token.origin)
            {
                self.push(node.source());
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            rest = following;
            match &first.token.look {
                Look::Break => self.push("{\"type\":\"hardBreak\"}"),
                Look::Atom(Inline::Placeholder(it)) => self.placeholder(holder, it)?,
                Look::Atom(inline) => return Err(not_beside(inline, "a line with other text")),
                Look::Text(_) => {
                    let mut text = first.text().to_owned();
                    while let [next, following @ ..] = rest
                        && matches!(next.token.look, Look::Text(_))
                        && next.is_alike(first)
                        && next.whole(following).is_none()
                    {
                        text.push_str(next.text());
                        rest = following;
                    }
                    self.text(first, &text)?;
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, first: &Placed<'d, 'a>, text: &str) -> Result<(), WriteError> {
        if let Some(node) = first.like {
            let mut out = String::new();
            node.with_text(text, &mut out);
            let is_same = node.text() == text;
            self.push(if is_same { node.source() } else { &out });
            return Ok(());
        }
        let marks = self.marks(&first.token.shown)?;
        let text = crate::adf::document::quoted(text);
        let mut node = format!("{{\"type\":\"text\",\"text\":{text}");
        if !marks.is_empty() {
            node.push_str(",\"marks\":[");
            node.push_str(&marks.join(","));
            node.push(']');
        }
        node.push('}');
        self.push(&node);
        Ok(())
    }

    /// The marks that say what Markdown shows.
    fn marks(&self, shown: &[Shown]) -> Result<Vec<String>, WriteError> {
        // Beside code, ADF has no styles.
        let is_code = shown.contains(&Shown::Code);
        let mut marks = Vec::new();
        let mut has_shift = false;
        for it in shown {
            let mark = match it {
                Shown::Enclosed(placeholder) => match self.comment(placeholder)? {
                    Some(mark) => mark,
                    None => continue,
                },
                Shown::Link(target) => {
                    let href = address(target)?;
                    json!({ "type": "link", "attrs": { "href": href } }).to_string()
                }
                Shown::Code => json!({ "type": "code" }).to_string(),
                Shown::Styled(_) if is_code => continue,
                Shown::Styled(style) => {
                    let shift = match style {
                        Style::Subscript => "sub",
                        Style::Superscript => "sup",
                        Style::Strong | Style::Emphasis | Style::Strike | Style::Underline => "",
                    };
                    let name = match style {
                        Style::Strong => "strong",
                        Style::Emphasis => "em",
                        Style::Strike => "strike",
                        Style::Underline => "underline",
                        Style::Subscript | Style::Superscript => "subsup",
                    };
                    if shift.is_empty() {
                        json!({ "type": name }).to_string()
                    } else if has_shift {
                        continue;
                    } else {
                        has_shift = true;
                        json!({ "type": name, "attrs": { "type": shift } }).to_string()
                    }
                }
            };
            marks.push(mark);
        }
        Ok(marks)
    }

    /// The mark of a comment; `None` for a block of a cell, which the text stands in.
    fn comment(&self, placeholder: &Placeholder) -> Result<Option<String>, WriteError> {
        if placeholder.id.is_empty() {
            return Err(WriteError::CannotMake(placeholder.clone()));
        }
        let comment = self.reader.and_then(|it| Some((it, it.comment(&placeholder.id)?)));
        let Some((reader, mark)) = comment else {
            return self.original(placeholder).map(|_| None);
        };
        let original = reader.comment_placeholder(mark);
        if original == *placeholder {
            return Ok(Some(mark.source().to_owned()));
        }
        let edited = Box::new(placeholder.clone());
        Err(WriteError::ChangedPlaceholder { edited, original: Box::new(original) })
    }

    fn placeholder(&mut self, holder: Kind, placeholder: &Placeholder) -> Result<(), WriteError> {
        if !placeholder.id.is_empty() {
            let node = self.original(placeholder)?;
            if !node.kind.is_inline() {
                let inline = Inline::Placeholder(placeholder.clone());
                return Err(not_beside(&inline, "a line with other text"));
            }
            let is_large = matches!(node.kind, Kind::InlineExtension | Kind::MediaInline);
            if holder == Kind::Caption && is_large {
                let inline = Inline::Placeholder(placeholder.clone());
                return Err(not_beside(&inline, place::described(holder)));
            }
            self.push(node.source());
            return Ok(());
        }
        let made = made(placeholder).ok_or_else(|| WriteError::CannotMake(placeholder.clone()))?;
        self.push(&made.to_string());
        Ok(())
    }
}

/// What a placeholder without an id says.
fn made(placeholder: &Placeholder) -> Option<Value> {
    let label = placeholder.label.trim();
    if label.is_empty() {
        return None;
    }
    match placeholder.kind.as_str() {
        "mention" => Some(json!({ "type": "mention", "attrs": { "id": label } })),
        "emoji" => {
            let name = format!(":{label}:");
            Some(json!({ "type": "emoji", "attrs": { "shortName": name } }))
        }
        "date" => {
            let date: jiff::civil::Date = label.parse().ok()?;
            let midnight = date.to_datetime(jiff::civil::Time::midnight());
            let timestamp = jiff::tz::Offset::UTC.to_timestamp(midnight).ok()?;
            let timestamp = timestamp.as_millisecond().to_string();
            Some(json!({ "type": "date", "attrs": { "timestamp": timestamp } }))
        }
        "status" => {
            let coloured = label.rsplit_once(':').and_then(|(text, it)| Some((text, colour(it)?)));
            let (text, color) = coloured.unwrap_or_else(|| (label, "neutral".to_owned()));
            let text = text.trim();
            (!text.is_empty())
                .then(|| json!({ "type": "status", "attrs": { "text": text, "color": color } }))
        }
        _ => None,
    }
}

fn colour(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase();
    if name == "grey" || name == "gray" {
        return Some("neutral".to_owned());
    }
    let digits = name.strip_prefix('#').unwrap_or_default();
    let is_hex = digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_hexdigit());
    let names = ["neutral", "purple", "blue", "red", "yellow", "green"];
    (is_hex || names.contains(&name.as_str())).then_some(name)
}

/// A URL that may be followed.
pub(super) fn address(target: &str) -> Result<&str, WriteError> {
    if is_unsafe(target) {
        return Err(WriteError::UnsafeLink(target.to_owned()));
    }
    let is_name = ["page:", "blog:", "attachment:"].iter().any(|it| target.starts_with(it));
    if is_name || target.is_empty() {
        return Err(WriteError::NoAddress(target.to_owned()));
    }
    Ok(target)
}

fn not_beside(inline: &Inline, holder: &'static str) -> WriteError {
    let what = if let Inline::Placeholder(it) = inline {
        format!("`{it}`")
    } else {
        "an image".to_owned()
    };
    WriteError::NotHere { what, holder }
}

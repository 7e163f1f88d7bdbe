//! How nodes are named where Markdown has no words for them.

use serde_json::Value;

use super::Reader;
use crate::{
    adf::{Kind, Node},
    model::{Inline, Placeholder},
    storage::label,
};

impl Reader<'_, '_> {
    /// What names a node.
    #[expect(clippy::wildcard_enum_match_arm, reason = "any other node is named by its type")]
    pub(in crate::adf) fn placeholder(&self, node: &Node<'_>) -> Placeholder {
        let (kind, text) = match node.kind {
            Kind::Extension | Kind::InlineExtension | Kind::BodiedExtension => {
                ("macro", extension(node))
            }
            Kind::Expand | Kind::NestedExpand => ("expand", node.word("title")),
            Kind::Panel => ("panel", node.word("panelType")),
            Kind::DecisionList => ("decisions", String::new()),
            Kind::LayoutSection => ("layout", String::new()),
            Kind::LayoutColumn => ("cell", String::new()),
            Kind::MediaSingle | Kind::MediaInline => ("image", media(node)),
            Kind::MediaGroup => {
                let files: Vec<String> = node.content().iter().map(media).collect();
                ("files", files.join(", "))
            }
            Kind::BlockCard | Kind::EmbedCard => ("card", node.word("url")),
            Kind::Placeholder => ("placeholder", node.word("text")),
            Kind::Mention => ("mention", node.word("id")),
            Kind::Date => ("date", date(&node.word("timestamp"))),
            Kind::Status => {
                let (text, colour) = (node.word("text"), node.word("color"));
                ("status", if colour.is_empty() { text } else { format!("{text}:{colour}") })
            }
            Kind::Emoji => ("emoji", node.word("shortName").trim_matches(':').to_owned()),
            _ => ("adf", node.name().to_owned()),
        };
        Placeholder { kind: kind.to_owned(), label: label(&text), id: self.id(node) }
    }

    /// A node without text, as one thing.
    pub(super) fn atom(&self, node: &Node<'_>) -> Inline {
        match external(node) {
            Some((target, alt)) => Inline::Image { target, alt, id: self.id(node) },
            None => Inline::Placeholder(self.placeholder(node)),
        }
    }
}

/// What an image shows that is not a file of Confluence's, and the text in its place.
pub(in crate::adf) fn external(node: &Node<'_>) -> Option<(String, String)> {
    let [media, ..] = node.content() else { return None };
    let target = media.word("url");
    let is_external = node.kind == Kind::MediaSingle && media.word("type") == "external";
    let is_plain = !target.is_empty() && !target.contains(|it: char| it.is_control());
    (is_external && is_plain).then(|| {
        let alt = media.word("alt");
        (target, alt.split_whitespace().collect::<Vec<_>>().join(" "))
    })
}

/// A macro's name and what it is told.
fn extension(node: &Node<'_>) -> String {
    let mut text = node.word("extensionKey");
    let parameters = node.attribute("parameters").unwrap_or_default();
    let Some(Value::Object(parameters)) = parameters.get("macroParams") else { return text };
    for (name, value) in parameters {
        let value = value.get("value").unwrap_or(value);
        if let Some(value) = value.as_str().filter(|it| !it.is_empty()) {
            text.push(' ');
            if !name.is_empty() {
                text.push_str(name);
                text.push('=');
            }
            text.push_str(value);
        }
    }
    text
}

/// The text in an image's place, else what else names it.
fn media(node: &Node<'_>) -> String {
    let media = if node.kind == Kind::MediaSingle { node.content().first() } else { Some(node) };
    let Some(media) = media else { return String::new() };
    ["alt", "url", "id"]
        .iter()
        .map(|it| media.word(it))
        .find(|it| !it.is_empty())
        .unwrap_or_default()
}

/// A day, from milliseconds since 1970; what is none stays as it is.
fn date(timestamp: &str) -> String {
    timestamp.parse().ok().and_then(|it| jiff::Timestamp::from_millisecond(it).ok()).map_or_else(
        || timestamp.to_owned(),
        |it| jiff::tz::Offset::UTC.to_datetime(it).date().to_string(),
    )
}

//! What Markdown says of a macro or an extension.

use std::borrow::Cow;

use super::Reader;
use crate::{
    model::{PanelKind, Placeholder},
    storage::{Document, NodeId, Tag, inventory},
};

/// How many characters of a macro's parameters are shown.
const LABEL_LENGTH: usize = 80;

/// Parameters that say nothing to a reader.
const DULL: [&str; 8] = [
    "serverId",
    "server",
    "breakoutMode",
    "breakoutWidth",
    "layout",
    "extension-id",
    "local-id",
    "extension-type",
];

/// A macro or an extension, looked at.
pub(crate) struct Macro<'a> {
    pub(crate) node: NodeId,
    pub(crate) name: Cow<'a, str>,
    /// Where its blocks are.
    pub(crate) rich_body: Option<NodeId>,
    /// Where its text is.
    pub(crate) plain_body: Option<NodeId>,
    is_extension: bool,
}

impl<'a> Macro<'a> {
    pub(crate) fn of(document: &Document<'a>, node: NodeId) -> Self {
        if document.tag(node) == Some(Tag::AdfExtension) {
            let of_type = document.child(node, Tag::AdfNode);
            let name = of_type.and_then(|it| document.attribute(it, "type")).unwrap_or_default();
            let rich_body = of_type.filter(|it| {
                document.descendants(*it).any(|it| document.tag(it) == Some(Tag::AdfContent))
            });
            return Self { node, name, rich_body, plain_body: None, is_extension: true };
        }
        let name = document.attribute(node, "ac:name").unwrap_or_default();
        Self {
            node,
            name,
            rich_body: document.child(node, Tag::RichTextBody),
            plain_body: document.child(node, Tag::PlainTextBody),
            is_extension: false,
        }
    }

    /// A parameter's text.
    pub(crate) fn parameter(&self, document: &Document<'a>, name: &str) -> Option<String> {
        document
            .children(self.node)
            .find(|it| {
                document.tag(*it) == Some(Tag::Parameter)
                    && document.attribute(*it, "ac:name").is_some_and(|it| it == name)
            })
            .map(|it| document.text(it))
    }

    /// The alert that says the same, if one does.
    pub(crate) fn panel(&self, document: &Document<'a>) -> Option<PanelKind> {
        if self.is_extension || self.rich_body.is_none() {
            return None;
        }
        let kind = match self.name.as_ref() {
            "info" => PanelKind::Info,
            "note" => PanelKind::Note,
            "tip" => PanelKind::Tip,
            "warning" => PanelKind::Warning,
            _ => return None,
        };
        let title = self.parameter(document, "title").unwrap_or_default();
        title.trim().is_empty().then_some(kind)
    }

    /// Whether its text is code to a reader.
    pub(crate) fn is_code(&self) -> bool {
        !self.is_extension && matches!(self.name.as_ref(), "code" | "noformat")
    }

    /// What names the macro where Markdown has no words for it.
    pub(crate) fn placeholder(&self, reader: &Reader<'_, 'a>) -> Placeholder {
        let document = reader.document;
        if self.is_extension {
            let text = self.labelled(document);
            return reader.placeholder("adf", &text, self.node);
        }
        let title = || label(&self.parameter(document, "title").unwrap_or_default());
        match self.name.as_ref() {
            // Its text is all that it is: whoever writes it can make another.
            "status" if self.rich_body.is_none() => {
                let colour = self.parameter(document, "colour").unwrap_or_default();
                let mut label = title();
                if !colour.trim().is_empty() {
                    label.push(':');
                    label.push_str(&self::label(&colour.to_lowercase()));
                }
                Placeholder { kind: "status".to_owned(), label, id: String::new() }
            }
            "expand" | "panel" | "info" | "note" | "tip" | "warning"
                if self.rich_body.is_some() =>
            {
                reader.placeholder(&self.name, &title(), self.node)
            }
            _ => reader.placeholder("macro", &self.labelled(document), self.node),
        }
    }

    /// Its name and what it is told.
    fn labelled(&self, document: &Document<'a>) -> String {
        let mut text = self.name.clone().into_owned();
        let inside = document.child(self.node, Tag::AdfNode).filter(|_| self.is_extension);
        let holder = inside.unwrap_or(self.node);
        for parameter in document.children(holder) {
            let name = match document.tag(parameter) {
                Some(Tag::Parameter | Tag::DefaultParameter) => "ac:name",
                Some(Tag::AdfAttribute) => "key",
                _ => continue,
            };
            let key = document.attribute(parameter, name).unwrap_or_default();
            let value = inventory::value(document, parameter);
            if DULL.contains(&key.as_ref()) || value.is_empty() {
                continue;
            }
            text.push(' ');
            if !key.is_empty() {
                text.push_str(&key);
                text.push('=');
            }
            text.push_str(&value);
        }
        label(&text)
    }
}

/// Text as it can stand in a placeholder: short, on one line, without its signs.
pub(crate) fn label(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for char in text.trim().chars() {
        let char = match char {
            '[' => '(',
            ']' => ')',
            '`' => '\'',
            it if it.is_control() || it.is_whitespace() => ' ',
            it => it,
        };
        if char == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        if length == LABEL_LENGTH {
            out.truncate(out.trim_end().len());
            out.push('…');
            return without_id(out);
        }
        out.push(char);
        length += 1;
    }
    out.truncate(out.trim_end().len());
    without_id(out)
}

/// No label ends in what would be read as an id.
fn without_id(mut label: String) -> String {
    if label.rsplit(' ').next().is_some_and(|it| it.starts_with('#')) {
        label.push('.');
    }
    label
}

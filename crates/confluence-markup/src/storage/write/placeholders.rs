//! Placeholders: the original where there is one, else what their words say.

use super::{WriteError, Writer};
use crate::{
    model::{Block, Inline, Placeholder},
    storage::{NodeId, Tag, read::Macro, text},
};

/// What a placeholder with content is made of: all before it and all after it.
pub(crate) struct Shell {
    pub(crate) open: String,
    pub(crate) close: String,
    /// Whether the content goes into a macro's plain text.
    pub(crate) is_text: bool,
}

impl Writer<'_, '_> {
    /// The node of the original that a placeholder stands for.
    pub(crate) fn node(&self, placeholder: &Placeholder) -> Result<NodeId, WriteError> {
        let unknown = || WriteError::UnknownPlaceholder(placeholder.clone());
        let reader = self.original.ok_or_else(unknown)?;
        reader.node(&placeholder.id).ok_or_else(unknown)
    }

    pub(super) fn placeholder(&mut self, placeholder: &Placeholder) -> Result<(), WriteError> {
        if placeholder.id.is_empty() {
            return self.new_placeholder(placeholder);
        }
        let node = self.node(placeholder)?;
        if let Some(reader) = self.original {
            if let Some(original) = reader.placeholder_of(node)
                && original != *placeholder
            {
                return Err(WriteError::changed(placeholder, &original));
            }
            self.out.push_str(reader.document.outer_source(node));
        }
        Ok(())
    }

    fn new_placeholder(&mut self, placeholder: &Placeholder) -> Result<(), WriteError> {
        let label = placeholder.label.trim();
        match placeholder.kind.as_str() {
            "date" => self.open("time", &[("datetime", label)], true),
            "mention" if !label.is_empty() => {
                self.out.push_str("<ac:link>");
                self.open("ri:user", &[("ri:account-id", label)], true);
                self.out.push_str("</ac:link>");
            }
            "status" => {
                let (title, colour) = match label.rsplit_once(':') {
                    Some((title, colour)) if is_colour(colour) => (title, capitalized(colour)),
                    _ => (label, String::new()),
                };
                self.open("ac:structured-macro", &[("ac:name", "status")], false);
                self.parameter("title", title.trim());
                self.parameter("colour", &colour);
                self.out.push_str("</ac:structured-macro>");
            }
            "emoji" if !label.is_empty() => self.open("ac:emoticon", &[("ac:name", label)], true),
            "rule" => self.out.push_str("<hr />"),
            "macro" if !label.is_empty() => {
                self.open_macro(label);
                self.out.push_str("</ac:structured-macro>");
            }
            _ => return Err(WriteError::CannotMake(placeholder.clone())),
        }
        Ok(())
    }

    /// The start of a macro that `name key=value key=value` describes.
    fn open_macro(&mut self, label: &str) {
        let (name, rest) = label.split_once(' ').unwrap_or((label, ""));
        self.open("ac:structured-macro", &[("ac:name", name)], false);
        let mut key = "";
        let mut value = String::new();
        for word in rest.split(' ').filter(|it| !it.is_empty()) {
            let parameter = word.split_once('=').filter(|(key, _)| {
                !key.is_empty() && key.chars().all(|it| it.is_alphanumeric() || it == '-')
            });
            if let Some((next, first)) = parameter {
                self.parameter(key, &value);
                key = next;
                first.clone_into(&mut value);
            } else {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(word);
            }
        }
        self.parameter(key, &value);
    }

    fn parameter(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        self.out.push_str("<ac:parameter ac:name=\"");
        text::escape_attribute_into(name, &mut self.out);
        self.out.push_str("\">");
        text::escape_text_into(value, &mut self.out);
        self.out.push_str("</ac:parameter>");
    }

    /// What stands around the content of something that encloses it.
    pub(crate) fn shell(&self, placeholder: &Placeholder) -> Result<Shell, WriteError> {
        if placeholder.id.is_empty() {
            return new_shell(placeholder);
        }
        let node = self.node(placeholder)?;
        let unknown = || WriteError::UnknownPlaceholder(placeholder.clone());
        let reader = self.original.ok_or_else(unknown)?;
        let document = reader.document;
        let (body, is_text) = match document.tag(node) {
            Some(Tag::StructuredMacro | Tag::OldMacro | Tag::AdfExtension) => {
                let it = Macro::of(document, node);
                match (it.rich_body, it.plain_body) {
                    (Some(body), _) => (document.inner(body), false),
                    (None, Some(body)) => (document.outer(body), true),
                    (None, None) => return Err(unknown()),
                }
            }
            Some(Tag::Image) => {
                let caption = document.child(node, Tag::AcCaption).ok_or_else(unknown)?;
                (document.inner(caption), false)
            }
            Some(Tag::Link) => {
                let body = document.child(node, Tag::LinkBody).ok_or_else(unknown)?;
                (document.inner(body), false)
            }
            _ => (document.inner(node), false),
        };
        let outer = document.outer(node);
        let part = |range: std::ops::Range<usize>| {
            document.source().get(range).unwrap_or_default().to_owned()
        };
        Ok(Shell { open: part(outer.start..body.start), close: part(body.end..outer.end), is_text })
    }

    pub(super) fn enclosed_blocks(
        &mut self,
        placeholder: &Placeholder,
        blocks: &[Block],
    ) -> Result<(), WriteError> {
        let shell = self.shell(placeholder)?;
        self.out.push_str(&shell.open);
        match blocks {
            [Block::Code { text, .. }] if shell.is_text => self.plain_text(text),
            [] if shell.is_text => self.plain_text(""),
            _ if shell.is_text => return Err(WriteError::OnlyText(placeholder.clone())),
            _ => self.blocks(blocks)?,
        }
        self.out.push_str(&shell.close);
        Ok(())
    }

    pub(super) fn enclosed_inlines(
        &mut self,
        placeholder: &Placeholder,
        content: &[Inline],
    ) -> Result<(), WriteError> {
        let shell = self.shell(placeholder)?;
        self.out.push_str(&shell.open);
        self.inlines(content)?;
        self.out.push_str(&shell.close);
        Ok(())
    }
}

/// What stands around the content of something new.
fn new_shell(placeholder: &Placeholder) -> Result<Shell, WriteError> {
    let mut open = Writer::new(None);
    let label = placeholder.label.trim();
    match placeholder.kind.as_str() {
        name @ ("expand" | "panel" | "info" | "note" | "tip" | "warning") => {
            open.open("ac:structured-macro", &[("ac:name", name)], false);
            open.parameter("title", label);
        }
        "macro" if !label.is_empty() => open.open_macro(label),
        _ => return Err(WriteError::CannotMake(placeholder.clone())),
    }
    open.out.push_str("<ac:rich-text-body>");
    let close = "</ac:rich-text-body></ac:structured-macro>".to_owned();
    Ok(Shell { open: open.out, close, is_text: false })
}

fn is_colour(text: &str) -> bool {
    ["grey", "gray", "red", "yellow", "green", "blue", "purple"]
        .contains(&text.to_lowercase().as_str())
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|it| it.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

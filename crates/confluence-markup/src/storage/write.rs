//! Writes the model as storage format.
//!
//! All text is escaped: nothing that Markdown says becomes markup that it has no words for. Placeholders
//! become the bytes of the original.

mod error;
mod links;
mod placeholders;
mod table;

pub use error::WriteError;
pub(crate) use links::is_unsafe;
pub(crate) use placeholders::Shell;
pub(crate) use table::{merged, span_value, spans};

use std::{fmt::Write as _, ops::Range};

use super::{Document, NodeId, Tag, read::Reader, text};
use crate::model::{Block, Inline, Item, PanelKind, Placeholder, Style};

/// Writes storage format, with the original at hand or without.
#[derive(Debug)]
pub(crate) struct Writer<'r, 'a> {
    pub(crate) original: Option<&'r Reader<'r, 'a>>,
    pub(crate) out: String,
}

impl<'r, 'a> Writer<'r, 'a> {
    pub(crate) fn new(original: Option<&'r Reader<'r, 'a>>) -> Self {
        Self { original, out: String::new() }
    }

    pub(crate) fn blocks(&mut self, blocks: &[Block]) -> Result<(), WriteError> {
        blocks.iter().try_for_each(|it| self.block(it))
    }

    pub(crate) fn block(&mut self, block: &Block) -> Result<(), WriteError> {
        match block {
            Block::Paragraph(content) => match content.as_slice() {
                // On lines of its own, an image is a block.
                [Inline::Image { target, alt, id }] => self.image(target, alt, id),
                [Inline::Placeholder(it)] if stands_alone(it) => self.placeholder(it),
                _ => self.holding("p", |it| it.inlines(content)),
            },
            Block::Heading { level, content } => {
                let names = ["h1", "h2", "h3", "h4", "h5", "h6"];
                let name = names.get(usize::from(*level).saturating_sub(1)).unwrap_or(&"h6");
                self.holding(name, |it| it.inlines(content))
            }
            Block::Rule => {
                self.out.push_str("<hr />");
                Ok(())
            }
            Block::Quote(blocks) => self.holding("blockquote", |it| it.blocks(blocks)),
            Block::List { start, items } => self.list(*start, items),
            Block::Code { language, text } => {
                self.open("ac:structured-macro", &[("ac:name", "code")], false);
                if !language.is_empty() {
                    self.out.push_str("<ac:parameter ac:name=\"language\">");
                    text::escape_text_into(language, &mut self.out);
                    self.out.push_str("</ac:parameter>");
                }
                self.plain_text(text);
                self.out.push_str("</ac:structured-macro>");
                Ok(())
            }
            Block::Table(table) => self.table(table),
            Block::Panel { kind, blocks } => {
                self.open("ac:structured-macro", &[("ac:name", panel_name(*kind))], false);
                self.holding("ac:rich-text-body", |it| it.blocks(blocks))?;
                self.out.push_str("</ac:structured-macro>");
                Ok(())
            }
            Block::Enclosed { placeholder, blocks } => self.enclosed_blocks(placeholder, blocks),
        }
    }

    pub(crate) fn inlines(&mut self, content: &[Inline]) -> Result<(), WriteError> {
        content.iter().try_for_each(|it| self.inline(it))
    }

    pub(crate) fn inline(&mut self, inline: &Inline) -> Result<(), WriteError> {
        match inline {
            Inline::Text(it) => {
                text::escape_text_into(it, &mut self.out);
                Ok(())
            }
            Inline::Code(it) => {
                self.out.push_str("<code>");
                text::escape_text_into(it, &mut self.out);
                self.out.push_str("</code>");
                Ok(())
            }
            Inline::Break => {
                self.out.push_str("<br />");
                Ok(())
            }
            Inline::Styled { style, content } => {
                self.holding(style_name(*style), |it| it.inlines(content))
            }
            Inline::Link { target, content } => self.link(target, content),
            Inline::Image { target, alt, id } => self.image(target, alt, id),
            Inline::Placeholder(placeholder) => self.placeholder(placeholder),
            Inline::Enclosed { placeholder, content } => {
                self.enclosed_inlines(placeholder, content)
            }
        }
    }

    pub(crate) fn list(&mut self, start: Option<u64>, items: &[Item]) -> Result<(), WriteError> {
        let mut rest = items;
        let mut start = start;
        while let Some(first) = rest.first() {
            let is_task = first.done.is_some();
            let length = rest.iter().take_while(|it| it.done.is_some() == is_task).count();
            let (items, others) = rest.split_at(length);
            if is_task {
                self.holding("ac:task-list", |it| items.iter().try_for_each(|item| it.task(item)))?;
            } else if let Some(number) = start {
                let from = number.to_string();
                let from = if number == 1 { "" } else { from.as_str() };
                self.open("ol", &[("start", from)], false);
                items.iter().try_for_each(|it| self.item(it))?;
                self.out.push_str("</ol>");
            } else {
                self.holding("ul", |it| items.iter().try_for_each(|item| it.item(item)))?;
            }
            start = start.map(|it| it.saturating_add(u64::try_from(length).unwrap_or(0)));
            rest = others;
        }
        Ok(())
    }

    pub(crate) fn item(&mut self, item: &Item) -> Result<(), WriteError> {
        self.holding("li", |it| match item.blocks.as_slice() {
            [] => {
                it.out.push_str("<p></p>");
                Ok(())
            }
            blocks => it.blocks(blocks),
        })
    }

    pub(crate) fn task(&mut self, item: &Item) -> Result<(), WriteError> {
        self.out.push_str("<ac:task><ac:task-status>");
        self.out.push_str(task_status(item.done == Some(true)));
        self.out.push_str("</ac:task-status>");
        self.holding("ac:task-body", |it| match item.blocks.split_first() {
            // Text stands in a task without a paragraph around.
            Some((Block::Paragraph(content), rest)) => {
                it.inlines(content)?;
                it.blocks(rest)
            }
            _ => it.blocks(&item.blocks),
        })?;
        self.out.push_str("</ac:task>");
        Ok(())
    }

    pub(crate) fn plain_text(&mut self, text: &str) {
        self.out.push_str("<ac:plain-text-body>");
        text::data_into(text, &mut self.out);
        self.out.push_str("</ac:plain-text-body>");
    }

    fn holding(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        self.open(name, &[], false);
        content(self)?;
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        Ok(())
    }

    /// Writes a start tag; attributes without value are left out.
    pub(crate) fn open(&mut self, name: &str, attributes: &[(&str, &str)], is_empty: bool) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes.iter().filter(|it| !it.1.is_empty()) {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            text::escape_attribute_into(value, &mut self.out);
            self.out.push('"');
        }
        self.out.push_str(if is_empty { " />" } else { ">" });
    }

    /// Writes a start tag of the original with another value of one attribute.
    pub(crate) fn with_attribute(
        &mut self,
        reader: &Reader<'_, '_>,
        node: NodeId,
        name: &str,
        value: &str,
    ) {
        let source = reader.document.open_source(node);
        let mut escaped = String::new();
        text::escape_attribute_into(value, &mut escaped);
        // In the other quotes, these would end the value.
        let escaped = escaped.replace('\'', "&#39;");
        let end = 1 + reader.document.name(node).len();
        if let Some(range) = value_range(reader.document, node, name) {
            self.out.push_str(source.get(..range.start).unwrap_or_default());
            self.out.push_str(&escaped);
            self.out.push_str(source.get(range.end..).unwrap_or_default());
        } else {
            self.out.push_str(source.get(..end).unwrap_or_default());
            let _ = write!(self.out, " {name}=\"{escaped}\"");
            self.out.push_str(source.get(end..).unwrap_or_default());
        }
    }
}

/// Where in a start tag the value of an attribute stands, without its quotes.
fn value_range(document: &Document<'_>, node: NodeId, name: &str) -> Option<Range<usize>> {
    let source = document.open_source(node);
    let mut at = 1 + document.name(node).len();
    for attribute in document.attributes(node) {
        at += source.get(at..)?.find(attribute.name)? + attribute.name.len();
        at += source.get(at..)?.find(['"', '\''])? + 1;
        let range = at..at + attribute.value.len();
        if attribute.name == name {
            return Some(range);
        }
        at = range.end + 1;
    }
    None
}

/// Whether the placeholder is a block where nothing stands beside it.
fn stands_alone(placeholder: &Placeholder) -> bool {
    matches!(placeholder.kind.as_str(), "macro" | "adf" | "nested" | "table" | "rule")
}

/// The macro that an alert is.
pub(crate) fn panel_name(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Info => "info",
        PanelKind::Tip => "tip",
        PanelKind::Note => "note",
        PanelKind::Warning | PanelKind::Caution => "warning",
    }
}

/// The element that a style is.
pub(crate) fn style_name(style: Style) -> &'static str {
    match style {
        Style::Strong => Tag::Strong,
        Style::Emphasis => Tag::Em,
        Style::Strike => Tag::Del,
        Style::Underline => Tag::U,
        Style::Subscript => Tag::Sub,
        Style::Superscript => Tag::Sup,
    }
    .as_str()
}

/// How a task says whether it is done.
pub(crate) fn task_status(is_done: bool) -> &'static str {
    if is_done { "complete" } else { "incomplete" }
}

//! Writes the model as ADF.
//!
//! What the editor would not take is turned down, with the reason: Confluence would only say that the
//! document is not valid.

mod inline;
mod place;

pub(super) use inline::Placed;
use place::holds;

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use super::{
    Kind, Node, WriteError,
    read::{Reader, external},
    token,
};
use crate::{
    model::{Block, Cell, Inline, Item, PanelKind, Placeholder, Table},
    storage::{merged, spans},
};

/// A paragraph without text, where ADF wants a block.
const EMPTY_PARAGRAPH: &str = "{\"type\":\"paragraph\",\"content\":[]}";

/// Writes ADF, with the original at hand or without.
#[derive(Debug)]
pub(super) struct Writer<'r, 'd, 'a> {
    pub(super) reader: Option<&'r Reader<'d, 'a>>,
    pub(super) out: String,
    /// How many tasks and lists of them got an id.
    ids: u64,
    /// Makes these ids differ from those of another document.
    seed: u64,
}

impl<'r, 'd, 'a> Writer<'r, 'd, 'a> {
    pub(super) fn new(reader: Option<&'r Reader<'d, 'a>>, edited: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        reader.map(|it| it.document.source()).hash(&mut hasher);
        edited.hash(&mut hasher);
        Self { reader, out: String::new(), ids: 0, seed: hasher.finish() }
    }

    /// Writes a node as it is.
    pub(super) fn push(&mut self, node: &str) {
        // An array was just begun, or the last thing was a node.
        if !self.out.ends_with('[') {
            self.out.push(',');
        }
        self.out.push_str(node);
    }

    /// Writes a new node, whose content `inside` writes.
    fn node(
        &mut self,
        name: &str,
        attributes: &Value,
        inside: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let mut head = format!("{{\"type\":\"{name}\",");
        if !attributes.is_null() {
            head.push_str("\"attrs\":");
            head.push_str(&attributes.to_string());
            head.push(',');
        }
        head.push_str("\"content\":[");
        self.push(&head);
        inside(self)?;
        self.out.push_str("]}");
        Ok(())
    }

    /// Writes what stands in a node, and something if nothing does.
    pub(super) fn filled(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        inside(self)?;
        if self.out.ends_with('[') {
            self.push(EMPTY_PARAGRAPH);
        }
        Ok(())
    }

    /// An id that no other task has.
    fn new_id(&mut self) -> String {
        self.ids += 1;
        let part = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (self.seed, self.ids, salt).hash(&mut hasher);
            hasher.finish()
        };
        let (a, b) = (part(0), part(1));
        let (last, third) = (b & 0xffff_ffff_ffff, (b >> 48) & 0xfff);
        format!(
            "{:08x}-{:04x}-4{third:03x}-8{:03x}-{last:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff
        )
    }

    /// The node that a placeholder stands for, if it says what that says.
    pub(super) fn original(&self, placeholder: &Placeholder) -> Result<&'d Node<'a>, WriteError> {
        let unknown = || WriteError::UnknownPlaceholder(placeholder.clone());
        let reader = self.reader.ok_or_else(unknown)?;
        let node = reader.node(&placeholder.id).ok_or_else(unknown)?;
        let original = reader.placeholder(node);
        let is_title = original.kind == "expand" && placeholder.kind == "expand";
        if original == *placeholder || is_title {
            Ok(node)
        } else {
            let edited = Box::new(placeholder.clone());
            Err(WriteError::ChangedPlaceholder { edited, original: Box::new(original) })
        }
    }

    fn check(holder: Kind, kind: Kind) -> Result<(), WriteError> {
        if holds(holder, kind) {
            return Ok(());
        }
        let what = place::described(kind).to_owned();
        Err(WriteError::NotHere { what, holder: place::described(holder) })
    }

    pub(super) fn block(&mut self, holder: Kind, block: &Block) -> Result<(), WriteError> {
        match block {
            Block::Paragraph(content) => self.paragraph(holder, content),
            Block::Heading { level, content } => {
                Self::check(holder, Kind::Heading)?;
                let attributes = json!({ "level": level });
                self.node("heading", &attributes, |it| it.inlines(Kind::Heading, content))
            }
            Block::Rule => {
                Self::check(holder, Kind::Rule)?;
                self.push("{\"type\":\"rule\"}");
                Ok(())
            }
            Block::Quote(blocks) => {
                Self::check(holder, Kind::Blockquote)?;
                self.node("blockquote", &Value::Null, |it| it.all(Kind::Blockquote, blocks))
            }
            Block::Panel { kind, blocks } => {
                Self::check(holder, Kind::Panel)?;
                let attributes = json!({ "panelType": panel_type(*kind) });
                self.node("panel", &attributes, |it| it.all(Kind::Panel, blocks))
            }
            Block::List { start, items } => self.list(holder, *start, items),
            Block::Code { language, text } => {
                Self::check(holder, Kind::CodeBlock)?;
                let attributes = match language.as_str() {
                    "" => Value::Null,
                    language => json!({ "language": language }),
                };
                self.node("codeBlock", &attributes, |it| {
                    it.plain(text);
                    Ok(())
                })
            }
            Block::Table(table) => {
                Self::check(holder, Kind::Table)?;
                self.new_table(table)
            }
            Block::Enclosed { placeholder, blocks } if placeholder.id.is_empty() => {
                if placeholder.kind != "expand" {
                    return Err(WriteError::CannotMake(placeholder.clone()));
                }
                let kind =
                    if holds(holder, Kind::Expand) { Kind::Expand } else { Kind::NestedExpand };
                Self::check(holder, kind)?;
                let name = if kind == Kind::Expand { "expand" } else { "nestedExpand" };
                let attributes = json!({ "title": placeholder.label });
                self.node(name, &attributes, |it| it.all(kind, blocks))
            }
            Block::Enclosed { placeholder, .. } => {
                let node = self.original(placeholder)?;
                Self::check(holder, node.kind)?;
                self.moved(node, block)
            }
        }
    }

    fn all(&mut self, holder: Kind, blocks: &[Block]) -> Result<(), WriteError> {
        self.filled(|it| blocks.iter().try_for_each(|block| it.block(holder, block)))
    }

    fn paragraph(&mut self, holder: Kind, content: &[Inline]) -> Result<(), WriteError> {
        match content {
            [Inline::Placeholder(it)] if !it.id.is_empty() => {
                let node = self.original(it)?;
                if !node.kind.is_inline() {
                    Self::check(holder, node.kind)?;
                    self.push(node.source());
                    return Ok(());
                }
            }
            [Inline::Image { target, alt, id }] => return self.image(holder, target, alt, id),
            _ => {}
        }
        Self::check(holder, Kind::Paragraph)?;
        self.node("paragraph", &Value::Null, |it| it.inlines(Kind::Paragraph, content))
    }

    /// An image on lines of its own.
    fn image(&mut self, holder: Kind, target: &str, alt: &str, id: &str) -> Result<(), WriteError> {
        Self::check(holder, Kind::MediaSingle)?;
        if !id.is_empty() {
            let known = self.reader.and_then(|it| it.node(id));
            let known = known.and_then(|it| Some((it, external(it)?)));
            let Some((node, (was, old_alt))) = known else {
                let (kind, label) = ("image".to_owned(), target.to_owned());
                let id = id.to_owned();
                return Err(WriteError::UnknownPlaceholder(Placeholder { kind, label, id }));
            };
            if was == target && old_alt == alt {
                self.push(node.source());
                return Ok(());
            }
            if was == target
                && let [media, rest @ ..] = node.content()
            {
                let (head, tail) = node.shell();
                self.push(&head);
                self.push(&media.with_attributes(&[("alt", alt.into())]));
                for it in rest {
                    self.push(it.source());
                }
                self.out.push_str(tail);
                return Ok(());
            }
        }
        let url = inline::address(target)?;
        let mut attributes = json!({ "type": "external", "url": url });
        if !alt.is_empty() {
            attributes["alt"] = alt.into();
        }
        self.node("mediaSingle", &json!({ "layout": "center" }), |it| {
            it.push(&json!({ "type": "media", "attrs": attributes }).to_string());
            Ok(())
        })
    }

    /// Code without marks.
    pub(super) fn plain(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(&json!({ "type": "text", "text": text }).to_string());
        }
    }

    pub(super) fn inlines(&mut self, holder: Kind, content: &[Inline]) -> Result<(), WriteError> {
        let tokens = token::tokens(content).into_iter();
        self.run_of(holder, tokens.map(|token| Placed { token, like: None }).collect())
    }

    pub(super) fn list(
        &mut self,
        holder: Kind,
        start: Option<u64>,
        items: &[Item],
    ) -> Result<(), WriteError> {
        let mut next = start;
        for run in items.chunk_by(|a, b| a.done.is_some() == b.done.is_some()) {
            if run.first().is_some_and(|it| it.done.is_some()) {
                Self::check(holder, Kind::TaskList)?;
                let attributes = json!({ "localId": self.new_id() });
                self.node("taskList", &attributes, |it| {
                    run.iter().try_for_each(|item| it.task(item))
                })?;
            } else {
                let (kind, name) = match next {
                    Some(_) => (Kind::OrderedList, "orderedList"),
                    None => (Kind::BulletList, "bulletList"),
                };
                Self::check(holder, kind)?;
                let attributes = match next {
                    Some(1) | None => Value::Null,
                    Some(number) => json!({ "order": number }),
                };
                self.node(name, &attributes, |it| {
                    run.iter().try_for_each(|item| it.item(kind, item))
                })?;
            }
            let length = u64::try_from(run.len()).unwrap_or_default();
            next = next.map(|it| it.saturating_add(length));
        }
        Ok(())
    }

    /// Writes a new item of a list.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other lists have the same items")]
    pub(super) fn item(&mut self, list: Kind, item: &Item) -> Result<(), WriteError> {
        match list {
            Kind::TaskList => self.task(item),
            Kind::DecisionList => match item.blocks.as_slice() {
                [Block::Paragraph(content)] => {
                    let attributes = json!({ "localId": self.new_id(), "state": "DECIDED" });
                    self.node("decisionItem", &attributes, |it| {
                        it.inlines(Kind::DecisionItem, content)
                    })
                }
                _ => Err(Self::only_text(Kind::DecisionItem)),
            },
            _ => self.node("listItem", &Value::Null, |it| it.all(Kind::ListItem, &item.blocks)),
        }
    }

    pub(super) fn only_text(holder: Kind) -> WriteError {
        let what = "anything but one line of text".to_owned();
        WriteError::NotHere { what, holder: place::described(holder) }
    }

    fn task(&mut self, item: &Item) -> Result<(), WriteError> {
        let state = if item.done == Some(true) { "DONE" } else { "TODO" };
        let attributes = json!({ "localId": self.new_id(), "state": state });
        let is_text = |it: &Block| matches!(it, Block::Paragraph(_));
        match item.blocks.as_slice() {
            [] => self.node("taskItem", &attributes, |_| Ok(())),
            [Block::Paragraph(content), rest @ ..] if !rest.first().is_some_and(is_text) => {
                self.node("taskItem", &attributes, |it| it.inlines(Kind::TaskItem, content))?;
                rest.iter().try_for_each(|it| self.block(Kind::TaskList, it))
            }
            blocks => {
                self.node("blockTaskItem", &attributes, |it| it.all(Kind::BlockTaskItem, blocks))
            }
        }
    }

    fn new_table(&mut self, table: &Table) -> Result<(), WriteError> {
        self.node("table", &Value::Null, |it| {
            for (index, row) in table.rows.iter().enumerate() {
                // A head without text is there because Markdown wants one.
                let is_empty = row.iter().all(|it| it.content.is_empty());
                if index > 0 || !is_empty || table.rows.len() == 1 {
                    it.new_row(&table.rows, index)?;
                }
            }
            Ok(())
        })
    }

    /// Writes a row of a table; cells that others reach into are parts of these.
    pub(super) fn new_row(&mut self, rows: &[Vec<Cell>], row: usize) -> Result<(), WriteError> {
        self.node("tableRow", &Value::Null, |it| {
            let columns = 0..rows.get(row).map_or(0, Vec::len);
            columns.into_iter().try_for_each(|column| it.new_cell(rows, row, column))
        })
    }

    pub(super) fn new_cell(
        &mut self,
        rows: &[Vec<Cell>],
        row: usize,
        column: usize,
    ) -> Result<(), WriteError> {
        let Some(cell) = rows.get(row).and_then(|it| it.get(column)) else { return Ok(()) };
        if merged(cell).is_some() {
            return Ok(());
        }
        let (width, height) = spans(rows, row, column);
        let attributes = match (width, height) {
            (1, 1) => Value::Null,
            _ => json!({ "colspan": width, "rowspan": height }),
        };
        let name = if row == 0 { "tableHeader" } else { "tableCell" };
        self.node(name, &attributes, |it| it.paragraph(Kind::TableCell, &cell.content))
    }
}

/// What ADF calls an alert.
pub(super) fn panel_type(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Info => "info",
        PanelKind::Note => "note",
        PanelKind::Tip => "success",
        PanelKind::Warning => "warning",
        PanelKind::Caution => "error",
    }
}

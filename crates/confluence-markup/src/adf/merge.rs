//! Documents to Markdown, and edits of the Markdown back into the document.
//!
//! As in the storage format, three sides are compared: the document's blocks, what is read from its
//! Markdown, and what is read from the edited Markdown. A node that stayed is copied as it was written;
//! one that changed keeps its attributes, its marks and all of its content that stayed; only what is new
//! is written anew. Nodes that Markdown does not show stay where they are.

mod lists;
mod runs;
mod tables;

use std::hash::Hash;

use super::{
    Document, Kind, Node, WriteError,
    read::{Body, Reader, Source, caption},
    write::{Writer, panel_type},
};
use crate::{
    diff::{Stretch, stretches},
    markdown,
    model::{Block, Inline, Placeholder},
    storage::merge::pair,
};

/// The document as Markdown.
///
/// What Markdown cannot say becomes a placeholder that names it, with an id by which
/// [`Document::merge_markdown`] finds it again.
pub fn to_markdown(document: &Document<'_>) -> String {
    markdown::write(&Reader::new(document).inside(document.root()).blocks)
}

/// Markdown as a new document.
///
/// # Errors
///
/// When it has a placeholder with an id, as there is nothing that it could stand for, or something else
/// that cannot be written.
pub fn from_markdown(markdown: &str) -> Result<String, WriteError> {
    let mut writer = Writer::new(None, markdown);
    writer.out.push_str("{\"type\":\"doc\",\"version\":1,\"content\":[");
    for block in markdown::read(markdown) {
        writer.block(Kind::Doc, &block)?;
    }
    writer.out.push_str("]}");
    Ok(writer.out)
}

impl Document<'_> {
    /// The document with an edit of its Markdown: `edited` takes the place of what [`to_markdown`]
    /// gives.
    ///
    /// Nodes that were not edited stay as they are written, and placeholders become what they stand for.
    ///
    /// # Errors
    ///
    /// When the edit has something that cannot be written, such as a placeholder that is not one of the
    /// document's.
    pub fn merge_markdown(&self, edited: &str) -> Result<String, WriteError> {
        let reader = Reader::new(self);
        let old = reader.inside(self.root());
        let base = markdown::write(&old.blocks);
        let (base, new) = (markdown::read(&base), markdown::read(edited));
        if base == new {
            return Ok(self.source().to_owned());
        }
        let mut writer = Writer::new(Some(&reader), edited);
        let (head, tail) = self.root().shell();
        writer.out.push_str(&head);
        writer.blocks(&Side {
            holder: Kind::Doc,
            nodes: self.root().content(),
            sources: &old.sources,
            base: &base,
            new: &new,
        })?;
        writer.out.push_str(tail);
        // What stands around the document's object.
        let (before, after) = self.source().split_once(self.root().source()).unwrap_or_default();
        Ok(format!("{before}{}{after}", writer.out))
    }
}

/// Blocks of one node, on all sides.
struct Side<'s, 'd, 'a> {
    holder: Kind,
    nodes: &'d [Node<'a>],
    sources: &'s [Source<'d, 'a>],
    base: &'s [Block],
    new: &'s [Block],
}

/// What becomes of one thing of the edit: it is one of the base's, or new.
enum Step<'n, T> {
    /// The same as this one of the base.
    Kept(usize, &'n T),
    /// This one of the base, edited.
    Edited(usize, &'n T),
    /// Not of the base; comes where this one was.
    New(usize, &'n T),
}

/// How to get from the base to the edit.
fn steps<'n, T: Hash>(
    base: &[T],
    new: &'n [T],
    pairs: impl Fn(&[T], &[T]) -> Vec<Option<usize>>,
) -> Vec<Step<'n, T>> {
    let old_hashes: Vec<u64> = base.iter().map(pair::hash).collect();
    let new_hashes: Vec<u64> = new.iter().map(pair::hash).collect();
    let mut out = Vec::with_capacity(new.len());
    for stretch in stretches(&old_hashes, &new_hashes) {
        match stretch {
            Stretch::Same { before, after } => {
                let new = new.get(after).unwrap_or_default();
                out.extend(before.zip(new).map(|(at, it)| Step::Kept(at, it)));
            }
            Stretch::Differs(hunk) => {
                let new = new.get(hunk.after).unwrap_or_default();
                let start = hunk.before.start;
                let old = base.get(hunk.before).unwrap_or_default();
                let mut place = start;
                for (it, partner) in new.iter().zip(pairs(old, new)) {
                    match partner {
                        Some(at) => {
                            place = start + at + 1;
                            out.push(Step::Edited(start + at, it));
                        }
                        None => out.push(Step::New(place, it)),
                    }
                }
            }
        }
    }
    out
}

/// Copies nodes that Markdown does not show, each once.
struct Hidden<'d, 'a> {
    nodes: &'d [Node<'a>],
    /// Which nodes something is made of, in order.
    shown: Vec<std::ops::Range<usize>>,
    next: usize,
}

impl<'d, 'a> Hidden<'d, 'a> {
    fn new(nodes: &'d [Node<'a>], shown: Vec<std::ops::Range<usize>>) -> Self {
        Self { nodes, shown, next: 0 }
    }

    /// Writes those before one thing, and before all that were taken out before it.
    fn before(&mut self, index: usize, writer: &mut Writer<'_, '_, '_>) {
        while self.next <= index.min(self.shown.len()) {
            let from = match self.next.checked_sub(1) {
                Some(last) => self.shown.get(last).map_or(0, |it| it.end),
                None => 0,
            };
            let to = self.shown.get(self.next).map_or(self.nodes.len(), |it| it.start);
            for node in self.nodes.get(from..to).unwrap_or_default() {
                writer.push(node.source());
            }
            self.next += 1;
        }
    }
}

impl<'d, 'a> Writer<'_, 'd, 'a> {
    fn blocks(&mut self, side: &Side<'_, 'd, 'a>) -> Result<(), WriteError> {
        let Side { holder, nodes, sources, base, new } = *side;
        if base.len() != sources.len() {
            let text = nodes.first().map_or("", Node::source).chars().take(80).collect();
            return Err(WriteError::NotTheSame(text));
        }
        let shown = sources.iter().map(|it| it.at..it.at + 1).collect();
        let mut hidden = Hidden::new(nodes, shown);
        self.filled_unless(matches!(holder, Kind::Doc | Kind::TaskList), |it| {
            for step in steps(base, new, pair::pairs) {
                match step {
                    Step::Kept(at, _) => {
                        hidden.before(at, it);
                        if let Some(node) = side.node(at) {
                            it.push(node.source());
                        }
                    }
                    Step::Edited(at, block) => {
                        hidden.before(at, it);
                        if let (Some(node), Some(old), Some(source)) =
                            (side.node(at), base.get(at), sources.get(at))
                        {
                            it.edited(holder, node, &source.body, old, block)?;
                        }
                    }
                    Step::New(at, block) => {
                        // Where something else was taken out, it comes in its place.
                        if at < base.len() {
                            hidden.before(at, it);
                        }
                        it.block(holder, block)?;
                    }
                }
            }
            hidden.before(base.len(), it);
            Ok(())
        })
    }

    fn filled_unless(
        &mut self,
        may_be_empty: bool,
        inside: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        if may_be_empty { inside(self) } else { self.filled(inside) }
    }

    /// Merges one block that changed.
    fn edited(
        &mut self,
        holder: Kind,
        node: &'d Node<'a>,
        body: &Body<'d, 'a>,
        old: &Block,
        new: &Block,
    ) -> Result<(), WriteError> {
        match (old, body, new) {
            (Block::Paragraph(base), Body::Run, Block::Paragraph(edited))
                if !self.stands_alone(edited) =>
            {
                self.run(node, &[], base, edited)
            }
            (
                Block::Heading { level: was, content: base },
                Body::Run,
                Block::Heading { level, content },
            ) => {
                let change = [("level", (*level).into())];
                self.run(node, if was == level { &[] } else { &change }, base, content)
            }
            (Block::Quote(base), Body::Blocks(sources), Block::Quote(new)) => {
                self.held(node, &[], sources, base, new)
            }
            (
                Block::Panel { kind: was, blocks: base },
                Body::Blocks(sources),
                Block::Panel { kind, blocks: new },
            ) => {
                let change = [("panelType", panel_type(*kind).into())];
                self.held(node, if was == kind { &[] } else { &change }, sources, base, new)
            }
            (
                Block::Enclosed { placeholder: was, blocks: base },
                _,
                Block::Enclosed { placeholder, blocks: new },
            ) if was.id == placeholder.id => {
                self.original(placeholder)?;
                self.enclosed(node, body, (was, base), (placeholder, new))
            }
            (
                Block::Code { language: was, text: base },
                Body::Whole,
                Block::Code { language, text },
            ) => {
                let value = match language.as_str() {
                    "" => serde_json::Value::Null,
                    language => language.into(),
                };
                let change = [("language", value)];
                let (head, tail) = shell(node, if was == language { &[] } else { &change });
                self.push(&head);
                if base == text {
                    node.content().iter().for_each(|it| self.push(it.source()));
                } else {
                    self.plain(text);
                }
                self.out.push_str(&tail);
                Ok(())
            }
            (
                Block::List { start: was, items: base },
                Body::Items(sources),
                Block::List { start, items },
            ) => self.merged_list(holder, node, sources, (*was, base), (*start, items)),
            (Block::Table(base), Body::Rows(sources), Block::Table(new)) => {
                self.merged_table(node, sources, base, new)
            }
            _ => self.block(holder, new),
        }
    }

    /// Whether it is something that is no paragraph in ADF.
    fn stands_alone(&self, content: &[Inline]) -> bool {
        match content {
            [Inline::Image { .. }] => true,
            [Inline::Placeholder(it)] => {
                let node = self.reader.and_then(|reader| reader.node(&it.id));
                node.is_some_and(|it| !it.kind.is_inline())
            }
            _ => false,
        }
    }

    fn held(
        &mut self,
        node: &'d Node<'a>,
        changes: &[(&str, serde_json::Value)],
        sources: &[Source<'d, 'a>],
        base: &[Block],
        new: &[Block],
    ) -> Result<(), WriteError> {
        let (head, tail) = shell(node, changes);
        self.push(&head);
        self.blocks(&Side { holder: node.kind, nodes: node.content(), sources, base, new })?;
        self.out.push_str(&tail);
        Ok(())
    }

    fn enclosed(
        &mut self,
        node: &'d Node<'a>,
        body: &Body<'d, 'a>,
        (was, base): (&Placeholder, &[Block]),
        (placeholder, new): (&Placeholder, &[Block]),
    ) -> Result<(), WriteError> {
        match body {
            Body::Blocks(sources) => {
                let change = [("title", placeholder.label.as_str().into())];
                let changes: &[_] = if was.label == placeholder.label { &[] } else { &change };
                self.held(node, changes, sources, base, new)
            }
            Body::Decisions(sources) => {
                let ([Block::List { items: base, .. }], [Block::List { items, .. }]) = (base, new)
                else {
                    return Err(Self::only_items());
                };
                self.items_of(node, &[], None, sources, base, items)
            }
            Body::Caption => {
                let (base, edited) = match (base, new) {
                    ([Block::Paragraph(base)], [Block::Paragraph(new)]) => (base, new.as_slice()),
                    ([Block::Paragraph(base)], []) => (base, [].as_slice()),
                    _ => return Err(Self::only_text(Kind::Caption)),
                };
                let (head, tail) = node.shell();
                self.push(&head);
                let text = caption(node);
                for inside in node.content() {
                    match text {
                        Some(text) if std::ptr::eq(text, inside) => {
                            self.run(text, &[], base, edited)?;
                        }
                        _ => self.push(inside.source()),
                    }
                }
                self.out.push_str(tail);
                Ok(())
            }
            Body::Whole | Body::Run | Body::Items(_) | Body::Rows(_) => {
                // It had nothing in it, and cannot have.
                Err(WriteError::CannotMake(placeholder.clone()))
            }
        }
    }

    /// Writes something of the original in another place, with what changed in it.
    pub(super) fn moved(&mut self, node: &'d Node<'a>, new: &Block) -> Result<(), WriteError> {
        let Block::Enclosed { placeholder, blocks } = new else { return Ok(()) };
        let unknown = || WriteError::UnknownPlaceholder(placeholder.clone());
        let reader = self.reader.ok_or_else(unknown)?;
        let (block, body) = reader.block(node).ok_or_else(unknown)?;
        let base = markdown::read(&markdown::write(&[block]));
        match base.as_slice() {
            [same] if same == new => {
                self.push(node.source());
                Ok(())
            }
            [Block::Enclosed { placeholder: was, blocks: base }] => {
                self.enclosed(node, &body, (was, base), (placeholder, blocks))
            }
            _ => Err(WriteError::CannotMake(placeholder.clone())),
        }
    }

    fn only_items() -> WriteError {
        let what = "anything but one list".to_owned();
        WriteError::NotHere { what, holder: "a list of decisions" }
    }
}

impl<'d, 'a> Side<'_, 'd, 'a> {
    fn node(&self, at: usize) -> Option<&'d Node<'a>> {
        self.nodes.get(self.sources.get(at)?.at)
    }
}

/// All before what is in the node, and all after, with other attributes.
fn shell(node: &Node<'_>, changes: &[(&str, serde_json::Value)]) -> (String, String) {
    if changes.is_empty() {
        let (head, tail) = node.shell();
        (head, tail.to_owned())
    } else {
        Node::shell_of(&node.with_attributes(changes))
    }
}

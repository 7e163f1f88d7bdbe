//! Reads a body as what it says: blocks and running text, and where in the source each of them stands.

mod inline;
mod lists;
mod macros;
mod marks;
mod model_sink;
mod source;
mod table;
mod targets;

use std::ops::Range;

pub(crate) use inline::{Holds, Sink, Walker, Wrap};
pub(crate) use macros::{Macro, label};
pub(crate) use marks::Marks;
pub(crate) use source::{Body, CellSource, ItemSource, RowSource, Run, Source};
pub(crate) use table::{FROM_ABOVE, FROM_LEFT};
pub(crate) use targets::decoded;

use self::inline::{is_block, is_silent};
use super::{Document, Kind, NodeId, Tag};
use crate::model::{Block, Inline, MAX_DEPTH, Placeholder};

/// Reads a body, or a part of it.
#[derive(Debug)]
pub(crate) struct Reader<'d, 'a> {
    pub(crate) document: &'d Document<'a>,
    pub(crate) marks: Marks,
}

/// Blocks, and where each of them stands.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) blocks: Vec<Block>,
    pub(crate) sources: Vec<Source>,
}

impl Blocks {
    fn push(&mut self, block: Block, outer: Range<usize>, body: Body) {
        self.blocks.push(block);
        self.sources.push(Source { outer, body });
    }
}

impl<'d, 'a> Reader<'d, 'a> {
    pub(crate) fn new(document: &'d Document<'a>) -> Self {
        Self { document, marks: Marks::of(document) }
    }

    /// What stands in a range of bytes. Nodes that reach out of it are left out.
    pub(crate) fn blocks_in(&self, range: &Range<usize>) -> Blocks {
        let mut holder = self.document.root();
        // The innermost node around the range.
        while let Some(inside) = self.document.children(holder).find(|it| {
            let inner = self.document.inner(*it);
            inner.start <= range.start
                && range.end <= inner.end
                && matches!(self.document.kind(*it), Kind::Element(_))
        }) {
            holder = inside;
        }
        let mut out = Blocks::default();
        let inside = self.document.children(holder).filter(|it| {
            let outer = self.document.outer(*it);
            range.start <= outer.start && outer.end <= range.end
        });
        self.blocks(inside, 0, &mut out);
        out
    }

    pub(crate) fn placeholder(&self, kind: &str, label: &str, node: NodeId) -> Placeholder {
        Placeholder { kind: kind.to_owned(), label: label.to_owned(), id: self.marks.id(node) }
    }

    /// The node that an id of a placeholder stands for.
    pub(crate) fn node(&self, id: &str) -> Option<NodeId> {
        if let Some(number) = id.strip_prefix('n') {
            let number: u32 = number.parse().ok()?;
            return Some(NodeId(number)).filter(|it| (it.0 as usize) < self.document.len());
        }
        self.marks.node(id)
    }

    /// What an image shows, and the text in its place.
    pub(crate) fn image_of(&self, node: NodeId) -> Option<(String, String)> {
        targets::image(self.document, node)
    }

    /// How a macro or an extension is named; `None` for other nodes, which have only one name.
    pub(crate) fn placeholder_of(&self, node: NodeId) -> Option<Placeholder> {
        matches!(
            self.document.tag(node),
            Some(Tag::StructuredMacro | Tag::OldMacro | Tag::AdfExtension)
        )
        .then(|| Macro::of(self.document, node).placeholder(self))
    }

    fn children_of(&self, node: NodeId, depth: usize, out: &mut Blocks) {
        self.blocks(self.document.children(node), depth, out);
    }

    /// Blocks, and what stands between them as paragraphs.
    fn blocks(&self, nodes: impl Iterator<Item = NodeId>, depth: usize, out: &mut Blocks) {
        let mut loose: Option<(NodeId, NodeId)> = None;
        for node in nodes {
            let is_loose = match self.document.kind(node) {
                Kind::Element(tag) if is_silent(tag) => continue,
                Kind::Element(tag) => !self.is_block_here(node, tag),
                Kind::Text => !is_blank(self.document.inner_source(node)),
                Kind::Data => true,
                Kind::Comment | Kind::Instruction | Kind::Root => false,
            };
            if is_loose {
                loose = Some((loose.map_or(node, |it| it.0), node));
                continue;
            }
            if let Kind::Element(tag) = self.document.kind(node) {
                if let Some((first, last)) = loose.take() {
                    self.paragraph(first, last, out);
                }
                self.block(node, tag, depth, out);
            }
        }
        if let Some((first, last)) = loose {
            self.paragraph(first, last, out);
        }
    }

    /// Whether the element ends a paragraph that stands before it.
    fn is_block_here(&self, node: NodeId, tag: Tag) -> bool {
        let document = self.document;
        if matches!(tag, Tag::StructuredMacro | Tag::OldMacro) {
            let name = document.attribute(node, "ac:name");
            return !matches!(name.as_deref(), Some("status" | "anchor"));
        }
        if tag == Tag::Other {
            return document.descendants(node).any(|it| document.tag(it).is_some_and(is_block));
        }
        matches!(tag, Tag::AdfExtension | Tag::Image) || is_block(tag)
    }

    fn paragraph(&self, first: NodeId, last: NodeId, out: &mut Blocks) {
        let range = self.document.outer(first).start..self.document.outer(last).end;
        let run = Run { first, after: self.document.after(last), range };
        let content = self.inlines(&run);
        if !content.is_empty() {
            out.push(Block::Paragraph(content), run.range.clone(), Body::Inline(run));
        }
    }

    /// All that stands directly in an element, as running text.
    fn run_of(&self, node: NodeId) -> Run {
        Run {
            first: NodeId(node.0 + 1),
            after: self.document.after(node),
            range: self.document.inner(node),
        }
    }

    pub(crate) fn inlines(&self, run: &Run) -> Vec<Inline> {
        model_sink::inlines(self, run)
    }

    fn block(&self, node: NodeId, tag: Tag, depth: usize, out: &mut Blocks) {
        if depth >= MAX_DEPTH {
            let label = self.document.name(node).to_owned();
            let placeholder =
                Placeholder { kind: "nested".to_owned(), label, id: format!("n{}", node.0) };
            self.alone(placeholder, node, out);
            return;
        }
        self.element(node, tag, depth + 1, out);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "any other element is as its content")]
    fn element(&self, node: NodeId, tag: Tag, depth: usize, out: &mut Blocks) {
        let outer = self.document.outer(node);
        match tag {
            Tag::P | Tag::Dt => {
                let run = self.run_of(node);
                let content = self.inlines(&run);
                // An empty one only makes space.
                if !content.is_empty() {
                    out.push(Block::Paragraph(content), outer, Body::Inline(run));
                }
            }
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => {
                let run = self.run_of(node);
                let (content, level) = (self.inlines(&run), tag.heading_level().unwrap_or(1));
                if !content.is_empty() {
                    out.push(Block::Heading { level, content }, outer, Body::Inline(run));
                }
            }
            Tag::Hr => out.push(Block::Rule, outer, Body::Whole),
            Tag::Blockquote => {
                let inside = self.inside(node, depth);
                let body = Body::Blocks(inside.sources, self.document.inner(node));
                out.push(Block::Quote(inside.blocks), outer, body);
            }
            Tag::Pre => {
                let text = trimmed_code(self.document.text(node));
                out.push(Block::Code { language: String::new(), text }, outer, Body::Code(node));
            }
            Tag::Ul | Tag::Ol | Tag::TaskList => self.list(node, tag, depth, out),
            Tag::Table => self.table(node, out),
            Tag::LayoutSection | Tag::LayoutCell => {
                let (kind, attribute) = match tag {
                    Tag::LayoutSection => ("layout", "ac:type"),
                    _ => ("cell", ""),
                };
                let text = self.document.attribute(node, attribute).unwrap_or_default();
                let placeholder = self.placeholder(kind, &label(&text), node);
                self.enclosed(placeholder, node, node, depth, out);
            }
            Tag::Image => self.image(node, depth, out),
            Tag::StructuredMacro | Tag::OldMacro | Tag::AdfExtension => {
                self.block_macro(node, depth, out);
            }
            _ => self.children_of(node, depth, out),
        }
    }

    fn inside(&self, node: NodeId, depth: usize) -> Blocks {
        let mut inside = Blocks::default();
        self.children_of(node, depth, &mut inside);
        inside
    }

    fn enclosed(
        &self,
        placeholder: Placeholder,
        node: NodeId,
        body: NodeId,
        depth: usize,
        out: &mut Blocks,
    ) {
        let inside = self.inside(body, depth);
        let block = Block::Enclosed { placeholder, blocks: inside.blocks };
        let body = Body::Blocks(inside.sources, self.document.inner(body));
        out.push(block, self.document.outer(node), body);
    }

    /// An image on lines of its own; with a caption, it encloses that.
    fn image(&self, node: NodeId, depth: usize, out: &mut Blocks) {
        let content = self.inlines(&self.run_alone(node));
        match (content.as_slice(), self.document.child(node, Tag::AcCaption)) {
            ([], _) => {}
            ([Inline::Enclosed { placeholder, .. }], Some(caption)) => {
                self.enclosed(placeholder.clone(), node, caption, depth, out);
            }
            _ => {
                let body = Body::Inline(self.run_alone(node));
                out.push(Block::Paragraph(content), self.document.outer(node), body);
            }
        }
    }

    /// Something without content, on lines of its own.
    fn alone(&self, placeholder: Placeholder, node: NodeId, out: &mut Blocks) {
        let content = vec![Inline::Placeholder(placeholder)];
        let body = Body::Inline(self.run_alone(node));
        out.push(Block::Paragraph(content), self.document.outer(node), body);
    }

    fn run_alone(&self, node: NodeId) -> Run {
        let range = self.document.outer(node);
        Run { first: node, after: self.document.after(node), range }
    }

    fn block_macro(&self, node: NodeId, depth: usize, out: &mut Blocks) {
        let document = self.document;
        let outer = document.outer(node);
        let it = Macro::of(document, node);
        if let (true, Some(body)) = (it.is_code(), it.plain_body) {
            let language = it.parameter(document, "language").unwrap_or_default();
            let language = if is_language(language.trim()) { language.trim() } else { "" };
            let text = trimmed_code(document.text(body));
            let block = Block::Code { language: language.to_owned(), text };
            out.push(block, outer, Body::Code(node));
            return;
        }
        if let (Some(kind), Some(body)) = (it.panel(document), it.rich_body) {
            let inside = self.inside(body, depth);
            let block = Block::Panel { kind, blocks: inside.blocks };
            out.push(block, outer, Body::Blocks(inside.sources, document.inner(body)));
            return;
        }
        let placeholder = it.placeholder(self);
        if let Some(body) = it.rich_body {
            self.enclosed(placeholder, node, body, depth, out);
        } else if let Some(body) = it.plain_body
            && !document.text(body).trim().is_empty()
        {
            let text = trimmed_code(document.text(body));
            let code = Block::Code { language: String::new(), text };
            let source = Source { outer: document.outer(body), body: Body::Code(body) };
            let block = Block::Enclosed { placeholder, blocks: vec![code] };
            out.push(block, outer, Body::Blocks(vec![source], document.outer(body)));
        } else {
            self.alone(placeholder, node, out);
        }
    }
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_whitespace())
}

/// The last line break is the fence's.
fn trimmed_code(mut text: String) -> String {
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Whether it can stand after a fence.
fn is_language(text: &str) -> bool {
    !text.contains(|it: char| {
        it.is_whitespace() || it.is_control() || matches!(it, '`' | '\\' | '&')
    })
}

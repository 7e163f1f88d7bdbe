//! A parsed body: nodes in document order that point into the source.
//!
//! Nothing is copied: a node is a kind and four offsets. A node's descendants follow it, so walking a
//! body is walking a slice, at any depth, without recursion.

use std::ops::Range;

use super::{attributes::Attributes, tag::Tag, text};

/// Stands for a node of one [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The body itself.
    Root,
    /// An element with a start tag and, unless it is empty, an end tag.
    Element(Tag),
    /// Text with its references.
    Text,
    /// A CDATA section.
    Data,
    /// A comment.
    Comment,
    /// A processing instruction, an XML declaration or a document type: kept, never read.
    Instruction,
}

/// Where a node stands. For all but elements `open` is the start of the content and `close` its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) parent: u32,
    /// One past the last descendant.
    pub(super) after: u32,
    pub(super) start: u32,
    pub(super) open: u32,
    pub(super) close: u32,
    pub(super) end: u32,
}

/// A body in storage format, parsed.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node>,
}

impl<'a> Document<'a> {
    /// What was parsed.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The node that holds all others.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// How many nodes there are, with the root.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the body has no content.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// All nodes in document order.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.count()).map(NodeId)
    }

    /// What the node is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// The element's tag, if the node is one.
    pub fn tag(&self, id: NodeId) -> Option<Tag> {
        match self.node(id).kind {
            Kind::Element(tag) => Some(tag),
            Kind::Root | Kind::Text | Kind::Data | Kind::Comment | Kind::Instruction => None,
        }
    }

    /// The element's name as written; empty for other nodes.
    pub fn name(&self, id: NodeId) -> &'a str {
        match self.node(id).kind {
            Kind::Element(Tag::Other) => self.tag_text(id).0,
            Kind::Element(tag) => tag.as_str(),
            Kind::Root | Kind::Text | Kind::Data | Kind::Comment | Kind::Instruction => "",
        }
    }

    /// The element's attributes; none for other nodes.
    pub fn attributes(&self, id: NodeId) -> Attributes<'a> {
        Attributes::new(self.tag_text(id).1)
    }

    /// The value of an attribute with its references resolved.
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<std::borrow::Cow<'a, str>> {
        let found = self.attributes(id).find(|it| it.name == name);
        found.map(|it| text::decoded(it.value))
    }

    /// The node that holds this one; the root holds itself.
    pub fn parent(&self, id: NodeId) -> NodeId {
        NodeId(self.node(id).parent)
    }

    /// The nodes directly inside.
    pub fn children(&self, id: NodeId) -> Children<'_, 'a> {
        Children { document: self, next: id.0.saturating_add(1), end: self.node(id).after }
    }

    /// The nodes inside, at any depth, in document order.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        (id.0.saturating_add(1)..self.node(id).after).map(NodeId)
    }

    /// The node alone, as if it were the only child.
    pub(crate) fn only(&self, id: NodeId) -> Children<'_, 'a> {
        Children { document: self, next: id.0, end: id.0.saturating_add(1) }
    }

    /// The first element directly inside with this tag.
    pub fn child(&self, id: NodeId, tag: Tag) -> Option<NodeId> {
        self.children(id).find(|it| self.tag(*it) == Some(tag))
    }

    /// The bytes of the source that the node takes, with its tags.
    pub fn outer(&self, id: NodeId) -> Range<usize> {
        let node = self.node(id);
        node.start as usize..node.end as usize
    }

    /// The bytes between the node's tags.
    pub fn inner(&self, id: NodeId) -> Range<usize> {
        let node = self.node(id);
        node.open as usize..node.close as usize
    }

    /// The source of the node, with its tags.
    pub fn outer_source(&self, id: NodeId) -> &'a str {
        self.source.get(self.outer(id)).unwrap_or_default()
    }

    /// The source between the node's tags.
    pub fn inner_source(&self, id: NodeId) -> &'a str {
        self.source.get(self.inner(id)).unwrap_or_default()
    }

    /// The text inside the node, its references resolved and its CDATA sections joined.
    pub fn text(&self, id: NodeId) -> String {
        let mut out = String::new();
        self.push_text(id, &mut out);
        for it in self.descendants(id) {
            self.push_text(it, &mut out);
        }
        out
    }

    /// Writes every node back, from its offsets.
    ///
    /// The same bytes as [`Document::source`]; that nothing lies between the nodes is what it shows.
    pub fn serialize(&self) -> String {
        let mut out = String::with_capacity(self.source.len());
        let mut open: Vec<NodeId> = Vec::new();
        for id in self.ids() {
            while let Some(&last) = open.last()
                && id.0 >= self.node(last).after
            {
                self.push(&mut out, self.node(last).close..self.node(last).end);
                open.pop();
            }
            let node = self.node(id);
            match node.kind {
                Kind::Root | Kind::Element(_) => {
                    self.push(&mut out, node.start..node.open);
                    open.push(id);
                }
                Kind::Text | Kind::Data | Kind::Comment | Kind::Instruction => {
                    self.push(&mut out, node.start..node.end);
                }
            }
        }
        while let Some(last) = open.pop() {
            self.push(&mut out, self.node(last).close..self.node(last).end);
        }
        out
    }

    /// The start tag as written; for an element with no content of its own, the whole element.
    pub(crate) fn open_source(&self, id: NodeId) -> &'a str {
        let node = self.node(id);
        self.source.get(node.start as usize..node.open as usize).unwrap_or_default()
    }

    /// The node after this one and its descendants, in document order.
    pub(crate) fn after(&self, id: NodeId) -> NodeId {
        NodeId(self.node(id).after)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        // Every id comes from this document; another document's is answered with the root.
        self.nodes.get(id.0 as usize).unwrap_or(&self.nodes[0])
    }

    fn count(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// Name and attributes of a start tag.
    fn tag_text(&self, id: NodeId) -> (&'a str, &'a str) {
        let node = self.node(id);
        if !matches!(node.kind, Kind::Element(_)) {
            return ("", "");
        }
        let open = self.source.get(node.start as usize + 1..node.open as usize).unwrap_or_default();
        let open = open.strip_suffix('>').unwrap_or(open);
        let open = open.strip_suffix('/').unwrap_or(open);
        let is_space = |it: u8| it.is_ascii_whitespace();
        let length = open.bytes().position(is_space).unwrap_or(open.len());
        open.split_at(length)
    }

    fn push(&self, out: &mut String, range: Range<u32>) {
        let range = range.start as usize..range.end as usize;
        out.push_str(self.source.get(range).unwrap_or_default());
    }

    pub(super) fn push_text(&self, id: NodeId, out: &mut String) {
        match self.kind(id) {
            Kind::Text => text::decode_into(self.inner_source(id), out),
            Kind::Data => out.push_str(self.inner_source(id)),
            Kind::Root | Kind::Element(_) | Kind::Comment | Kind::Instruction => {}
        }
    }
}

/// The nodes directly inside another.
#[derive(Debug, Clone)]
pub struct Children<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_, '_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        (self.next < self.end).then(|| {
            let id = NodeId(self.next);
            self.next = self.document.node(id).after;
            id
        })
    }
}

//! Walks over running text and says what it finds, in order.
//!
//! Two listeners hear the same: one makes the model of it, the other the pieces that an edit is merged
//! into. So they cannot disagree.

use std::{borrow::Cow, ops::Range};

use super::{
    Reader,
    macros::{self, Macro},
    source::Run,
    targets,
};
use crate::{
    model::{Inline, MAX_DEPTH, Placeholder, Style},
    storage::{Kind, NodeId, Tag},
};

/// Hears what running text consists of.
pub(crate) trait Sink {
    /// Text of the source; with its references, unless it is CDATA.
    fn text(&mut self, raw: Range<usize>, is_data: bool);
    /// Text that the source says in another way; `raw` goes with it.
    fn words(&mut self, text: &str, raw: Range<usize>);
    /// A line break, or the end of a block in a cell.
    fn line_break(&mut self, raw: Range<usize>);
    /// Something that is one thing.
    fn atom(&mut self, inline: Inline, raw: Range<usize>);
    /// Something that Markdown does not show.
    fn hidden(&mut self, raw: Range<usize>);
    /// What follows stands in an element, until [`Sink::close`].
    fn open(&mut self, wrap: Wrap, open: Range<usize>, close: Range<usize>, holds: Holds);
    /// Ends what was opened last.
    fn close(&mut self);
}

/// What can stand in an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Text and elements.
    Markup,
    /// Text of a CDATA section.
    Data,
    /// Nothing: Markdown shows a text that the element does not have.
    Nothing,
}

/// What an element says of what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// Nothing that Markdown shows.
    Unseen,
    /// That it stands on lines of its own, in a cell.
    Block,
    Styled(Style),
    Link(String),
    Enclosed(Placeholder),
}

impl Wrap {
    /// Whether Markdown shows nothing of it.
    pub(super) fn is_unseen(&self) -> bool {
        matches!(self, Self::Unseen | Self::Block)
    }
}

/// What stands before the place that was come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// The bullet of an item, and nothing else of it.
    Bullet,
    Content,
    /// A block that has ended, or one that something else follows.
    Block,
}

/// Walks over one run.
pub(crate) struct Walker<'r, 'd, 'a, S> {
    reader: &'r Reader<'d, 'a>,
    sink: &'r mut S,
    before: Before,
    /// Whether this is a link's text.
    in_link: bool,
    /// The styles that this stands in.
    styles: Vec<Style>,
}

impl<'r, 'd, 'a, S: Sink> Walker<'r, 'd, 'a, S> {
    pub(crate) fn run(reader: &'r Reader<'d, 'a>, run: &Run, sink: &'r mut S) {
        let mut walker =
            Self { reader, sink, before: Before::Nothing, in_link: false, styles: Vec::new() };
        let mut next = run.first;
        while next < run.after {
            walker.node(next, 0);
            next = reader.document.after(next);
        }
    }

    fn children(&mut self, node: NodeId, depth: usize) {
        let document = self.reader.document;
        for child in document.children(node) {
            self.node(child, depth);
        }
    }

    fn node(&mut self, node: NodeId, depth: usize) {
        let document = self.reader.document;
        let outer = document.outer(node);
        match document.kind(node) {
            Kind::Text | Kind::Data => {
                let is_data = document.kind(node) == Kind::Data;
                let raw = document.inner(node);
                let is_blank =
                    document.source()[raw.clone()].bytes().all(|it| it.is_ascii_whitespace());
                if is_data {
                    self.content_if(!is_blank, outer.start);
                    self.wrapped(
                        Wrap::Unseen,
                        outer.start..raw.start,
                        raw.end..outer.end,
                        Holds::Data,
                        |it| {
                            it.sink.text(raw, true);
                        },
                    );
                } else {
                    self.content_if(!is_blank, outer.start);
                    self.sink.text(raw, false);
                }
            }
            Kind::Comment | Kind::Instruction | Kind::Root => self.sink.hidden(outer),
            Kind::Element(tag) => {
                if depth >= MAX_DEPTH {
                    let label = document.name(node).to_owned();
                    self.atom(Inline::Placeholder(deep(label, node)), outer);
                } else {
                    self.element(node, tag, depth + 1);
                }
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "any other element is as its content")]
    fn element(&mut self, node: NodeId, tag: Tag, depth: usize) {
        let document = self.reader.document;
        let outer = document.outer(node);
        match tag {
            Tag::Br => {
                self.content_if(true, outer.start);
                self.sink.line_break(outer);
            }
            Tag::Strong | Tag::B => self.styled(Style::Strong, node, depth),
            Tag::Em | Tag::I | Tag::Cite => self.styled(Style::Emphasis, node, depth),
            Tag::Del | Tag::S | Tag::Strike => self.styled(Style::Strike, node, depth),
            Tag::U | Tag::Ins => self.styled(Style::Underline, node, depth),
            Tag::Sub => self.styled(Style::Subscript, node, depth),
            Tag::Sup => self.styled(Style::Superscript, node, depth),
            Tag::Code | Tag::Tt | Tag::Kbd | Tag::Samp => self.code(node, depth),
            Tag::A => match document.attribute(node, "href") {
                Some(target) if !target.trim().is_empty() => {
                    self.link(target.trim().to_owned(), node, node, depth);
                }
                _ => self.unseen(node, depth),
            },
            Tag::Link => self.resource_link(node, depth),
            Tag::Image | Tag::Img => match targets::image(document, node) {
                Some(image) => self.image(image, node, depth),
                None => self.sink.hidden(outer),
            },
            Tag::Emoticon => self.emoticon(node),
            Tag::Time => match document.attribute(node, "datetime") {
                Some(date) => {
                    let placeholder = Placeholder {
                        kind: "date".to_owned(),
                        label: macros::label(&date),
                        id: String::new(),
                    };
                    self.atom(Inline::Placeholder(placeholder), outer);
                }
                None => self.unseen(node, depth),
            },
            Tag::InlineCommentMarker => {
                let placeholder = self.reader.placeholder("comment", "", node);
                self.enclosed(placeholder, node, node, depth);
            }
            Tag::StructuredMacro | Tag::OldMacro | Tag::AdfExtension => self.macro_(node, depth),
            Tag::Placeholder => {
                let label = macros::label(&document.text(node));
                let placeholder = self.reader.placeholder("placeholder", &label, node);
                self.atom(Inline::Placeholder(placeholder), outer);
            }
            Tag::Hr => self.atom(
                Inline::Placeholder(Placeholder {
                    kind: "rule".to_owned(),
                    ..Placeholder::default()
                }),
                outer,
            ),
            it if is_silent(it) => self.sink.hidden(outer),
            Tag::Li | Tag::Task => {
                self.block(node, depth, Self::bullet);
            }
            it if is_block(it) => self.block(node, depth, |_, _| ()),
            _ => self.unseen(node, depth),
        }
    }

    /// Says that something comes, after the break that is due.
    fn content_if(&mut self, is_content: bool, at: usize) {
        if is_content {
            if self.before == Before::Block {
                self.sink.line_break(at..at);
            }
            self.before = Before::Content;
        }
    }

    fn atom(&mut self, inline: Inline, raw: Range<usize>) {
        self.content_if(true, raw.start);
        self.sink.atom(inline, raw);
    }

    fn wrapped(
        &mut self,
        wrap: Wrap,
        open: Range<usize>,
        close: Range<usize>,
        holds: Holds,
        content: impl FnOnce(&mut Self),
    ) {
        self.sink.open(wrap, open, close, holds);
        content(self);
        self.sink.close();
    }

    /// Everything of `node` but the content of `body`, which is it or an element in it.
    fn around(&self, node: NodeId, body: NodeId) -> (Range<usize>, Range<usize>) {
        let (outer, inner) = (self.reader.document.outer(node), self.reader.document.inner(body));
        (outer.start..inner.start, inner.end..outer.end)
    }

    fn wrapping(&mut self, wrap: Wrap, node: NodeId, body: NodeId, depth: usize) {
        let (open, close) = self.around(node, body);
        self.wrapped(wrap, open, close, Holds::Markup, |it| it.children(body, depth));
    }

    fn unseen(&mut self, node: NodeId, depth: usize) {
        self.wrapping(Wrap::Unseen, node, node, depth);
    }

    /// Bold in bold says nothing more, and Markdown has no signs for it.
    fn styled(&mut self, style: Style, node: NodeId, depth: usize) {
        if self.styles.contains(&style) {
            return self.unseen(node, depth);
        }
        self.styles.push(style);
        self.wrapping(Wrap::Styled(style), node, node, depth);
        self.styles.pop();
    }

    fn link(&mut self, target: String, node: NodeId, body: NodeId, depth: usize) {
        let wrap = self.link_wrap(target);
        let outside = std::mem::replace(&mut self.in_link, true);
        self.wrapping(wrap, node, body, depth);
        self.in_link = outside;
    }

    /// A link in a link's text is text: Markdown has no such thing.
    fn link_wrap(&self, target: String) -> Wrap {
        if self.in_link { Wrap::Unseen } else { Wrap::Link(target) }
    }

    fn enclosed(&mut self, placeholder: Placeholder, node: NodeId, body: NodeId, depth: usize) {
        self.content_if(true, self.reader.document.outer(node).start);
        self.wrapping(Wrap::Enclosed(placeholder), node, body, depth);
    }

    /// A block in a cell: on lines of its own.
    fn block(&mut self, node: NodeId, depth: usize, begin: impl FnOnce(&mut Self, usize)) {
        let (open, close) = self.around(node, node);
        if self.before == Before::Content {
            self.before = Before::Block;
        }
        let at = open.end;
        self.wrapped(Wrap::Block, open, close, Holds::Markup, |it| {
            if is_marked(it.reader.document.tag(node)) {
                it.content_if(true, at);
                begin(it, at);
                it.before = Before::Bullet;
            }
            it.children(node, depth);
            if it.before != Before::Nothing {
                it.before = Before::Block;
            }
        });
    }

    fn bullet(&mut self, at: usize) {
        self.sink.words("• ", at..at);
    }

    /// Code is code only where nothing else stands in it.
    fn code(&mut self, node: NodeId, depth: usize) {
        let document = self.reader.document;
        let is_plain =
            document.children(node).all(|it| matches!(document.kind(it), Kind::Text | Kind::Data));
        let text = document.text(node);
        if !is_plain || text.trim().is_empty() {
            self.unseen(node, depth);
            return;
        }
        let text = one_line(&text).into_owned();
        self.atom(Inline::Code(text), document.outer(node));
    }

    fn emoticon(&mut self, node: NodeId) {
        let document = self.reader.document;
        let outer = document.outer(node);
        let fallback = document.attribute(node, "ac:emoji-fallback").unwrap_or_default();
        let is_sign = !fallback.is_empty()
            && !fallback.contains(|it: char| it.is_ascii() || it.is_whitespace());
        if is_sign {
            self.content_if(true, outer.start);
            self.sink.words(&fallback, outer);
            return;
        }
        let name = document
            .attribute(node, "ac:emoji-shortname")
            .or_else(|| document.attribute(node, "ac:name"))
            .unwrap_or_default();
        let label = macros::label(name.trim_matches(':'));
        let placeholder = self.reader.placeholder("emoji", &label, node);
        self.atom(Inline::Placeholder(placeholder), outer);
    }

    fn resource_link(&mut self, node: NodeId, depth: usize) {
        let document = self.reader.document;
        let outer = document.outer(node);
        if let Some(user) = document.child(node, Tag::RiUser) {
            let placeholder = targets::mention(document, user);
            self.atom(Inline::Placeholder(placeholder), outer);
            return;
        }
        let Some(target) = targets::link(document, node) else {
            let placeholder = self.reader.placeholder("link", "", node);
            self.atom(Inline::Placeholder(placeholder), outer);
            return;
        };
        if let Some(body) = document.child(node, Tag::LinkBody) {
            self.content_if(true, outer.start);
            self.link(target, node, body, depth);
            return;
        }
        self.content_if(true, outer.start);
        if let Some(body) = document.child(node, Tag::PlainTextLinkBody)
            && let Some(data) = single_data(document.children(body), |it| document.kind(it))
        {
            let (raw, inner) = (document.outer(node), document.inner(data));
            let (open, close) = (raw.start..inner.start, inner.end..raw.end);
            let wrap = self.link_wrap(target);
            self.wrapped(wrap, open, close, Holds::Data, |it| {
                it.sink.text(inner, true);
            });
            return;
        }
        let text = match document.child(node, Tag::PlainTextLinkBody) {
            Some(body) => one_line(&document.text(body)).trim().to_owned(),
            None => targets::title(document, node),
        };
        // Where a body would be.
        let at = match document.child(node, Tag::PlainTextLinkBody) {
            Some(_) => outer.end,
            None => document.inner(node).end,
        };
        let wrap = self.link_wrap(target);
        self.wrapped(wrap, outer.start..at, at..outer.end, Holds::Nothing, |it| {
            it.sink.words(&text, at..at);
        });
    }

    fn image(&mut self, image: (String, String), node: NodeId, depth: usize) {
        let document = self.reader.document;
        let (target, alt) = image;
        let outer = document.outer(node);
        let id = self.reader.marks.id(node);
        match document.child(node, Tag::AcCaption) {
            Some(caption) => {
                let label = macros::label(&target);
                let placeholder = Placeholder { kind: "image".to_owned(), label, id };
                self.enclosed(placeholder, node, caption, depth);
            }
            None => self.atom(Inline::Image { target, alt, id }, outer),
        }
    }

    fn macro_(&mut self, node: NodeId, depth: usize) {
        let it = Macro::of(self.reader.document, node);
        let placeholder = it.placeholder(self.reader);
        if let Some(body) = it.rich_body {
            self.enclosed(placeholder, node, body, depth);
        } else {
            let outer = self.reader.document.outer(node);
            self.atom(Inline::Placeholder(placeholder), outer);
        }
    }
}

/// The only child, if it is a CDATA section.
fn single_data(
    mut children: impl Iterator<Item = NodeId>,
    kind: impl Fn(NodeId) -> Kind,
) -> Option<NodeId> {
    let only = children.next()?;
    (children.next().is_none() && kind(only) == Kind::Data).then_some(only)
}

fn deep(label: String, node: NodeId) -> Placeholder {
    Placeholder { kind: "nested".to_owned(), label, id: format!("n{}", node.0) }
}

fn is_marked(tag: Option<Tag>) -> bool {
    matches!(tag, Some(Tag::Li | Tag::Task))
}

/// White space as HTML reads it: every run is one space. Others than ASCII's stay.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let is_plain = !text.contains(['\n', '\r', '\t']) && !text.contains("  ");
    if is_plain {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if !char.is_ascii_whitespace() {
            out.push(char);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    Cow::Owned(out)
}

/// Whether what the element holds is nothing to read.
pub(super) fn is_silent(tag: Tag) -> bool {
    tag.is_resource()
        || matches!(
            tag,
            Tag::TaskId
                | Tag::TaskUuid
                | Tag::TaskStatus
                | Tag::Colgroup
                | Tag::Col
                | Tag::Parameter
                | Tag::DefaultParameter
                | Tag::AdfAttribute
                | Tag::AdfFallback
                | Tag::AdfMark
        )
}

/// Whether the element stands on lines of its own.
pub(super) fn is_block(tag: Tag) -> bool {
    tag.heading_level().is_some()
        || matches!(
            tag,
            Tag::P
                | Tag::Ul
                | Tag::Ol
                | Tag::Li
                | Tag::Table
                | Tag::Thead
                | Tag::Tbody
                | Tag::Tfoot
                | Tag::Tr
                | Tag::Th
                | Tag::Td
                | Tag::Caption
                | Tag::TaskList
                | Tag::Task
                | Tag::Layout
                | Tag::LayoutSection
                | Tag::LayoutCell
                | Tag::Blockquote
                | Tag::Hr
                | Tag::Pre
                | Tag::Div
                | Tag::Dl
                | Tag::Dt
                | Tag::Dd
                | Tag::AdfContent
                | Tag::AdfNode
                | Tag::RichTextBody
                | Tag::PlainTextBody
        )
}

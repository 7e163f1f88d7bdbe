//! Reads a document as what it says: blocks and running text, and which nodes say it.

mod names;
mod runs;
mod tables;

use std::collections::HashMap;

pub(super) use names::external;
pub(super) use runs::Leaf;
pub(super) use tables::{CellSource, RowSource};

use super::{Document, Kind, Mark, MarkKind, Node, token};
use crate::model::{Block, Inline, Item, PanelKind, Placeholder};

/// Reads a document, and finds what its placeholders stand for.
#[derive(Debug)]
pub(super) struct Reader<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    /// All nodes that have a number; the third of them is `#m3`.
    numbered: Vec<&'d Node<'a>>,
    /// All comments' marks, each once; the third of them is `#c3`.
    comments: Vec<&'d Mark<'a>>,
    comment_numbers: HashMap<String, usize>,
}

/// Where a block comes from.
#[derive(Debug)]
pub(super) struct Source<'d, 'a> {
    /// Which of the holder's nodes it is.
    pub(super) at: usize,
    pub(super) body: Body<'d, 'a>,
}

/// What a block is made of.
#[derive(Debug)]
pub(super) enum Body<'d, 'a> {
    /// It is one thing.
    Whole,
    /// Running text.
    Run,
    /// Blocks of the node.
    Blocks(Vec<Source<'d, 'a>>),
    /// Items of a list.
    Items(Vec<ItemSource<'d, 'a>>),
    /// The one list in it, which is the node itself.
    Decisions(Vec<ItemSource<'d, 'a>>),
    /// Running text of a node in it.
    Caption,
    /// Rows of a table.
    Rows(Vec<RowSource<'d, 'a>>),
}

/// Where an item of a list comes from.
#[derive(Debug)]
pub(super) struct ItemSource<'d, 'a> {
    /// Which of the list's nodes it is.
    pub(super) at: usize,
    /// How many nodes follow that are lists in it.
    pub(super) lists: usize,
    /// Where its blocks come from; for a task, those after its text, beginning with the node after it.
    pub(super) blocks: Vec<Source<'d, 'a>>,
}

/// Blocks, and where each of them comes from.
#[derive(Debug, Default)]
pub(super) struct Blocks<'d, 'a> {
    pub(super) blocks: Vec<Block>,
    pub(super) sources: Vec<Source<'d, 'a>>,
}

impl<'d, 'a> Reader<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>) -> Self {
        let mut reader = Self {
            document,
            numbered: Vec::new(),
            comments: Vec::new(),
            comment_numbers: HashMap::new(),
        };
        reader.number(document.root());
        reader
    }

    fn number(&mut self, node: &'d Node<'a>) {
        if node.kind.is_numbered() {
            self.numbered.push(node);
        }
        for mark in node.marks().iter().filter(|it| it.kind() == MarkKind::Annotation) {
            let next = self.comments.len() + 1;
            let number = *self.comment_numbers.entry(mark.word("id")).or_insert(next);
            if number == next {
                self.comments.push(mark);
            }
        }
        node.content().iter().for_each(|it| self.number(it));
    }

    /// The node that an id of a placeholder stands for.
    pub(super) fn node(&self, id: &str) -> Option<&'d Node<'a>> {
        let number: usize = id.strip_prefix('m')?.parse().ok()?;
        self.numbered.get(number.checked_sub(1)?).copied()
    }

    /// The mark of the comment that an id of a placeholder stands for.
    pub(super) fn comment(&self, id: &str) -> Option<&'d Mark<'a>> {
        let number: usize = id.strip_prefix('c')?.parse().ok()?;
        self.comments.get(number.checked_sub(1)?).copied()
    }

    /// What names a comment.
    pub(super) fn comment_placeholder(&self, mark: &Mark<'_>) -> Placeholder {
        let number = self.comment_numbers.get(&mark.word("id")).copied().unwrap_or(0);
        let id = format!("c{number}");
        Placeholder { kind: "comment".to_owned(), label: String::new(), id }
    }

    fn id(&self, node: &Node<'_>) -> String {
        let found = self.numbered.binary_search_by_key(&node.index, |it| it.index);
        found.map_or_else(|_| String::new(), |it| format!("m{}", it + 1))
    }

    /// The blocks that a node holds.
    pub(super) fn inside(&self, holder: &'d Node<'a>) -> Blocks<'d, 'a> {
        self.blocks(holder.content())
    }

    pub(super) fn blocks(&self, nodes: &'d [Node<'a>]) -> Blocks<'d, 'a> {
        let mut out = Blocks::default();
        for (at, node) in nodes.iter().enumerate() {
            if let Some((block, body)) = self.block(node) {
                out.blocks.push(block);
                out.sources.push(Source { at, body });
            }
        }
        out
    }

    /// What a node says; `None` for one that only makes space.
    pub(super) fn block(&self, node: &'d Node<'a>) -> Option<(Block, Body<'d, 'a>)> {
        match node.kind {
            Kind::Paragraph => {
                let content = self.inlines(node);
                (!content.is_empty()).then_some((Block::Paragraph(content), Body::Run))
            }
            Kind::Heading => {
                let content = self.inlines(node);
                let level = level(node);
                (!content.is_empty()).then_some((Block::Heading { level, content }, Body::Run))
            }
            Kind::Rule => Some((Block::Rule, Body::Whole)),
            Kind::CodeBlock => {
                let language = node.word("language");
                let language = if is_language(&language) { language } else { String::new() };
                Some((Block::Code { language, text: code(node) }, Body::Whole))
            }
            Kind::Blockquote => self.holding(node, Block::Quote),
            Kind::Panel => match panel(node) {
                Some(kind) => self.holding(node, |blocks| Block::Panel { kind, blocks }),
                None => Some(self.enclosed(node)),
            },
            Kind::BulletList | Kind::OrderedList | Kind::TaskList => {
                let (start, (items, sources)) = (start(node), self.items(node));
                (!items.is_empty()).then_some((Block::List { start, items }, Body::Items(sources)))
            }
            Kind::DecisionList => {
                let (items, sources) = self.items(node);
                let list = Block::List { start: None, items };
                let block =
                    Block::Enclosed { placeholder: self.placeholder(node), blocks: vec![list] };
                (!sources.is_empty()).then_some((block, Body::Decisions(sources)))
            }
            Kind::Table => self.table(node),
            Kind::Expand
            | Kind::NestedExpand
            | Kind::BodiedExtension
            | Kind::LayoutSection
            | Kind::LayoutColumn => Some(self.enclosed(node)),
            Kind::MediaSingle => Some(self.media(node)),
            // Outside the schema, but Confluence gives it one.
            Kind::Extension | Kind::Unknown if holds_blocks(node) => Some(self.enclosed(node)),
            // Some of these are not where blocks are; they are named all the same.
            Kind::Extension
            | Kind::MediaGroup
            | Kind::BlockCard
            | Kind::EmbedCard
            | Kind::Unknown
            | Kind::Doc
            | Kind::ListItem
            | Kind::TaskItem
            | Kind::BlockTaskItem
            | Kind::DecisionItem
            | Kind::TableRow
            | Kind::TableHeader
            | Kind::TableCell
            | Kind::Media
            | Kind::MediaInline
            | Kind::Caption
            | Kind::InlineExtension
            | Kind::InlineCard
            | Kind::Text
            | Kind::HardBreak
            | Kind::Mention
            | Kind::Emoji
            | Kind::Date
            | Kind::Status
            | Kind::Placeholder => Some(self.alone(node)),
        }
    }

    fn inlines(&self, node: &'d Node<'a>) -> Vec<Inline> {
        token::inlines(&self.run(node).0)
    }

    fn holding(
        &self,
        node: &'d Node<'a>,
        block: impl FnOnce(Vec<Block>) -> Block,
    ) -> Option<(Block, Body<'d, 'a>)> {
        let inside = self.inside(node);
        if inside.blocks.is_empty() {
            return None;
        }
        Some((block(inside.blocks), Body::Blocks(inside.sources)))
    }

    fn enclosed(&self, node: &'d Node<'a>) -> (Block, Body<'d, 'a>) {
        let inside = self.inside(node);
        let placeholder = self.placeholder(node);
        (Block::Enclosed { placeholder, blocks: inside.blocks }, Body::Blocks(inside.sources))
    }

    pub(super) fn alone(&self, node: &'d Node<'a>) -> (Block, Body<'d, 'a>) {
        (Block::Paragraph(vec![self.atom(node)]), Body::Whole)
    }

    /// An image on lines of its own; with text below, it encloses that.
    fn media(&self, node: &'d Node<'a>) -> (Block, Body<'d, 'a>) {
        let content = caption(node).map(|it| self.inlines(it)).unwrap_or_default();
        if content.is_empty() {
            return self.alone(node);
        }
        let blocks = vec![Block::Paragraph(content)];
        (Block::Enclosed { placeholder: self.placeholder(node), blocks }, Body::Caption)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what is no item is not shown, and stays")]
    fn items(&self, list: &'d Node<'a>) -> (Vec<Item>, Vec<ItemSource<'d, 'a>>) {
        let mut items: Vec<Item> = Vec::new();
        let mut sources: Vec<ItemSource<'d, 'a>> = Vec::new();
        for (at, node) in list.content().iter().enumerate() {
            let done = matches!(node.kind, Kind::TaskItem | Kind::BlockTaskItem)
                .then(|| node.word("state") == "DONE");
            let (blocks, inside) = match node.kind {
                Kind::ListItem | Kind::BlockTaskItem => {
                    let inside = self.inside(node);
                    (inside.blocks, inside.sources)
                }
                Kind::TaskItem | Kind::DecisionItem => {
                    let content = self.inlines(node);
                    let text = (!content.is_empty()).then_some(Block::Paragraph(content));
                    (text.into_iter().collect(), Vec::new())
                }
                // Lists of tasks stand beside the task that they belong to.
                Kind::TaskList => {
                    let task = list.content().get(at.wrapping_sub(1));
                    let follows =
                        task.is_some_and(|it| matches!(it.kind, Kind::TaskItem | Kind::TaskList));
                    if let (true, Some(item), Some(source), Some((block, body))) =
                        (follows, items.last_mut(), sources.last_mut(), self.block(node))
                        && source.at + source.lists + 1 == at
                    {
                        source.blocks.push(Source { at: source.lists, body });
                        source.lists += 1;
                        item.blocks.push(block);
                    }
                    continue;
                }
                _ => continue,
            };
            items.push(Item { done, blocks });
            sources.push(ItemSource { at, lists: 0, blocks: inside });
        }
        (items, sources)
    }
}

/// The text below an image.
pub(super) fn caption<'d, 'a>(node: &'d Node<'a>) -> Option<&'d Node<'a>> {
    node.content().iter().find(|it| it.kind == Kind::Caption)
}

/// The text of a block of code.
pub(super) fn code(node: &Node<'_>) -> String {
    let text: String = node.content().iter().map(Node::text).collect();
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Whether it can stand after a fence.
fn is_language(text: &str) -> bool {
    !text.contains(|it: char| {
        it.is_whitespace() || it.is_control() || matches!(it, '`' | '\\' | '&' | '[')
    })
}

fn level(node: &Node<'_>) -> u8 {
    let level = node.attribute("level").and_then(|it| it.as_u64()).unwrap_or(1);
    u8::try_from(level.clamp(1, 6)).unwrap_or(6)
}

fn start(node: &Node<'_>) -> Option<u64> {
    let order = || node.attribute("order").and_then(|it| it.as_f64()).unwrap_or(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    (node.kind == Kind::OrderedList).then(|| order().clamp(0.0, 999_999_999.0) as u64)
}

/// The alert that says the same, if one does.
fn panel(node: &Node<'_>) -> Option<PanelKind> {
    Some(match node.word("panelType").as_str() {
        "info" => PanelKind::Info,
        "note" => PanelKind::Note,
        "tip" | "success" => PanelKind::Tip,
        "warning" => PanelKind::Warning,
        "error" => PanelKind::Caution,
        _ => return None,
    })
}

fn holds_blocks(node: &Node<'_>) -> bool {
    !node.content().is_empty() && node.content().iter().all(|it| !it.kind.is_inline())
}

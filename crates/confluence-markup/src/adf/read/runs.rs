//! Reads running text as tokens: of one block, or of all blocks of a cell.

use super::Reader;
use crate::{
    adf::{
        Kind, MarkKind, Node,
        token::{Look, Origin, Shown, Token, sorted, words},
    },
    model::Style,
    storage::merge::words::is_space,
};

/// A block that running text comes from.
#[derive(Debug)]
pub(in crate::adf) struct Leaf<'d, 'a> {
    pub(in crate::adf) node: &'d Node<'a>,
    /// Which tokens it has.
    pub(in crate::adf) tokens: std::ops::Range<usize>,
}

/// Reads one run.
struct Run<'r, 'd, 'a> {
    reader: &'r Reader<'d, 'a>,
    tokens: Vec<Token<'d, 'a>>,
    leaves: Vec<Leaf<'d, 'a>>,
    around: Vec<Shown>,
}

impl<'d, 'a> Reader<'d, 'a> {
    /// The running text of a node and of all that is in it, with line breaks between blocks.
    pub(in crate::adf) fn run(
        &self,
        node: &'d Node<'a>,
    ) -> (Vec<Token<'d, 'a>>, Vec<Leaf<'d, 'a>>) {
        let mut run =
            Run { reader: self, tokens: Vec::new(), leaves: Vec::new(), around: Vec::new() };
        if node.kind.holds_text() {
            run.leaf(node);
        } else {
            node.content().iter().for_each(|it| run.block(it));
        }
        (run.tokens, run.leaves)
    }
}

impl<'d, 'a> Run<'_, 'd, 'a> {
    fn push(&mut self, look: Look, shown: Vec<Shown>, origin: Origin<'d, 'a>) {
        self.tokens.push(Token { look, shown, origin: Some(origin) });
    }

    /// A block of a cell, on a line of its own.
    #[expect(clippy::wildcard_enum_match_arm, reason = "any other block is one thing")]
    fn block(&mut self, node: &'d Node<'a>) {
        match node.kind {
            Kind::BulletList
            | Kind::OrderedList
            | Kind::TaskList
            | Kind::DecisionList
            | Kind::BlockTaskItem
            | Kind::ListItem
            | Kind::Blockquote => node.content().iter().for_each(|it| self.block(it)),
            Kind::Panel | Kind::Expand | Kind::NestedExpand | Kind::BodiedExtension => {
                self.around.push(Shown::Enclosed(self.reader.placeholder(node)));
                let before = self.leaves.len();
                node.content().iter().for_each(|it| self.block(it));
                self.around.pop();
                if self.leaves.len() == before {
                    self.opaque(node);
                }
            }
            it if it.holds_text() => self.leaf(node),
            _ => self.opaque(node),
        }
    }

    fn separate(&mut self) {
        if !self.leaves.is_empty() {
            self.push(Look::Break, self.around.clone(), Origin::Layout);
        }
    }

    /// Something of a cell that is one thing.
    fn opaque(&mut self, node: &'d Node<'a>) {
        self.separate();
        let start = self.tokens.len();
        let look = Look::Atom(self.reader.atom(node));
        self.push(look, self.around.clone(), Origin::Part { node, part: 0, parts: 1 });
        self.leaves.push(Leaf { node, tokens: start..self.tokens.len() });
    }

    fn leaf(&mut self, node: &'d Node<'a>) {
        self.separate();
        let start = self.tokens.len();
        for inline in node.content() {
            self.inline(inline, node.kind == Kind::CodeBlock);
        }
        self.leaves.push(Leaf { node, tokens: start..self.tokens.len() });
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "any other inline is one thing")]
    fn inline(&mut self, node: &'d Node<'a>, is_code: bool) {
        let mut shown = self.around.clone();
        shown.extend(node.marks().iter().filter_map(|it| self.shown(it)));
        if is_code {
            shown.push(Shown::Code);
        }
        let shown = sorted(shown);
        match node.kind {
            Kind::Text => {
                for (of, look) in words(node.text()) {
                    self.push(look, shown.clone(), Origin::Text { node, of });
                }
            }
            Kind::HardBreak => {
                self.push(Look::Break, shown, Origin::Part { node, part: 0, parts: 1 });
            }
            Kind::Emoji if is_sign(&node.word("text")) => {
                self.words(&node.word("text"), &shown, node);
            }
            Kind::InlineCard if is_url(&node.word("url")) => {
                let url = node.word("url");
                let mut shown = shown;
                shown.retain(|it| !matches!(it, Shown::Link(_)));
                shown.push(Shown::Link(url.clone()));
                self.words(&url, &sorted(shown), node);
            }
            _ => {
                let look = Look::Atom(self.reader.atom(node));
                self.push(look, shown, Origin::Part { node, part: 0, parts: 1 });
            }
        }
    }

    /// A node that is shown as text.
    fn words(&mut self, text: &str, shown: &[Shown], node: &'d Node<'a>) {
        let looks: Vec<Look> = words(text).map(|it| it.1).collect();
        let parts = looks.len();
        for (part, look) in looks.into_iter().enumerate() {
            self.push(look, shown.to_vec(), Origin::Part { node, part, parts });
        }
    }

    fn shown(&self, mark: &crate::adf::Mark<'_>) -> Option<Shown> {
        Some(match mark.kind() {
            MarkKind::Strong => Shown::Styled(Style::Strong),
            MarkKind::Em => Shown::Styled(Style::Emphasis),
            MarkKind::Strike => Shown::Styled(Style::Strike),
            MarkKind::Underline => Shown::Styled(Style::Underline),
            MarkKind::Subsup if mark.word("type") == "sub" => Shown::Styled(Style::Subscript),
            MarkKind::Subsup => Shown::Styled(Style::Superscript),
            MarkKind::Code => Shown::Code,
            MarkKind::Link => {
                let target: String =
                    mark.word("href").trim().chars().filter(|it| !it.is_control()).collect();
                return (!target.is_empty()).then_some(Shown::Link(target));
            }
            MarkKind::Annotation => Shown::Enclosed(self.reader.comment_placeholder(mark)),
            MarkKind::Unknown => return None,
        })
    }
}

/// Whether the text of an emoji is one: not a name, nor white space.
fn is_sign(text: &str) -> bool {
    !text.is_empty() && !text.contains(|it: char| it.is_ascii()) && !is_space(text)
}

fn is_url(text: &str) -> bool {
    !text.is_empty() && !text.contains(|it: char| it.is_whitespace() || it.is_control())
}

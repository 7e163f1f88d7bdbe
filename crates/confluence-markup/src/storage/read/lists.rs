//! Reads lists of all sorts.

use super::{Blocks, Body, ItemSource, Reader};
use crate::{
    model::{Block, Item},
    storage::{NodeId, Tag},
};

impl Reader<'_, '_> {
    pub(super) fn list(&self, node: NodeId, tag: Tag, depth: usize, out: &mut Blocks) {
        let document = self.document;
        let mut items = Vec::new();
        let mut sources = Vec::new();
        for child in document.children(node) {
            let (item, source) = match document.tag(child) {
                Some(Tag::Li) => self.item(child, child, None, depth),
                Some(Tag::Task) => {
                    let status = document.child(child, Tag::TaskStatus);
                    let is_done = status.is_some_and(|it| document.text(it).trim() == "complete");
                    let Some(body) = document.child(child, Tag::TaskBody) else { continue };
                    self.item(child, body, Some(is_done), depth)
                }
                // Both editors have put lists beside the items of others.
                Some(tag @ (Tag::Ul | Tag::Ol | Tag::TaskList)) => {
                    let mut inside = Blocks::default();
                    self.block(child, tag, depth, &mut inside);
                    if inside.blocks.is_empty() {
                        continue;
                    }
                    let outer = document.outer(child);
                    let source = ItemSource {
                        node: child,
                        outer: outer.clone(),
                        inner: outer,
                        blocks: inside.sources,
                    };
                    (Item { done: None, blocks: inside.blocks }, source)
                }
                _ => continue,
            };
            items.push(item);
            sources.push(source);
        }
        if items.is_empty() {
            return;
        }
        let start = (tag == Tag::Ol).then(|| {
            let start = document.attribute(node, "start");
            start
                .and_then(|it| it.trim().parse().ok())
                .filter(|it| *it < 1_000_000_000)
                .unwrap_or(1)
        });
        out.push(Block::List { start, items }, document.outer(node), Body::Items(sources));
    }

    fn item(
        &self,
        node: NodeId,
        body: NodeId,
        done: Option<bool>,
        depth: usize,
    ) -> (Item, ItemSource) {
        let mut inside = self.inside(body, depth);
        // Markdown has a task's box before text only: then all of it is text, as in a cell.
        let is_text = matches!(inside.blocks.first(), Some(Block::Paragraph(_)) | None);
        if done.is_some() && !is_text {
            inside = Blocks::default();
            let run = self.run_of(body);
            let range = run.range.clone();
            inside.push(Block::Paragraph(self.inlines(&run)), range, Body::Inline(run));
        }
        let source = ItemSource {
            node,
            outer: self.document.outer(node),
            inner: self.document.inner(body),
            blocks: inside.sources,
        };
        (Item { done, blocks: inside.blocks }, source)
    }
}

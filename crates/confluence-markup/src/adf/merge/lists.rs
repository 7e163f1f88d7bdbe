//! Merges lists, item by item.

use serde_json::Value;

use super::{Hidden, Side, Step, shell, steps};
use crate::{
    adf::{Kind, Node, WriteError, read::ItemSource, write::Writer},
    model::{Block, Item},
    storage::merge::pair,
};

impl<'d, 'a> Writer<'_, 'd, 'a> {
    pub(super) fn merged_list(
        &mut self,
        holder: Kind,
        node: &'d Node<'a>,
        sources: &[ItemSource<'d, 'a>],
        (was, base): (Option<u64>, &[Item]),
        (start, items): (Option<u64>, &[Item]),
    ) -> Result<(), WriteError> {
        let is_tasks = node.kind == Kind::TaskList;
        if items.iter().any(|it| it.done.is_some() != is_tasks) {
            return self.list(holder, start, items);
        }
        let change = [("order", start.map_or(Value::Null, Into::into))];
        let changes: &[_] = if was == start || is_tasks { &[] } else { &change };
        let name = match start {
            Some(_) => "orderedList",
            None => "bulletList",
        };
        let name = (was.is_some() != start.is_some() && !is_tasks).then_some(name);
        self.items_of(node, changes, name, sources, base, items)
    }

    pub(super) fn items_of(
        &mut self,
        node: &'d Node<'a>,
        changes: &[(&str, Value)],
        name: Option<&str>,
        sources: &[ItemSource<'d, 'a>],
        base: &[Item],
        items: &[Item],
    ) -> Result<(), WriteError> {
        if base.len() != sources.len() {
            let text = node.source().chars().take(80).collect();
            return Err(WriteError::NotTheSame(text));
        }
        let (head, tail) = match name {
            Some(name) => Node::shell_of(&Node::renamed(&node.with_attributes(changes), name)),
            None => shell(node, changes),
        };
        self.push(&head);
        let nodes = node.content();
        let shown = sources.iter().map(|it| it.at..it.at + it.lists + 1).collect();
        let mut hidden = Hidden::new(nodes, shown);
        for step in steps(base, items, pair::item_pairs) {
            match step {
                Step::Kept(at, _) => {
                    hidden.before(at, self);
                    if let Some(source) = sources.get(at) {
                        let own = source.at..source.at + source.lists + 1;
                        nodes.get(own).unwrap_or_default().iter().for_each(|it| {
                            self.push(it.source());
                        });
                    }
                }
                Step::Edited(at, item) => {
                    hidden.before(at, self);
                    if let (Some(source), Some(old)) = (sources.get(at), base.get(at)) {
                        self.edited_item(nodes, source, old, item)?;
                    }
                }
                Step::New(at, item) => {
                    if at < base.len() {
                        hidden.before(at, self);
                    }
                    self.item(node.kind, item)?;
                }
            }
        }
        hidden.before(base.len(), self);
        self.out.push_str(&tail);
        Ok(())
    }

    fn edited_item(
        &mut self,
        nodes: &'d [Node<'a>],
        source: &ItemSource<'d, 'a>,
        old: &Item,
        new: &Item,
    ) -> Result<(), WriteError> {
        let Some(node) = nodes.get(source.at) else { return Ok(()) };
        let state = if new.done == Some(true) { "DONE" } else { "TODO" };
        let change = [("state", state.into())];
        let changes: &[_] = if old.done == new.done || new.done.is_none() { &[] } else { &change };
        if !matches!(node.kind, Kind::TaskItem | Kind::DecisionItem) {
            return self.held(node, changes, &source.blocks, &old.blocks, &new.blocks);
        }
        let (text, old_rest) = text_of(&old.blocks);
        let (new_text, new_rest) = text_of(&new.blocks);
        self.run(node, changes, text, new_text)?;
        let lists = source.at + 1..source.at + 1 + source.lists;
        self.blocks(&Side {
            holder: Kind::TaskList,
            nodes: nodes.get(lists).unwrap_or_default(),
            sources: &source.blocks,
            base: old_rest,
            new: new_rest,
        })
    }
}

/// A task's text, and what stands below it.
fn text_of(blocks: &[Block]) -> (&[crate::model::Inline], &[Block]) {
    match blocks {
        [Block::Paragraph(content), rest @ ..] => (content, rest),
        rest => (&[], rest),
    }
}

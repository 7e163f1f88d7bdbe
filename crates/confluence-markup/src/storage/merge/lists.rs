//! Merges lists, item by item.

use std::ops::Range;

use super::{Gaps, MergeError, Merger, Side, pair};
use crate::{
    diff::{Stretch, stretches},
    model::Item,
    storage::{Tag, read::ItemSource, write::task_status},
};

impl Merger<'_, '_> {
    /// Merges a list; a start is the first number, if the items are numbered.
    pub(super) fn list(
        &mut self,
        outer: &Range<usize>,
        sources: &[ItemSource],
        (was, base): (Option<u64>, &[Item]),
        (start, new): (Option<u64>, &[Item]),
    ) -> Result<(), MergeError> {
        self.check(base.len() == sources.len(), outer)?;
        let in_tasks = sources.iter().any(|it| self.is_task(it));
        // Items beside tasks, and tasks beside items, are a list of their own in storage.
        let is_own = |it: &Item| it.done.is_some() == in_tasks || base.contains(it);
        let first = new.iter().position(is_own).unwrap_or(new.len());
        let end = new.iter().rposition(is_own).map_or(first, |it| it + 1);
        let own = new.get(first..end).unwrap_or_default();
        if was.is_some() != start.is_some() || own.is_empty() || !own.iter().all(is_own) {
            return Ok(self.writer.list(start, new)?);
        }
        self.writer.list(start, new.get(..first).unwrap_or_default())?;
        self.list_start(outer, sources, was, start);
        let from = self.reader.document.source().get(outer.clone()).unwrap_or_default();
        let open = outer.start + from.find('>').map_or(0, |it| it + 1);
        let close = outer.start + from.rfind("</").unwrap_or(from.len());
        self.items(sources, base, own, &(open..close), in_tasks)?;
        self.copy(close..outer.end);
        Ok(self.writer.list(start, new.get(end..).unwrap_or_default())?)
    }

    /// Writes the list's start tag, with another first number if it got one.
    fn list_start(
        &mut self,
        outer: &Range<usize>,
        sources: &[ItemSource],
        was: Option<u64>,
        start: Option<u64>,
    ) {
        let text = self.reader.document.source().get(outer.clone()).unwrap_or_default();
        let open = outer.start..outer.start + text.find('>').map_or(0, |it| it + 1);
        let node = sources.first().map(|it| self.reader.document.parent(it.node));
        match (was == start, node, start) {
            (false, Some(node), Some(start)) => {
                self.writer.with_attribute(self.reader, node, "start", &start.to_string());
            }
            _ => self.copy(open),
        }
    }

    fn items(
        &mut self,
        sources: &[ItemSource],
        base: &[Item],
        new: &[Item],
        inner: &Range<usize>,
        in_tasks: bool,
    ) -> Result<(), MergeError> {
        let mut gaps = Gaps::new(sources.iter().map(|it| it.outer.clone()), inner);
        let hashes: Vec<u64> = base.iter().map(pair::hash).collect();
        let new_hashes: Vec<u64> = new.iter().map(pair::hash).collect();
        for stretch in stretches(&hashes, &new_hashes) {
            match stretch {
                Stretch::Same { before, .. } => {
                    for index in before {
                        self.gap(&mut gaps, index);
                        self.copy(sources.get(index).map_or(0..0, |it| it.outer.clone()));
                    }
                }
                Stretch::Differs(hunk) => {
                    let pairs = pair::item_pairs(
                        base.get(hunk.before.clone()).unwrap_or_default(),
                        new.get(hunk.after.clone()).unwrap_or_default(),
                    );
                    for (offset, partner) in pairs.into_iter().enumerate() {
                        let Some(item) = new.get(hunk.after.start + offset) else { continue };
                        let index = partner.map(|it| hunk.before.start + it);
                        let old = index.and_then(|it| Some((it, base.get(it)?, sources.get(it)?)));
                        match old {
                            Some((index, old, source)) => {
                                self.gap(&mut gaps, index);
                                self.item(source, old, item)?;
                            }
                            None if in_tasks => self.writer.task(item)?,
                            None => self.writer.item(item)?,
                        }
                    }
                }
            }
        }
        self.gap(&mut gaps, sources.len());
        Ok(())
    }

    fn item(&mut self, source: &ItemSource, old: &Item, new: &Item) -> Result<(), MergeError> {
        let mut from = source.outer.start;
        if let (true, Some(is_done)) = (old.done != new.done, new.done)
            && let Some(status) = self.reader.document.child(source.node, Tag::TaskStatus)
        {
            let inner = self.reader.document.inner(status);
            self.copy(from..inner.start);
            self.writer.out.push_str(task_status(is_done));
            from = inner.end;
        }
        self.copy(from..source.inner.start);
        self.blocks(&Side {
            base: &old.blocks,
            sources: &source.blocks,
            inner: source.inner.clone(),
            new: &new.blocks,
        })?;
        self.copy(source.inner.end..source.outer.end);
        Ok(())
    }

    fn is_task(&self, source: &ItemSource) -> bool {
        self.reader.document.tag(source.node) == Some(Tag::Task)
    }
}

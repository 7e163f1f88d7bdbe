//! What new pieces of running text stand in.

use std::collections::HashMap;

use super::{
    inline::{Output, compose, note_instances, shared},
    paths::{Flat, Key, Mark, Pieces, Step},
    pieces::LINE_BREAK,
};

/// Finds out what pieces that are new stand in.
pub(super) struct Filler<'p, 't> {
    pub(super) old: &'p Pieces<'t>,
    pub(super) new: &'p Flat<'t>,
    /// For marks of the edit, the wrapper of the source that is the same.
    pub(super) used: HashMap<usize, usize>,
    /// For each wrapper, whether something of it stays.
    pub(super) alive: Vec<bool>,
    pub(super) around: Vec<usize>,
}

impl Filler<'_, '_> {
    /// Gives every piece of the range that has none a path. `gone` is what stood there in the source.
    pub(super) fn fill(
        &mut self,
        outputs: &mut [Option<Output>],
        range: std::ops::Range<usize>,
        gone: &[usize],
    ) {
        if range.clone().all(|it| outputs.get(it).is_some_and(Option::is_some)) {
            return;
        }
        let wrappers = |it: Option<&Output>| match it {
            Some(it) => it.path.iter().filter_map(|it| wrapper(*it)).collect(),
            None => self.around.clone(),
        };
        let left = outputs.get(..range.start).unwrap_or_default().iter().flatten().next_back();
        let right = outputs.get(range.end..).unwrap_or_default().iter().flatten().next();
        let (left_path, right_path) = (wrappers(left), wrappers(right));
        let mut inherited = shared(&left_path, &right_path);
        // At the end or the beginning of a block in a cell, it goes into that block.
        let is_end = self.is_break(range.end);
        let is_start = range.start.checked_sub(1).is_none_or(|it| self.is_break(it));
        let beside = if is_end && left.is_some() { &left_path } else { &right_path };
        if is_end || is_start {
            let blocks = beside
                .iter()
                .filter(|it| self.old.wrappers.get(**it).is_some_and(|it| it.is_block));
            for block in blocks {
                if !inherited.contains(block) {
                    inherited.push(*block);
                }
            }
        }
        self.add_replaced(&mut inherited, gone);
        let (first, end) = (range.start.checked_sub(1), range.end);
        for index in range {
            let Some(slot) = outputs.get_mut(index) else { continue };
            if slot.is_some() {
                continue;
            }
            let marks = self.new.marks(index);
            let mut wrappers: Vec<usize> = Vec::new();
            for it in &inherited {
                let is_wanted = self
                    .old
                    .mark(*it)
                    .is_none_or(|mark| marks.iter().any(|it| self.new.mark(*it) == Some(mark)));
                if is_wanted {
                    wrappers.push(*it);
                }
            }
            for instance in &marks {
                let mark = self.new.mark(*instance);
                if wrappers.iter().any(|it| self.old.mark(*it) == mark) {
                    continue;
                }
                let beside = [(&left_path, first), (&right_path, Some(end))];
                let beside = beside.into_iter().find_map(|(path, neighbour)| {
                    let is_same = self.new.marks(neighbour?).contains(instance);
                    is_same.then(|| self.reachable(path, mark, &inherited)).flatten()
                });
                if let Some(wrapper) = beside.or_else(|| self.used.get(instance).copied()) {
                    wrappers.push(wrapper);
                }
            }
            // From the outside: a wrapper comes before those in it.
            wrappers.sort_unstable();
            let path = compose(self.old, self.new, marks.iter().copied(), &wrappers);
            note_instances(self.old, self.new, index, &path, &mut self.used);
            *slot = Some(Output { old: None, instead_of: gone.first().copied(), path });
        }
    }

    /// Whether the edit has a line break there, or nothing any more.
    fn is_break(&self, index: usize) -> bool {
        self.new.keys.get(index).is_none_or(|it| *it == LINE_BREAK)
    }

    /// The wrapper on a path with this mark, if it stands in nothing that is not wanted.
    fn reachable(&self, path: &[usize], mark: Option<&Mark>, wanted: &[usize]) -> Option<usize> {
        let at = path.iter().position(|it| mark.is_some() && self.old.mark(*it) == mark)?;
        let is_wanted = |it: &usize| self.old.mark(*it).is_some() || wanted.contains(it);
        path.get(..at)?.iter().all(is_wanted).then(|| path.get(at).copied()).flatten()
    }

    /// What takes the place of others stands in what all of them did, and in what has nothing else left.
    fn add_replaced(&mut self, inherited: &mut Vec<usize>, gone: &[usize]) {
        let mut common: Option<Vec<usize>> = None;
        for piece in gone.iter().filter(|it| self.old.keys.get(**it) != Some(&Key::Space)) {
            let path = self.old.path(*piece);
            for it in &path {
                let is_orphan = self.old.mark(*it).is_none() && self.alive.get(*it) == Some(&false);
                if is_orphan && !inherited.contains(it) {
                    inherited.push(*it);
                }
            }
            common = Some(match common {
                None => path,
                Some(common) => shared(&common, &path),
            });
        }
        for it in common.unwrap_or_default() {
            if !inherited.contains(&it) {
                inherited.push(it);
            }
        }
        for it in inherited {
            if let Some(alive) = self.alive.get_mut(*it) {
                *alive = true;
            }
        }
    }
}

fn wrapper(step: Step) -> Option<usize> {
    match step {
        Step::Old(it) => Some(it),
        Step::New(_) => None,
    }
}

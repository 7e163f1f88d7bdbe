//! Merges an edit into inline content, word by word.
//!
//! Three sides are compared: the pieces of the source, the Markdown that was made of them, and the edited
//! Markdown. What Markdown says the same as before keeps its bytes and all that it stands in, seen or
//! not; what it says anew takes over what surrounds it.

use std::collections::{HashMap, HashSet};

use super::{
    paths::{Flat, Key, Mark, Pieces, Step},
    pieces::LINE_BREAK,
};
use crate::{
    diff::{Stretch, stretches},
    storage::read::Holds,
};

/// Writes what the source does not have.
pub(super) trait Writer {
    /// Why something cannot be written.
    type Error;

    /// Copies bytes of the source.
    fn copy(&mut self, raw: std::ops::Range<usize>);
    /// Begins or ends the text of a link that had none.
    fn link_body(&mut self, begins: bool);
    /// Writes a piece of the edited Markdown; `is_data` if it goes into CDATA.
    fn piece(&mut self, index: usize, is_data: bool) -> Result<(), Self::Error>;
    /// Opens a mark of the edited Markdown.
    fn open(&mut self, instance: usize) -> Result<(), Self::Error>;
    /// Closes a mark of the edited Markdown.
    fn close(&mut self, instance: usize) -> Result<(), Self::Error>;
}

/// Writes the source with what the edit changed; `None` if `base` does not say what the source does.
pub(super) fn merge<W: Writer>(
    old: &Pieces<'_>,
    base: &Flat<'_>,
    new: &Flat<'_>,
    writer: &mut W,
) -> Option<Result<(), W::Error>> {
    let base_to_old = align(old, base)?;
    let plan = Plan::new(old, base, new, &base_to_old);
    plan.is_possible().then(|| plan.write(writer))
}

/// For each piece of Markdown, the piece of the source that it was made of.
///
/// White space may be on one side only: Markdown drops and moves it. Anything else may not.
fn align(old: &Pieces<'_>, base: &Flat<'_>) -> Option<Vec<Option<usize>>> {
    let seen: Vec<usize> =
        (0..old.keys.len()).filter(|it| old.keys.get(*it) != Some(&Key::Hidden)).collect();
    let keys: Vec<Key<'_>> = seen.iter().filter_map(|it| old.keys.get(*it)).copied().collect();
    let is_space = |keys: &[Key<'_>]| keys.iter().all(|it| *it == Key::Space);
    let mut to_old = vec![None; base.keys.len()];
    for stretch in stretches(&keys, &base.keys) {
        match stretch {
            Stretch::Same { before, after } => {
                for (from, to) in seen.get(before)?.iter().zip(to_old.get_mut(after)?) {
                    *to = Some(*from);
                }
            }
            Stretch::Differs(hunk) => {
                if !is_space(keys.get(hunk.before)?) || !is_space(base.keys.get(hunk.after)?) {
                    return None;
                }
            }
        }
    }
    Some(to_old)
}

/// A piece of the result.
struct Output {
    /// The piece of the source, if there is one.
    old: Option<usize>,
    /// The piece of the source whose place it takes.
    instead_of: Option<usize>,
    path: Vec<Step>,
}

struct Plan<'p, 't> {
    old: &'p Pieces<'t>,
    new: &'p Flat<'t>,
    outputs: Vec<Output>,
    /// Pieces of the edit that are not written.
    dropped: HashSet<usize>,
    /// For each piece of the source, whether Markdown showed it.
    shown: Vec<bool>,
    /// For each wrapper, whether it gets the text that the source does not have.
    filled: Vec<bool>,
}

impl<'p, 't> Plan<'p, 't> {
    fn new(
        old: &'p Pieces<'t>,
        base: &Flat<'_>,
        new: &'p Flat<'t>,
        base_to_old: &[Option<usize>],
    ) -> Self {
        let mut shown = vec![false; old.keys.len()];
        for it in base_to_old.iter().flatten() {
            shown[*it] = true;
        }
        let stretches = stretches(&base.keys, &new.keys);
        let mut outputs: Vec<Option<Output>> = new.keys.iter().map(|_| None).collect();
        let mut used = HashMap::new();
        let mut dropped = HashSet::new();
        let mut alive = vec![false; old.wrappers.len()];
        for stretch in &stretches {
            let Stretch::Same { before, after } = stretch else { continue };
            for (from, to) in before.clone().zip(after.clone()) {
                let Some(piece) = base_to_old.get(from).copied().flatten() else {
                    // White space that Markdown needed and the source does not have.
                    dropped.insert(to);
                    continue;
                };
                let path = kept_path(old, piece, base, from, new, to);
                for step in &path {
                    if let Step::Old(it) = step {
                        alive[*it] = true;
                    }
                }
                note_instances(old, new, to, &path, &mut used);
                outputs[to] = Some(Output { old: Some(piece), instead_of: None, path });
            }
        }
        let mut plan = Filler { old, new, used, alive, around: around_all(old) };
        for stretch in &stretches {
            match stretch {
                Stretch::Same { after, .. } => plan.fill(&mut outputs, after.clone(), &[]),
                Stretch::Differs(hunk) => {
                    let gone: Vec<usize> = base_to_old
                        .get(hunk.before.clone())
                        .unwrap_or_default()
                        .iter()
                        .flatten()
                        .copied()
                        .collect();
                    plan.fill(&mut outputs, hunk.after.clone(), &gone);
                }
            }
        }
        let outputs = outputs.into_iter().flatten().collect();
        let mut plan =
            Self { old, new, outputs, dropped, shown, filled: vec![false; old.wrappers.len()] };
        plan.fill_links();
        plan
    }

    /// A link without text of its own, whose name was edited, gets that text.
    fn fill_links(&mut self) {
        for (index, wrapper) in self.old.wrappers.iter().enumerate() {
            if wrapper.holds != Holds::Nothing || wrapper.close.is_empty() {
                continue;
            }
            let is_inside = |it: &Output| it.path.contains(&Step::Old(index));
            let stays = self.outputs.iter().filter(|it| is_inside(it) && it.old.is_some()).count();
            let all = self.outputs.iter().filter(|it| is_inside(it)).count();
            let was =
                (0..self.old.keys.len()).filter(|it| self.old.path(*it).contains(&index)).count();
            if all == 0 || stays == all && stays == was {
                continue;
            }
            if let Some(filled) = self.filled.get_mut(index) {
                *filled = true;
            }
            for output in self.outputs.iter_mut().filter(|it| is_inside(it)) {
                output.old = None;
            }
        }
    }

    fn is_filled(&self, wrapper: usize) -> bool {
        self.filled.get(wrapper) == Some(&true)
    }

    fn write<W: Writer>(&self, writer: &mut W) -> Result<(), W::Error> {
        let mut stack: Vec<Step> = Vec::new();
        let mut next_hidden = 0;
        for (index, output) in self.outputs.iter().enumerate() {
            if self.dropped.contains(&index) {
                continue;
            }
            if let Some(piece) = output.old {
                self.write_hidden(next_hidden..piece, &mut stack, writer)?;
                next_hidden = next_hidden.max(piece + 1);
            } else if let Some(piece) = output.instead_of {
                self.write_hidden(next_hidden..piece, &mut stack, writer)?;
                next_hidden = next_hidden.max(piece);
            }
            self.go_to(&output.path, &mut stack, writer)?;
            match output.old.and_then(|it| self.old.raw.get(it)) {
                Some(raw) => writer.copy(raw.clone()),
                None => writer
                    .piece(index, stack.last().is_some_and(|it| self.holds(*it) == Holds::Data))?,
            }
        }
        self.write_hidden(next_hidden..self.old.keys.len(), &mut stack, writer)?;
        self.go_to(&[], &mut stack, writer)
    }

    /// Writes what Markdown never showed: nobody can have meant to take it out.
    fn write_hidden<W: Writer>(
        &self,
        range: std::ops::Range<usize>,
        stack: &mut Vec<Step>,
        writer: &mut W,
    ) -> Result<(), W::Error> {
        for piece in range {
            let is_hidden = self.old.keys.get(piece) == Some(&Key::Hidden);
            // White space that Markdown did not show belongs to what stands beside it.
            let is_needed = is_hidden || self.shown.get(piece) == Some(&false);
            if let Some(raw) = self.old.raw.get(piece)
                && is_needed
            {
                let path: Vec<Step> = self.old.path(piece).into_iter().map(Step::Old).collect();
                self.go_to(&path, stack, writer)?;
                writer.copy(raw.clone());
            }
        }
        Ok(())
    }

    /// Whether nothing new goes where nothing can stand, and no element into CDATA.
    fn is_possible(&self) -> bool {
        self.outputs.iter().enumerate().all(|(index, output)| {
            let mut holds = Holds::Markup;
            for step in &output.path {
                if holds != Holds::Markup {
                    return false;
                }
                holds = self.holds(*step);
            }
            let is_text = || match self.new.keys.get(index) {
                Some(Key::Word(_) | Key::Space) => true,
                Some(Key::Atom(_) | Key::Hidden) | None => false,
            };
            match holds {
                _ if output.old.is_some() => true,
                Holds::Markup => true,
                Holds::Data => is_text(),
                Holds::Nothing => false,
            }
        })
    }

    fn holds(&self, step: Step) -> Holds {
        match step {
            Step::Old(it) if self.is_filled(it) => Holds::Markup,
            Step::Old(it) => self.old.wrappers.get(it).map_or(Holds::Markup, |it| it.holds),
            Step::New(_) => Holds::Markup,
        }
    }

    /// Closes and opens until the stack is the path.
    fn go_to<W: Writer>(
        &self,
        path: &[Step],
        stack: &mut Vec<Step>,
        writer: &mut W,
    ) -> Result<(), W::Error> {
        let common = stack.iter().zip(path).take_while(|(a, b)| a == b).count();
        while stack.len() > common
            && let Some(step) = stack.pop()
        {
            match step {
                Step::Old(it) => {
                    if self.is_filled(it) {
                        writer.link_body(false);
                    }
                    writer.copy(self.old.wrappers.get(it).map_or(0..0, |it| it.close.clone()));
                }
                Step::New(it) => writer.close(it)?,
            }
        }
        for step in path.iter().skip(common) {
            match *step {
                Step::Old(it) => {
                    writer.copy(self.old.wrappers.get(it).map_or(0..0, |it| it.open.clone()));
                    if self.is_filled(it) {
                        writer.link_body(true);
                    }
                }
                Step::New(it) => writer.open(it)?,
            }
            stack.push(*step);
        }
        Ok(())
    }
}

/// What a piece of the source that stays stands in: as before, but for the marks that the edit gave or
/// took.
fn kept_path(
    old: &Pieces<'_>,
    piece: usize,
    base: &Flat<'_>,
    from: usize,
    new: &Flat<'_>,
    to: usize,
) -> Vec<Step> {
    let (was, is) = (base.marks(from), new.marks(to));
    let path = old.path(piece);
    if was.len() == is.len() && was.iter().zip(&is).all(|(a, b)| base.mark(*a) == new.mark(*b)) {
        return path.into_iter().map(Step::Old).collect();
    }
    let has = |marks: &[usize], flat: &Flat<'_>, mark: &Mark| {
        marks.iter().any(|it| flat.mark(*it) == Some(mark))
    };
    // Whatever the base did not say of it cannot have been taken by the edit.
    let kept: Vec<usize> = path
        .into_iter()
        .filter(|it| old.mark(*it).is_none_or(|it| has(&is, new, it) || !has(&was, base, it)))
        .collect();
    let wanted = is.iter().filter(|it| {
        let mark = new.mark(**it);
        mark.is_some_and(|mark| !has(&was, base, mark))
            || kept.iter().any(|it| old.mark(*it) == mark)
    });
    compose(old, new, wanted.copied(), &kept)
}

/// The marks in the order of the edit, each as the wrapper that the source has for it, if any; the
/// wrappers that Markdown does not show stay behind those that they stood behind.
fn compose(
    old: &Pieces<'_>,
    new: &Flat<'_>,
    marks: impl Iterator<Item = usize>,
    wrappers: &[usize],
) -> Vec<Step> {
    let mut path = Vec::new();
    let mut rest: Vec<usize> = wrappers.to_vec();
    let is_unseen = |it: &usize| old.mark(*it).is_none();
    while rest.first().is_some_and(is_unseen) {
        path.push(Step::Old(rest.remove(0)));
    }
    for instance in marks {
        let found = rest.iter().position(|it| old.mark(*it) == new.mark(instance));
        let Some(at) = found else {
            path.push(Step::New(instance));
            continue;
        };
        path.push(Step::Old(rest.remove(at)));
        while rest.get(at).is_some_and(is_unseen) {
            path.push(Step::Old(rest.remove(at)));
        }
    }
    path.extend(rest.into_iter().map(Step::Old));
    path
}

/// Remembers which wrapper of the source is which mark of the edit.
fn note_instances(
    old: &Pieces<'_>,
    new: &Flat<'_>,
    index: usize,
    path: &[Step],
    used: &mut HashMap<usize, usize>,
) {
    let marks = new.marks(index);
    for step in path {
        let Step::Old(wrapper) = *step else { continue };
        let Some(mark) = old.mark(wrapper) else { continue };
        if let Some(instance) = marks.iter().find(|it| new.mark(**it) == Some(mark)) {
            used.entry(*instance).or_insert(wrapper);
        }
    }
}

/// The wrappers that hold all of the content.
fn around_all(old: &Pieces<'_>) -> Vec<usize> {
    let mut common: Option<Vec<usize>> = None;
    for index in 0..old.keys.len() {
        let path = old.path(index);
        common = Some(match common {
            None => path,
            Some(common) => shared(&common, &path),
        });
    }
    common.unwrap_or_default()
}

fn shared(one: &[usize], other: &[usize]) -> Vec<usize> {
    one.iter().zip(other).take_while(|(a, b)| a == b).map(|it| *it.0).collect()
}

/// Finds out what pieces that are new stand in.
struct Filler<'p, 't> {
    old: &'p Pieces<'t>,
    new: &'p Flat<'t>,
    /// For marks of the edit, the wrapper of the source that is the same.
    used: HashMap<usize, usize>,
    /// For each wrapper, whether something of it stays.
    alive: Vec<bool>,
    around: Vec<usize>,
}

impl Filler<'_, '_> {
    /// Gives every piece of the range that has none a path. `gone` is what stood there in the source.
    fn fill(
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

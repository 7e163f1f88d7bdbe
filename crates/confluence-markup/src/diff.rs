//! Which parts of two sequences are the same.

use std::{hash::Hash, ops::Range};

use imara_diff::{Algorithm, Diff, InternedInput};

/// A stretch in which two sequences differ: what was there, and what is there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) before: Range<usize>,
    pub(crate) after: Range<usize>,
}

/// Where the sequences differ, in order. What lies between two hunks is the same in both.
///
/// The time grows about with the length: the algorithm gives up on the shortest answer where that would
/// take too long.
pub(crate) fn hunks<T: Hash + Eq + Default>(
    before: impl Iterator<Item = T>,
    after: impl Iterator<Item = T>,
) -> Vec<Hunk> {
    let mut input = InternedInput::default();
    input.update_before(before);
    input.update_after(after);
    let range = |it: Range<u32>| it.start as usize..it.end as usize;
    Diff::compute(Algorithm::Histogram, &input)
        .hunks()
        .map(|it| Hunk { before: range(it.before), after: range(it.after) })
        .collect()
}

/// A stretch of two sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stretch {
    /// The same in both.
    Same { before: Range<usize>, after: Range<usize> },
    /// Something else instead.
    Differs(Hunk),
}

/// All of both sequences, in order, by whether it is the same.
pub(crate) fn stretches<T: Hash + Eq + Copy + Default>(before: &[T], after: &[T]) -> Vec<Stretch> {
    let hunks = hunks(before.iter().copied(), after.iter().copied());
    let mut stretches = Vec::with_capacity(hunks.len() * 2 + 1);
    let (mut from, mut to) = (0, 0);
    for hunk in hunks {
        if from < hunk.before.start {
            let same =
                Stretch::Same { before: from..hunk.before.start, after: to..hunk.after.start };
            stretches.push(same);
        }
        (from, to) = (hunk.before.end, hunk.after.end);
        stretches.push(Stretch::Differs(hunk));
    }
    if from < before.len() {
        stretches.push(Stretch::Same { before: from..before.len(), after: to..after.len() });
    }
    stretches
}

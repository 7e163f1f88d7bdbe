//! What changed between two texts, in few lines.

use std::fmt::Write as _;

use imara_diff::{Algorithm, Diff, InternedInput};

use crate::scan::start_of;

/// How much of a diff is shown, in characters.
const MAX_DIFF: usize = 3_000;

/// How much of a line is shown, in characters.
const MAX_SHOWN: usize = 240;

/// How much of a line is shown before the first character that differs.
const LEAD: usize = 40;

/// The lines that differ, `-` before those that are gone and `+` before those that came. Long lines are
/// shown from shortly before where they differ. Empty if nothing differs.
pub(crate) fn lines(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut input = InternedInput::default();
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let mut out = String::new();
    let mut left_out = 0;
    for hunk in Diff::compute(Algorithm::Histogram, &input).hunks() {
        let gone = of(&old, hunk.before);
        let came = of(&new, hunk.after);
        let from = |index: usize, other: &[&str], line: &str| {
            other.get(index).map_or(0, |it| first_difference(line, it))
        };
        let gone_lines = gone.iter().enumerate().map(|(at, it)| ('-', from(at, came, it), *it));
        let came_lines = came.iter().enumerate().map(|(at, it)| ('+', from(at, gone, it), *it));
        let shown = gone_lines.chain(came_lines).filter(|it| !it.2.trim().is_empty());
        for (sign, from, line) in shown {
            if out.chars().count() > MAX_DIFF {
                left_out += 1;
                continue;
            }
            if !out.is_empty() {
                out.push('\n');
            }
            let _ = write!(out, "{sign} {}", window(line, from));
        }
    }
    if left_out > 0 {
        let _ = write!(out, "\n({left_out} more lines differ)");
    }
    out
}

fn of<'t, 'l>(lines: &'t [&'l str], range: std::ops::Range<u32>) -> &'t [&'l str] {
    lines.get(range.start as usize..range.end as usize).unwrap_or_default()
}

/// How many characters two lines have in common at their start.
fn first_difference(line: &str, other: &str) -> usize {
    line.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
}

fn window(line: &str, from: usize) -> String {
    if start_of(line, MAX_SHOWN).is_none() {
        return line.to_owned();
    }
    let from = from.saturating_sub(LEAD);
    let start = start_of(line, from).unwrap_or(0);
    let rest = line.get(start..).unwrap_or_default();
    let (head, tail) = (if start > 0 { "…" } else { "" }, start_of(rest, MAX_SHOWN));
    match tail {
        Some(end) => format!("{head}{}…", rest.get(..end).unwrap_or_default()),
        None => format!("{head}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_that_differ_are_shown() {
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\nd\n"), "- b\n+ x\n+ d");
        assert_eq!(lines("a\n", "a\n"), "");
    }

    #[test]
    fn a_long_line_is_shown_where_it_differs() {
        let start = "é".repeat(5_000);
        let shown = lines(&format!("{start} old end"), &format!("{start} new end"));
        assert!(shown.contains(" old end\n+ …") && shown.ends_with(" new end"), "{shown}");
        assert!(shown.chars().count() < 200, "{shown}");
    }

    #[test]
    fn a_diff_of_everything_is_bounded() {
        let (old, new) = ("old line\n".repeat(9_000), "another new line\n".repeat(9_000));
        let shown = lines(&old, &new);
        assert!(shown.chars().count() < MAX_DIFF + 2 * MAX_SHOWN, "{}", shown.len());
        assert!(shown.ends_with("more lines differ)"), "{shown}");
    }
}

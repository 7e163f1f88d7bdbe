//! Figures that must not get worse: those that no machine changes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// A figure by its table and its name; less is better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    table: String,
    name: String,
    value: u64,
}

impl Figure {
    pub(crate) fn new(table: &str, name: &str, value: u64) -> Self {
        Self { table: table.to_owned(), name: name.to_owned(), value }
    }
}

/// What is allowed, from `bounds.toml`.
#[derive(Debug)]
pub(crate) struct Bounds(BTreeMap<String, BTreeMap<String, u64>>);

/// A figure and its bound. One without the other is a mistake in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) name: String,
    pub(crate) value: Option<u64>,
    pub(crate) bound: Option<u64>,
}

impl Verdict {
    pub(crate) fn holds(&self) -> bool {
        matches!((self.value, self.bound), (Some(value), Some(bound)) if value <= bound)
    }
}

impl Bounds {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// When it is missing, or has something else than tables of whole numbers.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(Self(toml::from_str(text)?))
    }

    /// Compares the figures with their bounds.
    pub(crate) fn judge(&self, figures: &[Figure]) -> Vec<Verdict> {
        let mut verdicts: Vec<_> = figures
            .iter()
            .map(|figure| Verdict {
                name: format!("{}: {}", figure.table, figure.name),
                value: Some(figure.value),
                bound: self.0.get(&figure.table).and_then(|it| it.get(&figure.name)).copied(),
            })
            .collect();
        for (table, bounds) in &self.0 {
            for (name, bound) in bounds {
                if !figures.iter().any(|it| it.table == *table && it.name == *name) {
                    let name = format!("{table}: {name}");
                    verdicts.push(Verdict { name, value: None, bound: Some(*bound) });
                }
            }
        }
        verdicts
    }
}

/// The verdicts as lines of text.
pub(crate) fn table(verdicts: &[Verdict]) -> String {
    let number = |it: Option<u64>| it.map_or_else(|| "none".to_owned(), |it| it.to_string());
    let mut text = format!("{:44} {:>12} {:>12}\n", "figure", "is", "at most");
    for verdict in verdicts {
        let mark = if verdict.holds() { "" } else { "  <-- does not hold" };
        let (value, bound) = (number(verdict.value), number(verdict.bound));
        let _ = writeln!(text, "{:44} {value:>12} {bound:>12}{mark}", verdict.name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(figures: &[Figure]) -> Vec<bool> {
        let bounds = Bounds::parse("[length]\n\"tools/list\" = 9000\n").unwrap();
        bounds.judge(figures).iter().map(Verdict::holds).collect()
    }

    #[test]
    fn a_figure_above_its_bound_does_not_hold() {
        assert_eq!(verdicts(&[Figure::new("length", "tools/list", 9001)]), [false]);
        assert_eq!(verdicts(&[Figure::new("length", "tools/list", 9000)]), [true]);
    }

    #[test]
    fn a_figure_needs_a_bound_and_a_bound_a_figure() {
        assert_eq!(verdicts(&[Figure::new("memory", "tools/list", 1)]), [false, false]);
        assert_eq!(verdicts(&[]), [false]);
    }

    #[test]
    fn the_committed_bounds_can_be_read() {
        Bounds::parse(include_str!("../bounds.toml")).unwrap();
    }
}

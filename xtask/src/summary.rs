//! The closing table of a task that does several things.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// How one thing ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed,
    Failed(anyhow::Error),
    /// It could not run; says why, and what to do.
    Skipped(String),
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

impl Row {
    /// Runs `work` and notes how it ended and how long it took.
    pub(crate) fn of(name: &'static str, work: impl FnOnce() -> Result<()>) -> Self {
        let started = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(error),
        };
        Self { name, outcome, took: started.elapsed() }
    }

    /// Something that could not run.
    pub(crate) fn skipped(name: &'static str, why: String) -> Self {
        Self { name, outcome: Outcome::Skipped(why), took: Duration::ZERO }
    }
}

/// What a task did.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    rows: Vec<Row>,
}

impl Summary {
    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// The table: name, how it ended, seconds, and what there is to say.
    pub(crate) fn table(&self) -> String {
        let width = self.rows.iter().map(|it| it.name.len()).max().unwrap_or_default();
        let mut text = String::new();
        for Row { name, outcome, took } in &self.rows {
            let (word, note) = match outcome {
                Outcome::Passed => ("passed", String::new()),
                Outcome::Failed(error) => ("FAILED", format!("{error:#}")),
                Outcome::Skipped(why) => ("skipped", why.clone()),
            };
            let line = format!("{name:width$}  {word:7}  {:7.1} s  {note}", took.as_secs_f64());
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }

    /// How many passed, failed and were skipped, as one line.
    pub(crate) fn counts(&self) -> String {
        let count =
            |is: fn(&Outcome) -> bool| self.rows.iter().filter(|it| is(&it.outcome)).count();
        format!(
            "{} passed, {} failed, {} skipped",
            count(|it| matches!(it, Outcome::Passed)),
            count(|it| matches!(it, Outcome::Failed(_))),
            count(|it| matches!(it, Outcome::Skipped(_))),
        )
    }

    /// The first failure, if there is one.
    ///
    /// # Errors
    ///
    /// That failure, with the name of what failed.
    pub(crate) fn into_result(self) -> Result<()> {
        for row in self.rows {
            if let Outcome::Failed(error) = row.outcome {
                return Err(error.context(format!("{} failed", row.name)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn summary() -> Summary {
        let mut summary = Summary::default();
        summary.push(Row::of("format", || Ok(())));
        summary.push(Row::of("lint", || Err(anyhow!("three warnings"))));
        summary.push(Row::of("docs", || Err(anyhow!("one broken link"))));
        summary.push(Row::skipped("browser", "no browser: install one".to_owned()));
        summary
    }

    #[test]
    fn every_row_is_shown_with_what_there_is_to_say() {
        assert_eq!(
            summary().table(),
            "format   passed       0.0 s\n\
             lint     FAILED       0.0 s  three warnings\n\
             docs     FAILED       0.0 s  one broken link\n\
             browser  skipped      0.0 s  no browser: install one\n"
        );
        assert_eq!(summary().counts(), "1 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn the_first_failure_is_the_result() {
        let error = summary().into_result().unwrap_err();
        assert_eq!(format!("{error:#}"), "lint failed: three warnings");
    }

    #[test]
    fn a_skip_is_no_failure() {
        let mut summary = Summary::default();
        summary.push(Row::skipped("browser", "none".to_owned()));
        assert!(summary.into_result().is_ok());
    }
}

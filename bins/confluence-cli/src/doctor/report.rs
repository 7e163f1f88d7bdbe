//! What was found, one line each.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    config::{Format, allows_colours},
    exit::Exit,
    failed::Failed,
    output::{Output, without_escapes},
};

/// How good a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    Warning,
    Problem(Exit),
}

impl Level {
    fn mark(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Warning => '!',
            Self::Problem(_) => '✗',
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem(_) => "problem",
        }
    }

    /// Its number among a terminal's colours.
    fn colour(self) -> u8 {
        match self {
            Self::Ok => 32,
            Self::Warning => 33,
            Self::Problem(_) => 31,
        }
    }
}

/// Something that was found.
#[derive(Debug)]
pub(super) struct Finding {
    level: Level,
    check: String,
    text: String,
    advice: Option<String>,
}

impl Finding {
    /// All is well.
    pub(super) fn ok(check: impl Into<String>, text: impl Into<String>) -> Self {
        Self { level: Level::Ok, check: check.into(), text: text.into(), advice: None }
    }

    /// Something to know.
    pub(super) fn warning(check: impl Into<String>, text: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::ok(check, text) }
    }

    /// Something that has to be mended.
    pub(super) fn problem(check: impl Into<String>, exit: Exit, text: impl Into<String>) -> Self {
        Self { level: Level::Problem(exit), ..Self::ok(check, text) }
    }

    /// The same finding with what to do.
    pub(super) fn advising(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// The same finding about something that is not needed.
    pub(super) fn optional(self) -> Self {
        let level = if self.level == Level::Ok { Level::Ok } else { Level::Warning };
        Self { level, ..self }
    }

    /// Whether nothing can be expected of what comes after it.
    pub(super) fn is_ok(&self) -> bool {
        self.level == Level::Ok
    }

    fn json(&self) -> Value {
        let Self { level, check, text, advice } = self;
        json!({ "level": level.word(), "check": check, "message": text, "advice": advice })
    }
}

/// The findings so far: as text they are shown at once, as JSON in the end.
#[derive(Debug)]
pub(super) struct Report {
    output: Output,
    format: Format,
    colours: bool,
    findings: Vec<Finding>,
}

impl Report {
    pub(super) fn start(format: Format) -> Self {
        let output = Output::open();
        let colours = output.is_terminal() && allows_colours();
        Self { output, format, colours, findings: Vec::new() }
    }

    pub(super) fn add(&mut self, finding: Finding) -> Result<(), Failed> {
        if self.format == Format::Text {
            let Finding { level, check, text, advice } = &finding;
            let (before, after) = if self.colours {
                (format!("\u{1b}[{}m", level.colour()), "\u{1b}[0m")
            } else {
                (String::new(), "")
            };
            // What comes from the network is cleaned before the colours are added.
            let text = without_escapes(&format!("{check}: {text}"));
            let mut line = format!("{before}{}{after} {text}\n", level.mark());
            if let Some(advice) = advice {
                let _ = writeln!(line, "  → {}", without_escapes(advice));
            }
            self.output.script(line.as_bytes())?;
        }
        self.findings.push(finding);
        Ok(())
    }

    pub(super) fn has_problem(&self) -> bool {
        self.exit() != Exit::Ok
    }

    fn exit(&self) -> Exit {
        let problem = self.findings.iter().find_map(|it| match it.level {
            Level::Problem(exit) => Some(exit),
            Level::Ok | Level::Warning => None,
        });
        problem.unwrap_or(Exit::Ok)
    }

    pub(super) fn finish(mut self) -> Result<Exit, Failed> {
        let exit = self.exit();
        if self.format == Format::Json {
            let findings: Vec<_> = self.findings.iter().map(Finding::json).collect();
            let report = json!({
                "ok": exit == Exit::Ok,
                "exitCode": exit.number(),
                "findings": findings,
            });
            self.output.json(report.to_string().as_bytes())?;
        }
        Ok(exit)
    }
}

//! The parts of the tests, as data: adding one is adding an entry here.

use std::fmt;
use std::path::Path;

use anyhow::Result;

use super::{inspector, openapi, packaging, postgres};
use crate::workspace::Workspace;
use crate::{built, fuzz, process};

/// Every part, in the order they run.
pub(super) const PARTS: &[Part] = &[
    Part {
        name: "rust",
        proves: "each crate's own tests and the examples in its documentation",
        takes_filter: true,
        missing: |_| None,
        is_promised: |_| true,
        install: None,
        run: rust,
    },
    Part {
        name: "openapi",
        proves: "client and sandbox say what Atlassian's OpenAPI documents describe",
        takes_filter: false,
        missing: openapi::missing,
        is_promised: |it| it.openapi.is_some(),
        install: None,
        run: openapi::run,
    },
    Part {
        name: "postgres",
        proves: "a PostgreSQL server keeps what a SQLite file keeps, for several processes at once",
        takes_filter: false,
        missing: |_| postgres::missing(),
        is_promised: |_| postgres::is_named(),
        install: Some(postgres::install),
        run: |it| postgres::run(it.workspace),
    },
    Part {
        name: "inspector",
        proves: "the official MCP Inspector lists and calls the tools of the server over stdio",
        takes_filter: false,
        missing: |it| inspector::missing(it.workspace),
        is_promised: |_| false,
        install: Some(inspector::install),
        run: |it| inspector::run(it.workspace),
    },
    Part {
        name: "packaging",
        proves: "hadolint takes the Dockerfile, and systemd the unit, for right and closed",
        takes_filter: false,
        missing: |it| packaging::missing(it.workspace),
        is_promised: |_| false,
        install: Some(packaging::install),
        run: |it| packaging::run(it.workspace),
    },
    Part {
        name: "fuzz",
        proves: "what must hold for every input holds for thousands that libFuzzer makes up",
        takes_filter: false,
        missing: |it| fuzz::missing(it.workspace),
        is_promised: |_| false,
        install: Some(fuzz::install),
        run: |it| fuzz::short(it.workspace),
    },
];

/// Tests that need something of their own to run.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// What is known once it passed.
    pub(super) proves: &'static str,
    /// Whether a filter on test names means something to it.
    pub(super) takes_filter: bool,
    /// What it needs and does not find, `None` when it can run.
    pub(super) missing: fn(&Run<'_>) -> Option<String>,
    /// Whether whoever runs the tests says that it is there: to skip it would hide a mistake.
    pub(super) is_promised: fn(&Run<'_>) -> bool,
    /// Fetches what is missing.
    pub(super) install: Option<fn(&Workspace) -> Result<()>>,
    pub(super) run: fn(&Run<'_>) -> Result<()>,
}

impl fmt::Debug for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Part").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a part is run with.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) filter: Option<&'a str>,
    /// The folder with Atlassian's `OpenAPI` documents.
    pub(super) openapi: Option<&'a Path>,
}

fn rust(run: &Run<'_>) -> Result<()> {
    let mut command = process::cargo(run.workspace, ["test", "--no-fail-fast"]);
    command.args(built::EVERYTHING).args(run.filter);
    // As an absolute path: each package's tests run in its own folder.
    let folders = [
        (openapi::VARIABLE, run.openapi.map(Path::to_owned)),
        (postgres::VARIABLE, postgres::folder()),
    ];
    for (variable, folder) in folders {
        match folder.filter(|_| run.filter.is_some()) {
            Some(folder) => command.env(variable, folder),
            // They have a part of their own.
            None => command.env_remove(variable),
        };
    }
    process::run(&mut command)
}

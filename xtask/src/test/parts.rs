//! The parts of the tests, as data: adding one is adding an entry here.

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

use super::{browser, inspector, npm, openapi, packaging, postgres, python, sdks, suite};
use crate::workspace::Workspace;
use crate::{built, fuzz, process};

/// Every part, in the order they run.
pub(super) const PARTS: &[Part] = &[
    Part {
        name: "rust",
        proves: "each crate's own tests and the examples in its documentation",
        takes_filter: true,
        speaks_mcp: false,
        missing: |_| None,
        is_promised: |_| true,
        install: None,
        run: rust,
    },
    Part {
        name: "openapi",
        proves: "client and sandbox say what Atlassian's OpenAPI documents describe",
        takes_filter: false,
        speaks_mcp: false,
        missing: openapi::missing,
        is_promised: |it| it.openapi.is_some(),
        install: None,
        run: openapi::run,
    },
    Part {
        name: "postgres",
        proves: "a PostgreSQL server keeps what a SQLite file keeps, for several processes at once",
        takes_filter: false,
        speaks_mcp: false,
        missing: |_| postgres::missing(),
        is_promised: |_| postgres::is_named(),
        install: Some(postgres::install),
        run: |it| postgres::run(it.workspace),
    },
    Part {
        name: "browser",
        proves: "the configuration app works in Chromium: its policies, cookies, redirects and script",
        takes_filter: false,
        speaks_mcp: false,
        missing: |_| browser::missing(),
        is_promised: |_| false,
        install: Some(browser::install),
        run: |it| browser::run(it.workspace),
    },
    Part {
        name: "suite",
        proves: "the official MCP conformance suite finds no fault with what the server declares",
        run: |it| suite::run(it.workspace),
        ..FROM_NPM
    },
    Part {
        name: "inspector",
        proves: "the official MCP Inspector lists and calls the tools, over stdio and HTTP, in both eras",
        run: |it| inspector::run(it.workspace),
        ..FROM_NPM
    },
    Part {
        name: "typescript",
        proves: "clients of the official TypeScript SDK use all tools, over stdio and HTTP, in both eras",
        run: |it| sdks::typescript(it.workspace),
        ..FROM_NPM
    },
    Part {
        name: "python",
        proves: "clients of the official Python SDK use all tools, over stdio and HTTP, in both eras",
        missing: |it| python::missing(it.workspace),
        install: Some(python::install),
        run: |it| sdks::python(it.workspace),
        ..FROM_NPM
    },
    Part {
        name: "packaging",
        proves: "hadolint takes the Dockerfile, and systemd the unit, for right and closed",
        takes_filter: false,
        speaks_mcp: false,
        missing: |it| packaging::missing(it.workspace),
        is_promised: |_| false,
        install: Some(packaging::install),
        run: |it| packaging::run(it.workspace),
    },
    Part {
        name: "fuzz",
        proves: "what must hold for every input holds for thousands that libFuzzer makes up",
        takes_filter: false,
        speaks_mcp: false,
        missing: |it| fuzz::missing(it.workspace),
        is_promised: |_| false,
        install: Some(fuzz::install),
        run: |it| fuzz::short(it.workspace),
    },
];

/// What is the same for all programs from npm that speak MCP.
const FROM_NPM: Part = Part {
    name: "",
    proves: "",
    takes_filter: false,
    speaks_mcp: true,
    missing: |it| npm::missing(it.workspace),
    is_promised: |_| false,
    install: Some(npm::install),
    run: |_| bail!("the part does not say what it runs"),
};

/// Tests that need something of their own to run.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// What is known once it passed.
    pub(super) proves: &'static str,
    /// Whether a filter on test names means something to it.
    pub(super) takes_filter: bool,
    /// Whether it is a program of others that speaks MCP with the server.
    pub(super) speaks_mcp: bool,
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
        (browser::VARIABLE, browser::driver()),
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

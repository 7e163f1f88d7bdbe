//! What each archive holds, besides the program.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::archive::{Archive, Mode};
use crate::program::Program;

/// A program, and what comes with it.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// More bytes are a mistake, such as a feature that nobody asked for.
    pub(crate) largest: u64,
    /// What it is asked, to see that it works, without an account.
    pub(crate) try_out: TryOut,
    /// Files of the checkout.
    files: &'static [&'static str],
}

/// A first answer of a program.
#[derive(Debug)]
pub(crate) struct TryOut {
    pub(crate) arguments: &'static [&'static str],
    /// What it reads.
    pub(crate) input: &'static str,
    /// What is found in its answer.
    pub(crate) answer: &'static str,
}

pub(crate) const PACKAGES: &[Package] = &[
    Package {
        name: "confluence-mcp-server",
        largest: 15_000_000,
        try_out: TryOut {
            arguments: &["stdio", "--sandbox"],
            input: concat!(
                r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"#,
                r#""protocolVersion":"2025-11-25","capabilities":{},"#,
                r#""clientInfo":{"name":"dist","version":"1"}}}"#,
                "\n"
            ),
            answer: r#""serverInfo":{"#,
        },
        files: &["docs/tools.md", "packaging/systemd/confluence-mcp-server.service"],
    },
    Package {
        name: "confluence-cli",
        largest: 15_000_000,
        try_out: TryOut { arguments: &["spaces", "list", "--sandbox"], input: "", answer: "ENG" },
        files: &["docs/cli.md"],
    },
];

/// What comes with every program.
const FILES: &[&str] = &[
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "docs/env.md",
    "docs/install.md",
];

/// Shells, and where each one's script is in an archive; `{}` is the program.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "completions/bash/{}"),
    ("fish", "completions/fish/{}.fish"),
    ("zsh", "completions/zsh/_{}"),
];

/// Adds all of it.
///
/// # Errors
///
/// When a file is missing, or the program does not write what it should.
pub(crate) fn add(
    archive: &mut Archive,
    package: &Package,
    program: &Program,
    root: &Path,
) -> Result<()> {
    archive.add(package.name, Mode::Run, program.bytes()?);
    for file in FILES.iter().chain(package.files) {
        archive.add_file(file, root, file)?;
    }
    for (shell, path) in COMPLETIONS {
        let script = program.output(&["completions", shell], "")?;
        ensure!(script.contains(package.name), "the completions for {shell} do not name it");
        archive.add(path.replace("{}", package.name), Mode::Read, script.into_bytes());
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_str().context("the folder for temporary files is no UTF-8")?;
    program.output(&["man", path], "")?;
    for page in fs::read_dir(folder.path())? {
        let page = page?;
        let name = page.file_name().to_string_lossy().into_owned();
        archive.add(format!("man/man1/{name}"), Mode::Read, fs::read(page.path())?);
    }
    Ok(())
}

//! The programs that are measured.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// Where the programs are: `cargo xtask bench` builds them into the folder of this one.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) sandbox: PathBuf,
    /// The command line tool, once there is one.
    pub(crate) cli: Option<PathBuf>,
    /// Another build of the server.
    pub(crate) against: Option<PathBuf>,
}

impl Programs {
    /// Finds the programs beside this one.
    ///
    /// # Errors
    ///
    /// When one of them has not been built.
    pub(crate) fn beside_this(against: Option<PathBuf>) -> Result<Self> {
        let this = std::env::current_exe()?;
        let folder = this.parent().unwrap_or(Path::new("."));
        let program =
            |path: &str| folder.join(path).with_extension(std::env::consts::EXE_EXTENSION);
        let cli = program("confluence-cli");
        let programs = Self {
            server: program("confluence-mcp-server"),
            sandbox: program("examples/serve"),
            cli: cli.is_file().then_some(cli),
            against,
        };
        let needed = [Some(&programs.server), Some(&programs.sandbox), programs.against.as_ref()];
        for path in needed.into_iter().flatten() {
            if !path.is_file() {
                bail!("`{}` is missing: run `cargo xtask bench`", path.display());
            }
        }
        Ok(programs)
    }
}

//! The documents, and how they are compared and written.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use confluence_tools::Surface;

use crate::{cli, env};

/// Every generated document: this is the place to add one.
pub(crate) fn documents() -> Vec<Document> {
    let listed = confluence_server::tools_list(&Surface::default()).to_string().len();
    let command_line = confluence_cli::config::command();
    let programs = [confluence_mcp_server::config::command(), command_line.clone()];
    vec![
        Document { path: "docs/tools.md", text: confluence_tools::docs::markdown(listed) },
        Document { path: "docs/cli.md", text: cli::markdown(&command_line) },
        Document { path: "docs/env.md", text: env::markdown(&programs) },
    ]
}

/// A document and where it is kept.
#[derive(Debug)]
pub(crate) struct Document {
    /// Relative to the root of the checkout.
    pub(crate) path: &'static str,
    pub(crate) text: String,
}

impl Document {
    /// Whether the file below `root` is what the code says.
    pub(crate) fn is_current(&self, root: &Path) -> bool {
        fs::read_to_string(root.join(self.path)).is_ok_and(|it| it == self.text)
    }

    /// Writes the file, and the folder that it is in.
    ///
    /// # Errors
    ///
    /// When either cannot be written.
    pub(crate) fn write(&self, root: &Path) -> Result<()> {
        let file = root.join(self.path);
        if let Some(folder) = file.parent() {
            let context = || format!("cannot create the folder of {}", self.path);
            fs::create_dir_all(folder).with_context(context)?;
        }
        fs::write(&file, &self.text).with_context(|| format!("cannot write {}", self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_other_file_is_stale_until_written() {
        let root = tempfile::tempdir().unwrap();
        let document = Document { path: "docs/tools.md", text: "# Tools\n".to_owned() };
        assert!(!document.is_current(root.path()));

        document.write(root.path()).unwrap();
        assert!(document.is_current(root.path()));

        fs::write(root.path().join(document.path), "# Old\n").unwrap();
        assert!(!document.is_current(root.path()));
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("docs"), "a file, where a folder is needed").unwrap();
        let document = Document { path: "docs/tools.md", text: String::new() };
        let error = document.write(root.path()).unwrap_err();
        assert_eq!(error.to_string(), "cannot create the folder of docs/tools.md");
    }
}

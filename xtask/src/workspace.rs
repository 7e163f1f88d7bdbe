//! The checkout that the tasks work on, and the packages in it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The checkout.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The checkout that this program was built from.
    pub(crate) fn this() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: own.parent().unwrap_or(own).to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The file or folder at `path` in the checkout.
    pub(crate) fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Where programs are installed that only development needs.
    ///
    /// Below `target`, so that `cargo clean` removes them and CI caches keep them.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    /// Names of the packages below a folder such as `bins`, sorted; empty without that folder.
    ///
    /// A package is named as its folder is.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub(crate) fn packages_in(&self, folder: &str) -> Result<Vec<String>> {
        let folder = self.root.join(folder);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.join("Cargo.toml").is_file()
                && let Some(name) = path.file_name()
            {
                names.push(name.to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_by_their_manifests() {
        let root = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: root.path().to_owned() };
        assert!(workspace.packages_in("bins").unwrap().is_empty());

        for path in ["crates/b/Cargo.toml", "crates/a/Cargo.toml"] {
            let path = workspace.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::create_dir(workspace.join("crates/notes")).unwrap();

        assert_eq!(workspace.packages_in("crates").unwrap(), ["a", "b"]);
    }
}

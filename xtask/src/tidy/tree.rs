//! The files of the checkout, in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold nothing written by hand.
const SKIPPED_FOLDERS: &[&str] = &[".git", "target", "node_modules"];

/// Every file of the checkout by its path relative to the root.
#[derive(Debug)]
pub(super) struct Tree {
    /// `None` is a file that is not text.
    files: BTreeMap<PathBuf, Option<String>>,
}

impl Tree {
    /// Reads the files below `root`.
    ///
    /// # Errors
    ///
    /// When a file or folder cannot be read.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
            for entry in entries {
                let entry = entry?;
                let path = entry.path();
                if entry.file_type()?.is_dir() {
                    let name = entry.file_name();
                    if !SKIPPED_FOLDERS.iter().any(|it| name == *it) {
                        folders.push(path);
                    }
                    continue;
                }
                let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
                let relative = path.strip_prefix(root).unwrap_or(&path).to_owned();
                files.insert(relative, String::from_utf8(bytes).ok());
            }
        }
        Ok(Self { files })
    }

    /// A tree of these files.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| (path.into(), Some((*text).to_owned())));
        Self { files: files.collect() }
    }

    /// The text files, in order of their paths.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_path(), text.as_deref()?)))
    }

    /// The text files with this extension.
    pub(super) fn with_extension(&self, extension: &str) -> impl Iterator<Item = (&Path, &str)> {
        self.texts().filter(move |(path, _)| path.extension().is_some_and(|it| it == extension))
    }

    /// Every file, text or not.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    pub(super) fn text(&self, path: &Path) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether there is a file, or a folder with files, at `path`.
    pub(super) fn contains(&self, path: &Path) -> bool {
        path.as_os_str().is_empty()
            || self.files.contains_key(path)
            || self.paths().any(|it| it.starts_with(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_write_is_read() {
        let root = tempfile::tempdir().unwrap();
        for path in ["docs/guide.md", "target/debug/notes.md", "crates/a/target/x.md", "a.md"] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        fs::write(root.path().join("picture.png"), [0x89, 0x50, 0xff]).unwrap();

        let tree = Tree::read(root.path()).unwrap();

        let texts: Vec<_> = tree.texts().map(|(path, _)| path.to_str().unwrap()).collect();
        assert_eq!(texts, ["a.md", "docs/guide.md"]);
        assert!(tree.contains(Path::new("picture.png")));
        assert!(tree.contains(Path::new("docs")));
        assert!(!tree.contains(Path::new("doc")));
    }
}

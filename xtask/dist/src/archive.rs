//! Archives that are the same, byte by byte, whenever and wherever they are made.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header, HeaderMode};

/// Files to be packed below one folder, sorted by their names.
#[derive(Debug)]
pub(crate) struct Archive {
    folder: String,
    time: u64,
    entries: BTreeMap<String, (Vec<u8>, Mode)>,
}

/// Who may do what with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everybody may read it.
    Read,
    /// Everybody may also run it.
    Run,
}

impl Archive {
    /// An empty one; everything in it bears this time.
    pub(crate) fn new(folder: &str, time: u64) -> Self {
        Self { folder: folder.to_owned(), time, entries: BTreeMap::new() }
    }

    /// Adds a file by its path below the folder.
    pub(crate) fn add(&mut self, path: impl Into<String>, mode: Mode, bytes: Vec<u8>) {
        self.entries.insert(path.into(), (bytes, mode));
    }

    /// Adds a file of the checkout, by its path there.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn add_file(&mut self, path: &str, root: &Path, from: &str) -> Result<()> {
        let bytes = std::fs::read(root.join(from)).with_context(|| from.to_owned())?;
        self.add(path, Mode::Read, bytes);
        Ok(())
    }

    /// The archive, compressed.
    ///
    /// # Errors
    ///
    /// When a path is too long.
    pub(crate) fn into_bytes(self) -> Result<Vec<u8>> {
        let Self { folder, time, entries } = self;
        // Without a name, and with a time that is no fact of this run.
        let compressed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        let mut tar = Builder::new(compressed);
        tar.mode(HeaderMode::Deterministic);
        for (path, (bytes, mode)) in entries {
            let mut header = Header::new_gnu();
            header.set_entry_type(EntryType::Regular);
            header.set_size(bytes.len().try_into()?);
            header.set_mtime(time);
            header.set_mode(match mode {
                Mode::Read => 0o644,
                Mode::Run => 0o755,
            });
            header.set_uid(0);
            header.set_gid(0);
            let path = format!("{folder}/{path}");
            tar.append_data(&mut header, &path, bytes.as_slice()).with_context(|| path.clone())?;
        }
        Ok(tar.into_inner()?.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    fn archive(order: [&str; 2]) -> Vec<u8> {
        let mut archive = Archive::new("program-1.0.0", 1_700_000_000);
        for path in order {
            let mode = if path == "program" { Mode::Run } else { Mode::Read };
            archive.add(path, mode, path.as_bytes().to_vec());
        }
        archive.into_bytes().unwrap()
    }

    #[test]
    fn the_same_files_make_the_same_archive() {
        assert_eq!(archive(["program", "docs/README.md"]), archive(["docs/README.md", "program"]));
    }

    #[test]
    fn everything_is_below_one_folder_and_belongs_to_nobody() {
        let bytes = archive(["program", "docs/README.md"]);
        let mut found = Vec::new();
        let mut tar = tar::Archive::new(GzDecoder::new(bytes.as_slice()));
        for entry in tar.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.mtime().unwrap(), 1_700_000_000);
            let mode = header.mode().unwrap();
            let path = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            found.push((path, mode, text));
        }
        let expected = [("docs/README.md", 0o644), ("program", 0o755)]
            .map(|(path, mode)| (format!("program-1.0.0/{path}"), mode, path.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let mut archive = Archive::new("program", 0);
        let error = archive.add_file("a", Path::new("/nowhere"), "LICENSE").unwrap_err();
        assert_eq!(error.to_string(), "LICENSE");
    }
}

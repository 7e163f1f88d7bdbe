//! `SHA256SUMS`, as `sha256sum --check` reads it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The name of the list.
pub(crate) const FILE: &str = "SHA256SUMS";

/// Writes the list of these files into the folder that they are in.
///
/// # Errors
///
/// When one cannot be read, or the list not be written.
pub(crate) fn write(folder: &Path, names: &[String]) -> Result<()> {
    let mut names: Vec<_> = names.iter().collect();
    names.sort();
    let mut list = String::new();
    for name in names {
        let bytes = fs::read(folder.join(name)).with_context(|| name.clone())?;
        for byte in Sha256::digest(&bytes) {
            let _ = write!(list, "{byte:02x}");
        }
        let _ = writeln!(list, "  {name}");
    }
    fs::write(folder.join(FILE), list).context(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_has_the_sums_of_the_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "").unwrap();
        fs::write(folder.path().join("a"), "abc").unwrap();
        write(folder.path(), &["b".to_owned(), "a".to_owned()]).unwrap();
        // The examples of FIPS 180-2, and the well-known sum of nothing.
        let expected = "\
ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b
";
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), expected);
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), &["gone.tar.gz".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "gone.tar.gz");
        assert!(!folder.path().join(FILE).exists());
    }
}

//! The file that keeps a master key which nobody configured.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{InvalidMasterKey, MasterKey};
use crate::private_file;

/// The file of the master key does not give one.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is a database, and no file with the key that it is encrypted with.
    #[error("there is no `{}`, which holds the master key of the database beside it", .0.display())]
    Missing(PathBuf),
    /// It holds something else.
    #[error("`{}` does not hold a master key", file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// What a master key looks like.
        source: InvalidMasterKey,
    },
    /// It cannot be read, written or kept from others.
    #[error("cannot use `{}` for the master key", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Reads the key in `file`; there must be one.
pub(crate) fn load(file: &Path) -> Result<MasterKey, KeyFileError> {
    let text = read(file).map_err(|source| {
        let file = file.to_owned();
        if source.kind() == io::ErrorKind::NotFound {
            KeyFileError::Missing(file)
        } else {
            KeyFileError::Unusable { file, source }
        }
    })?;
    MasterKey::parse(&text)
        .map_err(|source| KeyFileError::Invalid { file: file.to_owned(), source })
}

/// Reads the key in `file`, or makes one and keeps it there.
///
/// Of several processes that start at the same time, one makes the key and all use it.
pub(crate) fn load_or_create(file: &Path) -> Result<MasterKey, KeyFileError> {
    match load(file) {
        Err(KeyFileError::Missing(_)) => {}
        found => return found,
    }
    let key = MasterKey::generate();
    match private_file::create(file, key.to_base64().as_bytes()) {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => load(file),
        Err(source) => Err(KeyFileError::Unusable { file: file.to_owned(), source }),
    }
}

fn read(file: &Path) -> io::Result<SecretString> {
    private_file::protect(file)?;
    std::fs::read_to_string(file).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/master.key");
        let made = load_or_create(&file).unwrap();
        assert_eq!(load_or_create(&file).unwrap().id(), made.id());
        assert_eq!(load(&file).unwrap().id(), made.id());
    }

    #[test]
    fn starting_together_gives_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let start = || load_or_create(&file).unwrap().id().clone();
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            starts.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert!(keys.windows(2).all(|it| it[0] == it[1]), "{keys:?}");
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "the keys that lost are gone");
    }

    #[test]
    fn a_missing_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        assert!(matches!(load(&file), Err(KeyFileError::Missing(_))));
        assert!(!file.exists());
    }

    #[test]
    fn what_is_no_key_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.key");
        fs::write(&file, "something else").unwrap();
        assert!(matches!(load_or_create(&file), Err(KeyFileError::Invalid { .. })));
        assert_eq!(fs::read_to_string(&file).unwrap(), "something else");
    }
}

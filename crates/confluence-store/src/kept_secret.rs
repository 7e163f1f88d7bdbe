//! A secret that nobody configured, made once and kept in a file of its own.

use std::{io, path::Path};

use secrecy::{ExposeSecret as _, SecretString};

use crate::private_file;

/// The longest secret that is read, in bytes.
const MAX_LENGTH: u64 = 4 * 1024;

/// The secret in `file`; where there is no file, what `make` gives, from now on kept there. Only its
/// owner may read the file.
///
/// Of several processes that start at the same time, one makes it and all use it.
///
/// # Errors
///
/// Fails when the file cannot be read, written or kept from others, and when there is nothing in it.
pub fn kept_secret(file: &Path, make: impl FnOnce() -> SecretString) -> io::Result<SecretString> {
    match read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    let secret = make();
    match private_file::create(file, secret.expose_secret().as_bytes()) {
        Ok(()) => Ok(secret),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(file),
        Err(error) => Err(error),
    }
}

fn read(file: &Path) -> io::Result<SecretString> {
    use io::Read as _;

    private_file::protect(file)?;
    let mut text = String::new();
    std::fs::File::open(file)?.take(MAX_LENGTH).read_to_string(&mut text)?;
    // Wiped when dropped.
    let text = SecretString::from(text);
    let secret = text.expose_secret().trim();
    if secret.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "there is no secret in it"));
    }
    Ok(secret.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/secret");
        let first = kept_secret(&file, || "first".into()).unwrap();
        let second = kept_secret(&file, || "second".into()).unwrap();
        assert_eq!((first.expose_secret(), second.expose_secret()), ("first", "first"));
    }

    #[test]
    fn an_empty_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "\n").unwrap();
        let error = kept_secret(&file, || "made".into()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "\n");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        kept_secret(&file, || "made".into()).unwrap();
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        kept_secret(&file, || "other".into()).unwrap();
        assert_eq!(mode(), 0o600);
    }
}

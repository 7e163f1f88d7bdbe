//! Secrets: given in a variable, or in a file that is read when the secret is needed.

use std::{
    ffi::OsString,
    fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

/// The longest secret read from a file, in bytes; far more than any token has.
const MAX_LENGTH: u64 = 64 * 1024;

/// A secret as clap has read it. Reading never fails: clap shows what it cannot read.
#[derive(Clone)]
pub struct SecretArgument(Text);

#[derive(Clone)]
enum Text {
    Blank,
    Secret(SecretString),
    Bytes,
}

impl From<OsString> for SecretArgument {
    fn from(text: OsString) -> Self {
        Self(match text.into_string() {
            Ok(text) if text.trim().is_empty() => Text::Blank,
            Ok(text) => Text::Secret(text.trim().into()),
            Err(_not_text) => Text::Bytes,
        })
    }
}

impl fmt::Debug for SecretArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretArgument(…)")
    }
}

impl SecretArgument {
    /// Whether there is nothing in it.
    pub fn is_blank(&self) -> bool {
        matches!(self.0, Text::Blank)
    }

    /// The secret; `None` if it is no text.
    pub fn secret(&self) -> Option<&SecretString> {
        match &self.0 {
            Text::Secret(secret) => Some(secret),
            Text::Blank | Text::Bytes => None,
        }
    }
}

/// A secret, or where it is.
#[derive(Debug, Clone)]
pub enum Secret {
    /// From the environment.
    Value(SecretString),
    /// In a file.
    File(PathBuf),
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("cannot read the secret in `{}`", .path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file has no text, or too much.
    #[error("the file `{}` holds no secret: {problem}", .path.display())]
    NoSecret {
        /// Its path.
        path: PathBuf,
        /// What is wrong with its content.
        problem: &'static str,
    },
}

impl Secret {
    /// The secret itself; a file is read now.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be read or is not one.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        match self {
            Self::Value(secret) => Ok(secret.clone()),
            Self::File(path) => from_file(path),
        }
    }
}

fn from_file(path: &Path) -> Result<SecretString, SecretError> {
    let unreadable = |source| SecretError::Unreadable { path: path.to_owned(), source };
    let no_secret = |problem| SecretError::NoSecret { path: path.to_owned(), problem };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_LENGTH + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_LENGTH {
        return Err(no_secret("it is too large"));
    }
    // Wiped when dropped, whatever comes out of it.
    let text: SecretString =
        String::from_utf8(bytes).map_err(|_not_text| no_secret("it is no text"))?.into();
    let trimmed = text.expose_secret().trim();
    if trimmed.is_empty() { Err(no_secret("it is empty")) } else { Ok(trimmed.into()) }
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, io::Write};

    use secrecy::ExposeSecret;

    use super::{MAX_LENGTH, Secret, SecretArgument};

    #[track_caller]
    fn read(content: &[u8]) -> Result<String, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let secret = Secret::File(file.path().to_owned()).read();
        secret.map(|it| it.expose_secret().to_owned()).map_err(|it| {
            let error = it.to_string();
            assert!(!error.contains("planted"), "{error}");
            error.rsplit_once(": ").unwrap().1.to_owned()
        })
    }

    #[test]
    fn a_file_without_a_secret_is_refused() {
        assert_eq!(read(b""), Err("it is empty".to_owned()));
        assert_eq!(read(b" \r\n"), Err("it is empty".to_owned()));
        assert_eq!(read(b"planted\xff"), Err("it is no text".to_owned()));
        let long = vec![b'x'; usize::try_from(MAX_LENGTH).unwrap() + 1];
        assert_eq!(read(&long), Err("it is too large".to_owned()));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Secret::File("/nowhere/token".into()).read().unwrap_err();
        assert_eq!(error.to_string(), "cannot read the secret in `/nowhere/token`");
    }

    #[test]
    fn the_line_break_at_the_end_of_a_file_is_no_part_of_the_secret() {
        assert_eq!(read(b"token\n"), Ok("token".to_owned()));
    }

    #[test]
    fn debug_shows_no_secret() {
        let argument = SecretArgument::from(OsString::from(" planted "));
        assert!(!format!("{argument:?}").contains("planted"));
        let secret = Secret::Value(argument.secret().unwrap().clone());
        assert!(!format!("{secret:?}").contains("planted"));
        assert_eq!(secret.read().unwrap().expose_secret(), "planted");
    }
}

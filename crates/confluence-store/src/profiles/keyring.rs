//! The keyring of the system: Secret Service, the keychain of macOS, the credentials of Windows.

use std::fmt;
use std::sync::Arc;

use confluence_api::BoxError;
use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::Vault;

/// What its entries belong to, as programs for keyrings show it.
const SERVICE: &str = "confluence-connector";

/// Bytes of an entry. Windows takes 2560, which is less than the tokens of a connection.
const PIECE: usize = if cfg!(windows) { 2_000 } else { usize::MAX };

/// Most pieces of a secret.
const MAX_PIECES: usize = 100;

/// The keyring of the system, as a [`Vault`].
pub struct Keyring {
    store: Arc<CredentialStore>,
    piece: usize,
}

impl Keyring {
    /// Connects to the keyring. It is not unlocked yet.
    ///
    /// Blocks while it connects.
    ///
    /// # Errors
    ///
    /// When there is none, as on a server without a desktop.
    pub fn open() -> Result<Self, BoxError> {
        Ok(Self { store: native().map_err(described)?, piece: PIECE })
    }

    fn entry(&self, name: &str, piece: usize) -> Result<Entry, BoxError> {
        let name = if piece == 0 { name.to_owned() } else { format!("{name}.{piece}") };
        self.store.build(SERVICE, &name, None).map_err(described)
    }

    fn piece(&self, name: &str, piece: usize) -> Result<Option<Zeroizing<Vec<u8>>>, BoxError> {
        match self.entry(name, piece)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(described(error)),
        }
    }
}

#[cfg(target_os = "macos")]
fn native() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn native() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn native() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// A secret is its pieces one after the other, the last of which is not full.
impl Vault for Keyring {
    fn get(&self, name: &str) -> Result<Option<SecretString>, BoxError> {
        let mut secret = Zeroizing::new(Vec::new());
        for piece in 0..MAX_PIECES {
            let Some(bytes) = self.piece(name, piece)? else { return Ok(None) };
            secret.extend_from_slice(&bytes);
            if bytes.len() < self.piece {
                let text = str::from_utf8(&secret).map_err(|it| format!("no text: {it}"))?;
                return Ok(Some(SecretString::from(text)));
            }
        }
        Err(format!("a secret in the keyring has more than {MAX_PIECES} pieces").into())
    }

    fn put(&self, name: &str, secret: &SecretString) -> Result<(), BoxError> {
        let bytes = secret.expose_secret().as_bytes();
        if bytes.len() / self.piece >= MAX_PIECES {
            return Err("the secret is too long for the keyring".into());
        }
        for piece in 0..=bytes.len() / self.piece {
            let rest = bytes.get(piece.saturating_mul(self.piece)..).unwrap_or_default();
            let bytes = rest.get(..self.piece).unwrap_or(rest);
            self.entry(name, piece)?.set_secret(bytes).map_err(described)?;
        }
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), BoxError> {
        for piece in 0..MAX_PIECES {
            match self.entry(name, piece)?.delete_credential() {
                Ok(()) => {}
                Err(Error::NoEntry) => break,
                Err(error) => return Err(described(error)),
            }
            // Whoever keeps secrets whole has no second piece to ask for.
            if self.piece == usize::MAX {
                break;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Keyring")
            .field("vendor", &self.store.vendor())
            .finish_non_exhaustive()
    }
}

/// The error without what some of its variants have: the bytes of the secret.
#[expect(clippy::needless_pass_by_value, reason = "what it holds ends here")]
fn described(error: Error) -> BoxError {
    format!("the keyring of the system: {error}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On the crate's own fake.
    fn keyring(piece: usize) -> Keyring {
        let store: Arc<CredentialStore> = keyring_core::mock::Store::new().unwrap();
        Keyring { store, piece }
    }

    #[test]
    fn a_secret_is_kept_in_pieces_where_they_have_to_be_small() {
        for piece in [1, 3, 4, usize::MAX] {
            let keyring = keyring(piece);
            for text in ["", "sec", "secret", "sécrét"] {
                assert!(keyring.get("name").unwrap().is_none());
                keyring.put("name", &text.into()).unwrap();
                keyring.put("other", &"another".into()).unwrap();
                let found = keyring.get("name").unwrap().unwrap();
                assert_eq!(found.expose_secret(), text, "in pieces of {piece}");
                keyring.delete("name").unwrap();
                keyring.delete("name").unwrap();
                assert!(keyring.get("name").unwrap().is_none());
                assert_eq!(keyring.get("other").unwrap().unwrap().expose_secret(), "another");
            }
        }
    }

    #[test]
    fn what_is_too_long_is_refused_whole() {
        let keyring = keyring(2);
        assert!(keyring.put("name", &"x".repeat(200).into()).is_err());
        assert!(keyring.get("name").unwrap().is_none());
    }

    #[test]
    fn an_error_does_not_repeat_the_secret() {
        let error = Error::BadEncoding(b"planted-secret".to_vec());
        let error = described(error);
        let bytes = format!("{:?}", b"planted");
        let shown = format!("{error:?} {error}");
        assert!(!shown.contains("planted") && !shown.contains(bytes.trim_matches(['[', ']'])));
    }
}

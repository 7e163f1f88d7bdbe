//! Encryption of what is secret in a row.
//!
//! XChaCha20-Poly1305: its nonces are long enough to be random, however many there are. The place of
//! a value (table, primary key, column) is authenticated with it, so that a ciphertext which somebody
//! moved to another row or column does not open there.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::random;
use crate::{KeyId, MasterKey, MasterKeys};

/// Length of a nonce, which stands before the ciphertext.
const NONCE: usize = 24;

/// What the derived key is for. Another layout of [`Place`] or of the ciphertext needs another name.
const PURPOSE: &str = "seal, version 1";

/// Where a value is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'a str,
    /// The columns of the primary key, in the table's order.
    pub(crate) key: &'a [&'a str],
    pub(crate) column: &'a str,
}

/// A ciphertext and the name of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) key: String,
    pub(crate) bytes: Vec<u8>,
}

/// Why a ciphertext does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unopened {
    #[error("it is encrypted with the master key `{0}`, which this process does not have")]
    OtherKey(String),
    #[error("it was changed, or moved here from another place")]
    Forged,
}

/// Seals with one key, opens with all that there are.
#[derive(Clone)]
pub(crate) struct Sealer {
    current: Cipher,
    previous: Option<Cipher>,
}

#[derive(Clone)]
struct Cipher {
    id: KeyId,
    cipher: XChaCha20Poly1305,
}

impl Sealer {
    pub(crate) fn new(keys: &MasterKeys) -> Self {
        Self {
            current: Cipher::new(&keys.current),
            previous: keys.previous.as_ref().map(Cipher::new),
        }
    }

    /// The key that seals.
    pub(crate) fn current(&self) -> &KeyId {
        &self.current.id
    }

    /// The keys that open, the sealing one first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &KeyId> {
        [&self.current].into_iter().chain(&self.previous).map(|it| &it.id)
    }

    pub(crate) fn seal(&self, place: Place<'_>, plaintext: &[u8]) -> Sealed {
        let nonce: [u8; NONCE] = random::bytes();
        let aad = &place.associated_data();
        let ciphertext = self
            .current
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plaintext, aad })
            .expect("a row is shorter than the 256 GiB that the cipher takes");
        Sealed {
            key: self.current.id.as_str().to_owned(),
            bytes: [nonce.as_slice(), &ciphertext].concat(),
        }
    }

    pub(crate) fn open(
        &self,
        place: Place<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let cipher = [&self.current].into_iter().chain(&self.previous);
        let cipher = { cipher }.find(|it| it.id.as_str() == sealed.key);
        let cipher = cipher.ok_or_else(|| Unopened::OtherKey(sealed.key.clone()))?;
        let (nonce, msg) = sealed.bytes.split_first_chunk::<NONCE>().ok_or(Unopened::Forged)?;
        let aad = &place.associated_data();
        let opened = cipher.cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad });
        opened.map(Zeroizing::new).map_err(|_error| Unopened::Forged)
    }
}

impl Cipher {
    fn new(key: &MasterKey) -> Self {
        let derived = key.derive(PURPOSE);
        let cipher = XChaCha20Poly1305::new(derived.expose_secret().into());
        Self { id: key.id().clone(), cipher }
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.keys()).finish()
    }
}

impl Place<'_> {
    /// Each part with its length before it: no two places look the same.
    fn associated_data(&self) -> Vec<u8> {
        let parts = [self.table, self.column].into_iter().chain(self.key.iter().copied());
        parts.fold(Vec::new(), |mut data, part| {
            data.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            data.extend_from_slice(part.as_bytes());
            data
        })
    }
}

#[cfg(test)]
mod tests;

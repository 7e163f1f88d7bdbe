//! Master keys: what everything secret in a store is encrypted with.
//!
//! A master key never encrypts anything itself. Each use has a key of its own, derived with
//! HKDF-SHA256 ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)), so that what one use gives away
//! says nothing about another.

mod file;

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hkdf::Hkdf;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use self::file::KeyFileError;
pub(crate) use self::file::{load, load_or_create};
use crate::random;

/// Length of a master key, and of every key derived from one.
const LENGTH: usize = 32;

/// 256 random bits from which all keys of a store come.
#[derive(Clone)]
pub struct MasterKey {
    id: KeyId,
    bytes: Arc<SecretBox<[u8; LENGTH]>>,
}

/// Public name of a master key, derived from it: it stands beside what the key encrypts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

/// The key that encrypts, and the one that is on its way in or out.
///
/// Both decrypt. While keys are rotated, every replica must have both.
#[derive(Debug, Clone)]
pub struct MasterKeys {
    /// Encrypts.
    pub current: MasterKey,
    /// Only decrypts.
    pub previous: Option<MasterKey>,
}

/// A text is no master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 32 bytes in base64 (44 characters) or hexadecimal (64 characters)")]
pub struct InvalidMasterKey;

impl MasterKey {
    /// Makes a new key.
    pub fn generate() -> Self {
        Self::new(&Zeroizing::new(random::bytes()))
    }

    /// Reads a key from base64, of either alphabet and with or without padding, or hexadecimal.
    ///
    /// White space around it is dropped: files end with a line break.
    ///
    /// # Errors
    ///
    /// When the text is neither, or not 32 bytes long.
    pub fn parse(text: &SecretString) -> Result<Self, InvalidMasterKey> {
        let text = text.expose_secret().trim();
        let bytes = if text.len() == 2 * LENGTH { hexadecimal(text) } else { base64(text) };
        let bytes = Zeroizing::new(bytes.ok_or(InvalidMasterKey)?);
        let bytes = <&[u8; LENGTH]>::try_from(bytes.as_slice());
        bytes.map(Self::new).map_err(|_error| InvalidMasterKey)
    }

    fn new(bytes: &[u8; LENGTH]) -> Self {
        let id = KeyId(format!("{:016x}", u64::from_be_bytes(derive(bytes, "key id"))));
        Self { id, bytes: Arc::new(SecretBox::new(Box::new(*bytes))) }
    }

    /// The key's public name.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// A key for one purpose; the same purpose gives the same key.
    pub fn derive(&self, purpose: &str) -> SecretBox<[u8; LENGTH]> {
        SecretBox::new(Box::new(derive(self.bytes.expose_secret(), purpose)))
    }

    /// The key as [`Self::parse`] reads it.
    fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(base64::prelude::BASE64_STANDARD.encode(self.bytes.expose_secret()))
    }
}

impl MasterKeys {
    /// One key, with no rotation going on.
    pub fn new(current: MasterKey) -> Self {
        Self { current, previous: None }
    }

    /// The keys, the encrypting one first.
    pub fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        [&self.current].into_iter().chain(&self.previous)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MasterKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl KeyId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// HKDF without salt: a master key is uniformly random already.
fn derive<const N: usize>(key: &[u8; LENGTH], purpose: &str) -> [u8; N] {
    let mut derived = [0; N];
    let info = format!("confluence-store: {purpose}");
    Hkdf::<Sha256>::new(None, key)
        .expand(info.as_bytes(), &mut derived)
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    derived
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
}

#[cfg(test)]
mod tests;

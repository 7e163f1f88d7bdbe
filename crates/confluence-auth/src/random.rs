//! Random values that nobody can guess, and fingerprints of what must not be kept.

use std::{fmt, str::FromStr};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sha2::{Digest as _, Sha256};

/// Random bytes of the operating system.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes
}

/// Random bytes as base64url text.
pub(crate) fn text<const N: usize>() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes::<N>())
}

/// A SHA-256 fingerprint: tells whether two secrets are the same without keeping either.
///
/// Only for random values and for what is public: what can be guessed can be found by its
/// fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

/// The text is not a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 fingerprint: expected 64 hexadecimal digits")]
pub struct InvalidFingerprint;

impl Fingerprint {
    /// The fingerprint of some bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Takes it from where it was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To store it.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// As 64 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(InvalidFingerprint);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |it: u8| char::from(it).to_digit(16);
            let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
                return Err(InvalidFingerprint);
            };
            *byte = u8::try_from(high * 16 + low).expect("two hexadecimal digits make a byte");
        }
        Ok(Self(bytes))
    }
}

/// A token of 128 random bits, as 32 hexadecimal digits: unique without a counter.
macro_rules! unique {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(u128);

        impl $name {
            /// A new one, different from all others.
            pub fn random() -> Self {
                Self(u128::from_ne_bytes($crate::random::bytes()))
            }
        }

        /// As 32 hexadecimal digits.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::random::InvalidUnique;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::random::number(text).map(Self)
            }
        }
    };
}

pub(crate) use unique;

/// The text is not a random id as this crate makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a random id: expected 32 hexadecimal digits")]
pub struct InvalidUnique;

pub(crate) fn number(text: &str) -> Result<u128, InvalidUnique> {
    let digits = text.len() == 32 && text.bytes().all(|it| it.is_ascii_hexdigit());
    let value = digits.then(|| u128::from_str_radix(text, 16).ok()).flatten();
    value.ok_or(InvalidUnique)
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, InvalidFingerprint, InvalidUnique, number};

    #[test]
    fn fingerprints_are_read_back_from_their_text_and_from_nothing_else() {
        // FIPS 180-4, the example of one block.
        let of = Fingerprint::of("abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of.to_string(), text);
        assert_eq!(text.parse(), Ok(of));
        assert_eq!(Fingerprint::from_bytes(*of.as_bytes()), of);
        for wrong in ["", &text[1..], &text.replace('b', "g"), &"é".repeat(32)] {
            assert_eq!(wrong.parse::<Fingerprint>(), Err(InvalidFingerprint));
        }
    }

    #[test]
    fn random_ids_are_read_back_from_their_text_and_from_nothing_else() {
        assert_eq!(number(&"0f".repeat(16)), Ok(u128::from_ne_bytes([0x0f; 16])));
        for wrong in ["", "0f", &"+f".repeat(16), &"0f".repeat(17), &"é".repeat(16)] {
            assert_eq!(number(wrong), Err(InvalidUnique));
        }
    }
}

//! Tables whose rows are encrypted: the one list of them.

use confluence_auth::store::StoreError;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::error::corrupt;
use crate::seal::{Place, Sealed, Sealer};

/// A table with the columns `key_id` and `sealed`.
#[derive(Debug)]
pub(super) struct SealedTable {
    pub(super) name: &'static str,
    /// The primary key, in the table's order: texts, all of them.
    pub(super) key: &'static [&'static str],
    /// What a row holds, for people.
    pub(super) holds: &'static str,
}

pub(super) const INSTANCE: SealedTable = SealedTable {
    name: "instance",
    key: &["workspace", "name"],
    holds: "the settings of an instance",
};
pub(super) const CONNECTION: SealedTable = SealedTable {
    name: "connection",
    key: &["workspace", "instance", "user_id"],
    holds: "a connection",
};
pub(super) const SIGN_IN: SealedTable =
    SealedTable { name: "sign_in", key: &["state"], holds: "a sign-in" };

pub(super) const CENTRAL_CLIENT: SealedTable =
    SealedTable { name: "central_client", key: &["id"], holds: "the central OAuth client" };

/// All of them. What is missing here is not re-encrypted when keys are rotated.
pub(super) const SEALED_TABLES: &[SealedTable] = &[INSTANCE, CONNECTION, SIGN_IN, CENTRAL_CLIENT];

impl SealedTable {
    pub(super) fn place<'a>(&self, key: &'a [&'a str]) -> Place<'a> {
        debug_assert_eq!(self.key.len(), key.len());
        Place { table: self.name, key, column: "sealed" }
    }

    /// Encrypts a record for the row with that primary key.
    pub(super) fn seal(&self, sealer: &Sealer, key: &[&str], record: &impl Serialize) -> Sealed {
        let json = serde_json::to_vec(record).expect("records are texts, numbers and lists");
        sealer.seal(self.place(key), &Zeroizing::new(json))
    }

    /// Encrypts a text for the row with that primary key.
    pub(super) fn seal_text(&self, sealer: &Sealer, key: &[&str], text: &SecretString) -> Sealed {
        sealer.seal(self.place(key), text.expose_secret().as_bytes())
    }

    /// Decrypts the text that the row with that primary key holds.
    pub(super) fn open_text(
        &self,
        sealer: &Sealer,
        key: &[&str],
        ciphertext: &Sealed,
    ) -> Result<SecretString, StoreError> {
        let opened = sealer.open(self.place(key), ciphertext);
        let opened = opened.map_err(|it| corrupt(self.holds, it))?;
        let text = std::str::from_utf8(&opened).map_err(|it| corrupt(self.holds, it))?;
        Ok(SecretString::from(text))
    }

    /// Decrypts the record that the row with that primary key holds.
    pub(super) fn open<T: DeserializeOwned>(
        &self,
        sealer: &Sealer,
        key: &[&str],
        ciphertext: &Sealed,
    ) -> Result<T, StoreError> {
        let opened = sealer.open(self.place(key), ciphertext);
        let opened = opened.map_err(|it| corrupt(self.holds, it))?;
        // The parser may quote what it read, so only the position is kept.
        serde_json::from_slice(&opened).map_err(|error| {
            let position = format!("its content is not as expected at column {}", error.column());
            corrupt(self.holds, position)
        })
    }
}

/// The ciphertext of a row.
pub(super) fn sealed(row: &AnyRow) -> sqlx::Result<Sealed> {
    Ok(Sealed { key: row.try_get("key_id")?, bytes: row.try_get("sealed")? })
}

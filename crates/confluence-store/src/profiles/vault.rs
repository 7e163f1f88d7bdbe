//! Where secrets of profiles are, if not in the file.

use std::fmt::Debug;

use confluence_api::BoxError;
use secrecy::SecretString;

/// A place for secrets, such as the keyring of the system.
///
/// Its methods may block, for as long as it takes a person to unlock it.
pub trait Vault: Send + Sync + Debug {
    /// The secret of that name, if there is one.
    ///
    /// # Errors
    ///
    /// When it cannot be asked.
    fn get(&self, name: &str) -> Result<Option<SecretString>, BoxError>;

    /// Keeps a secret. It is durable afterwards.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    fn put(&self, name: &str, secret: &SecretString) -> Result<(), BoxError>;

    /// Removes a secret, if it is there.
    ///
    /// # Errors
    ///
    /// When it cannot be removed.
    fn delete(&self, name: &str) -> Result<(), BoxError>;
}

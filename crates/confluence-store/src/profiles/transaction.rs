//! Reading and changing the file of profiles, by several processes at once.

use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use confluence_api::BoxError;
use confluence_auth::ids::UserId;
use confluence_auth::store::{Revision, StoreError};
use zeroize::Zeroizing;

use super::document::{Document, Place, Secret, VERSION, to_json};
use super::{Profile, ProfileStore, Vault};
use crate::file_lock::FileLock;
use crate::private_file;

/// The longest wait for other processes, each of which has the lock for some milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest file that is read. A profile has some kilobytes.
const MAX_FILE: u64 = 16 << 20;

/// How often a reader looks again when a writer was faster.
const READS: usize = 5;

/// One change of the file. Nothing of it is to be seen before [`Self::write`].
pub(super) struct Transaction<'a> {
    pub(super) document: Document,
    file: &'a Path,
    vault: Option<&'a dyn Vault>,
    /// In the vault and, as things stand, of no use.
    unused: Vec<String>,
    /// In the vault, and of no use once the file is written.
    obsolete: Vec<String>,
}

impl ProfileStore {
    /// Reads the file, without a lock: it is replaced as a whole.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl Fn(&mut Document, Option<&dyn Vault>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        blocking(move || {
            let vault = store.vault.as_deref();
            let mut attempt = 1;
            loop {
                match read(&mut load(store.file())?, vault) {
                    // A writer has replaced both the file and the secret.
                    Err(StoreError::Corrupt { .. }) if attempt < READS && vault.is_some() => {
                        attempt += 1;
                    }
                    read => return read,
                }
            }
        })
        .await
    }

    /// Changes the file while nobody else does.
    ///
    /// Goes on when the caller goes away: what was begun is done or not.
    pub(super) async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        blocking(move || {
            let (file, lock) = store.paths();
            let _lock = FileLock::take(&lock, PATIENCE).map_err(failed)?;
            let mut transaction = Transaction {
                document: load(&file)?,
                file: &file,
                vault: store.vault.as_deref(),
                unused: Vec::new(),
                obsolete: Vec::new(),
            };
            let changed = change(&mut transaction);
            transaction.clean();
            changed
        })
        .await
    }
}

impl Transaction<'_> {
    /// Keeps a secret under a name that no other has had: what is there before the file is written
    /// stays as it is.
    pub(super) fn keep(&mut self, secret: &impl Secret) -> Result<Place, StoreError> {
        let json = secret.to_json();
        let Some(vault) = self.vault else { return Ok(Place::Inline(json)) };
        let name = Revision::random().to_string();
        vault.put(&name, &json.as_str().into()).map_err(unavailable)?;
        self.unused.push(name.clone());
        Ok(Place::Vault(name))
    }

    /// Puts a profile in place of the one of that name. The first one becomes the current one.
    pub(super) fn put_profile(
        &mut self,
        name: &UserId,
        profile: &Profile,
    ) -> Result<(), StoreError> {
        let secrets = Some(&profile.secrets).filter(|it| !it.is_empty());
        let secret = secrets.map(|it| self.keep(it)).transpose()?;
        let old = self.document.profiles.insert(name.to_string(), (profile, secret).into());
        self.document.current.get_or_insert_with(|| name.to_string());
        self.forget(old.and_then(|it| it.secret));
        Ok(())
    }

    /// Removes a secret once the file is written.
    pub(super) fn forget(&mut self, place: Option<Place>) {
        if let Some(Place::Vault(name)) = place {
            self.obsolete.push(name);
        }
    }

    /// Makes the change durable.
    pub(super) fn write(&mut self) -> Result<(), StoreError> {
        let json = to_json(&self.document);
        let written = private_file::replace(self.file, json.as_bytes());
        // After a failure it is not known which of them the file names.
        self.unused = std::mem::take(&mut self.obsolete);
        if written.is_err() {
            self.unused.clear();
        }
        written.map_err(failed)
    }

    /// Removes from the vault what the file does not name.
    fn clean(&self) {
        let Some(vault) = self.vault else { return };
        for name in &self.unused {
            if let Err(error) = vault.delete(name) {
                tracing::warn!(error, "a secret that is not used any more stays in the keyring");
            }
        }
    }
}

fn load(file: &Path) -> Result<Document, StoreError> {
    let json = match read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Document::default()),
        read => read.map_err(failed)?,
    };
    // The parser may quote what it read, so only the position is kept.
    let document: Document = serde_json::from_slice(&json).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        corrupt(format!("it is not as expected at line {line}, column {column}").into())
    })?;
    if document.version > VERSION {
        return Err(corrupt("a newer version of this program wrote it".into()));
    }
    Ok(document)
}

fn read(file: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    private_file::protect(file)?;
    let mut json = Zeroizing::new(Vec::new());
    std::fs::File::open(file)?.take(MAX_FILE + 1).read_to_end(&mut json)?;
    if u64::try_from(json.len()).is_ok_and(|it| it > MAX_FILE) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(json)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(unavailable(error.into())))
}

fn failed(error: io::Error) -> StoreError {
    unavailable(error.into())
}

pub(super) fn unavailable(source: BoxError) -> StoreError {
    StoreError::Unavailable(source)
}

pub(super) fn corrupt(source: BoxError) -> StoreError {
    StoreError::Corrupt { what: "a profile", source }
}

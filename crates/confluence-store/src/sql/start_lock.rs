//! Processes that open the same SQLite file do so one after the other.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::OpenError;
use crate::private_file;

/// The longest that a start waits for others.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Held while a database is created, checked and brought up to date. Ends with the process, too.
#[derive(Debug)]
pub(super) struct StartLock(
    #[expect(dead_code, reason = "its end is what releases the lock")] File,
);

impl StartLock {
    /// Waits for the lock of the database in `file`.
    pub(super) async fn take(file: &Path) -> Result<Self, OpenError> {
        let path = beside(file);
        let failed = |source| OpenError::File { path: path.clone(), source };
        let lock = private_file::open_lock(&path).map_err(failed)?;
        let wait = async {
            loop {
                match lock.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                    Err(TryLockError::Error(error)) => return Err(error),
                }
            }
        };
        let late = || {
            let why = "another process has been starting with this database for a minute";
            Err(io::Error::new(io::ErrorKind::TimedOut, why))
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        waited.unwrap_or_else(|_| late()).map_err(failed)?;
        Ok(Self(lock))
    }
}

/// The lock's file, which stays.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push("-start");
    file.with_file_name(name)
}

//! Processes that open the same SQLite file do so one after the other.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::OpenError;
use crate::file_lock::FileLock;

/// The longest that a start waits for others.
const PATIENCE: Duration = Duration::from_mins(1);

/// Takes the lock of the database in `file`, to be held while it is created, checked and brought up
/// to date.
pub(super) async fn take(file: &Path) -> Result<FileLock, OpenError> {
    let path = beside(file);
    let taken = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || FileLock::take(&path, PATIENCE)).await
    };
    let taken = taken.unwrap_or_else(|error| Err(io::Error::other(error)));
    taken.map_err(|source| OpenError::File { path, source })
}

/// The lock's file, which stays.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push("-start");
    file.with_file_name(name)
}

//! A mark that a process leaves for as long as it lives, so that others find out when it has died:
//! a lock ends with its process, however that ends.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use confluence_auth::store::Revision;

use crate::file_lock::FileLock;

/// How the names of marks end.
const ENDING: &str = "alive";

/// The mark of this process. Taken away when it is dropped.
#[derive(Debug)]
pub(super) struct Mark {
    name: String,
    path: PathBuf,
    _lock: FileLock,
}

impl Mark {
    /// Leaves a mark beside the file of profiles, and takes those of the dead away.
    ///
    /// Only under the lock of that file: a mark is made before it is locked.
    pub(super) fn leave(profiles: &Path) -> io::Result<Self> {
        sweep(profiles);
        let name = Revision::random().to_string();
        let path = path(profiles, &name);
        let lock = FileLock::take(&path, Duration::ZERO)?;
        Ok(Self { name, path, _lock: lock })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // What stays is swept by the next one.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the process of that mark is no more. What cannot be found out counts as alive.
pub(super) fn is_dead(profiles: &Path, name: &str) -> bool {
    if !name.bytes().all(|it| it.is_ascii_hexdigit()) {
        return false;
    }
    match FileLock::take_existing(&path(profiles, name)) {
        Ok(lock) => lock.is_some(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

fn path(profiles: &Path, name: &str) -> PathBuf {
    profiles.with_extension(format!("{name}.{ENDING}"))
}

fn sweep(profiles: &Path) {
    let Some(folder) = profiles.parent() else { return };
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|it| Some(it.ok()?.path())) {
        let is_mark = path.extension().is_some_and(|it| it == ENDING);
        if is_mark && FileLock::take_existing(&path).is_ok_and(|it| it.is_some()) {
            let _ = fs::remove_file(&path);
        }
    }
}

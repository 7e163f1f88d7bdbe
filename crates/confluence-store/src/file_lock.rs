//! Locks between processes of one machine, by a file that stays.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::private_file;

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(5);

/// A lock that is held. Ends when it is dropped, and with the process.
#[derive(Debug)]
pub(crate) struct FileLock(#[expect(dead_code, reason = "its end is what releases the lock")] File);

impl FileLock {
    /// Waits for the lock, blocking the thread.
    ///
    /// Fails with [`io::ErrorKind::TimedOut`] when others have held it for all of `patience`.
    pub(crate) fn take(file: &Path, patience: Duration) -> io::Result<Self> {
        let lock = private_file::open_lock(file)?;
        let end = Instant::now() + patience;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self(lock)),
                Err(TryLockError::WouldBlock) if Instant::now() < end => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let why =
                        format!("other processes have held `{}` all the time", file.display());
                    return Err(io::Error::new(io::ErrorKind::TimedOut, why));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// Takes the lock of a file that is there, unless somebody has it.
    pub(crate) fn take_existing(file: &Path) -> io::Result<Option<Self>> {
        let lock = File::options().write(true).open(file)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self(lock))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

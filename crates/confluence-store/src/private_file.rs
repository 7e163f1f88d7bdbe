//! Files that only their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::random;

/// Creates the folder and those above it; what is new is the owner's alone.
///
/// A folder that exists keeps its permissions: the file may be put into one that others use as well.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates `file` with `content`, complete or not at all.
///
/// Fails with [`io::ErrorKind::AlreadyExists`] where there is one.
pub(crate) fn create(file: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = Temporary::write(file, content)?;
    // In contrast to a rename, never replaces.
    fs::hard_link(&temporary.0, file)?;
    sync_folder(file)
}

/// Replaces `file`: whoever reads it, sees the old content or the new one, also after a power failure.
pub(crate) fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = Temporary::write(file, content)?;
    fs::rename(&temporary.0, file)?;
    sync_folder(file)
}

/// Makes sure that there is a `file`, and that only its owner may read it.
pub(crate) fn ensure(file: &Path) -> io::Result<()> {
    match create(file, &[]) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => protect(file),
        created => created,
    }
}

/// Takes the permissions of all others from `file`, and says so.
///
/// Fails where that is not possible: a secret that others can read is not used.
pub(crate) fn protect(file: &Path) -> io::Result<()> {
    let metadata = fs::metadata(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = metadata.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
            tracing::warn!(
                file = %file.display(),
                mode = format_args!("{:03o}", mode & 0o777),
                "other users of this machine could read or write a file with secrets; now it is \
                 the owner's alone",
            );
        }
    }
    #[cfg(not(unix))]
    drop(metadata);
    Ok(())
}

/// Opens a file for locking, creating it if there is none.
pub(crate) fn open_lock(file: &Path) -> io::Result<File> {
    if let Some(folder) = file.parent() {
        create_folder(folder)?;
    }
    options().create(true).truncate(false).open(file)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A complete file beside the one that it is going to be; removed if it does not.
struct Temporary(PathBuf);

impl Temporary {
    fn write(file: &Path, content: &[u8]) -> io::Result<Self> {
        if let Some(folder) = file.parent() {
            create_folder(folder)?;
        }
        let name = file.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let mut name = name.to_owned();
        name.push(format!(".{:016x}.new", u64::from_ne_bytes(random::bytes())));
        let temporary = Self(file.with_file_name(name));
        let mut file = options().create_new(true).open(&temporary.0)?;
        file.write_all(content)?;
        file.sync_all()?;
        Ok(temporary)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is none.
        let _ = fs::remove_file(&self.0);
    }
}

/// Makes the folder's entry of `file` durable.
fn sync_folder(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_created_is_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/deeper/file");
        create(&file, b"secret").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
        assert_eq!(mode(&folder.path().join("new")), 0o700);
    }

    #[test]
    fn a_folder_that_others_use_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        create(&folder.path().join("file"), b"secret").unwrap();
        assert_eq!(mode(folder.path()), 0o755);
    }

    #[test]
    fn creating_never_replaces() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        create(&file, b"first").unwrap();
        let error = create(&file, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_replaced_file_is_private_whatever_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "first").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        replace(&file, b"second").unwrap();
        assert_eq!((mode(&file), fs::read(&file).unwrap().as_slice()), (0o600, &b"second"[..]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_exposed_file_is_taken_from_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "secret").unwrap();
        for exposed in [0o644, 0o640, 0o602, 0o666] {
            fs::set_permissions(&file, fs::Permissions::from_mode(exposed)).unwrap();
            ensure(&file).unwrap();
            assert_eq!(mode(&file), 0o600, "{exposed:o}");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "secret");
    }
}

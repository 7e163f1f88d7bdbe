//! Room on the disk: told at the start, as a linker that runs out of it only says that it was killed.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::console;

/// What a run on a fresh clone writes, and as much again: other programs have needs, too.
const NEEDED: u64 = 4_000_000_000;

/// Tells how much is free where the build goes.
///
/// # Errors
///
/// When it is too little.
pub(super) fn check(folder: &Path) -> Result<()> {
    let free = fs4::available_space(folder)
        .with_context(|| format!("cannot tell the free space of {}", folder.display()))?;
    console::line(&format!("free disk space: {}", shown(free)));
    enough(free)
}

fn enough(free: u64) -> Result<()> {
    ensure!(
        free >= NEEDED,
        "only {} of disk space are free, and a run needs up to {}: `cargo clean` makes room",
        shown(free),
        shown(NEEDED)
    );
    Ok(())
}

fn shown(bytes: u64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_is_said_before_anything_is_built() {
        let error = enough(NEEDED - 1).unwrap_err().to_string();
        assert!(error.starts_with("only 3.9 GB of disk space are free"), "{error}");
        assert!(enough(NEEDED).is_ok());
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = check(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all"), "{error}");
    }
}

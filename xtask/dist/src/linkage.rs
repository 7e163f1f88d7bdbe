//! Whether a program runs without anything else, which its own headers say.

use anyhow::{Context, Result, bail};
use object::elf::{FileHeader64, PT_INTERP};
use object::read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _};
use object::{Endianness, elf};

/// Checks that neither a loader nor a library is asked for.
///
/// # Errors
///
/// When one is, or this is no 64-bit ELF program.
pub(crate) fn check_static(program: &[u8]) -> Result<()> {
    let header = FileHeader64::<Endianness>::parse(program).context("it is no ELF program")?;
    let endian = header.endian().context("it is no ELF program")?;
    let segments = header.program_headers(endian, program).context("it has no segments")?;
    for segment in segments {
        if segment.p_type(endian) == PT_INTERP {
            bail!("it is not static: it asks for a loader");
        }
        let entries = segment.dynamic(endian, program).context("its segments are broken")?;
        // A static program that can be loaded anywhere has such a segment, without libraries in it.
        if entries.unwrap_or_default().iter().any(|it| it.tag(endian) == elf::DT_NEEDED) {
            bail!("it is not static: it asks for libraries");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_linked_as_usual_is_refused() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let error = check_static(&own).unwrap_err().to_string();
        assert_eq!(error, "it is not static: it asks for a loader");
    }

    #[test]
    fn what_is_no_program_is_refused() {
        for bytes in [&b""[..], b"#!/bin/sh\nexit 0\n", b"\x7fELF"] {
            assert_eq!(check_static(bytes).unwrap_err().to_string(), "it is no ELF program");
        }
    }
}

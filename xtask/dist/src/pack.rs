//! From what was built to what is given away.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::archive::Archive;
use crate::contents::{self, PACKAGES, Package};
use crate::program::Program;
use crate::{Arguments, bill, checksums};

/// Examines the programs and packs them.
///
/// # Errors
///
/// When one is not fit to be given away, or something is missing.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    fs::create_dir_all(&arguments.to).with_context(|| arguments.to.display().to_string())?;
    let mut written = Vec::new();
    for package in PACKAGES {
        let name = package.name;
        written.extend(pack(package, arguments).with_context(|| format!("cannot pack `{name}`"))?);
    }
    checksums::write(&arguments.to, &written)?;
    tell(&format!("\n{}", arguments.to.display()));
    for name in written.iter().map(String::as_str).chain([checksums::FILE]) {
        let bytes = fs::metadata(arguments.to.join(name)).with_context(|| name.to_owned())?.len();
        tell(&format!("  {name}  {bytes} bytes"));
    }
    Ok(())
}

/// Examines a program and packs it; the names of the files that were written.
fn pack(package: &Package, arguments: &Arguments) -> Result<[String; 2]> {
    let Arguments { target, commit, time, from, to } = arguments;
    let program = Program::open(&from.join(package.name))?;
    let found = program.examine(package, target, commit.as_deref())?;
    tell(&format!("{}: {found}", package.name));

    let stem = format!("{}-{}-{target}", package.name, env!("CARGO_PKG_VERSION"));
    let bill = bill::read(from, package.name)?;
    bill::check(&bill, package.name)?;
    let bill_name = format!("{stem}.cdx.json");
    fs::write(to.join(&bill_name), serde_json::to_vec_pretty(&bill)?)
        .with_context(|| bill_name.clone())?;

    let mut archive = Archive::new(&stem, *time);
    contents::add(&mut archive, package, &program, root())?;
    let archive_name = format!("{stem}.tar.gz");
    let bytes = archive.into_bytes()?;
    fs::write(to.join(&archive_name), bytes).with_context(|| archive_name.clone())?;
    Ok([archive_name, bill_name])
}

/// The checkout that this program was built from.
fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

fn tell(text: &str) {
    // Nobody is left to tell if it is closed.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

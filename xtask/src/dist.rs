//! `cargo xtask dist`: static programs, packed with all that belongs to them.
//!
//! What is in the archives and how it is examined is a program of its own, in `xtask/dist`. Here, the
//! programs are built as they ship, each alone: what another package needs must not be in them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::console;
use crate::process::{self, cargo};
use crate::tools;
use crate::workspace::Workspace;

/// The version of cargo-cyclonedx that is installed when there is none.
const BILLS_VERSION: &str = "0.5.9";

/// The version of the format of the bills of materials.
const BILLS_FORMAT: &str = "1.5";

/// How the files end that cargo-cyclonedx writes.
const BILL: &str = "_bin.cdx.json";

/// Builds C for musl, which one of the libraries needs.
const MUSL_COMPILER: &str = "musl-gcc";

/// The time that everything bears, where no commit has one: <https://reproducible-builds.org>.
const TIME: &str = "SOURCE_DATE_EPOCH";

/// What to build for, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Target; by default this machine's with musl, or with glibc inside where musl is not installed.
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Folder to write to.
    #[arg(long, value_name = "FOLDER", default_value = "target/dist")]
    to: PathBuf,
}

/// Builds, examines and packs the programs.
///
/// # Errors
///
/// When there are changes that are not committed, something does not build, or a program is not fit
/// to be given away.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let origin = Origin::of(workspace)?;
    let target = match &options.target {
        Some(target) => target.clone(),
        None => default_target(workspace)?,
    };
    let from = workspace.join("target").join(&target).join("release");
    for program in workspace.packages_in("bins")? {
        let mut build =
            cargo(workspace, ["build", "--release", "--target", &target, "--package", &program]);
        // Whatever the environment says: the same commit makes the same program.
        build.env("CARGO_ENCODED_RUSTFLAGS", flags(workspace)?.join("\x1f"));
        process::run(&mut build)?;
        bill(workspace, &program, &target, &origin, &from)?;
    }
    let mut pack = cargo(workspace, ["run", "--quiet", "--package", "dist", "--"]);
    pack.args(["--target", &target, "--time", &origin.time]);
    pack.args(origin.commit.iter().flat_map(|it| ["--commit", it]));
    pack.arg("--from").arg(&from).arg("--to").arg(workspace.join(&options.to));
    process::run(&mut pack)
}

/// What the sources are.
#[derive(Debug)]
struct Origin {
    /// `None` for sources that are not from Git.
    commit: Option<String>,
    /// In seconds since 1970.
    time: String,
}

impl Origin {
    fn of(workspace: &Workspace) -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "the name is other projects' convention")]
        let given = std::env::var(TIME).ok();
        if !workspace.join(".git").exists() {
            let time = given.with_context(|| {
                format!("these sources are not from Git: {TIME} has to say when they were made")
            })?;
            return Ok(Self { commit: None, time });
        }
        let git = |arguments: &[&str]| {
            let mut command = process::program(workspace, "git");
            process::output(command.args(arguments)).map(|it| it.trim().to_owned())
        };
        let changed = git(&["status", "--porcelain"])?;
        ensure!(
            changed.is_empty(),
            "the programs name the commit that they are made from; commit first:\n{changed}"
        );
        let time = given.map_or_else(|| git(&["log", "-1", "--format=%ct"]), Ok)?;
        Ok(Self { commit: Some(git(&["rev-parse", "HEAD"])?), time })
    }
}

/// This machine's architecture with musl, which looks up names without help; else with glibc.
fn default_target(workspace: &Workspace) -> Result<String> {
    let mut command = process::program(workspace, "rustc");
    let version = process::output(command.arg("--version").arg("--verbose"))?;
    let host = version.lines().find_map(|it| it.strip_prefix("host: "));
    let host = host.context("rustc does not say what it runs on")?;
    let [musl, gnu] = targets(host)?;
    let mut command = process::program(workspace, "rustc");
    command.args(["--print", "target-libdir", "--target", &musl]);
    let folder = process::output(&mut command)?;
    if Path::new(folder.trim()).is_dir() && process::version(MUSL_COMPILER).is_some() {
        return Ok(musl);
    }
    console::line(&format!(
        "building for {gnu}: {musl} needs `rustup target add {musl}` and {MUSL_COMPILER}"
    ));
    Ok(gnu)
}

/// The targets that make static programs for such a machine.
fn targets(host: &str) -> Result<[String; 2]> {
    let architecture = host.split('-').next().unwrap_or_default();
    ensure!(host.ends_with("-linux-gnu") || host.ends_with("-linux-musl"), "{host} is not Linux");
    Ok(["musl", "gnu"].map(|it| format!("{architecture}-unknown-linux-{it}")))
}

/// The compiler's flags: no libraries to look for, and no folders of this machine.
fn flags(workspace: &Workspace) -> Result<Vec<String>> {
    #[expect(clippy::disallowed_methods, reason = "it is cargo's own variable")]
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home
        .or_else(|| std::env::home_dir().map(|it| it.join(".cargo")))
        .context("there is no home folder")?;
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    Ok(vec![
        "-Ctarget-feature=+crt-static".to_owned(),
        remap(&cargo_home, "/cargo"),
        remap(workspace.root(), "/source"),
    ])
}

/// Lists what a program is made of, in files beside it.
///
/// `cargo tree` alone knows exactly what is in it, and cargo-cyclonedx what to tell of that.
fn bill(
    workspace: &Workspace,
    program: &str,
    target: &str,
    origin: &Origin,
    to: &Path,
) -> Result<()> {
    let mut tree = cargo(workspace, ["tree", "--package", program, "--target", target]);
    tree.args(["--edges", "normal", "--prefix", "none"]);
    let parts = to.join(format!("{program}.parts"));
    fs::write(&parts, process::output(&mut tree)?).with_context(|| parts.display().to_string())?;

    let tool = tools::cargo_program(workspace, "cargo-cyclonedx", BILLS_VERSION)?;
    let mut command = process::program(workspace, tool);
    let manifest = format!("bins/{program}/Cargo.toml");
    command.args(["cyclonedx", "--quiet", "--manifest-path", &manifest, "--target", target]);
    command.args(["--format", "json", "--spec-version", BILLS_FORMAT, "--describe", "binaries"]);
    let made = process::run(command.env(TIME, &origin.time));
    // It leaves one beside every manifest with a program.
    let mut found = Vec::new();
    for folder in ["bins", "crates", "xtask"] {
        let members = workspace.packages_in(folder)?.into_iter().map(|it| format!("{folder}/{it}"));
        for folder in members.chain([folder.to_owned()]) {
            let files = fs::read_dir(workspace.join(&folder)).with_context(|| folder.clone())?;
            for file in files {
                let path = file?.path();
                if path.to_string_lossy().ends_with(BILL) {
                    found.push(path);
                }
            }
        }
    }
    let own = workspace.join("bins").join(program).join(format!("{program}{BILL}"));
    let bill = fs::read(&own).with_context(|| own.display().to_string());
    for path in found {
        fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    made?;
    let file = to.join(format!("{program}.cdx.json"));
    fs::write(&file, bill?).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_programs_are_for_linux() {
        let [musl, gnu] = targets("aarch64-unknown-linux-gnu").unwrap();
        assert_eq!(musl, "aarch64-unknown-linux-musl");
        assert_eq!(gnu, "aarch64-unknown-linux-gnu");
        for host in ["aarch64-apple-darwin", "x86_64-pc-windows-gnu", ""] {
            assert!(targets(host).is_err(), "{host}");
        }
    }

    #[test]
    fn no_folder_of_this_machine_is_left_in_a_program() {
        let workspace = Workspace::this();
        let flags = flags(&workspace).unwrap().join(" ");
        let root = workspace.root().display();
        assert!(flags.contains(&format!("--remap-path-prefix={root}=/source")), "{flags}");
    }
}

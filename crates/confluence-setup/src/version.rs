//! What a program says about itself.

/// What `--version` shows below the name: the version, and what it was made from.
///
/// The version itself ends the first line, where scripts look for it.
pub const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit: ",
    env!("BUILD_COMMIT"),
    "\ntarget: ",
    env!("BUILD_TARGET"),
    "\nrustc: ",
    env!("BUILD_RUSTC"),
);

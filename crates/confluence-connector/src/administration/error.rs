//! Why something was not done.

use crate::StoreError;

/// Why an administrator's wish was not carried out. Each variant asks for a different reaction.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// It is not there, or not the administrator's to see.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Only maintainers may.
    #[error("only maintainers may do this")]
    MaintainersOnly,
    /// What was asked for cannot be.
    #[error("{0}")]
    Invalid(String),
    /// It does not fit what is there.
    #[error("{text}")]
    Conflict {
        /// Tells conflicts apart, for programs.
        code: &'static str,
        /// What is in the way, and what to do.
        text: String,
    },
    /// Somebody else is needed who does not answer now.
    #[error("{0}")]
    Unavailable(&'static str),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl AdminError {
    pub(super) const NO_WORKSPACE: Self = Self::NotFound("workspace");
    pub(super) const NO_INSTANCE: Self = Self::NotFound("instance");
    pub(super) const NO_KEY: Self = Self::NotFound("key");

    pub(super) fn conflict(code: &'static str, text: impl Into<String>) -> Self {
        Self::Conflict { code, text: text.into() }
    }

    /// Somebody else has kept writing.
    pub(super) fn moved() -> Self {
        Self::conflict("moved", "others change the same at this moment: look at it, then repeat")
    }
}

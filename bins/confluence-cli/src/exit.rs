//! Exit codes, by which scripts tell failures apart.

use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything was done.
    Ok,
    /// Confluence failed, could not be reached, or said no for a reason of its own.
    Error,
    /// The command line or a setting has to be corrected.
    Usage,
    /// The credential is missing, expired or revoked.
    Authentication,
    /// It does not exist, or is not visible.
    NotFound,
    /// Somebody else changed it meanwhile.
    Conflict,
    /// The account or the credential may not do this.
    Forbidden,
    /// Too many requests.
    RateLimited,
}

impl Exit {
    /// The number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::Authentication => 3,
            Self::NotFound => 4,
            Self::Conflict => 5,
            Self::Forbidden => 6,
            Self::RateLimited => 7,
        }
    }

    /// The word for it in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Usage => "usage",
            Self::Authentication => "authentication",
            Self::NotFound => "notFound",
            Self::Conflict => "conflict",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rateLimited",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.number().into()
    }
}

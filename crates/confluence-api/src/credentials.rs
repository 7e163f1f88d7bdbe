//! The seam between requests and whoever signs them.

use std::fmt;

use async_trait::async_trait;
use http::HeaderValue;
use url::Url;

use crate::error::BoxError;

/// Where to send a request, and as whom.
#[derive(Clone)]
pub struct Authorized {
    /// What stands before `/wiki/…`: the site, or the gateway with the cloud id in its path.
    pub root: Url,
    /// The `Authorization` header. Mark it sensitive.
    pub header: HeaderValue,
}

impl fmt::Debug for Authorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The header is left out whether or not its maker marked it as sensitive.
        f.debug_struct("Authorized").field("root", &self.root.as_str()).finish_non_exhaustive()
    }
}

/// Supplies the address and the `Authorization` header of each request.
#[async_trait]
pub trait Credentials: Send + Sync + fmt::Debug {
    /// Root URL and header to use now, refreshed first if about to expire.
    ///
    /// # Errors
    ///
    /// See [`CredentialsError`].
    async fn authorized(&self) -> Result<Authorized, CredentialsError>;

    /// Told that Confluence turned `used` down, and how; says what that means.
    async fn rejected(&self, used: &Authorized, answer: RejectedAnswer) -> Rejected;
}

/// An answer that may mean that the credential is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectedAnswer {
    /// 401 in Atlassian's JSON.
    Unauthorized,
    /// 401 with an HTML page: the site's answer to a scoped API token.
    UnauthorizedPage,
    /// v2's bare 404, which a rejected credential gets and a missing page never does.
    BareNotFound,
    /// v1's 403 for callers that it does not know.
    NotPermitted,
}

/// What a rejected answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// A better root or header is available: send once more.
    Retry,
    /// The credential is dead. A person has to act.
    Dead,
    /// The credential works, or nobody can tell: the answer means what it says.
    Unrelated,
}

/// A page where a person can log in.
///
/// Who follows it is let in, so it is for that person alone: `Debug` shows neither query nor
/// fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginLink(pub Url);

impl fmt::Debug for LoginLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        url.set_query(None);
        url.set_fragment(None);
        f.debug_tuple("LoginLink").field(&url.as_str()).finish()
    }
}

/// Why no credentials are available.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// A person has to log in (again), or to configure something.
    #[error("{reason}")]
    LoginRequired {
        /// What happened, and what to do.
        reason: String,
        /// Where the person can log in, if there is a page for it.
        link: Option<LoginLink>,
    },
    /// The authorization server, or the site's directory, may answer later.
    #[error("credentials are temporarily unavailable")]
    Unavailable(#[source] BoxError),
}

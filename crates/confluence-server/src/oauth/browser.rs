//! The browser's secret: in a cookie, and proven by every form.

use confluence_auth::sign_in::BrowserSecret;
use http::{HeaderMap, HeaderValue};

use super::OAuthState;

/// Name of the cookie.
const NAME: &str = "confluence-connect";

/// How long it is kept, in seconds: as long as a ticket and a sign-in last, one after the other.
const KEPT: u64 = 20 * 60;

impl OAuthState {
    /// The secret of the browser that sent a request.
    pub(super) fn browser(&self, headers: &HeaderMap) -> Option<BrowserSecret> {
        self.cookies.read(headers, NAME)
    }

    /// The cookie with a secret.
    pub(super) fn cookie(&self, secret: &BrowserSecret) -> HeaderValue {
        self.cookies.set(NAME, secret.expose(), KEPT)
    }
}

//! The browser's secret: in a cookie, and proven by every form.

use confluence_auth::{Fingerprint, sign_in::BrowserSecret};
use http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq;

use super::OAuthState;

/// A browser keeps this only over HTTPS, for this host alone, and no other host can set it.
const SECURE: &str = "__Host-confluence-connect";

/// Its name on this machine without HTTPS, where browsers refuse the prefix.
const PLAIN: &str = "confluence-connect";

/// How long it is kept, in seconds: as long as a ticket and a sign-in last, one after the other.
const KEPT: u32 = 20 * 60;

impl OAuthState {
    fn cookie_name(&self) -> &'static str {
        match &self.base {
            Some(base) if base.as_url().scheme() == "http" => PLAIN,
            Some(_) | None => SECURE,
        }
    }

    /// The secret of the browser that sent a request.
    pub(super) fn browser(&self, headers: &HeaderMap) -> Option<BrowserSecret> {
        let name = self.cookie_name();
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let mut pairs = lines.flat_map(|it| it.split(';')).filter_map(|it| it.split_once('='));
        pairs.find_map(
            |(key, value)| if key.trim() == name { value.trim().parse().ok() } else { None },
        )
    }

    /// The cookie with a secret. Atlassian's redirect comes from another site, so that `Strict`
    /// would lose it; forms of other sites come without it.
    pub(super) fn cookie(&self, secret: &BrowserSecret) -> HeaderValue {
        let name = self.cookie_name();
        let secure = if name == SECURE { "; Secure" } else { "" };
        let text = format!(
            "{name}={}; Path=/; Max-Age={KEPT}; HttpOnly; SameSite=Lax{secure}",
            secret.expose()
        );
        let mut value = HeaderValue::from_str(&text).expect("the secret is plain ASCII");
        value.set_sensitive(true);
        value
    }
}

/// What a form of ours shows, and one of another site cannot know.
pub(super) fn proof(secret: &BrowserSecret) -> String {
    Fingerprint::of(format!("a form of the browser {}", secret.expose())).to_string()
}

/// Whether a form was ours.
pub(super) fn is_proven(secret: &BrowserSecret, shown: &str) -> bool {
    proof(secret).as_bytes().ct_eq(shown.as_bytes()).into()
}

//! What browsers keep for us, and how a form shows that it is one of ours.

use std::str::FromStr;

use confluence_auth::{BaseUrl, Fingerprint, Hosts};
use http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq;
use url::Url;

/// A browser keeps a cookie so called only over HTTPS, for this host alone, and no other host can
/// set it.
const SECURE_PREFIX: &str = "__Host-";

/// How cookies are set at the public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookies {
    /// Over HTTPS.
    Secure,
    /// On this machine without HTTPS, where browsers refuse the prefix and the attribute.
    Local,
    /// Browsers would send them where everybody can read them, so none is set.
    Impossible,
}

impl Cookies {
    /// Cookies of the public address `api`.
    pub(crate) fn at(api: &Url) -> Self {
        match BaseUrl::parse(api.as_str(), Hosts::Any) {
            Ok(base) if base.as_url().scheme() == "http" => Self::Local,
            Ok(_) => Self::Secure,
            Err(_elsewhere_without_https) => Self::Impossible,
        }
    }

    fn name(self, name: &str) -> String {
        let prefix = if self == Self::Local { "" } else { SECURE_PREFIX };
        format!("{prefix}{name}")
    }

    /// What a browser shows under that name, if it can be read.
    pub(crate) fn read<T: FromStr>(self, headers: &HeaderMap, name: &str) -> Option<T> {
        let name = self.name(name);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let mut pairs = lines.flat_map(|it| it.split(';')).filter_map(|it| it.split_once('='));
        pairs.find_map(
            |(key, value)| if key.trim() == name { value.trim().parse().ok() } else { None },
        )
    }

    /// Lets a browser keep `value` for some seconds.
    ///
    /// Atlassian's redirect comes from another site, as do links in chats, so that `Strict` would
    /// lose it; forms of other sites come without it.
    pub(crate) fn set(self, name: &str, value: &str, seconds: u64) -> HeaderValue {
        let name = self.name(name);
        let secure = if self == Self::Local { "" } else { "; Secure" };
        let text =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut value = HeaderValue::from_str(&text).expect("secrets are plain ASCII");
        value.set_sensitive(true);
        value
    }
}

/// What a form of ours shows, and one of another site cannot know. `secret` is in a cookie.
pub(crate) fn proof(secret: &str) -> String {
    Fingerprint::of(format!("a form of the browser {secret}")).to_string()
}

/// Whether a form was ours.
pub(crate) fn is_proven(secret: &str, shown: &str) -> bool {
    proof(secret).as_bytes().ct_eq(shown.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::Cookies;

    #[test]
    fn cookies_are_bound_to_https_but_on_this_machine() {
        let at = |api: &str| Cookies::at(&api.parse().unwrap());
        assert_eq!(at("https://connector.example/v2"), Cookies::Secure);
        assert_eq!(at("http://127.0.0.1:8080"), Cookies::Local);
        assert_eq!(at("http://localhost:8080"), Cookies::Local);
        assert_eq!(at("http://connector.example"), Cookies::Impossible);
        let secure = Cookies::Secure.set("name", "value", 60);
        assert_eq!(secure, "__Host-name=value; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(
            Cookies::Local.set("name", "value", 60),
            "name=value; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn only_the_cookie_of_that_name_is_read() {
        let mut headers = http::HeaderMap::new();
        headers.append("cookie", "other=1; name=plain; __Host-name=secure".parse().unwrap());
        let read = |it: Cookies| it.read::<String>(&headers, "name");
        assert_eq!(read(Cookies::Secure).as_deref(), Some("secure"));
        assert_eq!(read(Cookies::Local).as_deref(), Some("plain"));
        assert_eq!(Cookies::Secure.read::<String>(&headers, "none"), None);
    }
}

//! What comes back from Atlassian by way of the browser, and where it belongs.
//!
//! Atlassian knows one callback per client: the core's, for the central one. So the callback of the
//! workspace travels in `state`, as `<random>.<base64url(address)>`, through hands that may change
//! it. The core sends code and state on only to addresses that are a callback of its own
//! deployment, or of one that its operator has listed.

use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use crate::{BaseUrl, Fingerprint, random, token::code};

/// The longest state that is looked at, in bytes; ours have at most a few hundred.
const MAX_STATE: usize = 4_096;

/// The longest code that is passed on, in bytes. Atlassian says any length; browsers and servers
/// refuse longer addresses.
const MAX_CODE: usize = 8_192;

/// Length of the random part of a state: 256 bits in base64url.
const RANDOM: usize = 43;

/// The name of the last part of every callback's path.
const CALLBACK: &str = "oauthCallback";

/// The parameters of a callback.
pub struct CallbackQuery {
    state: State,
    answer: CallbackAnswer,
}

/// What Atlassian answered.
pub(crate) enum CallbackAnswer {
    Code(SecretString),
    /// Its code for why not, `access_denied` for a user who declined.
    Error(String),
}

/// A state as it came: the random part, and the callback that was packed with it.
struct State {
    text: SecretString,
    fingerprint: Fingerprint,
    packed: Option<String>,
}

/// The parameters of a callback make no sense, or its state is not one of ours.
///
/// The outcome is `invalid_state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid_state")]
pub struct InvalidCallback;

/// Where a callback belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackTarget {
    /// The sign-in was started here, by the core itself: finish it.
    Here,
    /// Send the browser there, code and state with it.
    Redirect(BrowserRedirect),
}

/// An address to send a browser to. Its query has a code or a state in it, which `Debug` does not
/// show.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserRedirect(pub(crate) Url);

/// The deployments whose callbacks a core serves.
#[derive(Debug, Clone)]
pub struct CallbackTargets {
    bases: Vec<Url>,
}

impl fmt::Debug for CallbackQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackQuery").finish_non_exhaustive()
    }
}

impl fmt::Debug for BrowserRedirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        url.set_query(None);
        f.debug_tuple("BrowserRedirect").field(&url.as_str()).finish()
    }
}

impl BrowserRedirect {
    /// The address, for the browser alone.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

/// A new state, with its fingerprint; `callback` is packed into it.
pub(crate) fn new_state(callback: Option<&Url>) -> (SecretString, Fingerprint) {
    let random = random::text::<32>();
    let fingerprint = Fingerprint::of(&random);
    let text = match callback {
        Some(url) => format!("{random}.{}", BASE64_URL_SAFE_NO_PAD.encode(url.as_str())),
        None => random,
    };
    (text.into(), fingerprint)
}

impl State {
    fn parse(text: String) -> Option<Self> {
        if text.len() > MAX_STATE {
            return None;
        }
        let (random, packed) = match text.split_once('.') {
            Some((random, packed)) => (random, Some(packed)),
            None => (text.as_str(), None),
        };
        let safe = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
        if random.len() != RANDOM || !random.bytes().all(safe) {
            return None;
        }
        let packed = match packed {
            None => None,
            Some(packed) => {
                let address = BASE64_URL_SAFE_NO_PAD.decode(packed).ok()?;
                Some(String::from_utf8(address).ok()?)
            }
        };
        let fingerprint = Fingerprint::of(random);
        Some(Self { text: text.into(), fingerprint, packed })
    }
}

impl CallbackQuery {
    /// Reads the query of a callback's address, without the question mark.
    ///
    /// # Errors
    ///
    /// Fails when a parameter is missing or given twice (RFC 6749, 3.1), or the state is not of our
    /// making.
    pub fn parse(query: &str) -> Result<Self, InvalidCallback> {
        let (mut state, mut granted, mut refused) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "state" => &mut state,
                "code" => &mut granted,
                "error" => &mut refused,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(InvalidCallback);
            }
        }
        let state = state.and_then(State::parse).ok_or(InvalidCallback)?;
        let answer = match (granted, refused) {
            (Some(text), None) if !text.is_empty() && text.len() <= MAX_CODE => {
                CallbackAnswer::Code(text.into())
            }
            (None, Some(text)) => {
                CallbackAnswer::Error(code(&text).ok_or(InvalidCallback)?.to_owned())
            }
            (Some(_) | None, Some(_) | None) => return Err(InvalidCallback),
        };
        Ok(Self { state, answer })
    }

    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.state.fingerprint
    }

    pub(crate) fn answer(&self) -> &CallbackAnswer {
        &self.answer
    }
}

impl CallbackTargets {
    /// The core's own public address, and those of other deployments. What stands before
    /// `/workspaces/…`.
    pub fn new<'a>(own: &'a BaseUrl, others: impl IntoIterator<Item = &'a BaseUrl>) -> Self {
        let bases = std::iter::once(own).chain(others).map(|it| it.as_url().clone()).collect();
        Self { bases }
    }

    /// Decides where a callback that reached the core belongs.
    ///
    /// # Errors
    ///
    /// Fails when the address in the state is no workspace's callback, or of a deployment that is
    /// not listed. Nobody may be sent there.
    pub fn target(&self, query: &CallbackQuery) -> Result<CallbackTarget, InvalidCallback> {
        let Some(packed) = &query.state.packed else { return Ok(CallbackTarget::Here) };
        let mut url = self.allowed(packed).ok_or(InvalidCallback)?;
        {
            let mut pairs = url.query_pairs_mut();
            match &query.answer {
                CallbackAnswer::Code(text) => pairs.append_pair("code", text.expose_secret()),
                CallbackAnswer::Error(text) => pairs.append_pair("error", text),
            };
            pairs.append_pair("state", query.state.text.expose_secret());
        }
        Ok(CallbackTarget::Redirect(BrowserRedirect(url)))
    }

    /// Whatever could be understood in two ways is refused: the address has to be spelt as a parser
    /// would print it, so that there is no `..`, no encoding, no other host before an `@`.
    fn allowed(&self, text: &str) -> Option<Url> {
        let url: Url = text.parse().ok()?;
        let plain = url.as_str() == text
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let ours = self.bases.iter().any(|base| {
            let prefix = format!("{}/workspaces/", base.path().trim_end_matches('/'));
            url.origin() == base.origin()
                && url.path().strip_prefix(&prefix).is_some_and(is_callback)
        });
        (plain && ours).then_some(url)
    }
}

/// Whether the rest of a path, after `/workspaces/`, is a workspace's callback. The core's own is
/// not: it would send the browser round in a circle.
fn is_callback(rest: &str) -> bool {
    let safe = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b':');
    let mut segments = rest.split('/');
    let name = segments.next_back().unwrap_or_default();
    let instance = name.strip_suffix(CALLBACK).and_then(|it| it.strip_suffix('.'));
    instance.is_some_and(|it| !it.is_empty())
        && rest.contains('/')
        && rest.split('/').all(|it| !it.is_empty() && it.bytes().all(safe))
}

#[cfg(test)]
mod tests;

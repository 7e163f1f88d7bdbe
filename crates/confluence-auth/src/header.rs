//! The `Authorization` header, made from what people paste.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// The longest token accepted, in bytes. Atlassian does not name a length; servers refuse headers
/// of this size.
const MAX_LENGTH: usize = 16 * 1024;

/// A token or an e-mail address that cannot be sent. Its text is never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {what} {problem}")]
pub struct InvalidCredential {
    what: &'static str,
    problem: &'static str,
}

/// `Basic`: e-mail address and API token.
pub(crate) fn basic(email: &str, token: &SecretString) -> Result<HeaderValue, InvalidCredential> {
    let email = email.trim();
    let refuse = |problem| Err(InvalidCredential { what: "email", problem });
    if email.is_empty() {
        return refuse("is empty");
    }
    if email.len() > MAX_LENGTH {
        return refuse("is too long");
    }
    // A colon would move the border between name and password.
    if email.contains(|it: char| it.is_control() || it.is_whitespace() || it == ':') {
        return refuse("contains a colon, a space or a control character");
    }
    let token = visible("API token", token)?;
    Ok(sensitive(format!("Basic {}", BASE64_STANDARD.encode(format!("{email}:{token}")))))
}

/// `Bearer`: an access token.
pub(crate) fn bearer(token: &SecretString) -> Result<HeaderValue, InvalidCredential> {
    let token = visible("access token", token)?;
    Ok(sensitive(format!("Bearer {token}")))
}

/// The secret without the white space around it, if the rest is visible ASCII.
fn visible<'s>(what: &'static str, secret: &'s SecretString) -> Result<&'s str, InvalidCredential> {
    let text = secret.expose_secret().trim();
    let problem = if text.is_empty() {
        "is empty"
    } else if text.len() > MAX_LENGTH {
        "is too long"
    } else if !text.bytes().all(|it| it.is_ascii_graphic()) {
        "contains a space, a line break or another character that no token has"
    } else {
        return Ok(text);
    };
    Err(InvalidCredential { what, problem })
}

fn sensitive(text: String) -> HeaderValue {
    let mut header = HeaderValue::try_from(text).expect("visible ASCII makes a header");
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests;

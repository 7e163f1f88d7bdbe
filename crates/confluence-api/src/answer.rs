//! A successful answer before it is decoded.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::rate_limit::RateLimit;

/// A 2xx answer: the body as it came, and what the headers say about it.
#[derive(Debug, Clone)]
pub struct Answer {
    body: Bytes,
    link_cursor: Option<String>,
    /// The rate-limit headers, if there were any.
    pub rate_limit: Option<RateLimit>,
    /// Atlassian's id of the exchange, for support tickets.
    pub trace_id: Option<String>,
}

impl Answer {
    pub(crate) fn new(
        status: StatusCode,
        headers: &HeaderMap,
        body: Bytes,
        rate_limit: Option<RateLimit>,
    ) -> Self {
        let empty = status == StatusCode::NO_CONTENT || body.is_empty();
        let body = if empty { Bytes::from_static(b"null") } else { body };
        Self { body, link_cursor: link_cursor(headers), rate_limit, trace_id: trace_id(headers) }
    }

    /// The JSON text; `null` if the answer was empty.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The same answer with other JSON text: what is left of it after a part was taken out.
    #[must_use]
    pub fn with_body(self, body: Bytes) -> Self {
        Self { body, ..self }
    }

    /// Decodes the JSON.
    ///
    /// # Errors
    ///
    /// Fails when the body is not JSON or does not fit `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Cursor of the next page according to the `Link` header.
    ///
    /// The body's own link is [`Page::next_cursor`](crate::Page::next_cursor).
    pub fn link_cursor(&self) -> Option<&str> {
        self.link_cursor.as_deref()
    }
}

/// The cursor in a link to the next page.
///
/// Only the cursor is taken from a server's link, so a link cannot redirect our credentials.
pub fn cursor_of(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, cursor) = pairs.find(|(name, _)| name == "cursor")?;
    (!cursor.is_empty()).then(|| cursor.into_owned())
}

/// Finds `rel="next"` in the `Link` headers (RFC 8288).
fn link_cursor(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::LINK).iter().filter_map(|it| it.to_str().ok());
    for line in lines {
        let mut rest = line;
        while let Some((_, after)) = rest.split_once('<') {
            let (target, after) = after.split_once('>')?;
            let (parameters, next) = match after.find('<') {
                Some(end) => after.split_at(end),
                None => (after, ""),
            };
            let mut parameters = parameters.split([';', ',']).map(str::trim);
            if parameters.any(|it| it == "rel=\"next\"" || it == "rel=next") {
                return cursor_of(target);
            }
            rest = next;
        }
    }
    None
}

pub(crate) fn trace_id(headers: &HeaderMap) -> Option<String> {
    let names = ["atl-traceid", "atl-request-id", "x-trace-id"];
    let text = names.iter().find_map(|name| headers.get(*name)?.to_str().ok())?;
    if text.is_empty() {
        return None;
    }
    let safe = text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    (safe && text.len() <= 128).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{cursor_of, link_cursor, trace_id};

    fn of(line: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::LINK, HeaderValue::from_static(line));
        link_cursor(&headers)
    }

    #[test]
    fn a_cursor_is_taken_decoded_from_any_link() {
        assert_eq!(cursor_of("/wiki/api/v2/pages?limit=1&cursor=a%3D%3D").as_deref(), Some("a=="));
        assert_eq!(cursor_of("https://evil.example/x?cursor=c#f").as_deref(), Some("c"));
        assert_eq!(cursor_of("/wiki/x?limit=1"), None);
        assert_eq!(cursor_of("/wiki/x?cursor="), None);
        assert_eq!(cursor_of("cursor=x"), None);
    }

    #[test]
    fn a_trace_id_is_a_short_word_or_there_is_none() {
        let of = |text: &'static str| {
            trace_id(&HeaderMap::from_iter([(
                header::HeaderName::from_static("atl-traceid"),
                HeaderValue::from_static(text),
            )]))
        };
        assert_eq!(of("0123-abc_X").as_deref(), Some("0123-abc_X"));
        assert_eq!(of(""), None);
        assert_eq!(of("a <b>"), None);
    }

    #[test]
    fn the_link_header_names_the_next_page() {
        let line = "</wiki/api/v2/pages?cursor=abc&limit=2>; rel=\"next\", <https://example.atlassian.net/wiki>; rel=\"base\"";
        assert_eq!(of(line).as_deref(), Some("abc"));
        assert_eq!(
            of("<https://example.atlassian.net/wiki>; rel=\"base\", </x?cursor=b>; rel=next")
                .as_deref(),
            Some("b")
        );
        assert_eq!(of("<https://example.atlassian.net/wiki>; rel=\"base\""), None);
        assert_eq!(of("<unclosed"), None);
        assert_eq!(of(""), None);
    }
}

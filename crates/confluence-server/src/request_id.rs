//! Names of requests, so that what a client saw can be found in the logs.

use std::sync::Arc;

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries it, both ways.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest that is taken from a client, in bytes.
const MAX_LENGTH: usize = 128;

/// Names one request: what its client or a proxy called it, else something random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    fn given(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(HEADER)?.to_str().ok()?;
        let safe = |it: u8| it.is_ascii_alphanumeric() || b"-_.:/=+".contains(&it);
        let fits = (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(safe);
        fits.then(|| Self(text.into()))
    }

    fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        Self(format!("{:032x}", u128::from_ne_bytes(bytes)).into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names a request, and tells its client the name.
pub(crate) async fn name(mut request: Request, next: Next) -> Response {
    let id = RequestId::given(request.headers()).unwrap_or_else(RequestId::random);
    let value = HeaderValue::from_str(id.as_str()).expect("its characters are safe in a header");
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    response.headers_mut().insert(HEADER, value);
    response
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{HEADER, RequestId};

    fn given(value: &[u8]) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_bytes(value).unwrap());
        RequestId::given(&headers).map(|it| it.as_str().to_owned())
    }

    #[test]
    fn only_plain_names_are_taken_over() {
        let long = "x".repeat(129);
        for value in ["", "two words", "a,b", "\u{fc}", "<b>", &long] {
            assert_eq!(given(value.as_bytes()), None, "{value}");
        }
        assert_eq!(given(b"Root=1-67891233-abcdef").as_deref(), Some("Root=1-67891233-abcdef"));
    }

    #[test]
    fn random_names_differ() {
        assert_ne!(RequestId::random(), RequestId::random());
    }
}

//! The text form of inputs: parts between lines of `%%`, and answers in the manner of HTTP.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{
    Transport, TransportError,
    transport::TransportErrorKind::{Connect, Interrupted, TooLarge},
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};

/// What stands between the parts of an input.
const SEPARATOR: &[u8] = b"\n%%\n";

/// More parts than any check has a use for.
const MAX_PARTS: usize = 16;

/// The parts of an input.
pub(crate) fn parts(mut data: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while parts.len() < MAX_PARTS {
        let Some(at) = data.windows(SEPARATOR.len()).position(|it| it == SEPARATOR) else { break };
        parts.push(&data[..at]);
        data = &data[at + SEPARATOR.len()..];
    }
    parts.push(data);
    parts
}

/// The first line, and the rest.
pub(crate) fn line(data: &[u8]) -> (String, &[u8]) {
    let end = data.iter().position(|it| *it == b'\n');
    let (line, rest) = match end {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &data[data.len()..]),
    };
    (String::from_utf8_lossy(line).into_owned(), rest)
}

/// The headers up to an empty line, and what follows. What is no header is passed over.
pub(crate) fn headers(mut data: &[u8]) -> (HeaderMap, &[u8]) {
    let mut headers = HeaderMap::new();
    while !data.is_empty() {
        let end = data.iter().position(|it| *it == b'\n').unwrap_or(data.len());
        let header = &data[..end];
        data = data.get(end + 1..).unwrap_or_default();
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|it| *it == b':').unwrap_or(header.len());
        let value = header.get(colon + 1..).unwrap_or_default().trim_ascii();
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&header[..colon]), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
    (headers, data)
}

/// What a request gets: a status in the first line, headers, an empty line, a body; or a word for
/// how the network failed.
#[derive(Debug)]
enum Answer {
    Response(StatusCode, HeaderMap, Bytes),
    Fault(confluence_api::transport::TransportErrorKind),
}

impl Answer {
    fn read(data: &[u8]) -> Self {
        let (first, rest) = line(data);
        match first.as_str() {
            "connect" => return Self::Fault(Connect),
            "interrupted" => return Self::Fault(Interrupted),
            "too large" => return Self::Fault(TooLarge { limit: 1 }),
            _ => {}
        }
        let status = StatusCode::from_bytes(first.as_bytes()).unwrap_or(StatusCode::OK);
        let (headers, body) = headers(rest);
        Self::Response(status, headers, Bytes::copy_from_slice(body))
    }
}

/// A Confluence that gives the answers of an input, one after the other; the last one for ever.
#[derive(Debug)]
pub(crate) struct Script {
    answers: Vec<Answer>,
    sent: Mutex<Vec<Request<Bytes>>>,
}

impl Script {
    pub(crate) fn new(answers: &[&[u8]]) -> Self {
        let mut answers: Vec<_> = answers.iter().map(|it| Answer::read(it)).collect();
        if answers.is_empty() {
            answers.push(Answer::read(b"200\n\n{}"));
        }
        Self { answers, sent: Mutex::default() }
    }

    /// The requests that were made.
    pub(crate) fn sent(&self) -> Vec<Request<Bytes>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let index = {
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            sent.push(request);
            sent.len() - 1
        };
        match &self.answers[index.min(self.answers.len() - 1)] {
            Answer::Response(status, headers, body) => {
                let mut response = Response::new(body.clone());
                *response.status_mut() = *status;
                *response.headers_mut() = headers.clone();
                Ok(response)
            }
            Answer::Fault(kind) => Err(TransportError {
                host: "api.example.com".to_owned(),
                kind: *kind,
                source: None,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_separated_by_lines() {
        assert_eq!(parts(b"a\n%%\nb%%\n\n%%\n"), [&b"a"[..], b"b%%\n", b""]);
        assert_eq!(parts(b""), [b""]);
        assert_eq!(parts(&b"\n%%\n".repeat(40)).len(), MAX_PARTS + 1);
    }

    #[test]
    fn an_answer_is_read_as_in_http() {
        let Answer::Response(status, headers, body) =
            Answer::read(b"404\nRetry-After: 3\nno header\nx: a\nx: b\n\n{\n}")
        else {
            panic!("it is a response");
        };
        assert_eq!(status, 404);
        assert_eq!(headers["retry-after"], "3");
        assert_eq!(headers.get_all("x").iter().count(), 2);
        assert_eq!(headers.len(), 3);
        assert_eq!(body, "{\n}");
        assert!(matches!(Answer::read(b"connect\n"), Answer::Fault(Connect)));
    }
}

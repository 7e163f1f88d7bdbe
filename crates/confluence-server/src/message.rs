//! Is it JSON-RPC at all? Asked before the MCP library sees a message.
//!
//! The library answers what it cannot read with a text and a status, or not at all. Clients need
//! a JSON-RPC error with the id of their request.

use rmcp::{
    ErrorData,
    model::{ErrorCode, JsonRpcError, RequestId},
};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// How deep a message may be nested. The JSON parser gives up at 128.
const MAX_DEPTH: usize = 100;

/// How many values a message may hold.
///
/// A parsed value takes up to forty times the memory of its text. Content comes as one string, so
/// a message of millions of values is no page.
const MAX_VALUES: usize = 500_000;

/// What kind of message it is, and its id.
#[derive(Debug, PartialEq)]
pub(crate) enum Message {
    /// To be answered.
    Request(RequestId),
    /// Not to be answered.
    Notification,
    /// An answer to a question that this server never asks.
    Response,
}

impl Message {
    pub(crate) fn id(&self) -> Option<&RequestId> {
        match self {
            Self::Request(id) => Some(id),
            Self::Notification | Self::Response => None,
        }
    }
}

/// Why a message cannot be dealt with.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    /// The id of the request, if it could be read.
    pub(crate) id: Option<RequestId>,
    pub(crate) code: ErrorCode,
    pub(crate) reason: String,
}

impl Fault {
    /// It is JSON, but not JSON-RPC.
    pub(crate) fn invalid(id: Option<RequestId>, reason: &str) -> Self {
        Self { id, code: ErrorCode::INVALID_REQUEST, reason: format!("Invalid Request: {reason}") }
    }

    /// It is no JSON that can be read.
    fn unreadable(reason: &str) -> Self {
        Self { id: None, code: ErrorCode::PARSE_ERROR, reason: format!("Parse error: {reason}") }
    }

    fn syntax(error: &serde_json::Error) -> Self {
        // The parser's own words may quote the message.
        Self::unreadable(&format!("not JSON at line {} column {}", error.line(), error.column()))
    }
}

impl From<Fault> for JsonRpcError {
    fn from(Fault { id, code, reason }: Fault) -> Self {
        Self::new(id, ErrorData::new(code, reason, None))
    }
}

/// The outer parts of a message. What is inside `params` is not looked at.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// A field that is there, be it `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Says what kind of message `bytes` are.
///
/// # Errors
///
/// The JSON-RPC error to answer: -32700 if it is not JSON, -32600 if it is not one message,
/// -32602 if its params are no object.
pub(crate) fn read(bytes: &[u8]) -> Result<Message, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_utf8| Fault::unreadable("not UTF-8"))?;
    measure(text)?;
    match text.trim_start().bytes().next() {
        Some(b'{') => {}
        None => return Err(Fault::unreadable("the message is empty")),
        Some(first) => {
            serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|it| Fault::syntax(&it))?;
            return Err(Fault::invalid(
                None,
                if first == b'[' {
                    "batches are not supported: send one message at a time"
                } else {
                    "a message is an object"
                },
            ));
        }
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            Fault::invalid(None, "a field is there twice")
        } else {
            Fault::syntax(&error)
        }
    })?;
    envelope.kind()
}

/// Makes sure that JSON can be parsed without harm.
///
/// # Errors
///
/// Fails when it is no text, nested too deeply, or made of too many values.
pub(crate) fn check_bounds(bytes: &[u8]) -> Result<(), Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_utf8| Fault::unreadable("not UTF-8"))?;
    measure(text)
}

impl Envelope<'_> {
    fn kind(&self) -> Result<Message, Fault> {
        let id = match self.id.map(|id| serde_json::from_str::<RequestId>(id.get())) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => {
                return Err(Fault::invalid(None, "`id` must be a string or an integer"));
            }
        };
        if self.jsonrpc.map(RawValue::get) != Some("\"2.0\"") {
            return Err(Fault::invalid(id, "`jsonrpc` must be \"2.0\""));
        }
        if let Some(method) = self.method {
            return match (method.get().starts_with('"'), id) {
                (false, id) => Err(Fault::invalid(id, "`method` must be a string")),
                (true, Some(id)) if self.params.is_some_and(|it| !it.get().starts_with('{')) => {
                    let reason = "Invalid params: `params` must be an object".to_owned();
                    Err(Fault { id: Some(id), code: ErrorCode::INVALID_PARAMS, reason })
                }
                (true, Some(id)) => Ok(Message::Request(id)),
                (true, None) => Ok(Message::Notification),
            };
        }
        if self.result.is_some() || self.error.is_some() {
            return Ok(Message::Response);
        }
        Err(Fault::invalid(id, "`method` is missing"))
    }
}

/// Refuses what would overflow the stack or fill the memory once parsed.
fn measure(text: &str) -> Result<(), Fault> {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => (depth, values) = (depth + 1, values + 1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Fault::unreadable("nested too deeply"));
        }
        if values > MAX_VALUES {
            return Err(Fault::unreadable("too many values"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

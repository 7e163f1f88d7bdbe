//! The seam between typed requests and the network.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::BoxError;

mod network;

pub use network::{HttpTransport, HttpTransportOptions, InvalidCertificate};

/// Sends one HTTP request and returns whatever the server answers.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Performs one exchange. A 4xx or 5xx answer is `Ok`. Redirects are answers, too.
    ///
    /// # Errors
    ///
    /// Fails when no complete HTTP response arrives: DNS, TLS, connect, cut connections, a body
    /// over the bound.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// Why no response arrived.
#[derive(Debug, thiserror::Error)]
#[error("{kind} ({host})")]
pub struct TransportError {
    /// The host that was asked.
    pub host: String,
    /// Where it stopped.
    pub kind: TransportErrorKind,
    /// What the HTTP library reported, without the URL, which can hold user text.
    #[source]
    pub source: Option<BoxError>,
}

/// How far an exchange came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// No connection: the server has not seen the request.
    Connect,
    /// The TLS back end or the trust store could not be set up.
    Setup,
    /// The connection broke afterwards: the server may have acted.
    Interrupted,
    /// The body is larger than the transport accepts.
    TooLarge {
        /// The bound, in bytes.
        limit: usize,
    },
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("could not connect"),
            Self::Setup => f.write_str("could not set up TLS"),
            Self::Interrupted => {
                f.write_str("the connection broke before the whole answer arrived")
            }
            Self::TooLarge { limit } => write!(f, "the answer is larger than {limit} bytes"),
        }
    }
}

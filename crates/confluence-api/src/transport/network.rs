//! The transport over the network, on reqwest.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{Certificate, redirect::Policy};
use url::Host;

use super::{Transport, TransportError, TransportErrorKind};

/// Largest answer accepted by default, in bytes after decompression.
///
/// Confluence refuses bodies over 5 MB; JSON escaping and the other representations make them a
/// few times larger on the way back.
const MAX_RESPONSE: usize = 32 * 1024 * 1024;

/// Most memory that is set aside for a body on its announcement alone.
const MAX_AHEAD: usize = 1024 * 1024;

/// How long a connection may take. The call's deadline still covers it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept, below the minute after which load balancers drop theirs.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// A certificate file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not a PEM file with certificates")]
pub struct InvalidCertificate(#[source] reqwest::Error);

/// Settings of [`HttpTransport`].
#[derive(Debug, Clone)]
pub struct HttpTransportOptions {
    /// Certificates to trust besides the system's.
    certificates: Vec<Certificate>,
    /// Largest answer accepted, in bytes after decompression.
    pub max_response_bytes: usize,
    /// Value of the `User-Agent` header.
    pub user_agent: String,
}

impl Default for HttpTransportOptions {
    fn default() -> Self {
        Self {
            certificates: Vec::new(),
            max_response_bytes: MAX_RESPONSE,
            user_agent: concat!("confluence-connector/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl HttpTransportOptions {
    /// Trusts the certificates of a PEM file besides the system's.
    ///
    /// # Errors
    ///
    /// Fails when `pem` holds no certificate or a malformed one.
    pub fn trust_pem(&mut self, pem: &[u8]) -> Result<(), InvalidCertificate> {
        self.certificates.extend(Certificate::from_pem_bundle(pem).map_err(InvalidCertificate)?);
        Ok(())
    }
}

/// A [`Transport`] over the network: HTTP/1.1 and HTTP/2, gzip and brotli, rustls with the
/// system's trust store, proxies from the environment.
///
/// It follows no redirect, since one would carry our credentials along. The connection pool opens
/// with the first request: loading a trust store takes longer than the rest of a start.
#[derive(Debug, Default)]
pub struct HttpTransport {
    options: HttpTransportOptions,
    remote: Pool,
    /// Never through a proxy, which would be handed requests that are not to leave the machine.
    loopback: Pool,
}

/// A connection pool that opens when it is first needed.
type Pool = Mutex<Option<reqwest::Client>>;

impl HttpTransport {
    /// Prepares a transport. Nothing is opened yet.
    pub fn new(options: HttpTransportOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// The pool for `url`.
    fn http(&self, url: &reqwest::Url) -> Result<reqwest::Client, reqwest::Error> {
        let loopback = is_loopback(url);
        let pool = if loopback { &self.loopback } else { &self.remote };
        let mut http = pool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(http) = &*http {
            return Ok(http.clone());
        }
        // Fails only if the process has chosen a provider of its own, which is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder();
        let builder = if loopback { builder.no_proxy() } else { builder };
        let opened = builder
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE)
            .tcp_nodelay(true)
            .user_agent(&self.options.user_agent)
            .tls_certs_merge(self.options.certificates.iter().cloned())
            .build()?;
        *http = Some(opened.clone());
        Ok(opened)
    }

    async fn body(
        &self,
        answer: &mut reqwest::Response,
    ) -> Result<Bytes, (TransportErrorKind, Option<reqwest::Error>)> {
        let limit = self.options.max_response_bytes;
        let lost = |error| (TransportErrorKind::Interrupted, Some(error));
        let too_large = || (TransportErrorKind::TooLarge { limit }, None);
        let announced = answer.content_length().unwrap_or_default();
        if announced > limit as u64 {
            return Err(too_large());
        }
        let Some(first) = answer.chunk().await.map_err(lost)? else { return Ok(Bytes::new()) };
        if first.len() > limit {
            return Err(too_large());
        }
        let Some(second) = answer.chunk().await.map_err(lost)? else { return Ok(first) };
        // A buffer that grows by doubling leaves a trail of smaller ones, and with many answers at
        // once a heap full of holes.
        let ahead = usize::try_from(announced).unwrap_or(0).min(MAX_AHEAD);
        let mut body = BytesMut::with_capacity(ahead.max(first.len() + second.len()));
        body.extend_from_slice(&first);
        // It is a part of the connection's buffer, which is reused once nobody holds it.
        drop(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
            next = answer.chunk().await.map_err(lost)?;
        }
        Ok(body.freeze())
    }
}

/// Whether the address is of this machine.
fn is_loopback(url: &reqwest::Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let failed = |kind, error: Option<reqwest::Error>| TransportError {
            host: host.clone(),
            kind,
            source: error.map(|error| error.without_url().into()),
        };
        let setup = |error| failed(TransportErrorKind::Setup, Some(error));
        let request = reqwest::Request::try_from(request).map_err(setup)?;
        let http = self.http(request.url()).map_err(setup)?;
        let mut answer = http.execute(request).await.map_err(|error| {
            let unseen = error.is_connect() || error.is_builder();
            let kind =
                if unseen { TransportErrorKind::Connect } else { TransportErrorKind::Interrupted };
            failed(kind, Some(error))
        })?;
        let body = self.body(&mut answer).await.map_err(|(kind, error)| failed(kind, error))?;
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

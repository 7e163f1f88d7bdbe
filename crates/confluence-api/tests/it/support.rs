//! Stand-ins: a scripted transport, credentials that remember, a server for raw bytes.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{
    Authorized, Client, Credentials, CredentialsError, HttpTransport, Rejected, RejectedAnswer,
    Transport, TransportError, transport::TransportErrorKind,
};
use http::{HeaderValue, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::Instant,
};

pub(crate) const SECRET: &str = "s3cret-token";

/// An API answer from `fixtures/api`.
pub(crate) fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/api");
    let path = format!("{folder}/{name}.json");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Credentials for one root, which answer `rejected` as told.
#[derive(Debug)]
pub(crate) struct Fixed {
    root: url::Url,
    verdict: Rejected,
    /// What was reported, with the number of the credential that had been used.
    pub(crate) reports: Mutex<Vec<(String, RejectedAnswer)>>,
    handed_out: Mutex<u32>,
}

impl Fixed {
    pub(crate) fn new(root: &str, verdict: Rejected) -> Arc<Self> {
        let root = root.parse().unwrap();
        Arc::new(Self { root, verdict, reports: Mutex::default(), handed_out: Mutex::default() })
    }
}

#[async_trait]
impl Credentials for Fixed {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        let mut handed_out = self.handed_out.lock().unwrap();
        *handed_out += 1;
        // Not marked as sensitive: the client has to see to it.
        let header = HeaderValue::try_from(format!("Bearer {SECRET}-{handed_out}")).unwrap();
        Ok(Authorized { root: self.root.clone(), header })
    }

    async fn rejected(&self, used: &Authorized, answer: RejectedAnswer) -> Rejected {
        let header = used.header.to_str().unwrap().to_owned();
        self.reports.lock().unwrap().push((header, answer));
        self.verdict
    }
}

/// A client over the network, below `root`.
pub(crate) fn client(root: &str) -> Client {
    Client::new(Arc::new(HttpTransport::default()), Fixed::new(root, Rejected::Unrelated))
}

/// An answer to play back.
#[derive(Debug, Clone)]
pub(crate) enum Play {
    Answer(u16, &'static [(&'static str, &'static str)], String),
    Fault(TransportErrorKind),
    Never,
}

impl Play {
    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, &[], String::new())
    }

    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Answer(status, &[("content-type", "application/json")], body.into())
    }
}

/// A request that the scripted transport was given.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) at: Instant,
    pub(crate) url: String,
    pub(crate) authorization: HeaderValue,
}

/// Plays back answers in order, the last one forever.
pub(crate) struct Replay {
    plays: Vec<Play>,
    pub(crate) sent: Mutex<Vec<Sent>>,
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replay")
    }
}

impl Replay {
    pub(crate) fn new(plays: impl Into<Vec<Play>>) -> Arc<Self> {
        Arc::new(Self { plays: plays.into(), sent: Mutex::default() })
    }

    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// Seconds between the requests, rounded down.
    pub(crate) fn pauses(&self) -> Vec<u64> {
        let sent = self.sent.lock().unwrap();
        sent.windows(2).map(|it| (it[1].at - it[0].at).as_secs()).collect()
    }

    pub(crate) fn client(self: &Arc<Self>) -> Client {
        let credentials = Fixed::new("https://example.atlassian.net", Rejected::Unrelated);
        self.client_as(credentials)
    }

    pub(crate) fn client_as(self: &Arc<Self>, credentials: Arc<dyn Credentials>) -> Client {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        Client::new(transport, credentials)
    }
}

#[async_trait]
impl Transport for Replay {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let play = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(Sent {
                at: Instant::now(),
                url: request.uri().to_string(),
                authorization: request.headers()[header::AUTHORIZATION].clone(),
            });
            self.plays[(sent.len() - 1).min(self.plays.len() - 1)].clone()
        };
        match play {
            Play::Answer(status, headers, body) => {
                let mut response = http::Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(*name, *value);
                }
                Ok(response.body(Bytes::from(body)).unwrap())
            }
            Play::Fault(kind) => {
                Err(TransportError { host: "example.atlassian.net".to_owned(), kind, source: None })
            }
            Play::Never => std::future::pending().await,
        }
    }
}

/// A server that hands each connection, its request read, to `serve`; counts the connections.
pub(crate) async fn raw_server<F, Served>(serve: F) -> (String, Arc<Mutex<usize>>)
where
    F: Fn(TcpStream) -> Served + Send + 'static,
    Served: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *counted.lock().unwrap() += 1;
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            tokio::spawn(serve(stream));
        }
    });
    (root, count)
}

/// Writes what fits: the client may hang up at any time.
pub(crate) async fn write(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok()
}

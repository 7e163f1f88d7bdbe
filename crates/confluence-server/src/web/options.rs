//! How the HTTP face is set up.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::ServeError;

/// Options of the HTTP face.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Where clients find the server. Everything is also served below its path.
    pub public_url: Url,
    /// Hosts, with or without a port, that requests may name beside that of the public URL.
    pub allowed_hosts: Vec<String>,
    /// Web origins that may call, beside that of the public URL: `https://app.example.com`,
    /// `http://localhost:*`.
    pub allowed_origins: Vec<String>,
    /// Whether the workspace of a single user is served, `default`: also as `/mcp`.
    pub single_user: bool,
    /// The key of that workspace, which callers show as a bearer token. It may be left out on
    /// loopback only.
    pub workspace_key: Option<SecretString>,
    /// Longest request body. Confluence takes 5 MB, which JSON escapes make longer.
    pub max_body_bytes: usize,
    /// Tool calls that run at once; others wait for their turn.
    pub max_concurrent_calls: usize,
    /// How long a call waits for its turn before it is told to come back.
    pub busy_timeout: Duration,
    /// Connections that are open at once; others wait to be accepted.
    pub max_connections: usize,
    /// How long a connection may stay without a complete request head, idle time included.
    ///
    /// Longer than the idle time of common load balancers, which would else hit closed connections.
    pub header_timeout: Duration,
    /// How long a request's body may take to arrive.
    pub body_timeout: Duration,
    /// How long a request may take after that. Must be longer than the client's own deadline,
    /// which gives the better answer.
    pub request_timeout: Duration,
    /// How long requests under way may take once the server is told to stop.
    pub shutdown_grace: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            public_url: Url::parse("http://127.0.0.1:8080").expect("the literal is a URL"),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            single_user: true,
            workspace_key: None,
            max_body_bytes: 8 * 1024 * 1024,
            max_concurrent_calls: 64,
            busy_timeout: Duration::from_secs(5),
            max_connections: 1024,
            header_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(90),
            shutdown_grace: Duration::from_secs(25),
        }
    }
}

impl HttpOptions {
    /// The paths below which everything is served: the root, and that of the public URL.
    pub(super) fn bases(&self) -> Result<Vec<String>, ServeError> {
        let path = self.public_url.path().trim_end_matches('/');
        let mut bases = vec![String::new()];
        if path.is_empty() {
            return Ok(bases);
        }
        // What the router would take for a pattern, or panic at.
        let plain = |segment: &str| {
            !segment.is_empty()
                && segment.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.~".contains(&it))
        };
        if !path.split('/').skip(1).all(plain) {
            return Err(ServeError::Option {
                option: "the public URL",
                value: self.public_url.to_string(),
                reason: "its path may have letters, digits and -_.~ between slashes",
            });
        }
        bases.push(path.to_owned());
        Ok(bases)
    }
}

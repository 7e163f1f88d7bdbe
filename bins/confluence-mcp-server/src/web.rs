//! The HTTP face, ready to serve: a listener, options, and what people are told.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, anyhow};
use confluence_server::HttpOptions;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use url::Url;

use crate::{
    banner::{Banner, Content, Reached},
    config::{Confluence, Secret, Serve},
    wiring::Failure,
};

/// The shortest workspace key, in bytes: below it, guessing is a matter of time.
const SHORTEST_KEY: usize = 16;

/// How much longer than a call's deadline its HTTP request may take: the call's own answer says
/// more than that of the server.
const MARGIN: Duration = Duration::from_secs(30);

/// What the HTTP face needs.
#[derive(Debug)]
pub(crate) struct Web {
    pub(crate) listener: TcpListener,
    pub(crate) options: HttpOptions,
    pub(crate) banner: Banner,
}

/// Listens: from here on, clients can connect.
pub(crate) async fn open(
    serve: &Serve,
    confluence: &Confluence,
    content: &Content,
) -> Result<Web, Failure> {
    let workspace_key =
        serve.workspace_key.as_ref().map(key).transpose().map_err(Failure::Configuration)?;
    let cannot_listen =
        || format!("cannot listen on {} (--listen, CONFLUENCE_LISTEN)", serve.listen);
    let listener = TcpListener::bind(serve.listen).await;
    let listener = listener.with_context(cannot_listen).map_err(Failure::Run)?;
    let address = listener.local_addr().with_context(cannot_listen).map_err(Failure::Run)?;
    let public_url = serve.public_url.clone().unwrap_or_else(|| own_url(address));
    let reached = Reached::by(content).await.context("cannot start the sandbox");
    let banner = Banner {
        endpoint: format!("{}/mcp", public_url.as_str().trim_end_matches('/')),
        reached: reached.map_err(Failure::Run)?,
        read_only: confluence.read_only,
        needs_key: workspace_key.is_some(),
        program: program(),
    };
    let options = HttpOptions {
        public_url,
        allowed_hosts: serve.allowed_hosts.clone(),
        allowed_origins: serve.allowed_origins.clone(),
        workspace_key,
        request_timeout: confluence.timeout + MARGIN,
        ..HttpOptions::default()
    };
    Ok(Web { listener, options, banner })
}

/// The address for clients on this machine.
fn own_url(address: SocketAddr) -> Url {
    // What listens everywhere is reached by name; `0.0.0.0` is no address to send to.
    let text = if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    };
    text.parse().expect("a socket's address makes a URL")
}

fn key(secret: &Secret) -> anyhow::Result<SecretString> {
    let key = secret.read()?;
    if key.expose_secret().len() < SHORTEST_KEY {
        return Err(anyhow!(
            "the workspace key has fewer than {SHORTEST_KEY} characters, which can be guessed; \
             `openssl rand -hex 32` makes a good one"
        ));
    }
    Ok(key)
}

/// How to start this program again: the whole path, since it is seldom in the `PATH`.
fn program() -> String {
    let path = std::env::current_exe().ok();
    path.map_or_else(|| env!("CARGO_PKG_NAME").to_owned(), |it| it.display().to_string())
}

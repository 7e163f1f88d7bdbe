//! The HTTP face, ready to serve: a listener, options, and what people are told.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, anyhow};
use confluence_connector::{Addresses, InstanceKey, InstanceName, WorkspaceSlug};
use confluence_server::HttpOptions;
use confluence_setup::SandboxAccount;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use url::Url;

use crate::{
    banner::Banner,
    config::{Secret, Serve},
    deployment::{self, Running, Surroundings},
    single_user::Prepared,
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
    pub(crate) running: Running,
    /// The embedded Confluence, which ends when this is dropped.
    pub(crate) sandbox: Option<SandboxAccount>,
}

/// Listens, and opens the deployment: from here on, clients can connect.
pub(crate) async fn open(given: &Serve) -> Result<Web, Failure> {
    let Serve { http, deployment, confluence } = given;
    let workspace_key =
        http.workspace_key.as_ref().map(key).transpose().map_err(Failure::Configuration)?;
    let cannot_listen =
        || format!("cannot listen on {} (--listen, CONFLUENCE_LISTEN)", http.listen);
    let listener = TcpListener::bind(http.listen).await;
    let listener = listener.with_context(cannot_listen).map_err(Failure::Run)?;
    let address = listener.local_addr().with_context(cannot_listen).map_err(Failure::Run)?;
    let public_url = http.public_url.clone().unwrap_or_else(|| own_url(address));
    let addresses = Addresses::at(&public_url);
    let transport = confluence_setup::transport_trusting(confluence.ca_file.as_deref());
    let transport = transport.map_err(Failure::Configuration)?;
    let prepared = Prepared::from(given, &transport, &addresses).await?;
    let is_open = prepared.auth.is_some();
    let around = Surroundings {
        transport,
        endpoints: prepared.endpoints,
        addresses: addresses.clone(),
        confluence,
        single_user: prepared.auth,
        central: prepared.central,
    };
    let running = deployment::open(deployment, around).await?;
    let core = InstanceKey { workspace: WorkspaceSlug::core(), name: InstanceName::default() };
    let endpoint = if is_open {
        format!("{}/mcp", public_url.as_str().trim_end_matches('/'))
    } else {
        addresses.mcp(&core).to_string()
    };
    let banner = Banner {
        endpoint,
        configuration: format!(
            "{}/apps/{}",
            public_url.as_str().trim_end_matches('/'),
            WorkspaceSlug::CORE
        ),
        maintainer_key: running.maintainer_key.shown(),
        reached: prepared.reached,
        read_only: confluence.read_only,
        needs_key: workspace_key.is_some() || !is_open,
        program: program(),
    };
    let options = HttpOptions {
        public_url,
        allowed_hosts: http.allowed_hosts.clone(),
        allowed_origins: http.allowed_origins.clone(),
        single_user: is_open,
        workspace_key,
        request_timeout: confluence.timeout + MARGIN,
        ..HttpOptions::default()
    };
    Ok(Web { listener, options, banner, running, sandbox: prepared.sandbox })
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

//! From a configuration to a client: transport, credentials, client.

use std::{fs::File, io::Read, path::Path, sync::Arc};

use anyhow::Context;
use confluence_api::{Client, Credentials, HttpTransport, HttpTransportOptions, Transport};
use confluence_auth::{AuthMode, Refresher, Settings};
use confluence_tools::CredentialKind;

use crate::{Account, Chosen, Confluence, SandboxAccount};

/// The largest file of certificates, in bytes; the system's own have a quarter of it.
const MAX_CA_FILE: u64 = 1024 * 1024;

/// A client, and what is behind it.
#[derive(Debug)]
pub struct Connection {
    /// The client.
    pub client: Client,
    /// What kind of credential it uses.
    pub credential: CredentialKind,
    /// The embedded Confluence, if that is what is used.
    pub sandbox: Option<Arc<SandboxAccount>>,
    /// What renews the tokens of a profile whose user has signed in.
    pub refresher: Option<Refresher>,
}

impl Connection {
    /// Waits until no token is being renewed: before the process ends, or a token that Atlassian has
    /// given might be lost. It has a deadline.
    pub async fn settled(&self) {
        if let Some(refresher) = &self.refresher {
            refresher.settled().await;
        }
    }
}

/// Makes the client for what was chosen. Nothing is sent yet.
///
/// # Errors
///
/// Fails when a file with a secret or with certificates cannot be used.
pub fn connect(confluence: &Confluence, chosen: &Chosen) -> anyhow::Result<Connection> {
    let transport = transport(confluence)?;
    let credential = credential_kind(chosen);
    let (mut sandbox, mut refresher) = (None, None);
    let credentials = match chosen {
        Chosen::Sandbox { pages } => {
            let account = Arc::new(SandboxAccount::new(Arc::clone(&transport), *pages));
            sandbox = Some(Arc::clone(&account));
            account as Arc<dyn Credentials>
        }
        Chosen::Account(account) => credentials(account, Arc::clone(&transport))?,
        Chosen::SignedIn(user) => {
            let renewing = user.refresher(&transport);
            let credentials = user.credentials(renewing.clone(), Arc::clone(&transport));
            refresher = Some(renewing);
            credentials
        }
    };
    let client = Client::new(transport, credentials).with_timeout(confluence.timeout);
    Ok(Connection { client, credential, sandbox, refresher })
}

/// The credential of an account. Nothing is sent yet.
///
/// # Errors
///
/// Fails when a secret cannot be read or cannot be sent.
pub fn credentials(
    account: &Account,
    transport: Arc<dyn Transport>,
) -> anyhow::Result<Arc<dyn Credentials>> {
    Ok(confluence_auth::resolve(&settings(account)?, transport)?)
}

/// A transport over the network.
///
/// # Errors
///
/// Fails when the file with certificates cannot be used.
pub fn transport(confluence: &Confluence) -> anyhow::Result<Arc<dyn Transport>> {
    transport_trusting(confluence.ca_file.as_deref())
}

/// A transport over the network that trusts the certificates in `ca_file`, too.
///
/// # Errors
///
/// Fails when the file cannot be used.
pub fn transport_trusting(ca_file: Option<&Path>) -> anyhow::Result<Arc<dyn Transport>> {
    Ok(Arc::new(HttpTransport::new(options(ca_file)?)))
}

fn credential_kind(chosen: &Chosen) -> CredentialKind {
    match chosen {
        Chosen::Sandbox { .. } => CredentialKind::ApiToken,
        Chosen::SignedIn(_) => CredentialKind::Profile,
        Chosen::Account(account) => match account.mode {
            AuthMode::ApiToken => CredentialKind::ApiToken,
            AuthMode::AccessToken => CredentialKind::AccessToken,
            AuthMode::OAuth | AuthMode::OAuthCentral => CredentialKind::OAuth,
        },
    }
}

fn settings(account: &Account) -> anyhow::Result<Settings> {
    let Account { mode, location, email, token } = account;
    let settings = Settings {
        mode: Some(*mode),
        location: location.clone(),
        email: email.clone(),
        ..Settings::default()
    };
    let token = Some(token.read()?);
    Ok(match mode {
        AuthMode::ApiToken => Settings { api_token: token, ..settings },
        AuthMode::AccessToken => Settings { access_token: token, ..settings },
        AuthMode::OAuth | AuthMode::OAuthCentral => settings,
    })
}

fn options(ca_file: Option<&Path>) -> anyhow::Result<HttpTransportOptions> {
    let mut options = HttpTransportOptions::default();
    if let Some(path) = ca_file {
        let what = || format!("cannot use `{}` of --ca-file (CONFLUENCE_CA_FILE)", path.display());
        options.trust_pem(&pem(path).with_context(what)?).with_context(what)?;
    }
    Ok(options)
}

fn pem(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut pem = Vec::new();
    File::open(path)?.take(MAX_CA_FILE + 1).read_to_end(&mut pem)?;
    anyhow::ensure!(pem.len() as u64 <= MAX_CA_FILE, "it is too large");
    Ok(pem)
}

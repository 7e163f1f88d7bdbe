//! Which Confluence an example talks to: the account that its arguments name, or an embedded one.

use std::{fs, sync::Arc};

use confluence_api::{BoxError, Client, HttpTransport, Transport};
use confluence_auth::{Location, Settings, resolve};
use confluence_sandbox::{Sandbox, SandboxBuilder};

/// What every example takes. Without a site it runs against the sandbox.
const USAGE: &str = "usage: [--site SITE --token-file FILE [--email EMAIL]] [--space KEY] [TEXT]";

/// The arguments of an example.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The site, such as `acme`.
    pub(crate) site: Option<String>,
    /// A file with an API token, or with an access token if there is no e-mail address.
    pub(crate) token_file: Option<String>,
    /// Whom the API token belongs to.
    pub(crate) email: Option<String>,
    /// Key of a space.
    pub(crate) space: Option<String>,
    /// Whatever else there is.
    pub(crate) text: Option<String>,
}

impl Arguments {
    /// Reads the arguments, the program's name apart.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, BoxError> {
        let mut read = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (field, value) = match argument.as_str() {
                "--site" => (&mut read.site, arguments.next()),
                "--token-file" => (&mut read.token_file, arguments.next()),
                "--email" => (&mut read.email, arguments.next()),
                "--space" => (&mut read.space, arguments.next()),
                text if text.starts_with('-') => return Err(USAGE.into()),
                _ => (&mut read.text, Some(argument)),
            };
            *field = Some(value.ok_or(USAGE)?);
        }
        Ok(read)
    }

    /// A client for the account; for `sandbox`, which is started then, if none is named.
    pub(crate) async fn open(&self, sandbox: SandboxBuilder) -> Result<Account, BoxError> {
        let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
        let mut settings = Settings { email: self.email.clone(), ..Settings::default() };
        let mut started = None;
        if let Some(site) = &self.site {
            let token = fs::read_to_string(self.token_file.as_ref().ok_or(USAGE)?)?;
            let kind = if self.email.is_some() {
                &mut settings.api_token
            } else {
                &mut settings.access_token
            };
            *kind = Some(token.into());
            settings.location = Location::site(site.parse()?);
        } else {
            let sandbox = started.insert(sandbox.start().await?);
            let known = sandbox.credentials();
            settings.email = Some(known.email.clone());
            settings.api_token = Some(known.api_token.clone().into());
            settings.location = Location::address(sandbox.site_url().parse()?);
        }
        let client = Client::new(Arc::clone(&transport), resolve(&settings, transport)?);
        Ok(Account { client, _sandbox: started })
    }
}

/// A client, and the sandbox it talks to, which stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Account {
    /// The client.
    pub(crate) client: Client,
    _sandbox: Option<Sandbox>,
}

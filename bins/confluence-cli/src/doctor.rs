//! Finding out what is wrong, and saying what to do.
//!
//! Nothing is changed anywhere: see `operations.rs` for how writes are tried.

mod network;
mod operations;
mod report;

use std::{fmt::Write as _, sync::Arc, time::Duration};

use confluence_api::{
    ApiErrorKind, Client, Credentials, CredentialsError, Endpoint as _, Error, Transport,
    users::GetCurrentUser,
};
use confluence_auth::{AuthMode, Location, Refresher};
use confluence_setup::{Account, Chosen, Confluence, ProfileError, SandboxAccount, SignedIn};
use url::Url;

use crate::{
    config::Config,
    exit::Exit,
    failed::{Failed, chain},
};
use network::{Address, Network};
use report::{Finding, Report};

/// How long a call may take: whoever looks for a fault does not want to wait for it.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// Checks everything, and reports as it goes. The first problem found decides the exit code: what
/// comes after it mostly comes of it.
pub(crate) async fn examine(config: &Config) -> Result<Exit, Failed> {
    let mut report = Report::start(config.format);
    report.add(variables(&config.variables))?;
    let confluence = match &config.confluence {
        Ok(confluence) => confluence,
        Err(problems) => {
            for problem in &problems.0 {
                report.add(Finding::problem("settings", Exit::Usage, problem.to_string()))?;
            }
            return report.finish();
        }
    };
    let chosen = match confluence.choose().await {
        Ok(chosen) => chosen,
        Err(ProfileError::Problems(problems)) => {
            for problem in &problems.0 {
                report.add(Finding::problem("settings", Exit::Usage, problem.to_string()))?;
            }
            return report.finish();
        }
        Err(error) => {
            report.add(Finding::problem("profile", Exit::Usage, chain(&error)))?;
            return report.finish();
        }
    };
    match Subject::of(confluence, &chosen).await {
        Ok(subject) => subject.examine(config, &mut report).await?,
        Err(error) => {
            report.add(Finding::problem("settings", Exit::Usage, format!("{error:#}")))?;
        }
    }
    report.finish()
}

fn variables(names: &[String]) -> Finding {
    if names.is_empty() {
        return Finding::ok("settings", "no variable of ours is set");
    }
    Finding::ok("settings", format!("taken from the environment: {}", names.join(", ")))
}

/// What is examined.
struct Subject {
    /// In words.
    account: String,
    /// What the credential is, where it is not the sandbox's.
    mode: Option<AuthMode>,
    addresses: Vec<Address>,
    /// The cloud id that is configured.
    cloud_id: Option<String>,
    transport: Arc<dyn Transport>,
    credentials: Arc<dyn Credentials>,
    refresher: Option<Refresher>,
}

impl Subject {
    async fn of(confluence: &Confluence, chosen: &Chosen) -> anyhow::Result<Self> {
        let transport = confluence_setup::transport(confluence)?;
        match chosen {
            Chosen::Sandbox { pages } => {
                let sandbox = SandboxAccount::new(Arc::clone(&transport), *pages);
                let root: Url = sandbox.running().await?.web_address().parse()?;
                Ok(Self {
                    account: "the embedded sandbox".to_owned(),
                    mode: None,
                    addresses: vec![Address::site(root.join("/")?)],
                    cloud_id: None,
                    transport,
                    credentials: Arc::new(sandbox),
                    refresher: None,
                })
            }
            Chosen::SignedIn(user) => {
                let refresher = user.refresher(&transport);
                Ok(Self {
                    account: signed_in(user),
                    mode: Some(user.mode),
                    addresses: through_gateway(&user.location),
                    cloud_id: None,
                    credentials: user.credentials(refresher.clone(), Arc::clone(&transport)),
                    refresher: Some(refresher),
                    transport,
                })
            }
            Chosen::Account(account) => Ok(Self {
                account: described(account),
                mode: Some(account.mode),
                addresses: addresses(account),
                cloud_id: account.location.cloud_id.as_ref().map(ToString::to_string),
                credentials: confluence_setup::credentials(account, Arc::clone(&transport))?,
                refresher: None,
                transport,
            }),
        }
    }

    async fn examine(&self, config: &Config, report: &mut Report) -> Result<(), Failed> {
        report.add(Finding::ok("account", self.account.clone()))?;
        let network = Network::new(self.transport.as_ref());
        report.add(network.proxy())?;
        for address in &self.addresses {
            for finding in network.examine(address, self.cloud_id.as_deref()).await {
                report.add(finding)?;
            }
        }
        if report.has_problem() {
            return Ok(());
        }
        let client = Client::new(Arc::clone(&self.transport), Arc::clone(&self.credentials))
            .with_timeout(CALL_TIMEOUT);
        let (finding, limits) = credential(&client, self.mode).await;
        if let Some(refresher) = &self.refresher {
            refresher.settled().await;
        }
        report.add(finding)?;
        if report.has_problem() {
            return Ok(());
        }
        if let Ok(authorized) = self.credentials.authorized().await {
            report.add(Finding::ok("route", format!("requests go to {}", authorized.root)))?;
        }
        for finding in operations::examine(&client, config.read_only).await {
            report.add(finding)?;
        }
        report.add(limits)?;
        Ok(())
    }
}

fn signed_in(user: &SignedIn) -> String {
    let mut text = format!("mode {}, profile `{}`", user.mode, user.profile);
    match &user.site {
        Some(site) => _ = write!(text, ", site {site}"),
        None => text.push_str(", nobody is signed in"),
    }
    text
}

/// Where requests of somebody who has signed in go.
fn through_gateway(location: &Location) -> Vec<Address> {
    let custom = location.endpoints.api.as_ref().or(location.endpoints.gateway.as_ref());
    vec![match custom {
        Some(base) => Address::custom(base.as_url().clone()),
        None => Address::gateway(true),
    }]
}

fn described(account: &Account) -> String {
    let Account { mode, location, email: _, token: _ } = account;
    let Location { site, cloud_id, endpoints } = location;
    let mut text = format!("mode {mode}");
    if let Some(base) = &endpoints.api {
        let _ = write!(text, ", address {base}");
    }
    if let Some(site) = site {
        let _ = write!(text, ", site {}", site.root());
    }
    if let Some(cloud_id) = cloud_id {
        let _ = write!(text, ", cloud id {cloud_id}");
    }
    text
}

/// Where requests of this account may go.
fn addresses(account: &Account) -> Vec<Address> {
    let Location { site, cloud_id, endpoints } = &account.location;
    if let Some(base) = &endpoints.api {
        return vec![Address::custom(base.as_url().clone())];
    }
    let mut addresses = Vec::new();
    addresses.extend(site.as_ref().map(|it| Address::site(it.root())));
    // Unscoped API tokens do without it.
    let needed = cloud_id.is_some() || account.mode == AuthMode::AccessToken;
    addresses.push(Address::gateway(needed));
    addresses
}

/// Whose credential it is, and what the answer says about limits.
async fn credential(client: &Client, mode: Option<AuthMode>) -> (Finding, Finding) {
    let unknown = Finding::ok("rate limits", "nothing was said about them");
    let answer = match client.json(&GetCurrentUser).await {
        Ok(answer) => answer,
        Err(error) => return (refused(&error, mode), unknown),
    };
    let user: Option<<GetCurrentUser as confluence_api::Endpoint>::Response> = answer.decode().ok();
    let name = user.as_ref().and_then(|it| it.display_name.as_deref()).unwrap_or("somebody");
    let id = user.as_ref().and_then(|it| it.account_id.as_deref()).unwrap_or("unknown");
    let finding = Finding::ok("credential", format!("accepted: {name} (account {id})"));
    let limits = answer.rate_limit.map_or(unknown, |it| {
        let number = |it: Option<u64>| it.map_or("unknown".to_owned(), |it| it.to_string());
        let text = format!("{} of {} left", number(it.remaining), number(it.limit));
        if it.near_limit {
            let advice = "less than a fifth is left: wait for the reset before large jobs";
            Finding::warning("rate limits", text).advising(advice)
        } else {
            Finding::ok("rate limits", text)
        }
    });
    (finding, limits)
}

/// What it means that the current user is not told.
fn refused(error: &Error, mode: Option<AuthMode>) -> Finding {
    let text = chain(error);
    let problem = |exit, text: String| Finding::problem("credential", exit, text);
    match error {
        Error::Api(api) => match api.kind {
            ApiErrorKind::MissingScope => {
                let scopes: Vec<_> = GetCurrentUser::SCOPES.iter().map(|it| it.as_str()).collect();
                let text = format!("accepted, but without the scope {}", scopes.join(" "));
                Finding::warning("credential", text).advising("its name cannot be shown")
            }
            ApiErrorKind::Unauthorized => {
                problem(Exit::Authentication, text).advising(match mode {
                    Some(AuthMode::AccessToken) => {
                        "the access token is wrong, expired or revoked, or is not for this site: get \
                         a fresh one"
                    }
                    Some(AuthMode::OAuth | AuthMode::OAuthCentral) => {
                        "the connection was revoked or is not for this site: sign in again with \
                         `confluence-cli auth login`"
                    }
                    Some(AuthMode::ApiToken) | None => {
                        "the e-mail address or the token is wrong, expired or revoked: make a new \
                         token; a scoped API token also needs the right site or cloud id"
                    }
                })
            }
            ApiErrorKind::Forbidden | ApiErrorKind::Blocked => problem(Exit::Forbidden, text)
                .advising("the account has no access to Confluence on this site"),
            ApiErrorKind::RateLimited => {
                problem(Exit::RateLimited, text).advising("wait, then check again")
            }
            ApiErrorKind::Invalid
            | ApiErrorKind::NotFound
            | ApiErrorKind::Conflict
            | ApiErrorKind::Server
            | ApiErrorKind::Other
            | _ => problem(Exit::Error, text).advising(
                "if the site is right, Confluence may be down: see https://status.atlassian.com",
            ),
        },
        Error::Credentials(CredentialsError::LoginRequired { .. }) => {
            problem(Exit::Authentication, text)
        }
        Error::Credentials(_)
        | Error::InvalidRequest { .. }
        | Error::Transport { .. }
        | Error::Deadline { .. }
        | Error::Decode { .. }
        | _ => problem(Exit::Error, text),
    }
}

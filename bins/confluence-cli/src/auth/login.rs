//! Signing in with a browser.

use std::{fmt::Write as _, sync::Arc};

use confluence_api::{Transport, id::SiteName};
use confluence_auth::{
    AuthMode, Endpoints, TokenError,
    client::{Central, ClientSettings, ClientUnresolved, OAuthClient, ResolvedClient},
    ids::UserId,
    sign_in::{BrowserSecret, Callback, Connected, SignIn, SignInError, SignInRequest},
    status::ConnectionSummary,
};
use confluence_setup::{
    Core, GivenProfile, SandboxAccount, Secret, SigningIn, remote, transport_trusting,
};
use confluence_store::{MemoryStore, Profile, ProfileSecrets, ProfileStore};
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::{
    browser,
    callback::{self, Waiting},
    loopback::Loopback,
    profile, shown,
};
use crate::{
    config::{CALLBACK, Config, Format, LoginArguments},
    exit::Exit,
    failed::{Failed, chain},
};

/// The path of the callback that a core sends browsers on to: of workspace and instance of a
/// single user.
const BEHIND_CORE: &str = "/workspaces/slug:default/webhooks/ConfluenceNext.oauthCallback";

/// What a browser is sent to Atlassian with.
struct Plan {
    client: ResolvedClient,
    /// What is kept besides the connection.
    profile: Profile,
    /// Where the browser comes back to.
    own: Url,
    /// What Atlassian is told instead, with the central client.
    core: Option<Url>,
    endpoints: Endpoints,
}

/// What is told in the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a UserId>,
    current: bool,
    connected: bool,
    auth_method: AuthMode,
    saved: bool,
    #[serde(flatten)]
    connection: ConnectionSummary,
}

/// Signs in, and keeps what comes of it in a profile.
pub(super) async fn log_in(
    config: &Config,
    signing_in: &SigningIn,
    arguments: &LoginArguments,
) -> Result<Exit, Failed> {
    let transport = transport_trusting(signing_in.ca_file.as_deref())?;
    if let Some(pages) = signing_in.sandbox {
        return in_sandbox(config, transport, pages, arguments).await;
    }
    let given = &signing_in.given;
    let store = given.choice.store()?;
    let name = given.choice.to_write(&store).await?;
    let before = store.load(&name).await?.unwrap_or_default();
    let plan = plan(given, before, &transport, arguments).await?;
    let mode = plan.profile.mode.unwrap_or(AuthMode::OAuth);
    let profile = plan.profile.clone();
    let Connected { connection, .. } =
        sign_in(plan, &name, transport, arguments, config.format).await?;
    store.sign_in(&name, &profile, Some(&connection)).await?;
    let current = store.current().await?;
    let is_current = current.as_ref() == Some(&name);
    let mut text = format!(
        "Connected: {}.\nThis is profile `{name}`, kept in {}.",
        shown::connected(&connection),
        shown::place(&store)
    );
    if let Some(current) = current.filter(|it| *it != name) {
        let _ = write!(
            text,
            "\nThe current profile is still `{current}`: `confluence-cli auth switch {name}` changes \
             that."
        );
    }
    let ended = Ended {
        profile: Some(&name),
        current: is_current,
        connected: true,
        auth_method: mode,
        saved: true,
        connection: ConnectionSummary::new(&connection, None),
    };
    shown::write(config.format, &text, &ended)?;
    profile::warn(signing_in);
    Ok(Exit::Ok)
}

/// Signs in to the embedded Confluence, to see how it goes. Nothing is kept: it ends with the
/// command.
async fn in_sandbox(
    config: &Config,
    transport: Arc<dyn Transport>,
    pages: Option<usize>,
    arguments: &LoginArguments,
) -> Result<Exit, Failed> {
    let failed = |error: std::io::Error| {
        Failed::new(Exit::Error, format!("cannot start the sandbox: {error}"))
    };
    let sandbox = SandboxAccount::new(Arc::clone(&transport), pages);
    let running = sandbox.running().await.map_err(failed)?;
    let client = running.own_client(&arguments.callback_url);
    let plan = Plan {
        client: resolve(AuthMode::OAuth, Some(&client), &Profile::default(), &nowhere(arguments))
            .await?,
        profile: Profile::default(),
        own: arguments.callback_url.clone(),
        core: None,
        endpoints: running.endpoints().map_err(failed)?,
    };
    let name = "sandbox".parse().expect("it is a name");
    let Connected { connection, .. } =
        sign_in(plan, &name, transport, arguments, config.format).await?;
    let text = format!(
        "Connected: {}.\nThe sandbox ends with this command, so nothing is kept.",
        shown::connected(&connection)
    );
    let ended = Ended {
        profile: None,
        current: false,
        connected: true,
        auth_method: AuthMode::OAuth,
        saved: false,
        connection: ConnectionSummary::new(&connection, None),
    };
    shown::write(config.format, &text, &ended)?;
    Ok(Exit::Ok)
}

/// Whom to sign in with: what was given, else what the profile says.
async fn plan(
    given: &GivenProfile,
    before: Profile,
    transport: &Arc<dyn Transport>,
    arguments: &LoginArguments,
) -> Result<Plan, Failed> {
    let mode = mode(given, &before)?;
    let before = if before.mode == Some(mode) { before } else { Profile::default() };
    let site = given.location.site.clone().or(before.site);
    let endpoints = given.location.endpoints.clone();
    let mut own = arguments.callback_url.clone();
    if mode == AuthMode::OAuth {
        let client = match &given.client {
            Some(client) => {
                let secret = client.secret.read().map_err(|it| Failed::usage(chain(&it)))?;
                OAuthClient { id: client.id.clone(), secret }
            }
            None => match (before.client_id, before.secrets.client_secret) {
                (Some(id), Some(secret)) => OAuthClient { id, secret },
                _ => return Err(Failed::usage(ways())),
            },
        };
        let scopes = given.scopes.clone().or(before.scopes);
        let kept = Profile { site, scopes, mode: Some(mode), ..Profile::default() };
        let resolved = resolve(mode, Some(&client), &kept, &nowhere(arguments)).await?;
        let profile = Profile {
            client_id: Some(client.id),
            scopes: Some(resolved.scopes.clone()),
            secrets: ProfileSecrets {
                client_secret: Some(client.secret),
                ..ProfileSecrets::default()
            },
            ..kept
        };
        return Ok(Plan { client: resolved, profile, own, core: None, endpoints });
    }
    let kept_key = before.secrets.deployment_key.map(Secret::Value);
    let kept = before.central_url.map(|webhooks| Core { webhooks, key: kept_key });
    let core = given.core.clone().or(kept).ok_or_else(|| {
        Failed::usage("mode `oauthCentral` needs --central-url (CONFLUENCE_CENTRAL_URL)")
    })?;
    let central = Arc::new(remote(&core, Arc::clone(transport))?);
    // The scopes are the central client's, unless others are asked for.
    let kept =
        Profile { site, scopes: given.scopes.clone(), mode: Some(mode), ..Profile::default() };
    let callback = central.callback();
    let resolved = resolve(mode, None, &kept, &Central::Remote(central)).await?;
    let deployment_key = core.key.as_ref().map(Secret::read).transpose();
    let deployment_key = deployment_key.map_err(|it| Failed::usage(chain(&it)))?;
    let profile = Profile {
        client_id: Some(resolved.id.clone()),
        scopes: Some(resolved.scopes.clone()),
        central_url: Some(core.webhooks),
        secrets: ProfileSecrets { deployment_key, ..ProfileSecrets::default() },
        ..kept
    };
    own.set_path(BEHIND_CORE);
    Ok(Plan { client: resolved, profile, own, core: Some(callback), endpoints })
}

/// The mode to sign in with: the one that was given, else the one that fits what was given, else the
/// profile's.
fn mode(given: &GivenProfile, before: &Profile) -> Result<AuthMode, Failed> {
    let fitting = match (&given.client, &given.core) {
        (Some(_), _) => Some(AuthMode::OAuth),
        (None, Some(_)) => Some(AuthMode::OAuthCentral),
        (None, None) => None,
    };
    match given.mode.or(fitting).or(before.mode) {
        Some(mode @ (AuthMode::OAuth | AuthMode::OAuthCentral)) => Ok(mode),
        Some(AuthMode::ApiToken) if given.mode.is_some() => {
            Err(Failed::usage("to sign in with an API token, give --api-token"))
        }
        Some(AuthMode::AccessToken) if given.mode.is_some() => {
            Err(Failed::usage("to sign in with an access token, give --access-token"))
        }
        Some(AuthMode::ApiToken | AuthMode::AccessToken) | None => Err(Failed::usage(ways())),
    }
}

/// What there is to sign in with.
fn ways() -> String {
    format!(
        "signing in takes one of these:\n\n  \
           an OAuth client  CONFLUENCE_OAUTH_CLIENT_ID and CONFLUENCE_OAUTH_CLIENT_SECRET; its \
           callback has to be {CALLBACK}\n  \
           a core           --central-url, where the platform has one\n  \
           an API token     --api-token, with --site and --email\n  \
           an access token  --access-token, with --cloud-id or --site"
    )
}

/// No central client: this machine has none.
fn nowhere(arguments: &LoginArguments) -> Central {
    Central::Here { client: None, callback: arguments.callback_url.clone() }
}

async fn resolve(
    mode: AuthMode,
    own: Option<&OAuthClient>,
    profile: &Profile,
    central: &Central,
) -> Result<ResolvedClient, Failed> {
    let (scopes, site) = (profile.scopes.as_ref(), profile.site.as_ref());
    let settings = ClientSettings { mode, own, scopes, site };
    settings.resolve(central).await.map_err(|error| match error {
        ClientUnresolved::Unavailable(_) => Failed::new(Exit::Error, chain(&error)),
        ClientUnresolved::NotConfigured { .. } | ClientUnresolved::NoSignIn(_) => {
            Failed::usage(chain(&error))
        }
    })
}

/// Sends the person to Atlassian, and waits until the browser comes back.
async fn sign_in(
    plan: Plan,
    name: &UserId,
    transport: Arc<dyn Transport>,
    arguments: &LoginArguments,
    format: Format,
) -> Result<Connected, Failed> {
    let Plan { client, own, core, endpoints, profile: _ } = plan;
    // First: whoever is sent to Atlassian has to be able to come back.
    let loopback = Loopback::bind(&own).await?;
    // The profile is written as a whole, once all is known.
    let memory = Arc::new(MemoryStore::default());
    let sign_in = SignIn::new(transport, endpoints, Arc::clone(&memory) as _, memory);
    let (key, browser) = (ProfileStore::connection_key(name), BrowserSecret::random());
    let callback = match &core {
        Some(core) => Callback::ThroughCore { core, own: &own },
        None => Callback::Own(&own),
    };
    let request =
        SignInRequest { key: &key, agent: None, client: &client, callback, browser: &browser };
    let consent = sign_in.start(&request, Timestamp::now()).await?;
    browser::send(consent.as_url(), !arguments.no_browser, &own, format);
    let site = client.site.clone();
    let waiting = Waiting { sign_in, key, client, browser };
    match callback::answer(loopback, own.path(), waiting, arguments.wait).await {
        Some(Ok(connected)) => Ok(connected),
        Some(Err(error)) => Err(failed(&error, site.as_ref())),
        None => Err(Failed::new(
            Exit::Error,
            format!(
                "nobody came back from Atlassian within {:?}: nothing was changed. If Atlassian showed \
                 an error, compare the callback of the OAuth client with {own}, letter by letter",
                arguments.wait
            ),
        )),
    }
}

/// Why nobody is signed in, and what to do.
fn failed(error: &SignInError, site: Option<&SiteName>) -> Failed {
    let (exit, text) = match error {
        SignInError::Refused(code) if code == "access_denied" => {
            (Exit::Authentication, "you declined at Atlassian (access_denied)".to_owned())
        }
        SignInError::NoAccessibleSite => {
            let what = match site {
                Some(site) => format!("the site `{site}`"),
                None => "a Confluence site".to_owned(),
            };
            let text = format!(
                "this sign-in does not reach {what}: choose it on Atlassian's page, with an account \
                 that may use it"
            );
            (Exit::Forbidden, text)
        }
        SignInError::Exchange(TokenError::Client { .. }) => {
            let text = format!(
                "{}. The OAuth client's id or secret is wrong (CONFLUENCE_OAUTH_CLIENT_ID, \
                 CONFLUENCE_OAUTH_CLIENT_SECRET); through a core, it may be the deployment key",
                error.chain()
            );
            (Exit::Usage, text)
        }
        SignInError::InvalidState
        | SignInError::Refused(_)
        | SignInError::Exchange(TokenError::Refused { .. }) => {
            (Exit::Authentication, error.chain())
        }
        SignInError::Client(_) => (Exit::Usage, error.chain()),
        SignInError::Exchange(TokenError::Unavailable(_))
        | SignInError::Sites(_)
        | SignInError::Store(_)
        | SignInError::NoInstance
        | SignInError::Interrupted => (Exit::Error, error.chain()),
    };
    Failed::new(exit, format!("not signed in: {text}. Nothing was changed"))
}

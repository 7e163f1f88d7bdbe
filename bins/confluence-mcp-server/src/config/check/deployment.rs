//! What a deployment keeps, and with which keys.

use std::{num::NonZeroU32, path::PathBuf};

use confluence_auth::{AuthMode, BaseUrl, Hosts, scopes::Scopes};
use confluence_setup::{Checked, Found, Problem, Served, Setting, SingleUser, text};
use confluence_store::DatabaseUrl;
use etcetera::BaseStrategy as _;

use crate::config::{
    ConfiguredClient, Core, Deployment, Platform,
    arguments::{
        DEFAULT_CALLS_PER_MINUTE, DeploymentArguments, OAUTH_CLIENT_SECRET, PLATFORM_TOKEN,
    },
};

const DATA_DIR: Setting = Setting::new("--data-dir", "CONFLUENCE_DATA_DIR");
const DATABASE_URL: Setting = Setting::new("--database-url", "CONFLUENCE_DATABASE_URL");
const CLIENT_ID: Setting = Setting::new("--oauth-client-id", "CONFLUENCE_OAUTH_CLIENT_ID");
const SCOPES: Setting = Setting::new("--oauth-scopes", "CONFLUENCE_OAUTH_SCOPES");
const CENTRAL_URL: Setting = Setting::new("--central-url", "CONFLUENCE_CENTRAL_URL");
const PLATFORM_API_URL: Setting = Setting::new("--platform-api-url", "CONFLUENCE_PLATFORM_API_URL");
const CALLS: Setting = Setting::new("--calls-per-minute", "CONFLUENCE_CALLS_PER_MINUTE");

/// Name of the folder below the platform's own for data.
const FOLDER: &str = "confluence-connector";

/// Name of the database below the data folder.
const DATABASE: &str = "connector.db";

/// `served` is how Confluence is used, if that is known.
pub(super) fn check(
    found: &mut Found,
    given: &DeploymentArguments,
    served: Option<&Served>,
) -> Checked<Deployment> {
    let single_user = served.and_then(|it| it.single_user.as_ref());
    let data_dir = data_dir(found, given);
    let is_sandbox = matches!(single_user, Some(SingleUser::Sandbox { .. }));
    let database = database(found, given, is_sandbox, data_dir.as_ref().ok());
    let master_key = found.secret(given.master_key());
    let previous_master_key = found.secret(given.previous_master_key());
    let maintainer_key = found.secret(given.maintainer_key());
    let own_mode = matches!(single_user, Some(SingleUser::SignIn { mode: AuthMode::OAuth, .. }));
    let oauth_client = client(found, given, own_mode);
    let oauth_scopes = match text(given.oauth_scopes.as_ref()) {
        Some(text) => found.valid(SCOPES, text.parse::<Scopes>()).map(Some),
        None => Ok(None),
    };
    let core = core(found, given);
    let platform = platform(found, given);
    let calls = text(Some(&given.calls_per_minute)).unwrap_or(DEFAULT_CALLS_PER_MINUTE);
    let calls = calls.parse::<NonZeroU32>().map_err(|_no_number| "expected a number from 1");
    let calls_per_minute = found.valid(CALLS, calls);
    if let (Ok(Some(_)), Ok(Some(_)), false) = (&core, &oauth_client, own_mode) {
        return found.tell(Problem::Other(format!(
            "{CLIENT_ID} and {CENTRAL_URL} exclude each other: the core of the other deployment has \
             the OAuth client"
        )));
    }
    Ok(Deployment {
        database: database?,
        data_dir: data_dir?,
        master_key: master_key?,
        previous_master_key: previous_master_key?,
        maintainer_key: maintainer_key?,
        oauth_client: oauth_client?,
        oauth_scopes: oauth_scopes?,
        core: core?,
        platform: platform?,
        calls_per_minute: calls_per_minute?,
    })
}

fn data_dir(found: &mut Found, given: &DeploymentArguments) -> Checked<PathBuf> {
    if let Some(folder) = given.data_dir.as_ref().filter(|it| !it.is_empty()) {
        return Ok(folder.into());
    }
    match etcetera::base_strategy::choose_native_strategy() {
        Ok(folders) => Ok(folders.data_dir().join(FOLDER)),
        Err(_no_home) => found.tell(Problem::Other(format!(
            "there is no home folder to keep data in: name a folder with {DATA_DIR}"
        ))),
    }
}

fn database(
    found: &mut Found,
    given: &DeploymentArguments,
    is_sandbox: bool,
    data_dir: Option<&PathBuf>,
) -> Checked<DatabaseUrl> {
    match text(given.database_url.as_ref()) {
        Some(text) => found.valid(DATABASE_URL, text.parse()),
        // Trying out leaves nothing behind.
        None if is_sandbox => Ok(DatabaseUrl::Memory),
        None => {
            let folder = data_dir.cloned().unwrap_or_default();
            Ok(DatabaseUrl::File(folder.join(DATABASE)))
        }
    }
}

fn client(
    found: &mut Found,
    given: &DeploymentArguments,
    is_needed: bool,
) -> Checked<Option<ConfiguredClient>> {
    let secret = found.secret(given.oauth_client_secret())?;
    let id = text(given.oauth_client_id.as_ref()).map(str::to_owned);
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Some(ConfiguredClient { id, secret })),
        (None, None) if !is_needed => Ok(None),
        (id, secret) => {
            let mut missing = Vec::new();
            missing.extend(id.is_none().then(|| "CONFLUENCE_OAUTH_CLIENT_ID".to_owned()));
            let variable = OAUTH_CLIENT_SECRET.variable;
            missing.extend(secret.is_none().then(|| variable.to_owned()));
            let missing = missing.join(" and ");
            found.tell(Problem::Other(format!("an OAuth client also needs {missing}")))
        }
    }
}

/// Only with its token does the platform take anything.
fn platform(found: &mut Found, given: &DeploymentArguments) -> Checked<Option<Platform>> {
    let token = found.secret(given.platform_token());
    let api = match text(given.platform_api_url.as_ref()) {
        Some(text) => found.valid(PLATFORM_API_URL, BaseUrl::parse(text, Hosts::Any)).map(Some),
        None => Ok(None),
    };
    match (api?, token?) {
        (Some(api), Some(token)) => Ok(Some(Platform { api, token })),
        (None, None) => Ok(None),
        (Some(_), None) => found.tell(Problem::Other(format!(
            "{PLATFORM_API_URL} also needs {}",
            PLATFORM_TOKEN.variable
        ))),
        (None, Some(_)) => {
            let setting = Setting::new(PLATFORM_TOKEN.file_flag, PLATFORM_TOKEN.variable);
            found.tell(Problem::Needs { setting, needs: "--platform-api-url" })
        }
    }
}

fn core(found: &mut Found, given: &DeploymentArguments) -> Checked<Option<Core>> {
    let key = found.secret(given.deployment_key());
    let webhooks = match text(given.central_url.as_ref()) {
        Some(text) => found.valid(CENTRAL_URL, BaseUrl::parse(text, Hosts::Any)).map(Some),
        None => Ok(None),
    };
    let (key, webhooks) = (key?, webhooks?);
    match (webhooks, key) {
        (Some(webhooks), key) => Ok(Some(Core { webhooks, key })),
        (None, None) => Ok(None),
        (None, Some(_)) => {
            let setting = Setting::new("--deployment-key-file", "CONFLUENCE_DEPLOYMENT_KEY");
            found.tell(Problem::Needs { setting, needs: "--central-url" })
        }
    }
}

//! What a deployment keeps, and with which keys.

use std::{num::NonZeroU32, path::PathBuf};

use confluence_auth::{AuthMode, BaseUrl, Hosts};
use confluence_setup::{
    Checked, Found, OAuthArguments, Problem, Served, Setting, SingleUser, text,
};
use confluence_store::DatabaseUrl;

use crate::config::{
    Deployment, Kept, Platform,
    arguments::{DEFAULT_CALLS_PER_MINUTE, DeploymentArguments, PLATFORM_TOKEN, StoreArguments},
};

const DATABASE_URL: Setting = Setting::new("--database-url", "CONFLUENCE_DATABASE_URL");
const CLIENT_ID: Setting = Setting::new("--oauth-client-id", "CONFLUENCE_OAUTH_CLIENT_ID");
const CENTRAL_URL: Setting = Setting::new("--central-url", "CONFLUENCE_CENTRAL_URL");
const PLATFORM_API_URL: Setting = Setting::new("--platform-api-url", "CONFLUENCE_PLATFORM_API_URL");
const CALLS: Setting = Setting::new("--calls-per-minute", "CONFLUENCE_CALLS_PER_MINUTE");

/// Name of the database below the data folder.
const DATABASE: &str = "connector.db";

/// `served` is how Confluence is used, if that is known.
pub(super) fn check(
    found: &mut Found,
    given: &DeploymentArguments,
    oauth: &OAuthArguments,
    served: Option<&Served>,
) -> Checked<Deployment> {
    let single_user = served.and_then(|it| it.single_user.as_ref());
    let is_sandbox = matches!(single_user, Some(SingleUser::Sandbox { .. }));
    let kept = kept(found, &given.store, is_sandbox);
    let maintainer_key = found.secret(given.maintainer_key());
    let own_mode = matches!(single_user, Some(SingleUser::SignIn { mode: AuthMode::OAuth, .. }));
    let oauth_client = found.oauth_client(oauth, own_mode);
    let oauth_scopes = found.oauth_scopes(oauth);
    let core = found.core(oauth);
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
        kept: kept?,
        maintainer_key: maintainer_key?,
        oauth_client: oauth_client?,
        oauth_scopes: oauth_scopes?,
        core: core?,
        platform: platform?,
        calls_per_minute: calls_per_minute?,
    })
}

/// What the data is kept in; a sandbox's is in memory, unless another place is given.
pub(super) fn kept(found: &mut Found, given: &StoreArguments, is_sandbox: bool) -> Checked<Kept> {
    let data_dir = found.data_dir(&given.data);
    let database = database(found, given, is_sandbox, data_dir.as_ref().ok());
    let master_key = found.secret(given.master_key());
    let previous_master_key = found.secret(given.previous_master_key());
    Ok(Kept {
        database: database?,
        data_dir: data_dir?,
        master_key: master_key?,
        previous_master_key: previous_master_key?,
    })
}

fn database(
    found: &mut Found,
    given: &StoreArguments,
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

//! Leaving profiles, and changing between them.

use confluence_auth::ids::UserId;
use confluence_setup::SigningIn;
use confluence_store::ProfileStore;
use serde_json::json;

use super::shown;
use crate::{config::Config, exit::Exit, failed::Failed, output::tell};

/// Where people take back what they have agreed to.
const GRANTS: &str = "https://id.atlassian.com/manage-profile/apps";

/// Removes the profile in use, with its secrets and its connection.
pub(super) async fn remove(config: &Config, signing_in: &SigningIn) -> Result<Exit, Failed> {
    let choice = &signing_in.given.choice;
    let store = choice.store()?;
    let Some(name) = choice.current(&store).await? else {
        return Err(none(&store, "no profile is in use").await?);
    };
    let was_signed_in =
        store.list().await?.into_iter().any(|it| it.name == name && it.signed_in.is_some());
    if !store.remove(&name).await? {
        return Err(none(&store, &format!("there is no profile `{name}`")).await?);
    }
    let mut text = format!("The profile `{name}` is removed, with all its secrets.");
    if was_signed_in {
        text.push_str(" Atlassian still lists the app, until you remove it there: ");
        text.push_str(GRANTS);
    }
    let json = json!({ "profile": name, "removed": true });
    shown::write(config.format, &text, &json)?;
    warn(signing_in);
    Ok(Exit::Ok)
}

/// Makes a profile the one that is used where none is named.
pub(super) async fn switch(
    config: &Config,
    signing_in: &SigningIn,
    name: &UserId,
) -> Result<Exit, Failed> {
    let store = signing_in.given.choice.store()?;
    if !store.switch(name).await? {
        return Err(none(&store, &format!("there is no profile `{name}`")).await?);
    }
    let text = format!("The profile `{name}` is the current one.");
    shown::write(config.format, &text, &json!({ "profile": name, "current": true }))?;
    if let Some(named) = signing_in.given.choice.name.as_ref().filter(|it| *it != name) {
        tell(&format!(
            "note: CONFLUENCE_PROFILE or --profile names `{named}`, which is used as long as it does"
        ));
    }
    warn(signing_in);
    Ok(Exit::Ok)
}

/// That a profile is not there, with those that are.
async fn none(store: &ProfileStore, what: &str) -> Result<Failed, Failed> {
    let known: Vec<_> = store.list().await?.iter().map(|it| format!("`{}`", it.name)).collect();
    let known = match known.as_slice() {
        [] => "; `confluence-cli auth login` makes one".to_owned(),
        known => format!("; there is {}", known.join(", ")),
    };
    Ok(Failed::new(Exit::NotFound, format!("{what}{known}")))
}

/// Says that no profile is used at all, if that is so.
pub(super) fn warn(signing_in: &SigningIn) {
    if signing_in.is_account_given {
        tell(
            "note: a token is set in the environment (CONFLUENCE_API_TOKEN or \
             CONFLUENCE_ACCESS_TOKEN): it is used instead of any profile",
        );
    }
}

//! Who is signed in.

use std::sync::Arc;

use confluence_auth::{AuthMode, ConnectionError, status::ConnectionStatus};
use confluence_setup::{Chosen, ProfileError, SignedIn, SigningIn, login_command};
use serde::Serialize;

use super::{
    profile,
    shown::{self, Listed},
};
use crate::{
    call,
    config::Config,
    exit::Exit,
    failed::{Failed, chain},
};

/// What is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    /// The profile in use; none where a token is set in the environment, or there is no profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(flatten)]
    state: State,
    profiles: Vec<Listed>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum State {
    Known(Box<ConnectionStatus>),
    None { connected: bool, reason: String },
}

impl State {
    /// A token, which is there or not.
    fn shared(mode: AuthMode) -> Self {
        Self::Known(Box::new(ConnectionStatus::shared(mode)))
    }
}

/// Shows the account in use, and all profiles. Asks Atlassian only if a token has to be renewed.
pub(super) async fn show(config: &Config, signing_in: &SigningIn) -> Result<Exit, Failed> {
    let store = signing_in.given.choice.store()?;
    let (profile, state) = match call::confluence(config)?.choose().await {
        Ok(Chosen::SignedIn(user)) => {
            let state = of(&user, signing_in).await?;
            (Some(user.profile.to_string()), state)
        }
        Ok(Chosen::Account(account)) => {
            let name = signing_in.given.choice.current(&store).await?;
            let name = name.filter(|_| !signing_in.is_account_given).map(|it| it.to_string());
            (name, State::shared(account.mode))
        }
        Ok(Chosen::Sandbox { .. }) => (None, State::shared(AuthMode::ApiToken)),
        Err(ProfileError::Problems(_)) => {
            let reason = "There is no profile in use.".to_owned();
            (None, State::None { connected: false, reason })
        }
        Err(error) => return Err(error.into()),
    };
    let profiles: Vec<Listed> = store.list().await?.into_iter().map(Into::into).collect();
    let status = Status { profile, state, profiles };
    shown::write(config.format, &status.text(signing_in), &status)?;
    profile::warn(signing_in);
    Ok(if status.is_connected() { Exit::Ok } else { Exit::Authentication })
}

/// Whether the user of a profile is connected.
async fn of(user: &SignedIn, signing_in: &SigningIn) -> Result<State, Failed> {
    let transport = confluence_setup::transport_trusting(signing_in.ca_file.as_deref())?;
    let profile = user.store().load(&user.profile).await?.unwrap_or_default();
    let Some(client) = user.client(&profile, &transport)? else {
        let reason = ConnectionError::NotConnected.to_string();
        return Ok(State::None { connected: false, reason });
    };
    let refresher = user.refresher(&Arc::clone(&transport));
    let status = ConnectionStatus::of(&refresher, &user.key(), user.mode, &client).await;
    refresher.settled().await;
    status
        .map(|it| State::Known(Box::new(it)))
        .map_err(|error| Failed::new(Exit::Error, chain(&error)))
}

impl Status {
    fn is_connected(&self) -> bool {
        match &self.state {
            State::Known(status) => status.connected,
            State::None { connected, .. } => *connected,
        }
    }

    fn text(&self, signing_in: &SigningIn) -> String {
        let mut lines = Vec::new();
        let named = match &self.profile {
            Some(name) => format!("Profile `{name}`: "),
            None => String::new(),
        };
        let command = login_command(signing_in.given.choice.name.as_ref());
        lines.push(match &self.state {
            State::Known(status) if status.connected => {
                let who = match &status.connection {
                    Some(summary) => format!("connected as {}", shown::sentence(summary)),
                    None => "a token is set; `confluence-cli doctor` tries it".to_owned(),
                };
                let later = status.reason.as_ref().map(|it| format!(" (for now: {it})"));
                format!("{named}{}, {who}{}", status.auth_method, later.unwrap_or_default())
            }
            State::Known(status) => {
                let reason = status.reason.as_deref().unwrap_or("Not connected.");
                format!("{named}{reason} Sign in with `{command}`.")
            }
            State::None { reason, .. } => format!("{named}{reason} Sign in with `{command}`."),
        });
        if !self.profiles.is_empty() {
            lines.push(String::new());
            lines.extend(self.profiles.iter().map(Listed::line));
        }
        lines.join("\n")
    }
}

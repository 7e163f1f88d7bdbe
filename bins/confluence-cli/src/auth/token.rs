//! Signing in with a token that a person has made, or gets elsewhere.

use std::{
    io::{self, IsTerminal, Read},
    sync::Arc,
};

use confluence_api::{ApiErrorKind, Client, Error, users::GetCurrentUser};
use confluence_auth::AuthMode;
use confluence_setup::{Account, Secret, SigningIn, credentials, transport_trusting};
use confluence_store::{Profile, ProfileSecrets};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{profile, prompt, shown};
use crate::{
    config::{Config, Token},
    exit::Exit,
    failed::Failed,
};

/// The longest token that is read, in bytes; far more than any has.
const MAX_TOKEN: u64 = 64 * 1024;

/// Reads a token, tries it, and keeps it in a profile.
pub(super) async fn log_in(
    config: &Config,
    signing_in: &SigningIn,
    token: Token,
) -> Result<Exit, Failed> {
    super::refuse_sandbox(signing_in)?;
    let given = &signing_in.given;
    let store = given.choice.store()?;
    let name = given.choice.to_write(&store).await?;
    let (mode, what) = match token {
        Token::Api => (AuthMode::ApiToken, "API token"),
        Token::Access => (AuthMode::AccessToken, "access token"),
    };
    if given.mode.is_some_and(|it| it != mode) {
        return Err(Failed::usage(format!(
            "with an {what} the mode is `{mode}`: leave --auth-mode out"
        )));
    }
    let mut missing = Vec::new();
    if !given.location.is_known() {
        missing.push("--site");
    }
    if mode == AuthMode::ApiToken && given.email.is_none() {
        missing.push("--email");
    }
    if !missing.is_empty() {
        return Err(Failed::usage(format!("an {what} also needs {}", missing.join(" and "))));
    }
    let secret = read(what).await?;
    let account = Account {
        mode,
        location: given.location.clone(),
        email: given.email.clone().filter(|_| mode == AuthMode::ApiToken),
        token: Secret::Value(secret.clone()),
    };
    let user = try_out(&account, signing_in).await?;
    let secrets = match token {
        Token::Api => ProfileSecrets { api_token: Some(secret), ..ProfileSecrets::default() },
        Token::Access => ProfileSecrets { access_token: Some(secret), ..ProfileSecrets::default() },
    };
    let kept = Profile {
        mode: Some(mode),
        site: account.location.site,
        cloud_id: account.location.cloud_id,
        email: account.email,
        secrets,
        ..Profile::default()
    };
    store.sign_in(&name, &kept, None).await?;
    let is_current = store.current().await?.is_some_and(|it| it == name);
    let who = user.as_deref().unwrap_or("somebody whose name Atlassian does not tell");
    let place = shown::place(&store);
    let text = format!("The {what} works: {who}.\nIt is in profile `{name}`, kept in {place}.");
    let json = json!({
        "profile": name,
        "current": is_current,
        "connected": true,
        "authMethod": mode,
        "account": user,
        "saved": true,
    });
    shown::write(config.format, &text, &json)?;
    profile::warn(signing_in);
    Ok(Exit::Ok)
}

/// The name of the account, if the token may see it.
async fn try_out(account: &Account, signing_in: &SigningIn) -> Result<Option<String>, Failed> {
    let transport = transport_trusting(signing_in.ca_file.as_deref())?;
    let credentials = credentials(account, Arc::clone(&transport))?;
    let client = Client::new(transport, credentials).with_timeout(signing_in.timeout);
    match client.send(&GetCurrentUser).await {
        Ok(user) => Ok(user.display_name.or(user.public_name)),
        // Known, only not allowed to see its own name.
        Err(Error::Api(error)) if error.kind == ApiErrorKind::MissingScope => Ok(None),
        Err(error) => Err(Failed::from(&error).with_note("nothing was saved")),
    }
}

/// The token, from a prompt that does not show it, or from standard input.
async fn read(what: &str) -> Result<SecretString, Failed> {
    let unreadable = |error: io::Error| Failed::usage(format!("cannot read the {what}: {error}"));
    let text: SecretString = if io::stdin().is_terminal() {
        prompt::ask(format!("The {what} (not shown): "), MAX_TOKEN).await.map_err(unreadable)?
    } else {
        let mut bytes = Vec::new();
        io::stdin().lock().take(MAX_TOKEN + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_TOKEN {
            return Err(Failed::usage(format!(
                "what is on standard input is too long for an {what}"
            )));
        }
        let text = String::from_utf8(bytes).map_err(|_not_text| {
            Failed::usage(format!("what is on standard input is no {what}"))
        })?;
        text.into()
    };
    let trimmed = text.expose_secret().trim();
    if trimmed.is_empty() {
        return Err(Failed::usage(format!(
            "there is no {what}: type it at the prompt, or give it on standard input"
        )));
    }
    Ok(trimmed.into())
}

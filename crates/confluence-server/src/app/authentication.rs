//! What the section on signing in does: save, test, connect a user, disconnect one.

use confluence_auth::{connection::ConnectionKey, ticket::Ticket};
use confluence_connector::{AuthChange, AuthSettings, Caller, InstanceKey, UserId, Way};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::{
    Shown, change,
    frame::{DISCONNECTED, Notice, SAVED},
    see,
    settings::{self, FieldError, Typed, sentence},
    submit::Submitted,
    workspace::{self, Aside},
};
use crate::probe;

/// Saves the method and what it needs.
pub(super) async fn save(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let stored = workspace::load(it.state, &it.visitor, key).await?;
    let wanted = settings::change(&it.form).and_then(|wanted| {
        let errors = left_out(&wanted, &stored.auth.changed(wanted.clone()));
        if errors.is_empty() { Ok(wanted) } else { Err(errors) }
    });
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(errors) => {
            let typed = Typed::form(&it.form, &stored.auth.shown(), errors);
            let notice = Notice::bad("Nothing was saved", "Correct what is marked below. Secrets have to be typed again.");
            let aside = Aside { typed: Some(typed), ..Aside::wrong("authentication", notice) };
            return workspace::again(it.state, &it.visitor, key, aside).await;
        }
    };
    change::instance(it.state, key, |instance| {
        instance.auth = instance.auth.changed(wanted.clone());
        Ok(())
    })
    .await?;
    tracing::info!(instance = %key, "the settings of an instance were changed");
    Ok(it.done(&SAVED))
}

/// What would be forgotten without a word: a client is kept only as a whole.
fn left_out(wanted: &AuthChange, after: &AuthSettings) -> Vec<FieldError> {
    let is_half = matches!(
        (wanted, after),
        (AuthChange::OAuth { client_id: Some(_), .. }, AuthSettings::OAuth { client: None, .. })
    );
    let told = "A new client needs its secret.".to_owned();
    if is_half { vec![("oauth.clientSecret", told)] } else { Vec::new() }
}

/// Tries what is saved, in a mode with one account for all.
pub(super) async fn test(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    workspace::load(it.state, &it.visitor, key).await?;
    let caller = Caller {
        instance: key.clone(),
        way: Way::Instruction,
        user: None,
        agent: None,
        key: None,
    };
    let notice = match probe::test(&it.state.deployment.connector, &caller).await {
        Ok(base) => Notice::good("It works", format!("Confluence answered at {base}.")),
        Err(error) => Notice::bad("It does not work", sentence(&error)),
    };
    let aside = Aside::told("authentication", notice);
    workspace::again(it.state, &it.visitor, key, aside).await
}

fn user(it: &Submitted<'_>) -> Result<UserId, Notice> {
    let typed = it.form.text("user").unwrap_or_default();
    typed.parse().map_err(|error| Notice::bad("Which user?", sentence(&error)))
}

fn connection(key: &InstanceKey, user: UserId) -> ConnectionKey {
    let InstanceKey { workspace, name } = key.clone();
    ConnectionKey { workspace, instance: name, user }
}

/// Sends the browser to connect a user: there it is asked to confirm.
pub(super) async fn connect(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    workspace::load(it.state, &it.visitor, key).await?;
    let user = match user(it) {
        Ok(user) => user,
        Err(notice) => {
            let aside = Aside::wrong("authentication", notice);
            return workspace::again(it.state, &it.visitor, key, aside).await;
        }
    };
    let deployment = &it.state.deployment;
    let ticket = Ticket::new(connection(key, user), None, Timestamp::now());
    let sealed = deployment.tickets.seal(&ticket);
    let mut url = deployment.addresses.connect(key);
    url.query_pairs_mut().append_pair("ticket", sealed.expose_secret());
    let mut response = see("/");
    let mut location = HeaderValue::from_str(url.as_str()).expect("an address is plain ASCII");
    location.set_sensitive(true);
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// Deletes a user's tokens.
pub(super) async fn disconnect(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    workspace::load(it.state, &it.visitor, key).await?;
    let (section, notice, status) = match user(it) {
        Ok(user) => {
            let key = connection(key, user);
            if it.state.deployment.refresher.disconnect(&key).await? {
                return Ok(it.done(&DISCONNECTED));
            }
            let text = format!("{} had no connection here.", key.user);
            let notice = Notice::warn("There was nothing to delete", text);
            ("connections", notice, StatusCode::OK)
        }
        Err(notice) => ("authentication", notice, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let aside = Aside { status, ..Aside::told(section, notice) };
    workspace::again(it.state, &it.visitor, key, aside).await
}

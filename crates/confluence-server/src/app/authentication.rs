//! What the section on signing in does: save, test, connect a user, disconnect one.

use confluence_auth::{connection::ConnectionKey, ticket::Ticket};
use confluence_connector::{AdminError, Caller, Instance, InstanceKey, UserId, Way};
use http::{HeaderValue, header};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::{
    Shown,
    frame::{DISCONNECTED, Notice, SAVED},
    refused::Refused,
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
    let wanted = match settings::change(&it.form) {
        Ok(wanted) => wanted,
        Err(errors) => {
            let text = "Correct what is marked below. Secrets have to be typed again.";
            let refused = Refused::Invalid(text.to_owned());
            return again(it, &stored, errors, refused).await;
        }
    };
    match it.state.deployment.administration.change_auth(it.who(), key, wanted).await {
        Ok(_) => Ok(it.done(&SAVED)),
        Err(error) => again(it, &stored, Vec::new(), error.into()).await,
    }
}

/// The page with what was typed, and why it was not saved.
async fn again(
    it: &Submitted<'_>,
    stored: &Instance,
    errors: Vec<FieldError>,
    refused: Refused,
) -> Shown {
    let typed = Typed::form(&it.form, &stored.auth.shown(), errors);
    let aside = Aside::refused("authentication", "Nothing was saved", refused)?;
    let aside = Aside { typed: Some(typed), ..aside };
    workspace::again(it.state, &it.visitor, it.instance()?, aside).await
}

/// Tries what is saved, in a mode with one account for all.
pub(super) async fn test(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    workspace::load(it.state, &it.visitor, key).await?;
    let caller =
        Caller { instance: key.clone(), way: Way::Instruction, user: None, agent: None, key: None };
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
    let aside = match user(it) {
        Ok(user) => {
            let administration = &it.state.deployment.administration;
            match administration.disconnect(it.who(), key, &user).await {
                Ok(()) => return Ok(it.done(&DISCONNECTED)),
                Err(AdminError::NotFound(_)) => {
                    let text = format!("{user} had no connection here.");
                    let notice = Notice::warn("There was nothing to delete", text);
                    Aside::told("connections", notice)
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(notice) => Aside::wrong("authentication", notice),
    };
    workspace::again(it.state, &it.visitor, key, aside).await
}

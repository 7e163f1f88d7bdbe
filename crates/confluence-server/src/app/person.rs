//! What somebody sees with a personal key: whether they are connected, and as whom.

use askama::Template;
use confluence_connector::{Caller, InstanceKey, KeyKind, UserId, Way};

use super::{AppState, Shown, frame::Frame, refused::Refused, when};
use crate::{pages::Look, sessions::Visitor};

#[derive(Template)]
#[template(path = "app/person.html")]
struct Page<'a> {
    look: &'a Look,
    frame: Frame,
    state: (&'static str, &'static str),
    user: &'a str,
    agent: &'a str,
    facts: Vec<(&'static str, String)>,
    signs_in: bool,
    connected: bool,
    connect: String,
    disconnect: String,
    text: String,
}

/// Shows a person's own connection.
pub(super) async fn page(
    state: &AppState,
    visitor: &Visitor,
    instance: &InstanceKey,
    user: &UserId,
) -> Shown {
    let deployment = &state.deployment;
    let stored = deployment.instances.load(instance).await?.ok_or(Refused::NotFound)?;
    let KeyKind::Personal { agent, .. } = visitor.kind() else { return Err(Refused::NotFound) };
    let caller = Caller {
        instance: instance.clone(),
        way: Way::Instruction,
        user: Some(user.clone()),
        agent: None,
        key: None,
    };
    let signs_in = super::workspace::signs_in(&stored.value);
    let (connected, facts, text) = match deployment.connector.status(&caller).await {
        Ok(status) => {
            let facts = status.connection.map(|it| {
                vec![
                    ("Atlassian account", it.account.unwrap_or_else(|| "hidden".to_owned())),
                    ("Site", it.site.url.host_str().unwrap_or(&it.site.name).to_owned()),
                    ("Since", when(it.connected_at)),
                ]
            });
            let text = match (signs_in, status.connected) {
                (false, _) => "Everybody works with one account here: nobody has to connect.",
                (true, true) => "Agents act in Confluence for you, with this account.",
                (true, false) => {
                    "Agents can do nothing in Confluence for you until you connect an account."
                }
            };
            // While connected, it says why the token could not be renewed just now.
            let text = status.reason.filter(|_| status.connected).unwrap_or(text.to_owned());
            (status.connected, facts.unwrap_or_default(), text)
        }
        Err(denial) => (false, Vec::new(), denial.failure.text),
    };
    let addresses = &deployment.addresses;
    let page = Page {
        look: state.pages.look(),
        frame: state.frame(Some(instance), visitor),
        state: if connected { ("good", "Connected") } else { ("warn", "Not connected") },
        user: user.as_str(),
        agent: agent.as_str(),
        facts,
        signs_in,
        connected,
        connect: addresses.connect(instance).path().to_owned(),
        disconnect: addresses.disconnect(instance).path().to_owned(),
        text,
    };
    Ok(state.pages.show(http::StatusCode::OK, &page))
}

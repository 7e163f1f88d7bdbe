//! Keys of a workspace, and those of the deployment: a list, and what maintainers do with them.

use std::time::Duration;

use askama::Template;
use confluence_auth::{BaseUrl, Hosts};
use confluence_connector::{
    Administrator, CONFIGURED_MAINTAINER, Key, KeyId, KeyKind, MOST_ROWS, NewKey, Range,
    WorkspaceSlug,
};
use http::StatusCode;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::{
    AppState, Shown,
    form::Query,
    frame::{Copy, Frame, KEY_REVOKED},
    maintainer,
    refused::Refused,
    settings::sentence,
    submit::Submitted,
    when, workspace,
};
use crate::pages::Look;

/// How long a key goes on that was replaced.
const OVERLAP: Duration = Duration::from_hours(24);

/// How many keys a page lists; ended ones are the last.
const LISTED: usize = 200;

/// Keys, as a page shows them.
#[derive(Debug)]
pub(super) struct KeysView {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) rows: Vec<KeyRow>,
    pub(super) kinds: &'static [Kind],
}

/// A key.
#[derive(Debug)]
pub(super) struct KeyRow {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) kind: &'static str,
    pub(super) whose: Option<String>,
    pub(super) created: String,
    pub(super) end: Option<String>,
    pub(super) ended: bool,
    /// Whether nothing can be done with it here.
    pub(super) fixed: bool,
}

/// A kind of key to choose.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) value: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

const OF_WORKSPACE: [Kind; 4] = [
    Kind {
        value: "editor",
        title: "Editor",
        text: "Opens this page: for whoever looks after the workspace.",
    },
    Kind {
        value: "platform",
        title: "Platform",
        text: "Opens the MCP endpoints, for an agent platform that says who calls.",
    },
    Kind {
        value: "personal",
        title: "Personal",
        text: "Opens this instance’s MCP endpoint for one user with one agent.",
    },
    Kind {
        value: "instruction",
        title: "Instructions",
        text: "Opens the instructions, for automations and scripts.",
    },
];

const OF_DEPLOYMENT: [Kind; 2] = [
    Kind {
        value: "maintainer",
        title: "Maintainer",
        text: "Opens everything here, and the admin API.",
    },
    Kind {
        value: "deployment",
        title: "Deployment",
        text: "Lets another deployment use the central OAuth client.",
    },
];

#[derive(Template)]
#[template(path = "app/secret.html")]
struct Page<'a> {
    look: &'a Look,
    frame: Frame,
    title: &'a str,
    text: &'a str,
    label: &'a str,
    secret: Copy,
}

/// The keys of a workspace.
pub(super) async fn of_workspace(
    state: &AppState,
    who: &Administrator,
    workspace: &WorkspaceSlug,
) -> Result<KeysView, Refused> {
    Ok(KeysView {
        title: "Keys",
        lead: "What opens this workspace, and for whom. Only maintainers see this.",
        rows: rows(state, who, Some(workspace)).await?,
        kinds: &OF_WORKSPACE,
    })
}

/// The keys that belong to no workspace.
pub(super) async fn of_deployment(
    state: &AppState,
    who: &Administrator,
) -> Result<KeysView, Refused> {
    Ok(KeysView {
        title: "Keys of the deployment",
        lead: "Keys of workspaces are on the pages of the workspaces.",
        rows: rows(state, who, None).await?,
        kinds: &OF_DEPLOYMENT,
    })
}

async fn rows(
    state: &AppState,
    who: &Administrator,
    workspace: Option<&WorkspaceSlug>,
) -> Result<Vec<KeyRow>, Refused> {
    let now = Timestamp::now();
    let range = Range { after: None, limit: MOST_ROWS };
    let mut keys = state.deployment.administration.keys(who, workspace, range).await?.items;
    keys.sort_by_key(|it| !it.is_valid(now));
    Ok(keys.iter().take(LISTED).map(|it| row(it, now)).collect())
}

fn row(key: &Key, now: Timestamp) -> KeyRow {
    let ended = !key.is_valid(now);
    let end = key.not_after.map(|it| {
        let word = if ended { "ended" } else { "ends" };
        format!("{word} {}", when(it))
    });
    KeyRow {
        id: key.id.to_string(),
        label: if key.label.is_empty() { "(no label)".to_owned() } else { key.label.clone() },
        kind: kind(&key.kind),
        whose: whose(&key.kind),
        created: when(key.created_at),
        end,
        // That of the configuration is changed there.
        fixed: ended || (key.kind == KeyKind::Maintainer && key.label == CONFIGURED_MAINTAINER),
        ended,
    }
}

fn kind(kind: &KeyKind) -> &'static str {
    match kind {
        KeyKind::Maintainer => "Maintainer",
        KeyKind::Editor { .. } => "Editor",
        KeyKind::Platform { .. } => "Platform",
        KeyKind::Personal { .. } => "Personal",
        KeyKind::Instruction { .. } => "Instructions",
        KeyKind::Deployment { .. } => "Deployment",
    }
}

fn whose(kind: &KeyKind) -> Option<String> {
    match kind {
        KeyKind::Personal { instance, user, agent } => {
            Some(format!("{user} with {agent} on {}", instance.name))
        }
        KeyKind::Deployment { api } => Some(api.as_url().to_string()),
        KeyKind::Maintainer
        | KeyKind::Editor { .. }
        | KeyKind::Platform { .. }
        | KeyKind::Instruction { .. } => None,
    }
}

/// What a form asks for.
fn wanted(it: &Submitted<'_>) -> Result<(KeyKind, String), String> {
    let form = &it.form;
    let label = form.text("label").unwrap_or_default();
    let parsed = |name: &str, what: &str| form.text(name).ok_or_else(|| format!("Name {what}."));
    let kind = match (form.text("kind"), &it.instance) {
        (Some("editor"), Some(of)) => KeyKind::Editor { workspace: of.workspace.clone() },
        (Some("platform"), Some(of)) => KeyKind::Platform { workspace: of.workspace.clone() },
        (Some("instruction"), Some(of)) => KeyKind::Instruction { workspace: of.workspace.clone() },
        (Some("personal"), Some(of)) => {
            let user = parsed("user", "the user whose key it is")?;
            let agent = parsed("agent", "the agent whose key it is")?;
            KeyKind::Personal {
                instance: of.clone(),
                user: user.parse().map_err(|error| sentence(&error))?,
                agent: agent.parse().map_err(|error| sentence(&error))?,
            }
        }
        (Some("maintainer"), None) => KeyKind::Maintainer,
        (Some("deployment"), None) => {
            let api = parsed("api", "the address of the deployment")?;
            let api = BaseUrl::parse(api, Hosts::Any).map_err(|error| sentence(&error))?;
            KeyKind::Deployment { api }
        }
        (_, _) => return Err("Choose a kind of key.".to_owned()),
    };
    Ok((kind, label.to_owned()))
}

/// Makes a key, and shows it once.
pub(super) async fn issue(it: &Submitted<'_>) -> Shown {
    let made = match wanted(it) {
        Ok((kind, label)) => {
            let administration = &it.state.deployment.administration;
            let made = administration.issue_key(it.who(), kind, &label, Timestamp::now()).await;
            made.map_err(Refused::from)
        }
        Err(text) => Err(Refused::Invalid(text)),
    };
    match made {
        Ok(new) => Ok(show(it, &new, "New key", "Whoever has it is let in by it.")),
        Err(refused) => again(it, "No key was made", refused).await,
    }
}

/// Replaces a key, and shows the new one once.
pub(super) async fn rotate(it: &Submitted<'_>) -> Shown {
    let (id, workspace) = (id(it)?, it.instance.as_ref().map(|it| &it.workspace));
    let administration = &it.state.deployment.administration;
    let now = Timestamp::now();
    match administration.rotate_key(it.who(), workspace, &id, OVERLAP, now).await {
        Ok(new) => {
            let text = "It opens the same as the one before, which goes on for a day.";
            Ok(show(it, &new, "Key rotated", text))
        }
        Err(error) => again(it, "Nothing was rotated", error.into()).await,
    }
}

/// Ends a key.
pub(super) async fn revoke(it: &Submitted<'_>) -> Shown {
    let (id, workspace) = (id(it)?, it.instance.as_ref().map(|it| &it.workspace));
    let administration = &it.state.deployment.administration;
    match administration.revoke_key(it.who(), workspace, &id, Timestamp::now()).await {
        Ok(()) => Ok(it.done(&KEY_REVOKED)),
        Err(error) => again(it, "Nothing was revoked", error.into()).await,
    }
}

fn id(it: &Submitted<'_>) -> Result<KeyId, Refused> {
    let id = it.form.text("id").and_then(|it| it.parse().ok());
    id.ok_or(Refused::NotFound)
}

fn show(it: &Submitted<'_>, new: &NewKey, title: &str, text: &str) -> axum::response::Response {
    let page = Page {
        look: it.state.pages.look(),
        frame: it.state.frame(it.instance.as_ref(), &it.visitor),
        title,
        text,
        label: &new.key.label,
        secret: Copy::new("secret", "the key", &new.secret.expose_secret()),
    };
    it.state.pages.show(StatusCode::OK, &page)
}

/// The page that the form came from, with why not.
async fn again(it: &Submitted<'_>, title: &'static str, refused: Refused) -> Shown {
    if let Some(instance) = &it.instance {
        let aside = workspace::Aside::refused("keys", title, refused)?;
        workspace::again(it.state, &it.visitor, instance, aside).await
    } else {
        let aside = maintainer::Aside::refused("keys", title, refused)?;
        maintainer::page(it.state, &it.visitor, &Query::default(), Some(aside)).await
    }
}

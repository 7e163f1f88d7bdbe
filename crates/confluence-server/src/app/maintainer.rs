//! The page of whoever looks after the whole deployment: workspaces, the central OAuth client, the
//! shared capability, keys.

use askama::Template;
use confluence_auth::{
    AuthMode,
    client::{CentralClient, OAuthClient},
};
use confluence_connector::{
    CentralSource, Instance, InstanceKey, InstanceName, Saved, SecretChange, Versioned, Workspace,
    WorkspaceSlug,
};
use http::StatusCode;
use jiff::Timestamp;

use super::{
    AppState, Shown,
    form::{Form, Query},
    frame::{ADDED, CENTRAL, Copy, DELETED, Frame, Notice, UPDATED},
    keys::{self, KeysView},
    refused::Refused,
    scopes::{Choice, ScopesView},
    see,
    settings::{Field, FieldError, Reading, sentence},
    submit::Submitted,
    when, workspace,
};
use crate::{
    capability::{Capability, pretty},
    pages::Look,
    platform::Published,
    sessions::Visitor,
};

/// How many workspaces a page lists.
const LISTED: usize = 50;

/// Longest name of a workspace.
const MAX_NAME: usize = 100;

#[derive(Template)]
#[template(path = "app/maintainer.html")]
struct Page<'a> {
    look: &'a Look,
    frame: Frame,
    api: &'a str,
    workspaces: Vec<WorkspaceRow>,
    next: Option<String>,
    typed_slug: String,
    typed_name: String,
    central: Central,
    catalogue: Catalogue,
    keys: KeysView,
}

struct WorkspaceRow {
    slug: String,
    name: String,
    since: String,
    address: String,
}

/// The section on the central client.
struct Central {
    state: (&'static str, &'static str),
    /// Whether another deployment has it, and where that is.
    remote: bool,
    core: String,
    callback: Copy,
    fields: Vec<Field>,
    scopes: ScopesView,
}

/// The section on the shared capability.
struct Catalogue {
    ready: bool,
    platform: bool,
    address: Copy,
    entry: Copy,
    /// Where the core's own keys, agents and calls are.
    core: String,
}

/// What the page shows beside what is stored: after a form that was not taken as it was.
#[derive(Debug, Default)]
pub(super) struct Aside {
    status: StatusCode,
    notice: Option<(&'static str, Notice)>,
    /// The form of a new workspace.
    workspace: Option<(String, String)>,
    central: Option<Typed>,
}

/// What somebody typed about the central client, without the secret.
#[derive(Debug)]
struct Typed {
    client_id: String,
    scopes: Choice,
    errors: Vec<FieldError>,
}

impl Aside {
    /// Something that is wrong.
    pub(super) fn wrong(section: &'static str, notice: Notice) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self { status, notice: Some((section, notice)), ..Self::default() }
    }
}

fn core() -> InstanceKey {
    InstanceKey { workspace: WorkspaceSlug::core(), name: InstanceName::default() }
}

/// Shows the deployment.
pub(super) async fn page(
    state: &AppState,
    visitor: &Visitor,
    query: &Query,
    aside: Option<Aside>,
) -> Shown {
    if !visitor.is_maintainer() {
        return Err(Refused::NotFound);
    }
    let deployment = &state.deployment;
    let aside = aside.unwrap_or_default();
    let mut frame = state.frame(None, visitor).after(query.done.as_deref());
    if let Some((section, notice)) = aside.notice {
        frame = frame.saying(section, notice);
    }
    let from: Option<WorkspaceSlug> = query.from.as_deref().and_then(|it| it.parse().ok());
    let mut found = deployment.workspaces.list(from.as_ref(), LISTED + 1).await?;
    let more = found.len() > LISTED;
    found.truncate(LISTED);
    let next = found.last().filter(|_| more).map(|it| frame.with("from", it.slug.as_str()));
    let workspaces = found.into_iter().map(|it| {
        let first = InstanceKey { workspace: it.slug, name: InstanceName::default() };
        let address = state.here(&first);
        let slug = first.workspace.to_string();
        WorkspaceRow { slug, name: it.name, since: when(it.created_at), address }
    });
    let (typed_slug, typed_name) = aside.workspace.unwrap_or_default();
    let (central, capability) = central(state, aside.central).await?;
    let page = Page {
        look: state.pages.look(),
        api: deployment.addresses.api().as_str(),
        workspaces: workspaces.collect(),
        next,
        typed_slug,
        typed_name,
        catalogue: Catalogue {
            ready: central.state.0 == "good" && !central.remote,
            platform: deployment.platform.is_some(),
            address: Copy::new("core-endpoint", "the core endpoint", &capability.endpoint),
            entry: Copy::new("entry", "the catalogue entry", &pretty(&capability.entry())),
            core: state.here(&core()),
        },
        central,
        keys: keys::of_deployment(state).await?,
        frame,
    };
    Ok(state.pages.show(aside.status, &page))
}

/// The central client, and the shared capability that goes with it.
async fn central(
    state: &AppState,
    typed: Option<Typed>,
) -> Result<(Central, Capability), Refused> {
    let deployment = &state.deployment;
    let (stored, remote) = match &deployment.central {
        CentralSource::Store(store) => (store.load().await?.map(|it| it.value), None),
        CentralSource::Remote(core) => (None, Some(core.callback().to_string())),
    };
    let scopes = stored.as_ref().and_then(|it| it.scopes.clone());
    let effective = scopes.clone().unwrap_or_default();
    let addresses = &deployment.addresses;
    let capability = Capability::of(addresses, &core(), AuthMode::OAuthCentral, &effective);
    let typed = typed.unwrap_or_else(|| Typed {
        client_id: stored.as_ref().map(|it| it.client.id.clone()).unwrap_or_default(),
        scopes: Choice::of(scopes.as_ref()),
        errors: Vec::new(),
    });
    let error = |name: &str| {
        typed.errors.iter().find(|(it, _)| *it == name).map(|(_, text)| text.clone())
    };
    let fields = vec![
        Field {
            name: "clientId",
            label: "Client id",
            hint: "Of the app’s settings at developer.atlassian.com.",
            kind: "text",
            optional: false,
            value: typed.client_id.clone(),
            secret_is_set: None,
            error: error("clientId"),
        },
        Field {
            name: "clientSecret",
            label: "Client secret",
            hint: "Never shown again. A new client id needs its own.",
            kind: "password",
            optional: false,
            value: String::new(),
            secret_is_set: Some(stored.is_some()),
            error: error("clientSecret"),
        },
    ];
    let state = match (&stored, &remote) {
        (_, Some(_)) => ("good", "Held by another deployment"),
        (Some(_), None) => ("good", "Set"),
        (None, None) => ("warn", "Not set"),
    };
    let central = Central {
        state,
        remote: remote.is_some(),
        core: remote.unwrap_or_default(),
        callback: Copy::new("core-callback", "the callback URL", &addresses.core_callback()),
        scopes: typed.scopes.view("All that the tools need", error("scopes")),
        fields,
    };
    Ok((central, capability))
}

/// Sets the central client.
pub(super) async fn set_client(it: &Submitted<'_>) -> Shown {
    let CentralSource::Store(store) = &it.state.deployment.central else {
        return Err(Refused::NotFound);
    };
    let stored = store.load().await?;
    let (known, revision) = match stored {
        Some(Versioned { value, revision }) => (Some(value.client), Some(revision)),
        None => (None, None),
    };
    let mut errors = Vec::new();
    let client = client(&it.form, known, &mut errors);
    let Some(client) = client.filter(|_| errors.is_empty()) else {
        let typed = Typed {
            client_id: it.form.text("clientId").unwrap_or_default().to_owned(),
            scopes: Choice::typed(&it.form),
            errors,
        };
        let notice = Notice::bad("Nothing was saved", "Correct what is marked below.");
        let aside = Aside { central: Some(typed), ..Aside::wrong("central", notice) };
        return page(it.state, &it.visitor, &Query::default(), Some(aside)).await;
    };
    match store.save(&client, revision.as_ref()).await? {
        Saved::Done(_) => {
            tracing::info!("the central client was set");
            Ok(it.done(&CENTRAL))
        }
        Saved::Moved => Err(Refused::Moved),
    }
}

/// What a form says about the central client. A secret stays with the id that it was given for.
fn client(
    form: &Form,
    known: Option<OAuthClient>,
    errors: &mut Vec<FieldError>,
) -> Option<CentralClient> {
    let mut reading = Reading { form, errors };
    let (id, secret) = (reading.text("clientId"), reading.secret("clientSecret"));
    let scopes = reading.scopes();
    let Some(id) = id else {
        errors.push(("clientId", "A client has an id.".to_owned()));
        return None;
    };
    let secret = match secret {
        SecretChange::Set(secret) => Some(secret),
        SecretChange::Keep => known.filter(|it| it.id == id).map(|it| it.secret),
        SecretChange::Clear => None,
    };
    let Some(secret) = secret else {
        errors.push(("clientSecret", "A new client needs its secret.".to_owned()));
        return None;
    };
    Some(CentralClient { client: OAuthClient { id, secret }, scopes })
}

/// Adds the shared capability to the platform's catalogue, or brings it up to date.
pub(super) async fn publish(it: &Submitted<'_>) -> Shown {
    let Some(platform) = &it.state.deployment.platform else { return Err(Refused::NotFound) };
    let (central, capability) = central(it.state, None).await?;
    if central.remote || central.state.0 != "good" {
        return Err(Refused::Invalid("Set the central OAuth client first.".to_owned()));
    }
    match platform.publish(&capability.entry()).await {
        Ok(Published::Added) => Ok(it.done(&ADDED)),
        Ok(Published::Updated) => Ok(it.done(&UPDATED)),
        Err(error) => {
            error.log("the shared capability was not published");
            let notice = Notice::bad("The catalogue was not changed", sentence(&error));
            let status = StatusCode::BAD_GATEWAY;
            let aside = Aside { status, ..Aside::wrong("catalogue", notice) };
            page(it.state, &it.visitor, &Query::default(), Some(aside)).await
        }
    }
}

/// Creates a workspace with its first instance.
pub(super) async fn create(it: &Submitted<'_>) -> Shown {
    let slug = it.form.text("slug").unwrap_or_default();
    let name = it.form.text("name").unwrap_or(slug);
    let wrong = |text: String| {
        let notice = Notice::bad("No workspace was created", text);
        let typed = (slug.to_owned(), name.to_owned());
        Aside { workspace: Some(typed), ..Aside::wrong("workspaces", notice) }
    };
    let aside = match slug.parse::<WorkspaceSlug>() {
        Err(error) => wrong(sentence(&error)),
        Ok(_) if name.chars().count() > MAX_NAME || name.contains(char::is_control) => {
            wrong(format!("A name has at most {MAX_NAME} characters, all of them visible."))
        }
        Ok(slug) => {
            let first = InstanceKey { workspace: slug.clone(), name: InstanceName::default() };
            let workspace =
                Workspace { slug, name: name.to_owned(), created_at: Timestamp::now() };
            let instance = Instance::new(first.clone());
            if it.state.deployment.workspaces.create(&workspace, &instance).await? {
                tracing::info!(workspace = %workspace.slug, "a workspace was created");
                return Ok(see(&it.state.here(&first)));
            }
            wrong(format!("There is a workspace `{}` already.", workspace.slug))
        }
    };
    page(it.state, &it.visitor, &Query::default(), Some(aside)).await
}

/// Deletes a workspace, if its name was typed.
pub(super) async fn delete(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let workspace = &key.workspace;
    let wrong = if workspace.is_core() {
        "The core belongs to the deployment."
    } else if it.form.text("confirm") != Some(workspace.as_str()) {
        "Type the slug of the workspace to confirm."
    } else if it.state.deployment.workspaces.delete(workspace).await? {
        tracing::info!(%workspace, "a workspace was deleted");
        return Ok(see(&format!("{}?done={}#{}", it.state.at, DELETED.code, DELETED.section)));
    } else {
        return Err(Refused::NotFound);
    };
    let aside = workspace::Aside::wrong("delete", Notice::bad("Nothing was deleted", wrong));
    workspace::again(it.state, &it.visitor, key, aside).await
}

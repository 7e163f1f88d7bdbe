//! The page of a workspace: one instance of it, in sections.

use askama::Template;
use axum::response::Response;
use confluence_auth::scopes::Scopes;
use confluence_connector::{CentralSource, Instance, InstanceKey};
use http::StatusCode;

use super::{
    AppState, Shown,
    form::Query,
    frame::{Copy, Frame, Notice},
    keys::{self, KeysView},
    lists::{self, ActivityView, AgentsView, ConnectionsView},
    refused::Refused,
    scopes::ScopesView,
    settings::{self, ModeView, Typed},
};
use crate::{
    capability::{Capability, SCOPE},
    pages::Look,
    sessions::Visitor,
};

#[derive(Template)]
#[template(path = "app/workspace.html")]
struct Page<'a> {
    look: &'a Look,
    frame: Frame,
    name: &'a str,
    instances: Vec<Sibling>,
    auth: Authentication,
    endpoint: Endpoint,
    agents: AgentsView,
    connections: ConnectionsView,
    activity: ActivityView,
    /// For maintainers.
    keys: Option<KeysView>,
}

/// An instance of the same workspace.
struct Sibling {
    name: String,
    address: String,
    current: bool,
}

/// The section on signing in.
struct Authentication {
    state: (&'static str, &'static str),
    /// Whether the server's own configuration sets it at each start.
    configured: bool,
    modes: Vec<ModeView>,
    scopes: ScopesView,
    callback: Copy,
    signs_in: bool,
}

/// The section on the MCP endpoint.
struct Endpoint {
    address: Copy,
    scope: Copy,
    clients: Vec<Client>,
}

struct Client {
    name: &'static str,
    place: &'static str,
    copy: Copy,
}

/// What a page shows beside what is stored: after a form that was not taken as it was.
#[derive(Debug, Default)]
pub(super) struct Aside {
    pub(super) status: StatusCode,
    pub(super) notice: Option<(&'static str, Notice)>,
    pub(super) typed: Option<Typed>,
}

impl Aside {
    /// Something that is wrong.
    pub(super) fn wrong(section: &'static str, notice: Notice) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self { status, notice: Some((section, notice)), typed: None }
    }

    /// Something that was found out.
    pub(super) fn told(section: &'static str, notice: Notice) -> Self {
        Self { notice: Some((section, notice)), ..Self::default() }
    }
}

/// The instance, if the visitor may configure it and it is there.
pub(super) async fn load(
    state: &AppState,
    visitor: &Visitor,
    key: &InstanceKey,
) -> Result<Instance, Refused> {
    if !visitor.may_configure(&key.workspace) {
        return Err(Refused::NotFound);
    }
    let loaded = state.deployment.instances.load(key).await?;
    Ok(loaded.ok_or(Refused::NotFound)?.value)
}

/// Shows an instance.
pub(super) async fn page(
    state: &AppState,
    visitor: &Visitor,
    key: &InstanceKey,
    query: &Query,
    aside: Aside,
) -> Shown {
    let instance = load(state, visitor, key).await?;
    let workspace = state.deployment.workspaces.load(&key.workspace).await?;
    let workspace = workspace.ok_or(Refused::NotFound)?;
    let mut frame = state.frame(Some(key), visitor).after(query.done.as_deref());
    if let Some((section, notice)) = aside.notice {
        frame = frame.saying(section, notice);
    }
    let names = state.deployment.instances.names(&key.workspace).await?;
    let instances = names.into_iter().map(|name| {
        let sibling = InstanceKey { workspace: key.workspace.clone(), name };
        let (name, address) = (sibling.name.to_string(), state.here(&sibling));
        Sibling { current: sibling == *key, name, address }
    });
    let keys = if visitor.is_maintainer() {
        Some(keys::of_workspace(state, &key.workspace).await?)
    } else {
        None
    };
    let page = Page {
        look: state.pages.look(),
        name: &workspace.name,
        instances: instances.collect(),
        auth: authentication(state, &instance, aside.typed).await?,
        endpoint: endpoint(&capability(state, &instance).await),
        agents: lists::agents(state, &instance, query.search.as_deref()).await?,
        connections: lists::connections(state, key, query, &frame).await?,
        activity: lists::activity(state, key, query, &frame).await?,
        keys,
        frame,
    };
    Ok(state.pages.show(aside.status, &page))
}

/// The same page after a form that was not taken as it was.
pub(super) async fn again(
    state: &AppState,
    visitor: &Visitor,
    key: &InstanceKey,
    aside: Aside,
) -> Result<Response, Refused> {
    page(state, visitor, key, &Query::default(), aside).await
}

async fn authentication(
    state: &AppState,
    instance: &Instance,
    typed: Option<Typed>,
) -> Result<Authentication, Refused> {
    let deployment = &state.deployment;
    let shown = instance.auth.shown();
    let central_is_set = match &deployment.central {
        CentralSource::Store(store) => store.load().await?.is_some(),
        CentralSource::Remote(remote) => remote.client().await.is_ok_and(|it| it.is_some()),
    };
    let endpoints = &deployment.endpoints;
    let is_placed = endpoints.api.is_some() || endpoints.site.is_some();
    let signs_in = signs_in(instance);
    let typed = typed.unwrap_or_else(|| Typed::stored(&shown));
    Ok(Authentication {
        state: settings::state(&shown, central_is_set, is_placed),
        configured: deployment.configured.as_ref() == Some(&instance.key.workspace),
        modes: typed.modes(),
        scopes: typed.scopes(),
        callback: Copy::new(
            "callback-url",
            "the callback URL",
            &deployment.addresses.callback(&instance.key),
        ),
        signs_in,
    })
}

/// Whether users of an instance connect accounts of their own.
pub(super) fn signs_in(instance: &Instance) -> bool {
    use confluence_auth::AuthMode::{OAuth, OAuthCentral};
    matches!(instance.auth.mode(), OAuth | OAuthCentral)
}

/// The instance as others have to know it.
pub(super) async fn capability(state: &AppState, instance: &Instance) -> Capability {
    let deployment = &state.deployment;
    // Before there is a client, nobody can sign in, but what will be asked for is known.
    let client = deployment.connector.oauth_client(&instance.key).await;
    let scopes = client.ok().flatten().map(|it| it.scopes);
    let scopes = scopes.or_else(|| instance.auth.shown().scopes?.parse().ok());
    let scopes: Scopes = scopes.unwrap_or_default();
    Capability::of(&deployment.addresses, &instance.key, instance.auth.mode(), &scopes)
}

fn endpoint(capability: &Capability) -> Endpoint {
    let clients = capability.clients().into_iter().map(|it| Client {
        name: it.client,
        place: it.place,
        copy: Copy::new(it.id, it.client, &it.text),
    });
    Endpoint {
        address: Copy::new("endpoint-url", "the MCP endpoint", &capability.endpoint),
        scope: Copy::new("scope", "the Scope", &SCOPE),
        clients: clients.collect(),
    }
}

//! The page of a workspace: one instance of it, in sections.

use askama::Template;
use axum::response::Response;
use confluence_auth::scopes::Scopes;
use confluence_connector::{CentralSource, Instance, InstanceKey, InstanceName};
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
    deletable: bool,
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

    /// What `refused` says, if it is something that a section can say.
    pub(super) fn refused(
        section: &'static str,
        title: &'static str,
        refused: Refused,
    ) -> Result<Self, Refused> {
        let (status, text) = refused.in_section()?;
        Ok(Self { status, ..Self::wrong(section, Notice::bad(title, text)) })
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
    let who = visitor.administrator().ok_or(Refused::NotFound)?;
    Ok(state.deployment.administration.instance(&who, key).await?)
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
    let who = visitor.administrator().ok_or(Refused::NotFound)?;
    let administration = &state.deployment.administration;
    let (workspace, names) = administration.workspace(&who, &key.workspace).await?;
    let mut frame = state.frame(Some(key), visitor).after(query.done.as_deref());
    if let Some((section, notice)) = aside.notice {
        frame = frame.saying(section, notice);
    }
    let instances = names.into_iter().map(|name| {
        let sibling = InstanceKey { workspace: key.workspace.clone(), name };
        let (name, address) = (sibling.name.to_string(), state.here(&sibling));
        Sibling { current: sibling == *key, name, address }
    });
    let keys = if visitor.is_maintainer() {
        Some(keys::of_workspace(state, &who, &key.workspace).await?)
    } else {
        None
    };
    let deletable =
        keys.is_some() && !key.workspace.is_core() && !administration.is_configured(&key.workspace);
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
        deletable,
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
        configured: deployment.administration.is_configured(&instance.key.workspace)
            && instance.key.name == InstanceName::default(),
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

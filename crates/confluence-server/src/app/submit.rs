//! What forms do, who may do it, and the way from a request to it: one for all forms.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use confluence_connector::{Administrator, InstanceKey};
use http::{HeaderMap, StatusCode, header, request::Parts};

use super::{
    AppState, Shown, agents, authentication,
    form::{Form, NoForm, Query},
    frame::Done,
    keys, maintainer,
    refused::Refused,
    see, wants_json,
};
use crate::sessions::Visitor;

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    SaveAuthentication,
    TestConnection,
    Connect,
    Disconnect,
    ChangeAgent,
    ChangeEveryone,
    Install,
    SetCentralClient,
    Publish,
    CreateWorkspace,
    DeleteWorkspace,
    IssueKey,
    RotateKey,
    RevokeKey,
}

/// Who may do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    /// Whoever may configure the workspace that the address names.
    Configure,
    /// Maintainers, whatever the address names.
    Maintain,
}

impl Action {
    pub(super) const ALL: [Self; 14] = [
        Self::SaveAuthentication,
        Self::TestConnection,
        Self::Connect,
        Self::Disconnect,
        Self::ChangeAgent,
        Self::ChangeEveryone,
        Self::Install,
        Self::SetCentralClient,
        Self::Publish,
        Self::CreateWorkspace,
        Self::DeleteWorkspace,
        Self::IssueKey,
        Self::RotateKey,
        Self::RevokeKey,
    ];

    /// Where its forms go, below the app.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::SaveAuthentication => "authentication",
            Self::TestConnection => "test",
            Self::Connect => "connect",
            Self::Disconnect => "disconnect",
            Self::ChangeAgent => "agents",
            Self::ChangeEveryone => "everyone",
            Self::Install => "install",
            Self::SetCentralClient => "central",
            Self::Publish => "catalogue",
            Self::CreateWorkspace => "workspaces",
            Self::DeleteWorkspace => "workspace/delete",
            Self::IssueKey => "keys",
            Self::RotateKey => "keys/rotate",
            Self::RevokeKey => "keys/revoke",
        }
    }

    fn right(self) -> Right {
        match self {
            Self::SaveAuthentication
            | Self::TestConnection
            | Self::Connect
            | Self::Disconnect
            | Self::ChangeAgent
            | Self::ChangeEveryone
            | Self::Install => Right::Configure,
            Self::SetCentralClient
            | Self::Publish
            | Self::CreateWorkspace
            | Self::DeleteWorkspace
            | Self::IssueKey
            | Self::RotateKey
            | Self::RevokeKey => Right::Maintain,
        }
    }
}

/// A form that is taken: it is of this session, which may do what it asks for.
#[derive(Debug)]
pub(super) struct Submitted<'a> {
    pub(super) state: &'a AppState,
    pub(super) visitor: Visitor,
    who: Administrator,
    /// The instance that the address names.
    pub(super) instance: Option<InstanceKey>,
    pub(super) form: Form,
    json: bool,
}

/// Takes a form for `action`.
pub(super) async fn submit(
    action: Action,
    State(state): State<Arc<AppState>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match perform(action, &state, &parts, body).await {
        Ok(response) => response,
        Err(refused) => refused.show(&state, &parts.headers).await,
    }
}

async fn perform(action: Action, state: &AppState, parts: &Parts, body: Body) -> Shown {
    let form = read(state, parts, body).await?;
    let visitor = proven(state, &parts.headers, &form).await?;
    let instance = match Query::parse(parts.uri.query()).instance {
        Some(Ok(instance)) => Some(instance),
        Some(Err(_)) => return Err(Refused::NotFound),
        None => None,
    };
    let may = match (action.right(), &instance) {
        (Right::Configure, Some(instance)) => visitor.may_configure(&instance.workspace),
        (Right::Configure, None) => false,
        (Right::Maintain, _) => visitor.is_maintainer(),
    };
    if !may {
        return Err(Refused::NotFound);
    }
    let json = wants_json(&parts.headers);
    let who = visitor.administrator().ok_or(Refused::NotFound)?;
    let it = Submitted { state, visitor, who, instance, form, json };
    match action {
        Action::SaveAuthentication => authentication::save(&it).await,
        Action::TestConnection => authentication::test(&it).await,
        Action::Connect => authentication::connect(&it).await,
        Action::Disconnect => authentication::disconnect(&it).await,
        Action::ChangeAgent => agents::change(&it).await,
        Action::ChangeEveryone => agents::everyone(&it).await,
        Action::Install => agents::install(&it).await,
        Action::SetCentralClient => maintainer::set_client(&it).await,
        Action::Publish => maintainer::publish(&it).await,
        Action::CreateWorkspace => maintainer::create(&it).await,
        Action::DeleteWorkspace => maintainer::delete(&it).await,
        Action::IssueKey => keys::issue(&it).await,
        Action::RotateKey => keys::rotate(&it).await,
        Action::RevokeKey => keys::revoke(&it).await,
    }
}

/// The form of a request that a page of ours has sent.
pub(super) async fn read(state: &AppState, parts: &Parts, body: Body) -> Result<Form, Refused> {
    // Every browser that is in use says where a form comes from.
    let mut origins = parts.headers.get_all(header::ORIGIN).iter();
    let ours = origins.next().is_some_and(|it| it.as_bytes() == state.origin.as_bytes());
    if !ours || origins.next().is_some() {
        return Err(Refused::ForeignForm);
    }
    let held = state.bodies.read(&parts.headers, body).await.map_err(|refusal| {
        let (status, reason) = refusal.told();
        Refused::Unreadable(status, reason)
    })?;
    Form::parse(&held.bytes).map_err(|NoForm| {
        Refused::Unreadable(StatusCode::BAD_REQUEST, "The form has too many fields.".to_owned())
    })
}

/// Whose session it is, if the form is of it.
pub(super) async fn proven(
    state: &AppState,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Visitor, Refused> {
    let visitor = state.visitor(headers).await?.ok_or(Refused::NotSignedIn)?;
    let shown = form.text("proof").unwrap_or_default();
    if visitor.is_proven(shown) { Ok(visitor) } else { Err(Refused::ForeignForm) }
}

impl Submitted<'_> {
    /// What the session may look after.
    pub(super) fn who(&self) -> &Administrator {
        &self.who
    }

    /// The instance that the address names.
    pub(super) fn instance(&self) -> Result<&InstanceKey, Refused> {
        self.instance.as_ref().ok_or(Refused::NotFound)
    }

    /// Whether our script asks, which shows the answer itself.
    pub(super) fn is_instant(&self) -> bool {
        self.json
    }

    /// Back to the page, which says what was done.
    pub(super) fn done(&self, done: &Done) -> Response {
        let frame = self.state.frame(self.instance.as_ref(), &self.visitor);
        see(&format!("{}#{}", frame.with("done", done.code), done.section))
    }
}

//! The page of whoever looks after the whole deployment: workspaces, the central OAuth client, the
//! shared capability, keys.

use askama::Template;
use confluence_auth::AuthMode;
use confluence_connector::{
    Administrator, CentralSource, InstanceKey, InstanceName, Range, WorkspaceSlug,
};
use http::StatusCode;
use jiff::Timestamp;

use super::{
    AppState, Shown,
    form::Query,
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
    /// What `refused` says, if it is something that a section can say.
    pub(super) fn refused(
        section: &'static str,
        title: &'static str,
        refused: Refused,
    ) -> Result<Self, Refused> {
        let (status, text) = refused.in_section()?;
        let notice = Some((section, Notice::bad(title, text)));
        Ok(Self { status, notice, ..Self::default() })
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
    let who = visitor.administrator().filter(Administrator::is_maintainer);
    let who = who.ok_or(Refused::NotFound)?;
    let deployment = &state.deployment;
    let aside = aside.unwrap_or_default();
    let mut frame = state.frame(None, visitor).after(query.done.as_deref());
    if let Some((section, notice)) = aside.notice {
        frame = frame.saying(section, notice);
    }
    let range = Range { after: query.from.as_deref(), limit: LISTED };
    let found = deployment.administration.workspaces(&who, range).await?;
    let next = found.next.map(|it| frame.with("from", &it));
    let workspaces = found.items.into_iter().map(|it| {
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
        keys: keys::of_deployment(state, &who).await?,
        frame,
    };
    Ok(state.pages.show(aside.status, &page))
}

/// The central client, and the shared capability that goes with it.
async fn central(state: &AppState, typed: Option<Typed>) -> Result<(Central, Capability), Refused> {
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
    let error =
        |name: &str| typed.errors.iter().find(|(it, _)| *it == name).map(|(_, text)| text.clone());
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
    let mut errors = Vec::new();
    let mut reading = Reading { form: &it.form, errors: &mut errors };
    let (id, secret) = (reading.text("clientId"), reading.secret("clientSecret"));
    let scopes = reading.scopes();
    let set = if errors.is_empty() {
        let administration = &it.state.deployment.administration;
        let id = id.unwrap_or_default();
        let set = administration.set_central_client(it.who(), &id, &secret, scopes.as_ref());
        set.await.map_err(Refused::from)
    } else {
        Err(Refused::Invalid("Correct what is marked below.".to_owned()))
    };
    let Err(refused) = set else { return Ok(it.done(&CENTRAL)) };
    let typed = Typed {
        client_id: it.form.text("clientId").unwrap_or_default().to_owned(),
        scopes: Choice::typed(&it.form),
        errors,
    };
    let aside = Aside::refused("central", "Nothing was saved", refused)?;
    let aside = Aside { central: Some(typed), ..aside };
    page(it.state, &it.visitor, &Query::default(), Some(aside)).await
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
            let notice = Some(("catalogue", notice));
            let aside = Aside { status, notice, ..Aside::default() };
            page(it.state, &it.visitor, &Query::default(), Some(aside)).await
        }
    }
}

/// Creates a workspace with its first instance.
pub(super) async fn create(it: &Submitted<'_>) -> Shown {
    let slug = it.form.text("slug").unwrap_or_default();
    let name = it.form.text("name").unwrap_or(slug);
    let created = async {
        let slug = slug.parse().map_err(|error| Refused::Invalid(sentence(&error)))?;
        let administration = &it.state.deployment.administration;
        let created = administration.create_workspace(it.who(), slug, name, Timestamp::now());
        Ok(created.await?)
    };
    match created.await {
        Ok(workspace) => {
            let name = InstanceName::default();
            Ok(see(&it.state.here(&InstanceKey { workspace: workspace.slug, name })))
        }
        Err(refused) => {
            let aside = Aside::refused("workspaces", "No workspace was created", refused)?;
            let typed = Some((slug.to_owned(), name.to_owned()));
            let aside = Aside { workspace: typed, ..aside };
            page(it.state, &it.visitor, &Query::default(), Some(aside)).await
        }
    }
}

/// Deletes a workspace, if its name was typed.
pub(super) async fn delete(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let deleted = if it.form.text("confirm") == Some(key.workspace.as_str()) {
        let administration = &it.state.deployment.administration;
        administration.delete_workspace(it.who(), &key.workspace).await.map_err(Refused::from)
    } else {
        Err(Refused::Invalid("Type the slug of the workspace to confirm.".to_owned()))
    };
    let Err(refused) = deleted else {
        return Ok(see(&format!("{}?done={}#{}", it.state.at, DELETED.code, DELETED.section)));
    };
    let aside = workspace::Aside::refused("delete", "Nothing was deleted", refused)?;
    workspace::again(it.state, &it.visitor, key, aside).await
}

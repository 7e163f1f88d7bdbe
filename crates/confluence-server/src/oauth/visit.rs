//! Visits of people who want to connect or to disconnect: who they are, whether they mean it, and
//! then it is done.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use confluence_auth::{
    connection::ConnectionKey,
    sign_in::{BrowserSecret, SignInRequest},
    ticket::Ticket,
};
use confluence_connector::{AgentId, ConnectionChange, Door, InstanceKey, KeyError, KeyKind};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use super::{OAuthState, callback::record, client::log, outcome::Outcome};
use crate::{
    browser::{is_proven, proof},
    pages::Look,
};

/// Browsers say `Origin: null` for forms of pages with `no-referrer`, which says as much as nothing.
/// This one also keeps the address from all other hosts.
const OF_PAGES_WITH_FORMS: HeaderValue = HeaderValue::from_static("same-origin");

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Connect,
    Disconnect,
}

impl Purpose {
    fn address(self, state: &OAuthState, instance: &InstanceKey) -> Url {
        let addresses = &state.deployment.addresses;
        match self {
            Self::Connect => addresses.connect(instance),
            Self::Disconnect => addresses.disconnect(instance),
        }
    }
}

#[derive(Template)]
#[template(path = "identify.html")]
struct Identify<'a> {
    look: &'a Look,
    action: &'a str,
    proof: &'a str,
    refused: bool,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm<'a> {
    look: &'a Look,
    action: &'a str,
    proof: &'a str,
    title: &'a str,
    lead: &'a str,
    warning: &'a str,
    button: &'a str,
    button_class: &'a str,
    workspace: &'a str,
    user: &'a str,
    agent: Option<&'a str>,
    ticket: &'a str,
}

/// The fields of the forms.
#[derive(Default)]
struct Form {
    proof: Option<String>,
    ticket: Option<SecretString>,
    key: Option<SecretString>,
}

/// Shows what is to be confirmed; without a ticket, asks who is there. Changes nothing, since
/// programs look at links before people do.
pub(super) async fn page(
    purpose: Purpose,
    State(state): State<Arc<OAuthState>>,
    Extension(instance): Extension<InstanceKey>,
    request: Request,
) -> Response {
    let browser = state.browser(request.headers()).unwrap_or_else(BrowserSecret::random);
    let action = purpose.address(&state, &instance);
    let query = request.uri().query().unwrap_or_default();
    let ticket = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "ticket");
    let text = match ticket {
        Some((_, text)) => text.into_owned(),
        None => match of_session(&state, &instance, request.headers()).await {
            Ok(Some(ticket)) => ticket.expose_secret().to_owned(),
            Ok(None) => return identify(&state, StatusCode::OK, action.path(), &browser, false),
            Err(outcome) => return outcome.show(&state),
        },
    };
    let shown = async {
        let ticket = open(&state, &instance, &text)?;
        if purpose == Purpose::Connect {
            // Better known before than after having agreed.
            state.client(&instance).await?;
        }
        Ok(ticket)
    };
    match shown.await {
        Ok(ticket) => {
            let action = action.path();
            let ConnectionKey { workspace, user, .. } = &ticket.key;
            let (title, lead, warning, button, button_class) = match purpose {
                Purpose::Connect => (
                    "Connect your Confluence account?",
                    "You will be sent to Atlassian to agree.",
                    "Whoever is this user will act in Confluence with the account that you connect.",
                    "Continue to Atlassian",
                    "primary",
                ),
                Purpose::Disconnect => (
                    "Disconnect your Confluence account?",
                    "Your tokens will be deleted here. Agents can do nothing in Confluence for you until you connect again.",
                    "The account of this user will be disconnected.",
                    "Disconnect",
                    "danger",
                ),
            };
            let page = Confirm {
                look: state.pages.look(),
                action,
                proof: &proof(browser.expose()),
                title,
                lead,
                warning,
                button,
                button_class,
                workspace: workspace.as_str(),
                user: user.as_str(),
                agent: ticket.agent.as_ref().map(AgentId::as_str),
                ticket: &text,
            };
            with_form(&state, state.pages.show(StatusCode::OK, &page), &browser)
        }
        Err(outcome) => Outcome::show(&outcome, &state),
    }
}

/// Does what a form of [`page`] asks for.
pub(super) async fn submit(
    purpose: Purpose,
    State(state): State<Arc<OAuthState>>,
    Extension(instance): Extension<InstanceKey>,
    request: Request,
) -> Response {
    let done = perform(purpose, &state, &instance, request).await;
    done.unwrap_or_else(|outcome| outcome.show(&state))
}

async fn perform(
    purpose: Purpose,
    state: &OAuthState,
    instance: &InstanceKey,
    request: Request,
) -> Result<Response, Outcome> {
    let (parts, body) = request.into_parts();
    let held = state.bodies.read(&parts.headers, body).await.map_err(|refusal| {
        let (status, reason) = refusal.told();
        Outcome::refused(status, &reason)
    })?;
    let form = Form::parse(&held.bytes)?;
    let browser = state.browser(&parts.headers).ok_or_else(Outcome::foreign_form)?;
    let proven = form.proof.is_some_and(|shown| is_proven(browser.expose(), &shown));
    if !proven {
        return Err(Outcome::foreign_form());
    }
    let now = Timestamp::now();
    match (form.ticket, form.key) {
        (Some(ticket), None) => {
            let ticket = open(state, instance, ticket.expose_secret())?;
            match purpose {
                Purpose::Connect => connect(state, instance, &ticket, &browser, now).await,
                Purpose::Disconnect => disconnect(state, instance, &ticket, &parts.headers).await,
            }
        }
        (None, Some(key)) => {
            let address = purpose.address(state, instance);
            Ok(match owner(state, instance, &key, now).await? {
                Some(ticket) => {
                    let sealed = state.deployment.tickets.seal(&ticket);
                    let mut url = address;
                    url.query_pairs_mut().append_pair("ticket", sealed.expose_secret());
                    redirect(StatusCode::SEE_OTHER, url.as_str())
                }
                None => identify(state, StatusCode::UNAUTHORIZED, address.path(), &browser, true),
            })
        }
        (None, None) | (Some(_), Some(_)) => {
            Err(Outcome::refused(StatusCode::BAD_REQUEST, "The form is incomplete."))
        }
    }
}

async fn connect(
    state: &OAuthState,
    instance: &InstanceKey,
    ticket: &Ticket,
    browser: &BrowserSecret,
    now: Timestamp,
) -> Result<Response, Outcome> {
    let client = state.client(instance).await?;
    redeem(state, ticket).await?;
    let request = SignInRequest {
        key: &ticket.key,
        agent: ticket.agent.as_ref(),
        client: &client.client,
        callback: client.callback(),
        browser,
    };
    let started = state.deployment.sign_in.start(&request, now).await;
    let consent = started.map_err(|error| Outcome::store(&error))?;
    let mut response = redirect(StatusCode::SEE_OTHER, consent.as_url().as_str());
    response.headers_mut().insert(header::SET_COOKIE, state.cookie(browser));
    Ok(response)
}

async fn disconnect(
    state: &OAuthState,
    instance: &InstanceKey,
    ticket: &Ticket,
    headers: &HeaderMap,
) -> Result<Response, Outcome> {
    redeem(state, ticket).await?;
    let removed = state.deployment.refresher.disconnect(&ticket.key).await;
    let removed = removed.map_err(|error| Outcome::store(&error))?;
    if removed {
        let (key, agent) = (&ticket.key, ticket.agent.as_ref());
        record(&state.deployment, ConnectionChange::Disconnected, key, agent).await;
    }
    let outcome = Outcome::disconnected(removed);
    Ok(outcome.leading_back(state, instance, headers).await.show(state))
}

async fn redeem(state: &OAuthState, ticket: &Ticket) -> Result<(), Outcome> {
    match state.deployment.sign_in.redeem(ticket).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Outcome::dead_link("the link was used before")),
        Err(error) => Err(Outcome::store(&error)),
    }
}

/// Reads a ticket that was made for this instance.
fn open(state: &OAuthState, instance: &InstanceKey, text: &str) -> Result<Ticket, Outcome> {
    let opened = state.deployment.tickets.open(text, Timestamp::now());
    let ticket = opened.map_err(|error| Outcome::dead_link(&error.to_string()))?;
    let ours = ticket.key.workspace == instance.workspace && ticket.key.instance == instance.name;
    ours.then_some(ticket).ok_or_else(|| Outcome::dead_link("the link is not valid"))
}

/// A ticket for whoever has signed in to the configuration app with a personal key.
async fn of_session(
    state: &OAuthState,
    instance: &InstanceKey,
    headers: &HeaderMap,
) -> Result<Option<SecretString>, Outcome> {
    let now = Timestamp::now();
    let visitor = state.sessions.visitor(headers, now).await;
    let visitor = visitor.map_err(|error| Outcome::store(&error))?;
    let ticket = visitor.and_then(|it| personal(it.kind(), instance, now));
    Ok(ticket.map(|it| state.deployment.tickets.seal(&it)))
}

/// A ticket for the user of a personal key of this instance.
fn personal(kind: &KeyKind, instance: &InstanceKey, now: Timestamp) -> Option<Ticket> {
    let KeyKind::Personal { instance: own, user, agent } = kind else { return None };
    let InstanceKey { workspace, name } = own.clone();
    let key = ConnectionKey { workspace, instance: name, user: user.clone() };
    (own == instance).then(|| Ticket::new(key, Some(agent.clone()), now))
}

/// A ticket for whoever a personal key belongs to.
async fn owner(
    state: &OAuthState,
    instance: &InstanceKey,
    shown: &SecretString,
    now: Timestamp,
) -> Result<Option<Ticket>, Outcome> {
    let key = state.deployment.keyring.check(Some(shown), Door::Status(instance), now).await;
    match key {
        Ok(key) => Ok(personal(&key.kind, instance, now)),
        Err(KeyError::Unauthorized) => Ok(None),
        Err(KeyError::Store(error)) => {
            log(&error);
            Err(Outcome::unavailable(StatusCode::SERVICE_UNAVAILABLE))
        }
    }
}

fn identify(
    state: &OAuthState,
    status: StatusCode,
    action: &str,
    browser: &BrowserSecret,
    refused: bool,
) -> Response {
    let proof = proof(browser.expose());
    let page = Identify { look: state.pages.look(), action, proof: &proof, refused };
    with_form(state, state.pages.show(status, &page), browser)
}

fn with_form(state: &OAuthState, mut response: Response, browser: &BrowserSecret) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::SET_COOKIE, state.cookie(browser));
    headers.insert(header::REFERRER_POLICY, OF_PAGES_WITH_FORMS);
    response
}

/// Sends a browser on. The address may have a code or a ticket in it.
pub(super) fn redirect(status: StatusCode, to: &str) -> Response {
    let mut location = HeaderValue::from_str(to).expect("an address is plain ASCII");
    location.set_sensitive(true);
    (status, [(header::LOCATION, location)]).into_response()
}

impl Form {
    fn parse(body: &[u8]) -> Result<Self, Outcome> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let twice = match name.as_ref() {
                "proof" => form.proof.replace(value.into_owned()).is_some(),
                "ticket" => form.ticket.replace(value.into_owned().into()).is_some(),
                "key" => form.key.replace(value.trim().into()).is_some(),
                _ => false,
            };
            if twice {
                return Err(Outcome::refused(StatusCode::BAD_REQUEST, "The form is not ours."));
            }
        }
        Ok(form)
    }
}

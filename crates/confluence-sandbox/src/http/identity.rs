//! The identity service over HTTP: the authorize page and the token endpoint.

mod screen;

use std::collections::BTreeSet;

use axum::http::{HeaderMap, Method, StatusCode, header, request::Parts};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    identity::{
        Grantor, Identity, IdentityRequest, Issued, NotAuthorizable, Parameters, TokenRefusal,
    },
    state::Shared,
};

use super::{
    answer::{Answer, Content},
    target::Target,
};

/// Name of the cookie that ties a consent screen to the browser it is shown in.
const COOKIE: &str = "sandbox-browser";

/// What the identity service is asked; nothing for requests to others.
pub(super) fn parameters(target: Target<'_>, parts: &Parts, body: Option<&[u8]>) -> Parameters {
    if !matches!(target, Target::Authorize | Target::Token) {
        return Parameters::default();
    }
    if parts.method != Method::POST {
        return Parameters::of_query(parts.uri.query().unwrap_or_default());
    }
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    Parameters::of_body(content_type.unwrap_or_default(), body.unwrap_or_default())
}

/// Which kind of request it is, if the identity service is to answer it.
pub(super) fn kind(
    target: Target<'_>,
    method: &Method,
    parameters: &Parameters,
) -> Option<IdentityRequest> {
    match target {
        Target::Authorize if *method == Method::GET => Some(IdentityRequest::Authorize),
        Target::Authorize if *method == Method::POST => Some(IdentityRequest::Consent),
        Target::Token if *method == Method::POST => Identity::kind(parameters),
        Target::AccessibleResources => Some(IdentityRequest::AccessibleResources),
        Target::Authorize
        | Target::Token
        | Target::Site { .. }
        | Target::Gateway { .. }
        | Target::Media { .. }
        | Target::TenantInfo
        | Target::Controls { .. } => None,
    }
}

/// `GET` and `POST /authorize`.
pub(super) fn authorize(
    shared: &Shared,
    parts: &Parts,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let browser = cookie(&parts.headers);
    let (kind, granted, answer) = if parts.method == Method::GET {
        let (granted, answer) = show(shared, parameters, browser, now);
        (IdentityRequest::Authorize, granted, answer)
    } else if parts.method == Method::POST {
        let (granted, answer) = decide(shared, parameters, browser.unwrap_or_default(), now);
        (IdentityRequest::Consent, granted, answer)
    } else {
        return Answer::new(StatusCode::METHOD_NOT_ALLOWED, Content::Nothing);
    };
    shared.identity.settled(kind, granted);
    answer
}

fn show(
    shared: &Shared,
    parameters: &Parameters,
    browser: Option<&str>,
    now: Timestamp,
) -> (bool, Answer) {
    match shared.identity.show(parameters, browser, now) {
        Ok(shown) => {
            // Without `Secure`, for a sandbox has no TLS. `Lax` keeps the cookie away from forms
            // that other sites send, which is what the cookie is for.
            let cookie =
                format!("{COOKIE}={}; Path=/authorize; HttpOnly; SameSite=Lax", shown.browser);
            let page = screen::consent(shared, &shown.request, &shown.screen, None);
            (true, page.with_header(header::SET_COOKIE, &cookie))
        }
        Err(NotAuthorizable::Callback(location)) => (false, redirect(&location)),
        Err(NotAuthorizable::Page { error, description }) => {
            (false, screen::error(error, &description))
        }
    }
}

fn decide(
    shared: &Shared,
    parameters: &Parameters,
    browser: &str,
    now: Timestamp,
) -> (bool, Answer) {
    let over = || {
        let text = "This consent screen is not valid any more. Start again from the app.";
        (false, screen::error("invalid_request", text))
    };
    let screen = parameters.one("screen").unwrap_or_default();
    let Some(request) = shared.identity.shown(screen, browser, now) else { return over() };
    match parameters.one("decision") {
        Some("accept") => {}
        Some("deny") => {
            return shared
                .identity
                .deny(screen, browser, now)
                .map_or_else(over, |it| (false, redirect(&it)));
        }
        Some(_) | None => return over(),
    }
    let again = |complaint| {
        let page = screen::consent(shared, &request, screen, Some(complaint));
        (false, Answer { status: StatusCode::UNPROCESSABLE_ENTITY, ..page })
    };
    let Some(person) = parameters.one("account").and_then(|it| grantor(shared, it)) else {
        return again("Choose an account.");
    };
    let sites: BTreeSet<String> = parameters.all("site").map(str::to_owned).collect();
    if sites.is_empty() || !sites.iter().all(|it| shared.tenant(it).is_some()) {
        return again("Choose at least one site.");
    }
    shared
        .identity
        .accept(screen, browser, person, sites, now)
        .map_or_else(over, |it| (true, redirect(&it)))
}

/// `POST /oauth/token`.
pub(super) fn token(
    shared: &Shared,
    parts: &Parts,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    if parts.method != Method::POST {
        return Answer::new(StatusCode::METHOD_NOT_ALLOWED, Content::Nothing);
    }
    let everywhere = || shared.tenants().map(|it| it.cloud_id.clone()).collect();
    let service = |email: &str| Some((grantor(shared, email)?, everywhere()));
    let result = shared.identity.issue(parameters, now, service);
    if let Some(kind) = Identity::kind(parameters) {
        shared.identity.settled(kind, result.is_ok());
    }
    let (status, body) = match result {
        Ok(issued) => (StatusCode::OK, tokens(issued)),
        Err(refusal) => refused(refusal),
    };
    // RFC 6749, section 5.1: nobody on the way may keep it.
    Answer::new(status, Content::Json(Value::Object(body)))
        .with_header(header::CACHE_CONTROL, "no-store")
}

fn tokens(issued: Issued) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("access_token".to_owned(), issued.access_token.into());
    if let Some(token) = issued.refresh_token {
        body.insert("refresh_token".to_owned(), token.into());
    }
    if let Some(seconds) = issued.expires_in {
        body.insert("expires_in".to_owned(), seconds.into());
    }
    body.insert("token_type".to_owned(), "Bearer".into());
    body.insert("scope".to_owned(), issued.scope.into());
    body
}

fn refused(refusal: TokenRefusal) -> (StatusCode, Map<String, Value>) {
    let mut body = Map::new();
    body.insert("error".to_owned(), refusal.error.into());
    body.insert("error_description".to_owned(), refusal.description.into());
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::FORBIDDEN);
    (status, body)
}

/// The active account with that address.
fn grantor(shared: &Shared, email: &str) -> Option<Grantor> {
    let user = shared.tenant.site().user_by_email(email)?;
    Some(Grantor { account_id: user.account_id.to_string(), email: user.email.clone() })
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .find_map(|it| it.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// 303, after which no browser sends the form on to the application.
fn redirect(location: &str) -> Answer {
    Answer::new(StatusCode::SEE_OTHER, Content::Nothing)
        .with_header(header::LOCATION, location)
        .with_header(header::CACHE_CONTROL, "no-store")
        .with_header(header::REFERRER_POLICY, "no-referrer")
}

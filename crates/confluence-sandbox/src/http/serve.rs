//! The pipeline every request goes through.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
};
use jiff::Timestamp;

use crate::{
    access::Presented,
    faults::Fault,
    identity::Parameters,
    requests::{Authorization, SeenRequest, beginning, remembered},
    state::Shared,
    tenant::Tenant,
};

use super::{
    answer::Answer,
    auth::{self, Caller},
    call::Call,
    connection::CutSwitch,
    controls, distort, edge,
    failure::Failure,
    identity, media,
    query::Query,
    routes::{self, Routed},
    target::Target,
    web,
};

/// Largest body Confluence takes.
const LARGEST_BODY: usize = 5 * 1024 * 1024;

pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let connection =
        parts.extensions.get::<ConnectInfo<CutSwitch>>().map(|it| it.0.clone()).unwrap_or_default();
    let target = Target::of(parts.uri.path());
    let body = to_bytes(body, LARGEST_BODY).await.ok();
    if let Target::Controls { path } = target
        && shared.controls
    {
        return controls::answer(&shared, path, &parts, body.as_deref()).await;
    }
    let parameters = identity::parameters(target, &parts, body.as_deref());
    let kind = identity::kind(target, &parts.method, &parameters);
    if let Some(kind) = kind {
        shared.identity.arrived(kind);
    }
    let number = shared.requests.record(seen(&parts, target, &parameters, body.as_deref()));
    let faults = shared.faults.strike(parts.method.as_str(), target.path(), kind);
    for fault in &faults {
        if let Fault::Latency(latency) = fault {
            tokio::time::sleep(*latency).await;
        }
    }
    let replaced = faults.iter().find_map(|it| distort::instead(it, &connection));
    let mut response = if let Some(response) = replaced {
        response
    } else {
        let request = Arrived {
            shared: &shared,
            parts: &parts,
            target,
            parameters,
            body: body.as_deref(),
            empty_page: faults.contains(&Fault::EmptyPage),
            now: shared.clock.now(),
        };
        let mut response = request.answer();
        for fault in &faults {
            response = distort::after(fault, response, &connection).await;
        }
        response
    };
    let cut = [Fault::Disconnect, Fault::LostResponse].iter().any(|it| faults.contains(it));
    if !cut {
        shared.requests.answered(number, response.status().as_u16());
    }
    sign(&shared, &mut response);
    response
}

/// A request whose body has been read.
struct Arrived<'a> {
    shared: &'a Shared,
    parts: &'a Parts,
    target: Target<'a>,
    /// What the identity service is asked.
    parameters: Parameters,
    /// `None` if it was too large.
    body: Option<&'a [u8]>,
    /// Whether a fault wants lists to begin with a page without rows.
    empty_page: bool,
    now: Timestamp,
}

impl Arrived<'_> {
    fn answer(&self) -> Response {
        let now = self.now;
        let presented = Presented::read(self.header(header::AUTHORIZATION));
        let result = match self.target {
            Target::Authorize => {
                Ok(identity::authorize(self.shared, self.parts, &self.parameters, now))
            }
            Target::Token => Ok(identity::token(self.shared, self.parts, &self.parameters, now)),
            Target::TenantInfo => Ok(edge::tenant_info(self.shared)),
            Target::AccessibleResources => edge::accessible_resources(self.shared, presented, now),
            Target::Media { path } => media::get(self.shared, path, self.parts, now),
            Target::Controls { .. } => Err(Failure::empty(StatusCode::NOT_FOUND)),
            Target::Site { path } if !is_api(path) => {
                web::page(self.shared, path, self.parts.uri.query().unwrap_or_default())
            }
            Target::Site { path } => match auth::on_site(self.shared, presented, path) {
                Ok(caller) => return self.metered(&self.shared.tenant, path, &caller),
                Err(failure) => Err(failure),
            },
            Target::Gateway { cloud_id, path } => match self.shared.tenant(cloud_id) {
                Some(tenant) => match auth::on_gateway(self.shared, tenant, presented, path, now) {
                    Ok(caller) => return self.metered(tenant, path, &caller),
                    Err(failure) => Err(failure),
                },
                None => Err(Failure::empty(StatusCode::NOT_FOUND)),
            },
        };
        result.map_or_else(Failure::into_response, Answer::into_response)
    }

    /// Lets the request pass if the rate limits do, and books what the answer costs.
    fn metered(&self, tenant: &Tenant, path: &str, caller: &Caller) -> Response {
        let limits = *self.shared.limits.read().unwrap_or_else(PoisonError::into_inner);
        let metered = caller.is_metered();
        let verdict = self.meter().admit(&limits, metered, self.now);
        if verdict.refused {
            let failure = Failure::gateway(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded");
            return with_headers(failure.into_response(), verdict.headers);
        }
        let result = self.routed(tenant, path, caller);
        let points = match &result {
            Ok(answer) if self.parts.method == Method::GET => 1 + answer.points,
            Ok(_) | Err(_) => 1,
        };
        let headers = self.meter().book(&limits, metered, points, self.now);
        with_headers(result.map_or_else(Failure::into_response, Answer::into_response), headers)
    }

    fn routed(&self, tenant: &Tenant, path: &str, caller: &Caller) -> Result<Answer, Failure> {
        let (route, captures) = match routes::find(&self.parts.method, path) {
            Routed::Operation(route, captures) => (route, captures),
            Routed::WrongMethod => {
                return Err(Failure::v2(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "METHOD_NOT_ALLOWED",
                    "Method Not Allowed",
                ));
            }
            Routed::Removed => {
                return Err(Failure::v1(
                    StatusCode::GONE,
                    "GoneException",
                    "This deprecated endpoint has been removed.",
                ));
            }
            Routed::Unknown => return Err(unknown(path)),
        };
        if !caller.token.covers(route.scopes) {
            return Err(Failure::gateway(
                StatusCode::UNAUTHORIZED,
                "Unauthorized; scope does not match",
            ));
        }
        let Some(body) = self.body else { return Err(too_large()) };
        if !body.is_empty() && !self.is_json() {
            return Err(Failure::v2(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                "Unsupported Media Type",
            ));
        }
        let call = Call {
            shared: self.shared,
            tenant,
            user: Arc::clone(&caller.user),
            path,
            captures,
            query: Query::parse(self.parts.uri.query().unwrap_or_default()),
            body,
            now: self.now,
            empty_page: self.empty_page,
        };
        (route.handler)(&call)
    }

    fn meter(&self) -> std::sync::MutexGuard<'_, crate::limits::Meter> {
        self.shared.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.parts.headers.get(name).and_then(|it| it.to_str().ok())
    }

    fn is_json(&self) -> bool {
        self.header(header::CONTENT_TYPE)
            .and_then(|it| it.split(';').next())
            .is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"))
    }
}

fn is_api(path: &str) -> bool {
    path.starts_with("/wiki/api/") || path.starts_with("/wiki/rest/")
}

fn unknown(path: &str) -> Failure {
    if path.starts_with("/wiki/rest/") {
        Failure::v1_raw(StatusCode::NOT_FOUND, "null for uri: the resource does not exist")
    } else {
        Failure::bare()
    }
}

fn too_large() -> Failure {
    Failure::v2(
        StatusCode::PAYLOAD_TOO_LARGE,
        "PAYLOAD_TOO_LARGE",
        "The request is too large in size: at most 5 MB are accepted",
    )
}

fn with_headers(mut response: Response, headers: HeaderMap) -> Response {
    response.headers_mut().extend(headers);
    response
}

/// Adds the ids by which Atlassian's support finds a request.
fn sign(shared: &Shared, response: &mut Response<Body>) {
    let number = shared.served.fetch_add(1, Ordering::Relaxed) + 1;
    let headers = response.headers_mut();
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    for (name, value) in [("atl-request-id", id), ("atl-traceid", format!("{number:032x}"))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

fn seen(
    parts: &Parts,
    target: Target<'_>,
    parameters: &Parameters,
    body: Option<&[u8]>,
) -> SeenRequest {
    let presented = parts.headers.get(header::AUTHORIZATION).map(|it| it.to_str().unwrap_or(""));
    SeenRequest {
        method: parts.method.to_string(),
        path: target.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        through_gateway: matches!(target, Target::Gateway { .. }),
        authorization: match presented.and_then(|it| it.split(' ').next()) {
            None => Authorization::None,
            Some(it) if it.eq_ignore_ascii_case("basic") => Authorization::Basic,
            Some(it) if it.eq_ignore_ascii_case("bearer") => Authorization::Bearer,
            Some(_) => Authorization::Other,
        },
        headers: remembered(&parts.headers),
        body: match target {
            // Codes, tokens and client secrets are no business of whoever prints the log.
            Target::Authorize | Target::Token => beginning(parameters.redacted().as_bytes()),
            Target::Site { .. }
            | Target::Gateway { .. }
            | Target::Media { .. }
            | Target::TenantInfo
            | Target::AccessibleResources
            | Target::Controls { .. } => beginning(body.unwrap_or_default()),
        },
        status: None,
    }
}

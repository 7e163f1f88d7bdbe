//! Taking hold of the sandbox from another process; off unless the builder says otherwise.
//!
//! The same as the handles of [`Sandbox`](crate::Sandbox) offer, as JSON. Nothing here gives a
//! secret away. Pages in a browser are kept out: their requests name an origin, and bodies have
//! to be JSON, which they could not send unasked.

use std::{sync::Arc, time::Duration};

use axum::{
    http::{Method, StatusCode, header, request::Parts},
    response::Response,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use serde_with::{DurationSeconds, serde_as};

use crate::{
    faults::Fault,
    identity::{self, Consent, IdentityPolicy, IdentityRequest, OAuthClient},
    state::Shared,
};

use super::{
    answer::{Answer, Content},
    failure::Failure,
};

/// Which grant is meant; all of them, if none is named.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Which {
    grant: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Client {
    id: String,
    secret: String,
    callback_url: String,
    name: Option<String>,
    scopes: Option<Vec<String>>,
    service_account: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Decision {
    authorize_url: String,
    #[serde(default)]
    deny: bool,
    account: Option<String>,
    #[serde(default)]
    sites: Vec<String>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    #[serde_as(as = "DurationSeconds<u64>")]
    seconds: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Site {
    cloud_id: String,
}

/// A fault, for a kind of request to the identity service, or for a method and a path.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    fault: Fault,
    during: Option<IdentityRequest>,
    method: Option<String>,
    #[serde(default)]
    path_prefix: String,
    times: Option<u32>,
    #[serde(default)]
    after: u32,
}

/// Answers a request for `/_sandbox/…`.
pub(super) async fn answer(
    shared: &Arc<Shared>,
    path: &str,
    parts: &Parts,
    body: Option<&[u8]>,
) -> Response {
    if parts.headers.contains_key(header::ORIGIN) {
        return Failure::gateway(StatusCode::FORBIDDEN, "Not for web pages").into_response();
    }
    let request = Request { shared, parts, body: body.unwrap_or_default() };
    let result = request.answer(path).await;
    result.map_or_else(Failure::into_response, Answer::into_response)
}

struct Request<'a> {
    shared: &'a Arc<Shared>,
    parts: &'a Parts,
    body: &'a [u8],
}

impl Request<'_> {
    async fn answer(&self, path: &str) -> Result<Answer, Failure> {
        let identity = &self.shared.identity;
        match (&self.parts.method, path) {
            (&Method::GET, "/_sandbox/identity") => Ok(Answer::json(self.overview())),
            (&Method::DELETE, "/_sandbox/identity/tallies") => {
                identity.reset_tallies();
                Ok(done())
            }
            (&Method::PUT, "/_sandbox/identity/policy") => {
                identity.set_policy(self.read::<IdentityPolicy>()?);
                Ok(done())
            }
            (&Method::POST, "/_sandbox/identity/clients") => {
                identity.register(self.read::<Client>()?.into());
                Ok(done())
            }
            (&Method::POST, "/_sandbox/identity/expire-access-tokens") => {
                match self.read::<Which>()?.grant {
                    Some(grant) => identity.expire_access_tokens_of(grant),
                    None => identity.expire_access_tokens(),
                }
                Ok(done())
            }
            (&Method::POST, "/_sandbox/identity/expire-refresh-tokens") => {
                match self.read::<Which>()?.grant {
                    Some(grant) => identity.expire_refresh_tokens_of(grant),
                    None => identity.expire_refresh_tokens(),
                }
                Ok(done())
            }
            (&Method::POST, "/_sandbox/identity/revoke") => match self.read::<Which>()?.grant {
                None => {
                    identity.revoke_all();
                    Ok(done())
                }
                Some(grant) if identity.revoke(grant) => Ok(done()),
                Some(_) => Err(refused(StatusCode::NOT_FOUND, "no such grant")),
            },
            (&Method::POST, "/_sandbox/identity/remove-site") => {
                identity.remove_site(&self.read::<Site>()?.cloud_id);
                Ok(done())
            }
            (&Method::POST, "/_sandbox/identity/consent") => self.consent().await,
            (&Method::POST, "/_sandbox/clock/advance") => {
                if self.shared.clock.advance(self.read::<Advance>()?.seconds) {
                    return Ok(done());
                }
                Err(refused(StatusCode::CONFLICT, "the clock is the system's"))
            }
            (&Method::POST, "/_sandbox/faults") => {
                self.inject(self.read()?);
                Ok(done())
            }
            (&Method::DELETE, "/_sandbox/faults") => {
                self.shared.faults.clear();
                Ok(done())
            }
            _ => Err(refused(StatusCode::NOT_FOUND, "no such control")),
        }
    }

    fn overview(&self) -> Value {
        let identity = &self.shared.identity;
        let tallies: Map<String, Value> = IdentityRequest::ALL
            .into_iter()
            .filter_map(|it| Some((json!(it).as_str()?.to_owned(), json!(identity.tally(it)))))
            .collect();
        json!({
            "grants": identity.grants(),
            "tallies": tallies,
            "reusedRefreshes": identity.reused_refreshes(),
            "policy": identity.policy(),
        })
    }

    async fn consent(&self) -> Result<Answer, Failure> {
        let Decision { authorize_url, deny, account, sites } = self.read()?;
        let mut consent = if deny { Consent::deny() } else { Consent::accept() };
        if let Some(account) = account {
            consent = consent.account(&account);
        }
        let sites: Vec<&str> = sites.iter().map(String::as_str).collect();
        let played = identity::play(self.shared, &authorize_url, &consent.sites(&sites)).await;
        played
            .map(|it| Answer::json(json!({ "callbackUrl": it })))
            .map_err(|it| refused(StatusCode::UNPROCESSABLE_ENTITY, &it.to_string()))
    }

    fn inject(&self, rule: Rule) {
        let mut faults = match rule.during {
            Some(request) => rule.fault.during(request),
            None => rule.fault.on(rule.method.as_deref().unwrap_or("*"), &rule.path_prefix),
        };
        if let Some(times) = rule.times {
            faults = faults.times(times);
        }
        self.shared.faults.inject(faults.after(rule.after));
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let content_type = self.parts.headers.get(header::CONTENT_TYPE);
        if content_type.is_none_or(|it| it != "application/json") {
            return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected JSON"));
        }
        serde_json::from_slice(self.body)
            .map_err(|error| refused(StatusCode::BAD_REQUEST, &error.to_string()))
    }
}

impl From<Client> for OAuthClient {
    fn from(client: Client) -> Self {
        let base = Self::new(&client.id, &client.secret, &client.callback_url);
        Self {
            name: client.name.unwrap_or(client.id),
            scopes: client.scopes.map_or(base.scopes, |it| it.into_iter().collect()),
            service_account: client.service_account,
            ..base
        }
    }
}

fn done() -> Answer {
    Answer::new(StatusCode::NO_CONTENT, Content::Nothing)
}

fn refused(status: StatusCode, message: &str) -> Failure {
    Failure::gateway(status, message)
}

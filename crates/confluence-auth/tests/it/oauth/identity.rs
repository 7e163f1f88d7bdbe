//! Atlassian's identity service and gateway as a transport: tokens that rotate, and answers to
//! order.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{Transport, TransportError, transport::TransportErrorKind};
use http::header;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::form_urlencoded;

pub(crate) const TOKEN: &str = "https://auth.atlassian.com/oauth/token";
pub(crate) const RESOURCES: &str = "https://api.atlassian.com/oauth/token/accessible-resources";

/// How long a rotated refresh token is taken once more.
const REUSE: Duration = Duration::from_mins(10);

/// What the token endpoint does instead of its work.
#[derive(Debug, Clone)]
pub(crate) enum Odd {
    Answer(u16, &'static str),
    Html(u16),
    /// The work is done, but the answer does not arrive.
    Lost,
    Fault(TransportErrorKind),
    Hang,
}

#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) url: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.body.as_bytes());
        pairs.find(|it| it.0 == name).map(|it| it.1.into_owned())
    }
}

type Elsewhere = dyn Fn(&Asked) -> Option<(u16, String)> + Send + Sync;

pub(crate) struct Identity {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    counter: u32,
    refresh: HashSet<String>,
    rotated: HashMap<String, Instant>,
    access: HashSet<String>,
    /// Access tokens that the gateway does not take, and how it says so.
    rejected: HashMap<String, (u16, &'static str)>,
    reject_all: Option<(u16, &'static str)>,
    odd: VecDeque<Odd>,
    always: Option<Odd>,
    asked: Vec<Asked>,
    resources: Vec<Value>,
    user: Option<(u16, &'static str)>,
    token_extra: Option<Value>,
    elsewhere: Option<Box<Elsewhere>>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    pub(crate) fn new() -> Arc<Self> {
        let state = State {
            resources: vec![resource("cloud-1", "https://example.atlassian.net")],
            ..State::default()
        };
        Arc::new(Self { state: Mutex::new(state) })
    }

    pub(crate) fn transport(self: &Arc<Self>) -> Arc<dyn Transport> {
        Arc::<Self>::clone(self)
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap())
    }

    /// An access and a refresh token that are good.
    pub(crate) fn grant(&self) -> (String, String) {
        self.with(State::issue)
    }

    pub(crate) fn revoke(&self) {
        self.with(|it| {
            it.refresh.clear();
            it.rotated.clear();
        });
    }

    /// The next requests for tokens get these answers, in this order.
    pub(crate) fn next(&self, odd: impl IntoIterator<Item = Odd>) {
        self.with(|it| it.odd.extend(odd));
    }

    /// All requests for tokens get this answer.
    pub(crate) fn always(&self, odd: Option<Odd>) {
        self.with(|it| it.always = odd);
    }

    pub(crate) fn reject(&self, access: &str, status: u16, body: &'static str) {
        self.with(|it| it.rejected.insert(access.to_owned(), (status, body)));
    }

    pub(crate) fn reject_all(&self, answer: Option<(u16, &'static str)>) {
        self.with(|it| it.reject_all = answer);
    }

    pub(crate) fn resources(&self, resources: Vec<Value>) {
        self.with(|it| it.resources = resources);
    }

    pub(crate) fn user(&self, status: u16, body: &'static str) {
        self.with(|it| it.user = Some((status, body)));
    }

    /// Fields of a token answer that differ; `null` leaves one out.
    pub(crate) fn token_extra(&self, fields: Value) {
        self.with(|it| it.token_extra = Some(fields));
    }

    /// What other hosts answer.
    pub(crate) fn elsewhere(
        &self,
        answer: impl Fn(&Asked) -> Option<(u16, String)> + Send + Sync + 'static,
    ) {
        self.with(|it| it.elsewhere = Some(Box::new(answer)));
    }

    pub(crate) fn asked(&self, url: &str) -> Vec<Asked> {
        self.with(|it| it.asked.iter().filter(|it| it.url == url).cloned().collect())
    }

    pub(crate) fn all(&self) -> Vec<Asked> {
        self.with(|it| it.asked.clone())
    }

    pub(crate) fn refreshes(&self) -> usize {
        let asked = self.asked(TOKEN);
        asked.iter().filter(|it| it.parameter("refresh_token").is_some()).count()
    }

    /// Whether a refresh token would be taken now.
    pub(crate) fn honours(&self, refresh: &str) -> bool {
        self.with(|it| it.honours(refresh))
    }
}

pub(crate) fn resource(id: &str, url: &str) -> Value {
    json!({ "id": id, "name": id, "url": url, "scopes": ["read:page:confluence"] })
}

impl State {
    fn issue(&mut self) -> (String, String) {
        self.counter += 1;
        let access = format!("s3cret-access-{}", self.counter);
        let refresh = format!("s3cret-refresh-{}", self.counter);
        self.access.insert(access.clone());
        self.refresh.insert(refresh.clone());
        (access, refresh)
    }

    fn honours(&self, refresh: &str) -> bool {
        self.refresh.contains(refresh)
            || self.rotated.get(refresh).is_some_and(|it| it.elapsed() < REUSE)
    }

    fn token(&mut self, asked: &Asked) -> (u16, String) {
        let refresh = asked.parameter("refresh_token");
        if let Some(refresh) = &refresh {
            if !self.honours(refresh) {
                let body = r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#;
                return (403, body.to_owned());
            }
            self.refresh.remove(refresh);
            self.rotated.entry(refresh.clone()).or_insert_with(Instant::now);
        }
        let (access, refresh) = self.issue();
        let mut answer = json!({
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": 3600,
            "scope": "read:page:confluence offline_access",
            "token_type": "Bearer",
        });
        if let Some(Value::Object(extra)) = self.token_extra.clone() {
            for (name, value) in extra {
                if value.is_null() {
                    answer.as_object_mut().unwrap().remove(&name);
                } else {
                    answer[name] = value;
                }
            }
        }
        (200, answer.to_string())
    }

    fn gateway(&self, asked: &Asked) -> (u16, String) {
        let token = asked.authorization.as_deref().and_then(|it| it.strip_prefix("Bearer "));
        let token = token.unwrap_or_default();
        if let Some((status, body)) = self.reject_all.or_else(|| self.rejected.get(token).copied())
        {
            return (status, body.to_owned());
        }
        if !self.access.contains(token) {
            return (401, r#"{"code":401,"message":"Unauthorized"}"#.to_owned());
        }
        if asked.url == RESOURCES {
            return (200, Value::from(self.resources.clone()).to_string());
        }
        if asked.url.ends_with("/user/current") {
            let (status, body) =
                self.user.unwrap_or((200, r#"{"accountId":"a1","displayName":"Ada Lovelace"}"#));
            return (status, body.to_owned());
        }
        (200, r#"{"results":[],"_links":{}}"#.to_owned())
    }
}

#[async_trait]
impl Transport for Identity {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        let host = parts.uri.host().unwrap().to_owned();
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let asked = Asked {
            url: format!("https://{host}{}", parts.uri.path()),
            authorization: authorization.map(|it| it.to_str().unwrap().to_owned()),
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        self.with(|it| it.asked.push(asked.clone()));
        tokio::time::sleep(Duration::from_millis(20)).await;
        let fault = |kind| TransportError { host: host.clone(), kind, source: None };
        let mut html = false;
        let (status, body) = if asked.url == TOKEN {
            let odd = self.with(|it| it.odd.pop_front().or_else(|| it.always.clone()));
            match odd {
                None => self.with(|it| it.token(&asked)),
                Some(Odd::Answer(status, body)) => (status, body.to_owned()),
                Some(Odd::Html(status)) => {
                    html = true;
                    (status, "<!doctype html><h1>Bad gateway</h1>".to_owned())
                }
                Some(Odd::Lost) => {
                    self.with(|it| it.token(&asked));
                    return Err(fault(TransportErrorKind::Interrupted));
                }
                Some(Odd::Fault(kind)) => return Err(fault(kind)),
                Some(Odd::Hang) => std::future::pending().await,
            }
        } else if host == "api.atlassian.com" {
            self.with(|it| it.gateway(&asked))
        } else {
            let answer = self.with(|it| it.elsewhere.as_ref().and_then(|answer| answer(&asked)));
            match answer {
                Some(answer) => answer,
                None => return Err(fault(TransportErrorKind::Connect)),
            }
        };
        let media = if html { "text/html" } else { "application/json" };
        let response = http::Response::builder().status(status).header(header::CONTENT_TYPE, media);
        Ok(response.body(body.into()).unwrap())
    }
}

//! A stand-in for Atlassian's hosts, which answers as told and remembers what it was asked.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{
    Authorized, Client, Credentials, Transport, TransportError, transport::TransportErrorKind,
};
use confluence_auth::{AccessToken, ApiToken, Location};
use http::header;

pub(crate) const SITE: &str = "https://example.atlassian.net";
pub(crate) const GATEWAY: &str = "https://api.atlassian.com/ex/confluence/cloud-1";
pub(crate) const EMAIL: &str = "ada@example.com";
pub(crate) const TOKEN: &str = "s3cret-token";

/// An answer, or what there is instead of one.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(u16, &'static str),
    Html(u16),
    Redirect(&'static str),
    Fault(TransportErrorKind),
    Never,
}

pub(crate) const BARE: Reply = Reply::Json(
    404,
    r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#,
);
pub(crate) const NO_SCOPE: Reply =
    Reply::Json(401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#);
pub(crate) const UNAUTHORIZED: Reply = Reply::Json(401, r#"{"code":401,"message":"Unauthorized"}"#);
pub(crate) const UNKNOWN_CALLER: Reply = Reply::Json(
    403,
    r#"{"statusCode":403,"data":{"authorized":false,"valid":true,"errors":[],"successful":false},"message":"com.atlassian.confluence.api.service.exceptions.api.PermissionException: caller cannot access Confluence"}"#,
);
pub(crate) const NOT_PERMITTED: Reply = Reply::Json(
    403,
    r#"{"statusCode":403,"data":{"authorized":false,"valid":true,"errors":[],"successful":false},"message":"com.atlassian.confluence.api.service.exceptions.api.PermissionException: Current user not permitted to use Confluence"}"#,
);
pub(crate) const PAGES: Reply = Reply::Json(200, r#"{"results":[],"_links":{}}"#);
pub(crate) const USER: Reply =
    Reply::Json(200, r#"{"type":"known","accountId":"a1","displayName":"Ada"}"#);
pub(crate) const TENANT: Reply = Reply::Json(200, r#"{"cloudId":"cloud-1"}"#);

type Answer = dyn Fn(&str) -> Reply + Send + Sync;

pub(crate) struct Atlassian {
    answer: Box<Answer>,
    seen: Mutex<Vec<(String, bool)>>,
}

impl fmt::Debug for Atlassian {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Atlassian")
    }
}

impl Atlassian {
    /// `answer` is given the address without its query.
    pub(crate) fn new(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { answer: Box::new(answer), seen: Mutex::default() })
    }

    /// How often an address with this end was asked for.
    pub(crate) fn asked(&self, end: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|(url, _)| url.ends_with(end)).count()
    }

    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub(crate) fn api_token(self: &Arc<Self>) -> Arc<dyn Credentials> {
        Arc::new(self.api_token_at(&site()))
    }

    pub(crate) fn api_token_at(self: &Arc<Self>, location: &Location) -> ApiToken {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        ApiToken::new(transport, location, EMAIL, &TOKEN.into()).unwrap()
    }

    pub(crate) fn access_token(self: &Arc<Self>, location: &Location) -> Arc<dyn Credentials> {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        Arc::new(AccessToken::new(transport, location, &TOKEN.into()).unwrap())
    }

    pub(crate) fn client(self: &Arc<Self>, credentials: &Arc<dyn Credentials>) -> Client {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        Client::new(transport, Arc::clone(credentials))
    }
}

pub(crate) fn site() -> Location {
    Location::site("example".parse().unwrap())
}

pub(crate) fn cloud() -> Location {
    Location::cloud_id("cloud-1".parse().unwrap())
}

pub(crate) async fn authorized(credentials: &Arc<dyn Credentials>) -> Authorized {
    credentials.authorized().await.unwrap()
}

#[async_trait]
impl Transport for Atlassian {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let uri = request.uri();
        let host = uri.host().unwrap().to_owned();
        let url = format!("https://{host}{}", uri.path());
        let signed = request.headers().contains_key(header::AUTHORIZATION);
        assert!(!(signed && url.ends_with("/tenant_info")), "a credential was sent to {url}");
        self.seen.lock().unwrap().push((url.clone(), signed));
        // As on a network, others get a turn meanwhile.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let response = http::Response::builder();
        let response = match (self.answer)(&url) {
            Reply::Json(status, body) => response
                .status(status)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Bytes::from_static(body.as_bytes())),
            Reply::Html(status) => response
                .status(status)
                .header(header::CONTENT_TYPE, "text/html;charset=utf-8")
                .body(Bytes::from_static(b"<!doctype html><title>HTTP Status 401</title>")),
            Reply::Redirect(to) => {
                response.status(302).header(header::LOCATION, to).body(Bytes::new())
            }
            Reply::Fault(kind) => return Err(TransportError { host, kind, source: None }),
            Reply::Never => std::future::pending().await,
        };
        Ok(response.unwrap())
    }
}

//! What one REST operation is, as data.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::{Serialize, de::DeserializeOwned};

use crate::scope::Scope;

/// Query parameters under construction.
#[derive(Debug, Default)]
pub struct Query(Vec<(Cow<'static, str>, String)>);

impl Query {
    /// Appends `name=value`.
    pub fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Appends `name=value` if there is a value.
    pub fn push_some(&mut self, name: &'static str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.push(name, value.to_string());
        }
    }

    /// Appends `name=value` once per value: the form of lists in REST v2.
    pub fn push_all<T: ToString>(&mut self, name: &'static str, values: &[T]) {
        self.0.extend(values.iter().map(|value| (Cow::Borrowed(name), value.to_string())));
    }

    /// Appends `name=a,b` if there are values: the form of lists in REST v1.
    pub fn push_joined(&mut self, name: &'static str, values: &[String]) {
        if !values.is_empty() {
            self.push(name, values.join(","));
        }
    }

    /// Appends `name=true` if `value` is set: every flag of this API is off by default.
    pub fn push_flag(&mut self, name: &'static str, value: bool) {
        if value {
            self.push(name, "true");
        }
    }

    pub(crate) fn write(&self, url: &mut url::Url) {
        if !self.0.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.0);
        }
    }
}

/// One REST operation: which request to send and what the answer decodes to.
///
/// An endpoint does no I/O. [`Client::send`](crate::Client::send) does.
pub trait Endpoint: Send + Sync {
    /// Decoded body of a successful response.
    type Response: DeserializeOwned;
    /// HTTP method of the operation.
    const METHOD: Method;
    /// Granular OAuth scopes that the operation needs, all of them.
    ///
    /// Source: the `x-atlassian-oauth2-scopes` of Atlassian's `OpenAPI` documents.
    const SCOPES: &'static [Scope];

    /// Path below the root URL, starting with `/`.
    fn path(&self) -> String;

    /// Adds the query parameters. The default adds none.
    fn query(&self, _query: &mut Query) {}

    /// JSON body, or `None` to send none, which is the default.
    ///
    /// # Errors
    ///
    /// Returns the serializer's error.
    fn body(&self) -> Result<Option<Bytes>, serde_json::Error> {
        Ok(None)
    }
}

/// Serializes `value` as a request body.
pub(crate) fn json(value: &impl Serialize) -> Result<Option<Bytes>, serde_json::Error> {
    serde_json::to_vec(value).map(|bytes| Some(bytes.into()))
}

/// The response of an operation that answers 204.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub struct NoContent;

/// Builds the request for `endpoint` below `root`, without credentials.
///
/// Synchronous on purpose: a query serializer across an `.await` would make futures `!Send`.
pub(crate) fn request<E: Endpoint>(
    root: &url::Url,
    endpoint: &E,
) -> Result<http::Request<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
    let path = endpoint.path();
    let mut url = root.clone();
    // The root has a path of its own behind the OAuth gateway: `/ex/confluence/{cloud id}`.
    url.set_path(&(url.path().trim_end_matches('/').to_owned() + &path));
    let mut query = Query::default();
    endpoint.query(&mut query);
    query.write(&mut url);
    let body = endpoint.body()?;
    let mut headers = HeaderMap::with_capacity(4);
    headers
        .insert(http::header::ACCEPT, const { http::HeaderValue::from_static("application/json") });
    if body.is_some() {
        let json = const { http::HeaderValue::from_static("application/json") };
        headers.insert(http::header::CONTENT_TYPE, json);
    }
    if E::METHOD != Method::GET && path.starts_with("/wiki/rest/") {
        // v1 guards writes against cross-site requests with this header.
        let no_check = const { http::HeaderValue::from_static("no-check") };
        headers.insert("x-atlassian-token", no_check);
    }
    let mut request = http::Request::builder()
        .method(E::METHOD)
        .uri(url.as_str())
        .body(body.unwrap_or_default())?;
    *request.headers_mut() = headers;
    Ok(request)
}

//! An authenticated request on its way to a handler.

use std::{
    borrow::Cow,
    sync::{Arc, RwLockReadGuard, RwLockWriteGuard},
};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    site::{ContentId, Site, User},
    state::Shared,
    tenant::Tenant,
};

use super::{failure::Failure, query::Query};

/// What a handler gets.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Shared,
    /// The site that the request is about.
    pub(crate) tenant: &'a Tenant,
    pub(crate) user: Arc<User>,
    /// The path below the root, `/wiki/…`.
    pub(crate) path: &'a str,
    /// What stands in the path where the route has a `*`.
    pub(crate) captures: Vec<&'a str>,
    pub(crate) query: Query,
    pub(crate) body: &'a [u8],
    pub(crate) now: Timestamp,
    /// Whether a fault wants lists to begin with a page without rows.
    pub(crate) empty_page: bool,
}

impl Call<'_> {
    pub(crate) fn site(&self) -> RwLockReadGuard<'_, Site> {
        self.tenant.site()
    }

    pub(crate) fn site_mut(&self) -> RwLockWriteGuard<'_, Site> {
        self.tenant.site_mut()
    }

    /// The first thing captured, a numeric id.
    pub(crate) fn id(&self) -> Result<ContentId, Failure> {
        self.number(0, "id", "long.")
    }

    pub(crate) fn number(&self, at: usize, name: &str, expected: &str) -> Result<u64, Failure> {
        let text = self.capture(at);
        text.parse().ok().ok_or_else(|| Failure::wrong_type(text, name, expected))
    }

    pub(crate) fn capture(&self, at: usize) -> &str {
        self.captures.get(at).copied().unwrap_or_default()
    }

    /// The body, which has to be a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Failure> {
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Failure::parameter("Could not read request body: expected an object")),
            Err(error) => Err(Failure::parameter(&format!("Could not read request body: {error}"))),
        }
    }
}

/// A text in a body; Confluence takes numbers for ids, too.
pub(crate) fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<Cow<'a, str>> {
    match object.get(name)? {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A numeric id in a body.
pub(crate) fn id(object: &Map<String, Value>, name: &str) -> Result<Option<u64>, Failure> {
    text(object, name)
        .map(|it| it.parse().ok().ok_or_else(|| Failure::wrong_type(&it, name, "Long")))
        .transpose()
}

/// The complaint about a field that has to be there.
pub(crate) fn missing(name: &str) -> Failure {
    Failure::parameter(&format!("Missing required field '{name}' in the request body"))
}

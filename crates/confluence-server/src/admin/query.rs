//! Parameters of addresses: each known, each at most once.

use std::{collections::BTreeMap, fmt::Display, str::FromStr, sync::Arc};

use axum::extract::FromRequestParts;
use confluence_connector::Range;
use http::request::Parts;
use url::form_urlencoded;

use super::{AdminState, failed::Failed};

/// Rows of a list where nobody says how many.
const ROWS: usize = 100;

/// The parameters of a request. What nobody takes is unknown.
#[derive(Debug)]
pub(super) struct Query(BTreeMap<String, String>);

/// Which part of a list is wanted.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) cursor: Option<String>,
    pub(super) limit: usize,
}

impl Part {
    pub(super) fn range(&self) -> Range<'_> {
        Range { after: self.cursor.as_deref(), limit: self.limit }
    }
}

impl FromRequestParts<Arc<AdminState>> for Query {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<AdminState>) -> Result<Self, Failed> {
        let mut found = BTreeMap::new();
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if found.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Failed::invalid("a parameter is given twice"));
            }
        }
        Ok(Self(found))
    }
}

impl Query {
    /// Takes a parameter. One without a value is as good as none.
    pub(super) fn take<T: FromStr<Err: Display>>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Failed> {
        let Some(text) = self.0.remove(name).filter(|it| !it.is_empty()) else { return Ok(None) };
        let invalid = |error: T::Err| Failed::invalid(format!("`{name}`: {error}"));
        text.parse().map(Some).map_err(invalid)
    }

    /// Takes which part of a list is wanted.
    pub(super) fn part(&mut self) -> Result<Part, Failed> {
        let limit = self.take("limit")?.unwrap_or(ROWS);
        Ok(Part { cursor: self.take("cursor")?, limit })
    }

    /// Makes sure that all was taken.
    pub(super) fn end(self) -> Result<(), Failed> {
        if self.0.is_empty() { Ok(()) } else { Err(Failed::invalid("a parameter is unknown here")) }
    }

    /// Takes which part of a list is wanted, where there are no other parameters.
    pub(super) fn only_part(mut self) -> Result<Part, Failed> {
        let part = self.part()?;
        self.end()?;
        Ok(part)
    }
}

//! Reads ADF nodes and says where they are wrong.

use serde_json::{Map, Value};

use super::MAX_NODE_DEPTH;
use crate::convert::error::InvalidAdf;

/// A node, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    value: &'a Value,
    path: String,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new(), depth: 0 }
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    pub(super) fn invalid(&self, message: impl Into<String>) -> InvalidAdf {
        let path = if self.path.is_empty() { "/".to_owned() } else { self.path.clone() };
        InvalidAdf { path, message: message.into() }
    }

    pub(super) fn unknown(&self, place: &str) -> InvalidAdf {
        let kind = self.value["type"].as_str().unwrap_or_default();
        self.invalid(format!("`{kind}` is not a node that may stand {place}"))
    }

    pub(super) fn kind(&self) -> Result<&'a str, InvalidAdf> {
        self.value["type"].as_str().ok_or_else(|| self.invalid("a node must have a type"))
    }

    /// The nodes inside; none if there is no `content`.
    pub(super) fn children(&self) -> Result<Vec<Self>, InvalidAdf> {
        let content = match self.value.get("content") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(content)) => content,
            Some(_) => return Err(self.invalid("`content` must be an array")),
        };
        if self.depth >= MAX_NODE_DEPTH {
            return Err(self.invalid("nodes are nested too deep"));
        }
        Ok(content
            .iter()
            .enumerate()
            .map(|(index, value)| Self {
                value,
                path: format!("{}/content/{index}", self.path),
                depth: self.depth + 1,
            })
            .collect())
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'a Value> {
        self.value.get("attrs")?.get(name).filter(|it| !it.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.attribute(name)?.as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.attribute(name)?.as_f64()
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a str, InvalidAdf> {
        self.text(name).ok_or_else(|| self.invalid(format!("the attribute `{name}` is missing")))
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = &'a Value> {
        self.value.get("marks").and_then(Value::as_array).into_iter().flatten()
    }

    /// The attributes of the mark, if the node has it.
    pub(super) fn mark(&self, kind: &str) -> Option<&'a Map<String, Value>> {
        self.marks().find(|it| it["type"] == kind)?.get("attrs")?.as_object()
    }
}

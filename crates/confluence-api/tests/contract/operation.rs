//! One documented operation.

use serde_json::Value;

use crate::schema;

/// An operation, and what a request has in place of the names in its path.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) document: &'a Value,
    pub(crate) json: &'a Value,
    pub(crate) captures: Vec<(&'a str, String)>,
}

/// A documented parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter<'a> {
    json: &'a Value,
}

impl<'a> Operation<'a> {
    /// `getPageById`
    pub(crate) fn id(&self) -> &'a str {
        self.json["operationId"].as_str().unwrap()
    }

    /// Its parameters in the path or in the query.
    pub(crate) fn parameters(&self, place: &str) -> Vec<Parameter<'a>> {
        let parameters = self.json.get("parameters").and_then(Value::as_array);
        let parameters = parameters.into_iter().flatten().map(|json| Parameter { json });
        parameters.filter(|it| it.json["in"] == place).collect()
    }

    /// The parameter of that name, in the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<Parameter<'a>> {
        self.parameters("query").into_iter().find(|it| it.name() == name)
    }

    /// The body of requests, and whether there must be one.
    pub(crate) fn body(&self) -> Option<(&'a Value, bool)> {
        let mut body = self.json.get("requestBody")?;
        if let Some(reference) = body.get("$ref").and_then(Value::as_str) {
            body = self.document.pointer(reference.strip_prefix('#').unwrap()).unwrap();
        }
        Some((&body["content"]["application/json"]["schema"], body["required"] == true))
    }

    /// What is said about answers with that status.
    pub(crate) fn answer(&self, status: u16) -> Option<&'a Value> {
        self.json["responses"].get(status.to_string())
    }

    /// The granular scopes that it needs: v1 has them beside the classic ones, as a trial.
    pub(crate) fn scopes(&self) -> Vec<&'a str> {
        let sets = self.json["x-atlassian-oauth2-scopes"].as_array().unwrap();
        let mut sets = sets.iter().map(|it| strings(&it["scopes"]));
        let granular = |it: &&str| it.ends_with(":confluence") && it.split(':').count() == 3;
        sets.find(|it| it.iter().all(granular)).unwrap_or_default()
    }
}

impl<'a> Parameter<'a> {
    pub(crate) fn name(self) -> &'a str {
        self.json["name"].as_str().unwrap()
    }

    pub(crate) fn schema(self) -> &'a Value {
        &self.json["schema"]
    }

    pub(crate) fn is_required(self) -> bool {
        self.json["required"] == true
    }

    /// Whether each value of a list comes with the name of its own; if not, commas part them.
    pub(crate) fn repeats(self) -> bool {
        self.json.get("explode") != Some(&Value::Bool(false))
    }

    /// The words that it takes, alone or in a list.
    pub(crate) fn words(self, document: &'a Value) -> Vec<&'a str> {
        let schema = schema::resolved(document, self.schema());
        let one = if schema["type"] == "array" { &schema["items"] } else { schema };
        strings(&schema::resolved(document, one)["enum"])
    }
}

pub(crate) fn strings(array: &Value) -> Vec<&str> {
    array.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

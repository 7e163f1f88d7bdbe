//! One request and its answer against the operation that describes them.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    documents::Documents,
    operation::{Operation, Parameter},
    schema,
};

/// Headers of requests that the documents leave to the protocol, and one that v1 asks for in prose.
const KNOWN_HEADERS: [&str; 4] = ["accept", "authorization", "content-type", "x-atlassian-token"];

/// What is wrong with a request whose path is below the root.
pub(crate) fn request(documents: &Documents, request: &Request<Bytes>) -> Vec<String> {
    let (method, path) = (request.method(), request.uri().path());
    let Some(operation) = documents.find(method, path) else {
        return vec![format!("no operation is {method} {path}")];
    };
    let mut problems = Vec::new();
    for parameter in operation.parameters("path") {
        let value = operation.captures.iter().find(|(name, _)| *name == parameter.name());
        let values: Vec<&str> = value.iter().map(|(_, text)| text.as_str()).collect();
        problems.extend(values_of(&operation, parameter, &values));
    }
    problems.extend(query(&operation, request.uri().query().unwrap_or_default()));
    problems.extend(headers(request));
    problems.extend(request_body(&operation, request));
    problems
}

/// What is wrong with an answer to `request`.
pub(crate) fn answer(
    documents: &Documents,
    request: &Request<Bytes>,
    answer: &Response<Bytes>,
) -> Vec<String> {
    let Some(operation) = documents.find(request.method(), request.uri().path()) else {
        return Vec::new();
    };
    let status = answer.status().as_u16();
    let Some(documented) = operation.answer(status) else {
        return vec![format!("{status} is not documented: {}", text(answer.body()))];
    };
    let mut problems = Vec::new();
    for name in documented.get("headers").and_then(Value::as_object).into_iter().flatten() {
        if !answer.headers().contains_key(name.0.as_str()) {
            problems.push(format!("no `{}` header", name.0));
        }
    }
    let content = documented.get("content").and_then(|it| it.get("application/json"));
    match (content, serde_json::from_slice::<Value>(answer.body())) {
        (None, _) if answer.body().is_empty() => {}
        (None, _) => problems.push("a body where none is documented".to_owned()),
        (Some(_), Err(error)) => problems.push(format!("no JSON: {error}")),
        (Some(content), Ok(body)) => {
            if !is_json(answer.headers()) {
                problems.push("JSON that is not called so".to_owned());
            }
            problems.extend(against(&operation, &content["schema"], &body));
            problems.extend(next_link(answer.headers(), &body));
        }
    }
    problems
}

/// What a schema of the operation has against `value`.
fn against(operation: &Operation<'_>, schema: &Value, value: &Value) -> Vec<String> {
    schema::objections(&schema::compile(operation.document, schema), value)
}

fn query(operation: &Operation<'_>, query: &str) -> Vec<String> {
    let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        sent.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let mut problems = Vec::new();
    for parameter in operation.parameters("query") {
        let values = sent.remove(parameter.name()).unwrap_or_default();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        problems.extend(values_of(operation, parameter, &values));
    }
    problems.extend(sent.keys().map(|it| format!("the parameter `{it}` is not documented")));
    problems
}

/// What is wrong with the values of a parameter, as the request spells them.
fn values_of(operation: &Operation<'_>, parameter: Parameter<'_>, values: &[&str]) -> Vec<String> {
    let name = parameter.name();
    if values.is_empty() {
        let missing = parameter.is_required().then(|| format!("`{name}` is missing"));
        return missing.into_iter().collect();
    }
    let kind = |schema: &Value| {
        schema::resolved(operation.document, schema)["type"].as_str().unwrap_or_default().to_owned()
    };
    let list = kind(parameter.schema()) == "array";
    let value = match values {
        values if list && parameter.repeats() => {
            let items = kind(&parameter.schema()["items"]);
            Value::Array(values.iter().map(|it| typed(&items, it)).collect())
        }
        [value] if list => {
            let items = kind(&parameter.schema()["items"]);
            Value::Array(value.split(',').map(|it| typed(&items, it)).collect())
        }
        [value] => typed(&kind(parameter.schema()), value),
        _ => return vec![format!("`{name}` comes {} times", values.len())],
    };
    let objections = against(operation, parameter.schema(), &value);
    objections.into_iter().map(|it| format!("`{name}`: {it}")).collect()
}

/// A value of a query as JSON; text that is not of the type stays text, which is refused then.
fn typed(kind: &str, text: &str) -> Value {
    let value = match kind {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    value.unwrap_or_else(|| json!(text))
}

fn headers(request: &Request<Bytes>) -> Vec<String> {
    let unknown = request.headers().keys().filter(|it| !KNOWN_HEADERS.contains(&it.as_str()));
    let mut problems: Vec<String> =
        unknown.map(|it| format!("the header `{it}` is not documented")).collect();
    if request.headers().get(header::ACCEPT).is_none_or(|it| it != "application/json") {
        problems.push("does not accept JSON".to_owned());
    }
    problems
}

fn request_body(operation: &Operation<'_>, request: &Request<Bytes>) -> Vec<String> {
    let body = request.body();
    match operation.body() {
        None | Some((_, false)) if body.is_empty() => Vec::new(),
        None => vec!["a body where none is documented".to_owned()],
        Some((_, true)) if body.is_empty() => vec!["no body where one is required".to_owned()],
        Some((schema, _)) => {
            if !is_json(request.headers()) {
                return vec!["a body that is not called JSON".to_owned()];
            }
            match serde_json::from_slice(body) {
                Err(error) => vec![format!("no JSON: {error}")],
                Ok(body) => against(operation, schema, &body),
            }
        }
    }
}

/// A list says twice where its next page is.
fn next_link(headers: &HeaderMap, body: &Value) -> Option<String> {
    let header = headers.get(header::LINK)?.to_str().unwrap();
    let next = body["_links"]["next"].as_str();
    let expected = next.map(|it| format!("<{it}>; rel=\"next\""));
    let agrees = match &expected {
        Some(expected) => header.contains(expected.as_str()),
        None => !header.contains("rel=\"next\""),
    };
    (!agrees).then(|| format!("`Link` is {header}, `_links.next` {next:?}"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    value.is_some_and(|it| it.split(';').next() == Some("application/json"))
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).chars().take(300).collect()
}

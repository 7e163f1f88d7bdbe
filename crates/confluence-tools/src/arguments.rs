//! From a call's arguments to one action's own struct: strict, with errors that a model can act on.

use confluence_api::text::excerpt;
use serde_json::{Map, Value};

use crate::{
    action::Action,
    failure::{Failure, FailureKind},
    lenient,
    operation::Operation,
    schema::ActionSchema,
};

/// How much of what a caller sent is repeated to it, in characters.
const MAX_QUOTED: usize = 100;

/// Longest reason of a parser that has a list of what is allowed in it, in characters.
const MAX_REASON: usize = 600;

/// Stands between the path of a nested error and its message.
pub(crate) const PATH_END: char = '\u{1f}';

/// What an agent platform adds to the arguments of every call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Injected {
    /// The conversation.
    pub context_id: Option<String>,
    /// The agent that calls.
    pub agent_id: Option<String>,
    /// The person on whose behalf it calls.
    pub user_id: Option<String>,
}

/// Removes what agent platforms inject, so that it is never forwarded nor taken for an argument.
pub fn take_injected(arguments: &mut Map<String, Value>) -> Injected {
    let mut take = |name: &str| match arguments.shift_remove(name)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let injected = Injected {
        context_id: take("context_id"),
        agent_id: take("agent_id"),
        user_id: take("user_id"),
    };
    take("attachment_urls");
    injected
}

/// Reads the arguments of `operation` as its action.
pub(crate) fn parse<A: Action>(
    operation: &'static Operation,
    schema: &ActionSchema,
    mut arguments: Map<String, Value>,
) -> Result<A, Failure> {
    // Models write null for what they leave out.
    arguments.retain(|_, value| !value.is_null());
    for name in arguments.keys() {
        if !schema.properties.contains_key(name) {
            return Err(refuse(operation, &unknown(operation, schema, name)));
        }
    }
    for name in &schema.required {
        if !arguments.contains_key(name) {
            let missing = if name == "id" {
                format!("Missing required path param: {name}")
            } else {
                format!("Missing required argument: {name}")
            };
            return Err(refuse(operation, &missing));
        }
    }
    let mut tagged = Map::with_capacity(1);
    tagged.insert(operation.action.to_owned(), Value::Object(arguments));
    serde_path_to_error::deserialize(Value::Object(tagged)).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner().to_string();
        // The path begins with the action, which is how an enum is tagged.
        let path = path.split_once('.').map_or("", |(_, rest)| rest);
        let (path, message) = match inner.split_once(PATH_END) {
            Some((nested, message)) if nested.starts_with('[') => {
                (format!("{path}{nested}"), message)
            }
            Some((nested, message)) => (format!("{path}.{nested}"), message),
            None => (path.to_owned(), inner.as_str()),
        };
        refuse(operation, &told(&path, message))
    })
}

/// A failure before anything was sent.
pub(crate) fn refuse(operation: &Operation, reason: &str) -> Failure {
    let reason = reason.trim_end_matches('.');
    Failure::new(
        FailureKind::Arguments,
        format!("Confluence request build failed for {}: {reason}.", operation.instruction),
    )
}

fn unknown(operation: &Operation, schema: &ActionSchema, name: &str) -> String {
    let shown = excerpt(name, 60);
    let known: Vec<&str> = schema.properties.keys().map(String::as_str).collect();
    let nested = schema.properties.get("body").and_then(|body| body.get("properties"));
    let by_key = operation.instruction == "getSpace" && name.starts_with("key");
    let hint = if nested.is_some_and(|nested| nested.get(name).is_some()) {
        format!("`{shown}` belongs inside `body`")
    } else if by_key {
        "a space is found by its key with `spaces list` (keys)".to_owned()
    } else {
        let close = known
            .iter()
            .map(|known| (likeness(known, &shown), known))
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        match close {
            Some((score, known)) if score > 0.75 => format!("did you mean `{known}`?"),
            _ => String::new(),
        }
    };
    let separator = if hint.is_empty() { "" } else { "; " };
    let end = if hint.ends_with('?') { "" } else { "." };
    let takes = format!("{} {} takes: {}", operation.tool, operation.action, known.join(", "));
    format!("unknown argument `{shown}`{separator}{hint}{end} {takes}")
}

/// How much two names look alike, from 0 to 1; one that holds the other does well.
fn likeness(known: &str, name: &str) -> f64 {
    let (known, name) = (known.to_lowercase(), name.to_lowercase());
    let contained = if name.contains(&known) || known.contains(&name) { 0.8 } else { 0.0 };
    strsim::jaro_winkler(&known, &name).max(contained)
}

/// What is wrong with the argument at `path`.
fn told(path: &str, message: &str) -> String {
    if let Some(name) = message.strip_prefix("missing field `") {
        let name = name.trim_end_matches('`');
        let hint =
            if name == "number" { "; it is the version that you read, plus one" } else { "" };
        return format!("Missing required argument: {}.{name}{hint}", short(path, MAX_QUOTED));
    }
    if let Some((name, takes)) =
        message.strip_prefix("unknown field `").and_then(|it| it.rsplit_once("`, expected "))
    {
        let takes = takes.trim_start_matches("one of ").replace('`', "");
        // The path of an unknown field ends with it.
        let parent = path.strip_suffix(&format!(".{name}")).unwrap_or(path);
        let (parent, name) = (short(parent, MAX_QUOTED), short(name, MAX_QUOTED));
        return format!("unknown argument `{parent}.{name}`. `{parent}` takes: {takes}");
    }
    let shape = match path.rsplit('.').next() {
        _ if !message.contains("expected struct") => "",
        Some("body") => " such as {\"representation\": \"storage\", \"value\": \"<p>text</p>\"}",
        Some("version") => " such as {\"number\": 2}",
        Some(entry) if entry.starts_with("edits[") => {
            " such as {\"op\": \"findReplace\", \"find\": \"old\", \"replace\": \"new\"}"
        }
        Some(entry) if entry.starts_with("body[") => " such as {\"name\": \"runbook\"}",
        Some(_) | None => "",
    };
    format!("argument `{}`: {}{shape}", short(path, MAX_QUOTED), plain(message))
}

/// A caller's words, cut where they are long.
fn short(text: &str, limit: usize) -> String {
    let mut shown = excerpt(text, limit);
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

/// Says in plain words what serde says in Rust's.
fn plain(message: &str) -> String {
    // What was found may be text that holds the same words.
    let (found, expected) = match message.rsplit_once(", expected ") {
        Some((found, expected)) => (short(found, MAX_QUOTED), expected),
        None => (short(message, MAX_REASON), ""),
    };
    let found = match found.strip_prefix("invalid type: ").or(found.strip_prefix("invalid value: "))
    {
        Some("map") => "got an object".to_owned(),
        Some("sequence") => "got an array".to_owned(),
        Some(what) => format!("got {what}"),
        None => found,
    };
    let expected = match expected {
        "" => return found,
        "u32" | "u64" => "a positive integer",
        "i64" => "an integer",
        "a boolean" => "true or false",
        text if text.starts_with("struct ") => "an object",
        text if text.starts_with("a sequence") => "an array",
        text => text,
    };
    format!("{found}, expected {expected}")
}

/// Reads `outputFormat`.
pub(crate) fn take_output(
    tool: &str,
    arguments: &mut Map<String, Value>,
) -> Result<OutputFormat, Failure> {
    let format = match arguments.shift_remove("outputFormat") {
        None | Some(Value::Null) => return Ok(OutputFormat::Verbose),
        Some(Value::String(text)) => match text.as_str() {
            "verbose" => return Ok(OutputFormat::Verbose),
            "structured" => return Ok(OutputFormat::Structured),
            "both" => return Ok(OutputFormat::Both),
            _ => Value::String(text),
        },
        Some(other) => other,
    };
    Err(Failure::new(
        FailureKind::Arguments,
        format!(
            "Invalid argument `outputFormat` for {tool}: got {}, expected verbose, structured or both.",
            lenient::kind(&format)
        ),
    ))
}

/// What a tool's result consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// Text for a model.
    Verbose,
    /// Confluence's JSON, trimmed.
    Structured,
    /// Both.
    Both,
}

impl OutputFormat {
    pub(crate) fn has_text(self) -> bool {
        self != Self::Structured
    }

    pub(crate) fn has_json(self) -> bool {
        self != Self::Verbose
    }
}

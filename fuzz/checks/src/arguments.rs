//! Calls with every kind of argument: what is wrong is refused before anything is sent.

use std::{collections::BTreeMap, sync::Arc};

use arbitrary::{Arbitrary, Result, Unstructured};
use confluence_api::Rejected;
use confluence_tools::{
    FailureKind, OPERATIONS, Operation, Options, Surface, call_instruction, call_tool, catalog,
    take_injected,
};
use serde_json::{Map, Value};

use crate::{
    calls::checked,
    script::Script,
    site::{client, holds_secret, run},
};

/// How deep arguments are nested.
const MAX_DEPTH: usize = 4;

/// Names that mean something within arguments, or could seem to.
const NAMES: &[&str] = &[
    "action",
    "outputFormat",
    "context_id",
    "agent_id",
    "user_id",
    "attachment_urls",
    "body",
    "id",
    "value",
    "representation",
    "version",
    "number",
    "message",
    "title",
    "spaceId",
    "parentId",
    "status",
    "name",
    "prefix",
    "pageId",
    "parentCommentId",
    "storage",
    "cursor",
    "limit",
];

/// Words that mean something as values.
const WORDS: &[&str] = &[
    "98306",
    "att98306",
    "storage",
    "atlas_doc_format",
    "view",
    "current",
    "draft",
    "archived",
    "any",
    "both",
    "structured",
    "verbose",
    "none",
    "../x",
    "a,b",
    "1\u{0}2",
    "\u{1b}[31m",
    "-1",
    "2",
    "{\"representation\":\"storage\",\"value\":\"\"}",
    "[{\"name\":\"a\"}]",
    "global",
];

/// An answer that every operation can read.
const ANSWER: &[u8] =
    b"200\n\n{\"id\":\"1\",\"title\":\"T\",\"status\":\"current\",\"results\":[],\"version\":{\"number\":2}}";

/// A call as a model could make it.
struct Call {
    operation: &'static Operation,
    /// Under the instruction's name, else under the tool's.
    by_instruction: bool,
    read_only: bool,
    arguments: Map<String, Value>,
}

impl<'a> Arbitrary<'a> for Call {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let operation = input.choose(OPERATIONS)?;
        let tool = catalog().iter().find(|it| it.name == operation.tool);
        let known = tool.and_then(|it| it.arguments(operation.action)).unwrap_or_default();
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        let by_instruction: bool = input.arbitrary()?;
        let read_only = input.ratio(1, 8)?;
        let mut arguments = Map::new();
        if !by_instruction && !input.ratio(1, 16)? {
            arguments.insert("action".to_owned(), operation.action.into());
        }
        for _ in 0..input.int_in_range(0..=6)? {
            let name = match input.int_in_range(0..=7)? {
                0 => input.arbitrary::<&str>()?,
                1 => input.choose(NAMES)?,
                _ if known.is_empty() => "id",
                _ => input.choose(&known)?,
            };
            arguments.insert(name.to_owned(), value(input, 0)?);
        }
        Ok(Self { operation, by_instruction, read_only, arguments })
    }
}

fn value(input: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let kinds = if depth < MAX_DEPTH { 9 } else { 6 };
    Ok(match input.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => input.arbitrary::<bool>()?.into(),
        2 => input.arbitrary::<i64>()?.into(),
        3 => input.arbitrary::<f64>()?.into(),
        4 => input.arbitrary::<&str>()?.into(),
        5 => (*input.choose(WORDS)?).into(),
        6 => input.int_in_range(0..=100)?.into(),
        7 => {
            let mut items = Vec::new();
            for _ in 0..input.int_in_range(0..=3)? {
                items.push(value(input, depth + 1)?);
            }
            items.into()
        }
        _ => {
            let mut object = BTreeMap::new();
            for _ in 0..input.int_in_range(0..=4)? {
                let name =
                    if input.ratio(1, 8)? { input.arbitrary()? } else { *input.choose(NAMES)? };
                object.insert(name.to_owned(), value(input, depth + 1)?);
            }
            Value::Object(object.into_iter().collect())
        }
    })
}

/// Bytes from which a call is made up: an operation, names of its arguments, and values.
///
/// # Panics
///
/// When something is sent although the arguments are wrong, or a refusal's text is too long or has
/// control characters in it; when what platforms inject is forwarded.
pub fn arguments(data: &[u8]) {
    if holds_secret(data) {
        return;
    }
    let Ok(call) = Call::arbitrary(&mut Unstructured::new(data)) else { return };
    let Call { operation, by_instruction, read_only, mut arguments } = call;
    take_injected(&mut arguments);
    for name in ["context_id", "agent_id", "user_id", "attachment_urls"] {
        assert!(!arguments.contains_key(name));
    }
    let script = Arc::new(Script::new(&[ANSWER]));
    let client = client(&script, Rejected::Unrelated);
    let surface = Surface { read_only, ..Surface::default() };
    let options = Options { surface, ..Options::default() };
    let outcome = if by_instruction {
        run(call_instruction(&client, operation.instruction, arguments, &options))
    } else {
        run(call_tool(&client, operation.tool, arguments, &options))
    };
    if let Some(called) = outcome.operation {
        assert!(!read_only || called.is_read() || outcome.result.is_err());
    }
    match checked(outcome, &script) {
        Ok(_) | Err(FailureKind::Arguments | FailureKind::NotAvailable) => {}
        Err(other) => panic!("the answer fits every operation, but: {other:?}"),
    }
    assert!(script.sent().len() <= 1, "a call that is answered is one request");
}

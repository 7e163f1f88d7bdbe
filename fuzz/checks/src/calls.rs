//! Calls of tools and instructions whose answers are anything.

use std::sync::Arc;

use confluence_api::{Client, Rejected};
use confluence_tools::{
    FailureKind, Options, Outcome, Success, call_instruction, call_tool, take_injected,
};
use serde_json::{Map, Value};

use crate::{
    script::{Script, line, parts},
    site::{assert_no_secret, assert_requests, client, holds_secret, run},
    text::{assert_line, assert_lines, assert_no_page},
};

/// The most requests of one call: four attempts, and after a conflict as many for a look at the page.
const MAX_REQUESTS: usize = 8;

/// Longest text about a failure, in characters: one that is read at a glance.
const MAX_FAILURE: usize = 3_000;

/// Longest text of a success: a whole result, or the largest part of a body with its frame, in
/// characters.
const MAX_TEXT: usize = 103_000;

/// How much longer than an answer its JSON may become: a character is escaped to six, and limits
/// leave notes.
const MAX_GROWTH: usize = 12;

/// A tool's or (after `!`) an instruction's name in the first line, its arguments as JSON, then one
/// part per answer.
///
/// # Panics
///
/// When a text is too long or has control characters in it; when what was asked for is not there.
pub fn calls(data: &[u8]) {
    if holds_secret(data) {
        return;
    }
    let parts = parts(data);
    let (name, arguments) = line(parts[0]);
    let Ok(Value::Object(mut arguments)) = serde_json::from_slice(arguments) else { return };
    take_injected(&mut arguments);
    let script = Arc::new(Script::new(&parts[1..]));
    let client = client(&script, Rejected::Unrelated);
    let answers: usize = parts[1..].iter().map(|it| it.len()).sum();
    match name.strip_prefix('!') {
        Some(name) => {
            let outcome = run(call_instruction(&client, name, arguments, &Options::default()));
            if let Ok(success) = checked(outcome, &script) {
                assert!(success.structured.is_none());
                let raw = success.raw.expect("an instruction gives Confluence's JSON");
                assert!(raw.len() <= answers.max(400));
            }
        }
        None => tool(&client, &script, &name, arguments, answers),
    }
}

fn tool(
    client: &Client,
    script: &Script,
    name: &str,
    arguments: Map<String, Value>,
    answers: usize,
) {
    let format = arguments.get("outputFormat").and_then(Value::as_str).map(str::to_owned);
    let outcome = run(call_tool(client, name, arguments, &Options::default()));
    let Ok(Success { text, structured, raw, .. }) = checked(outcome, script) else { return };
    assert!(raw.is_none());
    assert_no_secret(&text);
    match format.as_deref() {
        Some("structured") => {
            let json = structured.expect("it was asked for");
            assert_eq!(serde_json::from_str::<Map<_, _>>(&text).ok().as_ref(), Some(&json));
            assert!(text.len() <= answers * MAX_GROWTH + 400, "{} bytes", text.len());
        }
        Some("both") => {
            assert!(structured.is_some());
            assert_lines(&text, MAX_TEXT);
        }
        _ => {
            assert!(structured.is_none());
            assert_lines(&text, MAX_TEXT);
        }
    }
    assert!(!text.trim().is_empty());
}

/// What holds for every outcome, however the call was made.
pub(crate) fn checked(outcome: Outcome, script: &Script) -> Result<Success, FailureKind> {
    assert_requests(script);
    let sent = script.sent().len();
    assert!(sent <= MAX_REQUESTS, "{sent} requests");
    match outcome.result {
        Ok(success) => {
            let operation = outcome.operation.expect("a call that succeeds has an operation");
            assert!(script.sent().iter().any(|it| it.method().as_str() == operation.method));
            Ok(success)
        }
        Err(failure) => {
            assert_line(&failure.text, MAX_FAILURE);
            assert_no_secret(&failure.text);
            let ours = failure.kind == FailureKind::NotAvailable
                || failure.kind == FailureKind::Arguments
                    && !failure.text.starts_with("Bad request while ");
            // The caller's own words, and what a parser found instead of JSON, may look like a page.
            if !ours && !failure.text.starts_with("Unexpected answer from Confluence while ") {
                assert_no_page(&failure.text);
            }
            assert!(!ours || sent == 0, "sent, and then: {}", failure.text);
            assert!(ours || sent > 0, "nothing was sent: {}", failure.text);
            Err(failure.kind)
        }
    }
}

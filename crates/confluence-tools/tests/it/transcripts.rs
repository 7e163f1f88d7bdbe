//! `docs/transcripts.md` shows what the tools say today: its calls are made again, in their order.

use confluence_sandbox::{Clock, Sandbox};
use serde_json::Value;

use crate::rig::start_at;

const DOCUMENT: &str = include_str!("../../../../docs/transcripts.md");

/// The minute at which the calls are made again. The agent took a few more of the same hour.
const NOW: &str = "2026-11-23T22:48:00Z";

/// What stands for a part that is left out.
const GAP: &str = "\n[…]\n";

/// A call of the document, and what came of it there.
struct Call {
    tool: &'static str,
    arguments: Value,
    is_error: bool,
    answer: &'static str,
}

/// The calls of the document.
fn calls() -> Vec<Call> {
    let mut calls = Vec::new();
    let mut rest = DOCUMENT;
    while let Some((before, after)) = rest.split_once("json\n{") {
        let fence = before.rsplit('\n').next().unwrap();
        // As in "`pages`", or "`pages` (an error)".
        let called = before.trim_end_matches('`').trim_end().rsplit('\n').next().unwrap();
        let (tool, remark) = called.trim_start_matches('`').split_once('`').unwrap();
        let end = format!("\n{fence}\n");
        let (arguments, after) = after.split_once(&end).unwrap();
        let mut arguments: Value = serde_json::from_str(&format!("{{{arguments}")).unwrap();
        // A text that is shortened is no XHTML any more; what is answered does not hold it.
        if let Some(text) = arguments.pointer_mut("/body/body/value")
            && text.as_str().unwrap().contains("[…]")
        {
            *text = Value::from("<p>Shortened.</p>");
        }
        let after = after.trim_start().strip_prefix(fence).unwrap();
        let (answer, after) = after.strip_prefix("text\n").unwrap().split_once(&end).unwrap();
        calls.push(Call { tool, arguments, is_error: remark == " (an error)", answer });
        rest = after;
    }
    calls
}

/// The text as the document writes it: addresses and the minutes of what was written differ.
fn as_written(text: &str) -> String {
    let text = text.replace("https://example.atlassian.net/wiki", "http://127.0.0.1:PORT/wiki");
    let mut parts = text.split("2026-11-23 22:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("2026-11-23 22:MM");
        out.push_str(part.get(2..).unwrap());
    }
    out
}

/// Whether the document's answer is `text`, apart from what it leaves out.
fn is_shown(answer: &str, text: &str) -> bool {
    let mut parts = answer.split(GAP);
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap()) else { return false };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    // What is at the end may stand earlier, too.
    last.map_or(rest.is_empty(), |last| text.ends_with(last))
}

#[tokio::test]
async fn the_transcripts_are_still_true() {
    let clock = Clock::manual(NOW.parse().unwrap());
    let rig = start_at(Sandbox::builder().demo(), clock).await;
    let calls = calls();
    assert!(calls.len() > 30, "{} calls", calls.len());
    for Call { tool, arguments, is_error, answer } in calls {
        let called = format!("{tool} {arguments}");
        let result = rig.outcome(tool, arguments).await.result;
        assert_eq!(result.is_err(), is_error, "{called}: {result:?}");
        let text = result.map_or_else(|failure| failure.text, |success| success.text);
        let (answer, text) = (as_written(answer), as_written(&text));
        assert!(is_shown(&answer, &text), "{called}\n--- now:\n{text}\n--- documented:\n{answer}");
    }
}

#[test]
fn only_what_is_left_out_may_differ() {
    assert!(is_shown("a b", "a b"));
    assert!(!is_shown("a b", "a b c"));
    assert!(!is_shown("a b", "a"));
    assert!(is_shown("a\n[…]\nd", "a b c d"));
    assert!(is_shown("a\n[…]\nd", "a d c d"));
    assert!(!is_shown("a\n[…]\nd", "a b c"));
    assert!(!is_shown("a\n[…]\nd", "a d c"));
    assert!(!is_shown("a\n[…]\nx\n[…]\nd", "a b d"));
}

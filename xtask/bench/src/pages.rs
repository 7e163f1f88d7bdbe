//! Pages of known size, written with the tools themselves.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::stdio::Stdio;

/// What is repeated until a page is long enough: headings, text, a list, a table and a macro, in
/// about the mixture of a real page.
const SECTION: &str = "<h2>Rollback &amp; recovery</h2><p>Deploy the previous version, then drain the queue: \
    it takes <strong>four minutes</strong> at most. See <ac:link><ri:page ri:content-title=\"Runbook\" /></ac:link> \
    – “never” skip the second step.</p><ul><li><p>Ask the team on call.</p></li><li><p>Write down what you saw.</p></li></ul>\
    <table><tbody><tr><th><p>Alert</p></th><th><p>Owner</p></th></tr><tr><td><p>queue_length &gt; 900</p></td>\
    <td><p>Platform</p></td></tr></tbody></table><ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\">\
    <ac:plain-text-body><![CDATA[kubectl rollout undo deploy/billing]]></ac:plain-text-body></ac:structured-macro>";

/// A body of that many characters in storage format.
pub(crate) fn body(length: usize) -> String {
    let section = SECTION.chars().count();
    let frame = "<p></p>".len();
    let sections = length.saturating_sub(frame) / section;
    let rest = length.saturating_sub(frame + sections * section);
    format!("{}<p>{}</p>", SECTION.repeat(sections), "x".repeat(rest))
}

/// Creates a page with such a body and gives its id.
///
/// # Errors
///
/// When the server or the sandbox refuse.
pub(crate) fn create(server: &mut Stdio, title: &str, length: usize) -> Result<String> {
    let list = json!({ "action": "list", "limit": 1, "outputFormat": "structured" });
    let spaces = server.call("spaces", &list)?;
    let space = &spaces["structuredContent"]["results"][0]["id"];
    let body = json!({ "representation": "storage", "value": body(length) });
    let body = json!({ "spaceId": space, "title": title, "body": body });
    let create = json!({ "action": "create", "body": body, "outputFormat": "structured" });
    let page = server.call("pages", &create)?;
    let id = page["structuredContent"]["id"].as_str().context("a page without an id")?;
    Ok(id.to_owned())
}

/// The arguments that read it back.
pub(crate) fn get_body(id: &str) -> Value {
    json!({ "action": "getBody", "id": id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_as_long_as_asked() {
        for length in [2_000, 20_000, 200_000] {
            assert_eq!(body(length).chars().count(), length);
        }
    }
}

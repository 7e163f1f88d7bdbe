//! What a client does with a server in front of the demo content, and what must come of it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::client::Client;
use super::server::{self, TOOLS};

/// The space that the sessions work in, and a page of it.
const SPACE: &str = "ENG";
const HANDBOOK: &str = "On-Call Handbook";

/// The title of the page that a session writes, and deletes in the end.
const TITLE: &str = "Written by a client under test";

/// How many rows a page of results has at most.
const ROWS: usize = 3;

/// After so many pages of results, they do not end.
const MAX_PAGES: usize = 50;

/// Looks at the server, reads, pages through a list, writes, and does things wrong.
///
/// # Errors
///
/// When anything is not as it must be.
pub(super) fn run(client: &mut Client, revision: &str) -> Result<()> {
    greeting(&client.hello, revision)?;
    let list = client.request("tools/list", &json!({}))?;
    ensure!(server::names(&list) == TOOLS, "tools/list answered {list}");
    ensure!(list.get("nextCursor").is_none(), "the list of tools goes on: {list}");

    let mut session = Session { client, called: BTreeSet::new() };
    let (space, home) = session.reads_spaces()?;
    let page = session.finds_a_page()?;
    session.reads_about(&page)?;
    session.pages_through(&home)?;
    let page = session.writes(&space)?;
    session.conflicts(&page)?;
    session.deletes(&page)?;
    session.errs()?;
    let all: BTreeSet<_> = TOOLS.into_iter().collect();
    ensure!(session.called == all, "only {:?} were called", session.called);
    Ok(())
}

/// What the server says of itself.
fn greeting(hello: &Value, revision: &str) -> Result<()> {
    ensure!(hello["protocolVersion"] == revision, "not {revision} was agreed upon: {hello}");
    ensure!(hello["serverInfo"]["name"] == "confluence-next-mcp", "somebody else: {hello}");
    ensure!(hello["capabilities"] == json!({ "tools": {} }), "capabilities: {hello}");
    let instructions = hello["instructions"].as_str().unwrap_or_default();
    ensure!(instructions.contains("CQL"), "instructions: {hello}");
    Ok(())
}

struct Session<'a> {
    client: &'a mut Client,
    /// Which tools were called with success.
    called: BTreeSet<&'static str>,
}

impl Session<'_> {
    fn text(&mut self, tool: &'static str, arguments: &Value) -> Result<String> {
        let answer = self.client.call(tool, arguments)?;
        let text = answer.text().with_context(|| format!("{tool} {arguments}"))?.to_owned();
        self.called.insert(tool);
        Ok(text)
    }

    fn structured(&mut self, tool: &'static str, arguments: &Value) -> Result<Value> {
        let mut arguments = arguments.clone();
        arguments["outputFormat"] = "structured".into();
        let answer = self.client.call(tool, &arguments)?;
        let content = answer.structured().with_context(|| format!("{tool} {arguments}"))?.clone();
        self.called.insert(tool);
        Ok(content)
    }

    fn failure(&mut self, tool: &str, arguments: &Value) -> Result<String> {
        let answer = self.client.call(tool, arguments)?;
        let text = answer.failure().with_context(|| format!("{tool} {arguments}"));
        text.map(str::to_owned)
    }

    /// The ids of the space and of its home page.
    fn reads_spaces(&mut self) -> Result<(String, String)> {
        let list = self.structured("spaces", &json!({ "action": "list", "keys": [SPACE] }))?;
        let [space] = rows(&list)? else { bail!("not one space: {list}") };
        ensure!(space["key"] == SPACE, "another space: {list}");
        let id = string(space, "id")?;
        let text = self.text("spaces", &json!({ "action": "get", "id": id }))?;
        ensure!(text.contains(&id), "no id in {text}");
        Ok((id, string(space, "homepageId")?))
    }

    /// The id of the handbook.
    fn finds_a_page(&mut self) -> Result<String> {
        let cql = format!("type = page AND title = \"{HANDBOOK}\"");
        let arguments = json!({ "action": "cql", "cql": cql });
        let found = self.structured("search", &arguments)?;
        let [hit] = rows(&found)? else { bail!("not one hit: {found}") };
        let id = string(&hit["content"], "id")?;
        let text = self.text("search", &arguments)?;
        ensure!(text.contains(&id) && text.contains(HANDBOOK), "no hit in {text}");
        Ok(id)
    }

    /// Everything that can be read about a page.
    fn reads_about(&mut self, page: &str) -> Result<()> {
        let text = self.text("pages", &json!({ "action": "getBody", "id": page }))?;
        ensure!(text.contains(HANDBOOK) && text.contains("<h1"), "no body: {text}");
        let got = self.structured("pages", &json!({ "action": "get", "id": page }))?;
        ensure!(got["title"] == HANDBOOK, "another page: {got}");

        let labels = self.structured("labels", &json!({ "action": "getForPage", "id": page }))?;
        ensure!(rows(&labels)?.iter().any(|it| it["name"] == "on-call"), "labels: {labels}");
        let comments =
            self.structured("comments", &json!({ "action": "getFooter", "id": page }))?;
        let of_page = rows(&comments)?.iter().all(|it| it["pageId"] == page);
        ensure!(of_page && !rows(&comments)?.is_empty(), "comments: {comments}");
        let arguments = json!({ "action": "listForPage", "id": page });
        let versions = self.structured("versions", &arguments)?;
        let newest = rows(&versions)?.iter().map(|it| &it["number"]).max_by_key(|it| it.as_u64());
        ensure!(newest == Some(&got["version"]["number"]), "versions: {versions}");
        let attachments = self.structured("attachments", &arguments)?;
        let [attachment, ..] = rows(&attachments)? else { bail!("none: {attachments}") };
        let arguments = json!({ "action": "get", "id": attachment["id"] });
        let text = self.text("attachments", &arguments)?;
        ensure!(text.contains(&string(attachment, "title")?), "another attachment: {text}");
        Ok(())
    }

    /// The children of a page, all at once and a few at a time.
    fn pages_through(&mut self, page: &str) -> Result<()> {
        let arguments = json!({ "action": "children", "id": page });
        let all = ids(&self.structured("content", &arguments)?)?;
        ensure!(all.len() > ROWS, "too few to page through: {all:?}");
        let mut arguments = json!({ "action": "children", "id": page, "limit": ROWS });
        let mut some = Vec::new();
        for _ in 0..MAX_PAGES {
            some.extend(ids(&self.structured("content", &arguments)?)?);
            // As a model does it: the text says what to send.
            let text = self.text("content", &arguments)?;
            let Some((_, cursor)) = text.split_once("with cursor: ") else {
                ensure!(some == all, "page by page {some:?}, at once {all:?}");
                return Ok(());
            };
            arguments["cursor"] = cursor.split_whitespace().next().into();
        }
        bail!("the children of {page} do not end: {some:?}")
    }

    /// A new page with a label and a comment.
    fn writes(&mut self, space: &str) -> Result<String> {
        let body = json!({ "spaceId": space, "title": TITLE, "body": storage("<p>First.</p>") });
        let created = self.structured("pages", &json!({ "action": "create", "body": body }))?;
        ensure!(created["version"]["number"] == 1, "created {created}");
        let page = string(&created, "id")?;

        let body = json!([{ "prefix": "global", "name": "conformance" }]);
        let arguments = json!({ "action": "addToPage", "id": page, "body": body });
        let labels = self.structured("labels", &arguments)?;
        ensure!(rows(&labels)?.iter().any(|it| it["name"] == "conformance"), "labels: {labels}");

        let body = json!({ "pageId": page, "body": storage("<p>Said.</p>") });
        self.text("comments", &json!({ "action": "addFooter", "body": body }))?;
        let text = self.text("comments", &json!({ "action": "getFooter", "id": page }))?;
        ensure!(text.contains("Said."), "no comment in {text}");
        Ok(page)
    }

    /// An update, and another one by somebody who has not read the first.
    fn conflicts(&mut self, page: &str) -> Result<()> {
        let update = |text: &str| {
            let body = json!({
                "title": TITLE, "body": storage(text), "version": { "number": 2 },
            });
            json!({ "action": "update", "id": page, "body": body })
        };
        let updated = self.structured("pages", &update("<p>Second.</p>"))?;
        ensure!(updated["version"]["number"] == 2, "updated {updated}");
        let text = self.failure("pages", &update("<p>Third.</p>"))?;
        ensure!(text.contains("409") && text.contains("version.number 3"), "no advice: {text}");
        let text = self.text("pages", &json!({ "action": "getBody", "id": page }))?;
        ensure!(text.contains("Second.") && !text.contains("Third."), "overwritten: {text}");
        Ok(())
    }

    fn deletes(&mut self, page: &str) -> Result<()> {
        let list = json!({ "action": "list", "title": TITLE });
        let before = ids(&self.structured("pages", &list)?)?;
        ensure!(before == [page], "the new page is not listed: {before:?}");
        self.text("pages", &json!({ "action": "delete", "id": page }))?;
        let after = ids(&self.structured("pages", &list)?)?;
        ensure!(after.is_empty(), "still listed: {after:?}");
        Ok(())
    }

    /// What goes wrong is told as a result, for the model to mend.
    fn errs(&mut self) -> Result<()> {
        let wrong = [
            ("pages", json!({ "action": "getBody", "id": "1" }), "not found"),
            ("pages", json!({ "action": "getBody" }), "path param: id"),
            ("pages", json!({ "action": "getBody", "id": "1", "colour": "red" }), "`colour`"),
            ("spaces", json!({ "action": "destroy" }), "`destroy`"),
            ("search", json!({ "action": "cql", "cql": "title ~~ x" }), "CQL"),
            ("whiteboards", json!({ "action": "list" }), "whiteboards"),
        ];
        for (tool, arguments, expected) in wrong {
            let text = self.failure(tool, &arguments)?;
            ensure!(text.contains(expected), "{tool} {arguments}: no `{expected}` in {text}");
        }
        Ok(())
    }
}

fn storage(value: &str) -> Value {
    json!({ "representation": "storage", "value": value })
}

fn rows(list: &Value) -> Result<&[Value]> {
    list["results"].as_array().map(Vec::as_slice).with_context(|| format!("no list: {list}"))
}

fn ids(list: &Value) -> Result<Vec<String>> {
    rows(list)?.iter().map(|row| string(row, "id")).collect()
}

fn string(value: &Value, key: &str) -> Result<String> {
    let text = value[key].as_str().map(str::to_owned);
    text.with_context(|| format!("no `{key}`: {value}"))
}

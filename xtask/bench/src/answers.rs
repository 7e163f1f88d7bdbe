//! How long answers are: in a model's context every byte is paid for, again with every turn.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::running::Sandbox;
use crate::stdio::Stdio;

/// A page of the demo with labels, versions, comments of both kinds and a file.
const PAGE: &str = "98369540";

/// The length of an answer.
#[derive(Debug)]
pub(crate) struct Length {
    pub(crate) name: String,
    pub(crate) bytes: usize,
    pub(crate) tokens: usize,
}

/// What is in every conversation before the first call.
#[derive(Debug)]
pub(crate) struct Lengths {
    /// The result of `tools/list`.
    pub(crate) tools: Length,
    /// The `instructions` of the server.
    pub(crate) instructions: Length,
    /// One verbose answer of each action, on the demo.
    pub(crate) answers: Vec<Length>,
}

/// Asks for everything once.
///
/// # Errors
///
/// When a call fails.
pub(crate) fn all(server: &Path, sandbox: &Sandbox) -> Result<Lengths> {
    // What it counts with is part of the program, which is the reason to choose it: no model is
    // exactly so, most are near.
    let tokens = tiktoken_rs::o200k_base()?;
    let length = |name: &str, text: &str| Length {
        name: name.to_owned(),
        bytes: text.len(),
        tokens: tokens.encode_ordinary(text).len(),
    };
    let mut client = Stdio::start(&mut sandbox.serve(server, "stdio", sandbox.address))?;
    let hello = client.initialize()?;
    let instructions = hello["instructions"].as_str().unwrap_or_default();
    let tools = client.request("tools/list", &json!({}))?;
    let mut answers = Vec::new();
    let mut demo = Demo { client, page: Value::Null, version: 1 };
    for (tool, action) in ACTIONS {
        let arguments = demo.arguments(tool, action)?;
        let result = demo.client.call(tool, &arguments)?;
        let text = result["content"][0]["text"].as_str().context("an answer without text")?;
        answers.push(length(&format!("{tool} {action}"), text));
    }
    Ok(Lengths {
        tools: length("tools/list", &tools.to_string()),
        instructions: length("instructions", instructions),
        answers,
    })
}

/// Every action, in an order in which each finds what it needs.
const ACTIONS: [(&str, &str); 20] = [
    ("spaces", "list"),
    ("spaces", "get"),
    ("search", "cql"),
    ("pages", "list"),
    ("pages", "get"),
    ("pages", "getBody"),
    ("content", "children"),
    ("content", "ancestors"),
    ("content", "descendants"),
    ("comments", "getFooter"),
    ("comments", "getInline"),
    ("labels", "getForPage"),
    ("attachments", "listForPage"),
    ("attachments", "get"),
    ("versions", "listForPage"),
    ("pages", "create"),
    ("pages", "update"),
    ("labels", "addToPage"),
    ("comments", "addFooter"),
    ("pages", "delete"),
];

/// A conversation about the demo.
struct Demo {
    client: Stdio,
    /// The page that was created.
    page: Value,
    version: u64,
}

impl Demo {
    fn arguments(&mut self, tool: &str, action: &str) -> Result<Value> {
        let storage = |text: &str| json!({ "representation": "storage", "value": text });
        let rest = match (tool, action) {
            ("spaces" | "pages", "list") => json!({}),
            ("spaces", "get") => json!({ "id": self.space()? }),
            ("search", "cql") => json!({ "cql": "type = page AND text ~ \"slot\"" }),
            ("content", "children" | "descendants") => json!({ "id": self.parent()? }),
            ("attachments", "get") => json!({ "id": self.file()? }),
            ("pages", "create") => json!({ "body": {
                "spaceId": self.space()?, "title": "Notes", "body": storage("<p>One.</p>"),
            } }),
            ("pages", "update") => {
                self.created()?;
                self.version += 1;
                json!({ "id": self.page, "body": {
                    "title": "Notes", "body": storage("<p>Two.</p>"),
                    "version": { "number": self.version },
                } })
            }
            ("labels", "addToPage") => json!({ "id": self.page, "body": [{ "name": "draft" }] }),
            ("comments", "addFooter") => {
                json!({ "body": { "pageId": self.page, "body": storage("<p>Fine.</p>") } })
            }
            ("pages", "delete") => json!({ "id": self.page }),
            _ => json!({ "id": PAGE }),
        };
        let mut arguments = json!({ "action": action });
        if let (Some(arguments), Value::Object(rest)) = (arguments.as_object_mut(), rest) {
            arguments.extend(rest);
        }
        Ok(arguments)
    }

    fn asked(&mut self, tool: &str, mut arguments: Value, pointer: &str) -> Result<Value> {
        arguments["outputFormat"] = json!("structured");
        let mut result = self.client.call(tool, &arguments)?;
        let value = result["structuredContent"].pointer_mut(pointer).map(Value::take);
        value.with_context(|| format!("{tool} {arguments} has no {pointer}"))
    }

    fn space(&mut self) -> Result<Value> {
        self.asked("pages", json!({ "action": "get", "id": PAGE }), "/spaceId")
    }

    fn parent(&mut self) -> Result<Value> {
        self.asked("pages", json!({ "action": "get", "id": PAGE }), "/parentId")
    }

    fn file(&mut self) -> Result<Value> {
        let list = json!({ "action": "listForPage", "id": PAGE });
        self.asked("attachments", list, "/results/0/id")
    }

    /// Finds the page that was created.
    fn created(&mut self) -> Result<()> {
        let list = json!({ "action": "list", "title": "Notes", "spaceId": self.space()? });
        self.page = self.asked("pages", list, "/results/0/id")?;
        Ok(())
    }
}

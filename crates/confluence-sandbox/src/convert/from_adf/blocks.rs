//! Blocks: paragraphs, headings, lists, tasks, panels and rules.

use serde_json::Value;

use super::{extensions, inline, media, native, reader::Reader, table};
use crate::convert::{
    error::InvalidAdf,
    marks::{PANEL_PARAMETERS, PANELS},
    tree::{Element, Node},
};

/// Converts nodes that stand where blocks may.
pub(super) fn convert(nodes: &[Reader<'_>]) -> Result<Vec<Node>, InvalidAdf> {
    let mut blocks = Vec::with_capacity(nodes.len());
    for it in nodes {
        block(it, &mut blocks)?;
    }
    Ok(blocks)
}

fn block(it: &Reader<'_>, blocks: &mut Vec<Node>) -> Result<(), InvalidAdf> {
    let element = match it.kind()? {
        "paragraph" => {
            let children = inline::convert(&it.children()?)?;
            identified(aligned(Element::new("p"), it), it).containing(children)
        }
        "heading" => {
            let level = it.attribute("level").and_then(Value::as_u64);
            let level = level
                .filter(|level| (1..=6).contains(level))
                .ok_or_else(|| it.invalid("a heading has a level from 1 to 6"))?;
            let children = inline::convert(&it.children()?)?;
            identified(aligned(Element::new(&format!("h{level}")), it), it).containing(children)
        }
        "rule" => identified(Element::new("hr"), it),
        "blockquote" => {
            identified(Element::new("blockquote"), it).containing(convert(&it.children()?)?)
        }
        "bulletList" => list(Element::new("ul"), it)?,
        "orderedList" => {
            let order = it.number("order").map(|order| format!("{order:.0}"));
            list(Element::new("ol").with_some("start", order), it)?
        }
        "taskList" => task_list(it)?,
        "codeBlock" => code_block(it)?,
        "panel" => panel(it)?,
        "expand" | "nestedExpand" => {
            let title = it.text("title").filter(|it| !it.is_empty());
            let body = convert(&it.children()?)?;
            extensions::macro_element("expand", it)
                .containing(title.map(|title| parameter("title", title)))
                .containing([rich_body(body)])
        }
        "table" => table::convert(it)?,
        "mediaSingle" => media::single(it)?,
        "mediaGroup" => {
            for file in it.children()? {
                blocks.push(media::file(&file)?.into());
            }
            return Ok(());
        }
        "blockCard" | "embedCard" => media::card(it)?,
        "extension" | "bodiedExtension" => {
            blocks.extend(extensions::block(it)?);
            return Ok(());
        }
        "decisionList" => native::decisions(it)?,
        "syncBlock" | "bodiedSyncBlock" => native::sync_block(it)?,
        "layoutSection" => Element::new("ac:layout").containing([super::section(it)?.into()]),
        _ => return Err(it.unknown("among blocks")),
    };
    blocks.push(element.into());
    Ok(())
}

/// Adds the node's id as the editor does to plain elements.
pub(super) fn identified(element: Element, it: &Reader<'_>) -> Element {
    element.with_some("local-id", it.text("localId").filter(|it| !it.is_empty()))
}

fn aligned(element: Element, it: &Reader<'_>) -> Element {
    let alignment = match it.mark("alignment").and_then(|it| it.get("align")?.as_str()) {
        Some("center") => Some("text-align: center;".to_owned()),
        Some("end") => Some("text-align: right;".to_owned()),
        _ => None,
    };
    let level = it.mark("indentation").and_then(|it| it.get("level")?.as_u64());
    let indentation = level.map(|level| format!("margin-left: {}.0px;", level.min(6) * 30));
    element.with_some("style", alignment.or(indentation))
}

fn list(element: Element, it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let mut list = identified(element, it);
    for item in it.children()? {
        if item.kind()? != "listItem" {
            return Err(item.unknown("in a list"));
        }
        let item_element =
            identified(Element::new("li"), &item).containing(convert(&item.children()?)?);
        list.children.push(item_element.into());
    }
    Ok(list)
}

/// A task list; a list after a task goes into that task.
fn task_list(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let mut list = Element::new("ac:task-list").with_some("ac:task-list-id", it.text("localId"));
    for (index, item) in it.children()?.iter().enumerate() {
        let body = match item.kind()? {
            "taskItem" => inline::convert(&item.children()?)?,
            "blockTaskItem" => convert(&item.children()?)?,
            "taskList" => {
                let nested = task_list(item)?.into();
                match list.children.last_mut() {
                    Some(Node::Element(task)) if task.name == "ac:task" => {
                        if let Some(Node::Element(body)) = task.children.last_mut() {
                            body.children.push(nested);
                        }
                    }
                    _ => list.children.push(nested),
                }
                continue;
            }
            _ => return Err(item.unknown("in a task list")),
        };
        let state = match item.text("state") {
            Some("DONE") => "complete",
            Some("TODO") => "incomplete",
            _ => return Err(item.invalid("the state of a task is `TODO` or `DONE`")),
        };
        let id = item.text("localId").filter(|it| !it.is_empty());
        // Confluence numbers tasks, and keeps the id of the editor beside the number.
        let (number, uuid) = match id {
            Some(id) if id.len() < 36 => (id.to_owned(), None),
            id => ((index + 1).to_string(), id),
        };
        let uuid = uuid.map(|it| Element::new("ac:task-uuid").text(it).into());
        let task = Element::new("ac:task")
            .containing([Element::new("ac:task-id").text(number).into()])
            .containing(uuid)
            .containing([Element::new("ac:task-status").text(state).into()])
            .containing([Element::new("ac:task-body").containing(body).into()]);
        list.children.push(task.into());
    }
    Ok(list)
}

fn code_block(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let mut text = String::new();
    for part in it.children()? {
        match part.value()["text"].as_str() {
            Some(part) => text.push_str(part),
            None => return Err(part.unknown("in a code block")),
        }
    }
    let mut element = extensions::macro_element("code", it);
    if let Some(language) = it.text("language") {
        element.children.push(parameter("language", language));
    }
    if let Some(hidden) = it.attribute("hideLineNumbers").and_then(Value::as_bool) {
        let shown = if hidden { "false" } else { "true" };
        element.children.push(parameter("linenumbers", shown));
    }
    if let Some(wrap) = it.attribute("wrap").and_then(Value::as_bool) {
        element.children.push(parameter("wrap", &wrap.to_string()));
    }
    let body = Element::new("ac:plain-text-body").containing([Node::Data(text)]);
    Ok(element.containing([body.into()]))
}

fn panel(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let kind = it.required("panelType")?;
    let body = convert(&it.children()?)?;
    if let Some((name, _)) = PANELS.iter().find(|(_, it)| *it == kind) {
        return Ok(extensions::macro_element(name, it).containing([rich_body(body)]));
    }
    if kind != "custom" {
        return native::panel(it, kind, body);
    }
    let parameters =
        PANEL_PARAMETERS.iter().filter_map(|(name, key)| Some(parameter(name, it.text(key)?)));
    Ok(extensions::macro_element("panel", it).containing(parameters).containing([rich_body(body)]))
}

pub(super) fn parameter(name: &str, value: &str) -> Node {
    Element::new("ac:parameter").with("ac:name", name).text(value).into()
}

pub(super) fn rich_body(body: Vec<Node>) -> Node {
    Element::new("ac:rich-text-body").containing(body).into()
}

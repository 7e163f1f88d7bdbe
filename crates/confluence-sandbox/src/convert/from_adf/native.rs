//! Nodes that storage has no words for, which it holds as `ac:adf-extension`.

use super::{blocks, inline, reader::Reader};
use crate::convert::{
    error::InvalidAdf,
    tree::{Element, Node},
};

pub(super) fn panel(it: &Reader<'_>, kind: &str, body: Vec<Node>) -> Result<Element, InvalidAdf> {
    if !matches!(kind, "note" | "tip") {
        return Err(it.invalid(format!("`{kind}` is not a type of panel")));
    }
    let fallback = body.clone();
    let node = Element::new("ac:adf-node")
        .with("type", "panel")
        .containing([attribute("panel-type", kind)])
        .containing(it.text("localId").map(|it| attribute("local-id", it)))
        .containing([content(body)]);
    let fallback = Element::new("ac:adf-fallback").containing(fallback);
    Ok(extended(node).containing([fallback.into()]))
}

pub(super) fn decisions(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let mut list = Element::new("ac:adf-node")
        .with("type", "decision-list")
        .containing([attribute("local-id", it.text("localId").unwrap_or_default())]);
    let mut fallback = Element::new("ul").with("class", "decision-list");
    for item in it.children()? {
        if item.kind()? != "decisionItem" {
            return Err(item.unknown("in a list of decisions"));
        }
        let text = inline::convert(&item.children()?)?;
        fallback.children.push(Element::new("li").containing(text.clone()).into());
        let node = Element::new("ac:adf-node")
            .with("type", "decision-item")
            .containing([attribute("local-id", item.text("localId").unwrap_or_default())])
            .containing([attribute("state", item.text("state").unwrap_or("DECIDED"))])
            .containing([content(text)]);
        list.children.push(node.into());
    }
    let fallback = Element::new("ac:adf-fallback").containing([fallback.into()]);
    Ok(extended(list).containing([fallback.into()]))
}

pub(super) fn sync_block(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let has_body = it.kind()? == "bodiedSyncBlock";
    let mut node = Element::new("ac:adf-node")
        .with("type", if has_body { "bodied-sync-block" } else { "sync-block" })
        .containing([attribute("resource-id", it.required("resourceId")?)])
        .containing([attribute("local-id", it.required("localId")?)]);
    if has_body {
        node.children.push(content(blocks::convert(&it.children()?)?));
    }
    Ok(extended(node))
}

/// An extension that is not a macro, such as that of an app.
pub(super) fn extension(it: &Reader<'_>, body: Option<Vec<Node>>) -> Result<Element, InvalidAdf> {
    let kind = match (it.kind()?, &body) {
        ("inlineExtension", _) => "inline-extension",
        (_, Some(_)) => "bodied-extension",
        (_, None) => "extension",
    };
    let text = |key: &str, name: &str| it.text(name).map(|it| attribute(key, it));
    let parameters = it.attribute("parameters").map(|it| attribute("parameters", &it.to_string()));
    let node = Element::new("ac:adf-node")
        .with("type", kind)
        .containing([attribute("extension-key", it.required("extensionKey")?)])
        .containing([attribute("extension-type", it.required("extensionType")?)])
        .containing(parameters)
        .containing(text("text", "text"))
        .containing(text("layout", "layout"))
        .containing(text("local-id", "localId"))
        .containing(body.map(content));
    Ok(extended(node))
}

fn extended(node: Element) -> Element {
    Element::new("ac:adf-extension").containing([node.into()])
}

fn attribute(key: &str, value: &str) -> Node {
    Element::new("ac:adf-attribute").with("key", key).text(value).into()
}

fn content(nodes: Vec<Node>) -> Node {
    Element::new("ac:adf-content").containing(nodes).into()
}

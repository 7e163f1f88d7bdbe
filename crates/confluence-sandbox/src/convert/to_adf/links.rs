//! Links, mentions and cards.

use serde_json::{Map, Value, json};

use super::{
    Converter, Place, add_local_id,
    inline::{Line, put},
    kept_block, kept_inline,
};
use crate::convert::{
    marks::node,
    reference,
    tree::{Element, Node},
};

impl Converter {
    /// Adds `<a>`: a link, a card, or, without an address, just its text.
    pub(super) fn add_anchor(&self, element: &Element, marks: &[Value], line: &mut Line) {
        let Some(href) = element.attribute("href") else {
            if element.attributes.is_empty() {
                self.add_inline(&element.children, marks, line);
            } else {
                line.add(kept_inline(element));
            }
            return;
        };
        if element.attribute("data-card-appearance").is_some() {
            line.add(json!({ "type": "inlineCard", "attrs": { "url": href } }));
            return;
        }
        if !is_linkable(&element.children) {
            line.add(kept_inline(element));
            return;
        }
        let mut marks = marks.to_vec();
        let mut mark = json!({ "type": "link", "attrs": { "href": href } });
        if let Some(title) = element.attribute("title") {
            mark["attrs"]["title"] = title.into();
        }
        put(&mut marks, mark);
        self.add_inline(&element.children, &marks, line);
    }

    /// Adds `<ac:link>`: a mention, a card or a link to an address that stands for its target.
    pub(super) fn add_link(&self, element: &Element, marks: &[Value], line: &mut Line) {
        let resource = reference::resource(element);
        if let Some(mention) = resource.and_then(|it| mention(element, it)) {
            line.add(mention);
            return;
        }
        let anchor = element.attribute("ac:anchor");
        let known = ["ac:anchor", "ac:card-appearance"];
        let knows_all = element.attributes.iter().all(|(it, _)| known.contains(&it.as_str()))
            && element.elements().filter(|it| it.name.starts_with("ri:")).count() <= 1;
        let body =
            element.child("ac:link-body").or_else(|| element.child("ac:plain-text-link-body"));
        let address = reference::address(resource, anchor).filter(|_| knows_all);
        let is_linkable = body.is_none_or(|it| is_linkable(&it.children));
        let Some(href) = address.filter(|_| is_linkable) else {
            line.add(kept_inline(element));
            return;
        };
        if element.attribute("ac:card-appearance").is_some() {
            line.add(json!({ "type": "inlineCard", "attrs": { "url": href } }));
            return;
        }
        let mut marks = marks.to_vec();
        put(&mut marks, json!({ "type": "link", "attrs": { "href": href } }));
        match body.filter(|it| !it.is_blank()) {
            Some(body) => self.add_inline(&body.children, &marks, line),
            None => line.add_plain(&reference::default_text(resource, anchor), &marks),
        }
    }
}

/// A link that is shown as a block.
pub(super) fn block_card(element: &Element, place: Place) -> Value {
    card(element, place).unwrap_or_else(|| kept_block(element))
}

fn card(element: &Element, place: Place) -> Option<Value> {
    let url = element.attribute("href")?;
    let mut attrs = Map::new();
    attrs.insert("url".to_owned(), url.into());
    add_local_id(&mut attrs, element);
    let layout = element.attribute("data-layout");
    let width = element.attribute("data-width").and_then(|it| it.parse::<f64>().ok());
    if element.attribute("data-card-appearance") == Some("embed") {
        let layout = layout.unwrap_or("center");
        if !place.allows("embedCard") || !is_card_layout(layout) {
            return None;
        }
        attrs.insert("layout".to_owned(), layout.into());
        if let Some(width) = width.filter(|it| (0.0..=100.0).contains(it)) {
            attrs.insert("width".to_owned(), width.into());
        }
        return Some(node("embedCard", attrs, None));
    }
    if let Some(source) = element.attribute("data-datasource") {
        let source = serde_json::from_str(source).ok().filter(is_datasource)?;
        attrs.insert("datasource".to_owned(), source);
        if let Some(layout) = layout.filter(|it| is_card_layout(it)) {
            attrs.insert("layout".to_owned(), layout.into());
        }
        if let Some(width) = width {
            attrs.insert("width".to_owned(), width.into());
        }
    }
    place.allows("blockCard").then(|| node("blockCard", attrs, None))
}

fn is_card_layout(layout: &str) -> bool {
    crate::convert::marks::IMAGE_LAYOUTS.contains(&layout)
}

/// Whether the JSON is what the schema takes for the source of a list of links.
fn is_datasource(value: &Value) -> bool {
    let is_view = |view: &Value| {
        view.as_object().is_some_and(|it| {
            it.get("type").is_some_and(Value::is_string)
                && it.keys().all(|key| matches!(key.as_str(), "type" | "properties"))
        })
    };
    let Some(source) = value.as_object() else { return false };
    source.get("id").is_some_and(Value::is_string)
        && source.contains_key("parameters")
        && source["views"].as_array().is_some_and(|it| !it.is_empty() && it.iter().all(is_view))
        && source.len() == 3
}

fn mention(link: &Element, user: &Element) -> Option<Value> {
    let id = user.attribute("ri:account-id")?;
    let is_known = |name: &str| matches!(name, "ri:account-id" | "ri:local-id");
    if user.name != "ri:user" || !user.attributes.iter().all(|(it, _)| is_known(it)) {
        return None;
    }
    if !link.attributes.is_empty() {
        return None;
    }
    let mut attrs = Map::new();
    attrs.insert("id".to_owned(), id.into());
    if let Some(id) = user.attribute("ri:local-id") {
        attrs.insert("localId".to_owned(), id.into());
    }
    let body = link.child("ac:link-body").or_else(|| link.child("ac:plain-text-link-body"));
    if let Some(body) = body {
        if body.elements().next().is_some() {
            return None;
        }
        attrs.insert("text".to_owned(), body.content().into());
    }
    Some(node("mention", attrs, None))
}

/// Whether the content is text with marks, which can be a link as a whole.
fn is_linkable(nodes: &[Node]) -> bool {
    const FORMATTING: [&str; 16] = [
        "strong",
        "b",
        "em",
        "i",
        "u",
        "ins",
        "s",
        "del",
        "strike",
        "code",
        "tt",
        "sub",
        "sup",
        "span",
        "br",
        "ac:inline-comment-marker",
    ];
    nodes.iter().all(|it| match it {
        Node::Element(element) => {
            FORMATTING.contains(&element.name.as_str()) && is_linkable(&element.children)
        }
        Node::Text(_) | Node::Data(_) | Node::Comment(_) | Node::Instruction(_) => true,
    })
}

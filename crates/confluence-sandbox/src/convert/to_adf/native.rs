//! Nodes that exist only in ADF, which storage holds as `ac:adf-extension`.

use serde_json::{Map, Value, json};

use super::{Converter, Place};
use crate::convert::{marks::node, tree::Element};

/// Whether the extension stands within text.
pub(super) fn is_inline(extension: &Element) -> bool {
    let name = extension.child("ac:adf-node").and_then(|it| it.attribute("type"));
    name == Some("inline-extension")
}

impl Converter {
    /// The block that an `ac:adf-extension` holds, if it is one of ours and has a place here.
    pub(super) fn native_block(&self, extension: &Element, place: Place) -> Option<Value> {
        let it = extension.child("ac:adf-node")?;
        match it.attribute("type")? {
            "panel" if place.allows("panel") => {
                let kind = attribute(it, "panel-type").filter(|it| is_panel(it))?;
                let mut attrs = Map::new();
                attrs.insert("panelType".to_owned(), kind.into());
                add_id(&mut attrs, it);
                Some(node("panel", attrs, Some(self.native_content(it, Place::Panel))))
            }
            "decision-list" if place.allows("decisionList") => self.decisions(it),
            "extension" => Some(node("extension", extension_attributes(it, true)?, None)),
            "bodied-extension" if place.allows("bodiedExtension") => {
                let content = self.native_content(it, Place::Body);
                Some(node("bodiedExtension", extension_attributes(it, true)?, Some(content)))
            }
            kind @ ("sync-block" | "bodied-sync-block") if place.allows("syncBlock") => {
                let attrs = json!({
                    "resourceId": attribute(it, "resource-id")?,
                    "localId": attribute(it, "local-id")?,
                });
                let Value::Object(attrs) = attrs else { return None };
                if kind == "sync-block" {
                    return Some(node("syncBlock", attrs, None));
                }
                let content = self.native_content(it, Place::Column);
                let fits =
                    |it: &Value| it["type"] != "bodiedExtension" && it["type"] != "extension";
                content.iter().all(fits).then(|| node("bodiedSyncBlock", attrs, Some(content)))
            }
            _ => None,
        }
    }

    fn native_content(&self, it: &Element, place: Place) -> Vec<Value> {
        let content = it.child("ac:adf-content");
        self.some_blocks(content.map_or(&[][..], |it| it.children.as_slice()), place)
    }

    fn decisions(&self, list: &Element) -> Option<Value> {
        let items: Vec<Value> = list
            .elements()
            .filter(|it| it.name == "ac:adf-node")
            .map(|it| {
                let content = it.child("ac:adf-content");
                let content = self.inline(content.map_or(&[][..], |it| it.children.as_slice()));
                let id = self.local_id(attribute(it, "local-id").as_deref(), it);
                let state = attribute(it, "state").unwrap_or_else(|| "DECIDED".to_owned());
                json!({
                    "type": "decisionItem",
                    "attrs": { "localId": id, "state": state },
                    "content": content,
                })
            })
            .collect();
        let id = self.local_id(attribute(list, "local-id").as_deref(), list);
        let list = json!({ "type": "decisionList", "attrs": { "localId": id }, "content": items });
        list["content"].as_array().is_some_and(|it| !it.is_empty()).then_some(list)
    }
}

/// The inline node that an `ac:adf-extension` holds.
pub(super) fn native_inline(extension: &Element) -> Option<Value> {
    let it = extension.child("ac:adf-node")?;
    let is_inline = it.attribute("type") == Some("inline-extension");
    let attrs = extension_attributes(it, false).filter(|_| is_inline)?;
    Some(node("inlineExtension", attrs, None))
}

fn is_panel(kind: &str) -> bool {
    matches!(kind, "info" | "note" | "tip" | "warning" | "error" | "success" | "custom")
}

fn attribute(it: &Element, key: &str) -> Option<String> {
    let found =
        it.elements().find(|it| it.name == "ac:adf-attribute" && it.attribute("key") == Some(key));
    found.map(Element::content)
}

fn add_id(attrs: &mut Map<String, Value>, it: &Element) {
    if let Some(id) = attribute(it, "local-id").filter(|it| !it.is_empty()) {
        attrs.insert("localId".to_owned(), id.into());
    }
}

fn extension_attributes(it: &Element, is_block: bool) -> Option<Map<String, Value>> {
    let mut attrs = Map::new();
    for (name, key) in [("extensionKey", "extension-key"), ("extensionType", "extension-type")] {
        let value = attribute(it, key).filter(|it| !it.is_empty())?;
        attrs.insert(name.to_owned(), value.into());
    }
    if let Some(parameters) = attribute(it, "parameters") {
        attrs.insert("parameters".to_owned(), serde_json::from_str(&parameters).ok()?);
    }
    if let Some(text) = attribute(it, "text") {
        attrs.insert("text".to_owned(), text.into());
    }
    if let Some(layout) = attribute(it, "layout").filter(|_| is_block) {
        matches!(layout.as_str(), "default" | "wide" | "full-width").then_some(())?;
        attrs.insert("layout".to_owned(), layout.into());
    }
    add_id(&mut attrs, it);
    Some(attrs)
}

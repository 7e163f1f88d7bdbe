//! Bullet, numbered and task lists.

use serde_json::{Map, Value, json};

use super::{Converter, Place, add_local_id};
use crate::convert::{
    marks::node,
    tree::{Element, Node},
};

impl Converter {
    /// A bullet or numbered list; `None` if it is empty or has something between its items.
    pub(super) fn list(&self, element: &Element, kind: &str) -> Option<Value> {
        if kind.is_empty() || !holds_only(element, &["li"]) {
            return None;
        }
        let mut attrs = Map::new();
        if let Some(start) = element.attribute("start").filter(|_| kind == "orderedList") {
            attrs.insert("order".to_owned(), start.trim().parse::<u32>().ok()?.into());
        }
        add_local_id(&mut attrs, element);
        let items = element.elements().map(|item| {
            let mut attrs = Map::new();
            add_local_id(&mut attrs, item);
            node("listItem", attrs, Some(self.some_blocks(&item.children, Place::ListItem)))
        });
        Some(node(kind, attrs, Some(items.collect())))
    }

    /// A task list; lists within tasks stand after them in ADF.
    pub(super) fn task_list(&self, element: &Element) -> Option<Value> {
        if !holds_only(element, &["ac:task", "ac:task-list"]) {
            return None;
        }
        let mut items = Vec::new();
        for item in element.elements() {
            if item.name == "ac:task-list" {
                items.push(self.task_list(item)?);
            } else {
                self.task(item, &mut items)?;
            }
        }
        let id = element.attribute("ac:task-list-id").or_else(|| element.attribute("ac:local-id"));
        let id = self.local_id(id, element);
        Some(json!({ "type": "taskList", "attrs": { "localId": id }, "content": items }))
    }

    fn task(&self, task: &Element, items: &mut Vec<Value>) -> Option<()> {
        let text = |name: &str| task.child(name).map(|it| it.content().trim().to_owned());
        let id = text("ac:task-uuid").or_else(|| text("ac:task-id"));
        let id = self.local_id(id.as_deref(), task);
        let done = text("ac:task-status").as_deref() == Some("complete");
        let attrs = json!({ "localId": id, "state": if done { "DONE" } else { "TODO" } });
        let body = task.child("ac:task-body");
        let children = body.map_or(&[][..], |it| it.children.as_slice());
        let is_list = |it: &Node| it.element().is_some_and(|it| it.name == "ac:task-list");
        let own_end = children.iter().position(is_list).unwrap_or(children.len());
        let (own, nested) = children.split_at(own_end);
        if nested.iter().any(|it| !it.is_blank() && !is_list(it)) {
            return None;
        }
        items.push(self.task_item(own, &attrs)?);
        for list in nested.iter().filter_map(Node::element) {
            items.push(self.task_list(list)?);
        }
        Some(())
    }

    fn task_item(&self, own: &[Node], attrs: &Value) -> Option<Value> {
        let mut paragraphs = own.iter().filter(|it| !it.is_blank());
        let only = (paragraphs.next(), paragraphs.next());
        let own = match only {
            (Some(Node::Element(paragraph)), None) if paragraph.name == "p" => &paragraph.children,
            _ => own,
        };
        let has_blocks = own.iter().filter_map(Node::element).any(|it| {
            matches!(it.name.as_str(), "p" | "ul" | "ol" | "table" | "div" | "pre" | "hr")
        });
        if !has_blocks {
            let content = self.inline(own);
            return Some(json!({ "type": "taskItem", "attrs": attrs, "content": content }));
        }
        let content = self.blocks(own, Place::ListItem);
        let fits = |it: &Value| matches!(it["type"].as_str(), Some("paragraph" | "extension"));
        content
            .iter()
            .all(fits)
            .then(|| json!({ "type": "blockTaskItem", "attrs": attrs, "content": content }))
    }
}

/// Whether the element has children, all of them with these names.
fn holds_only(element: &Element, names: &[&str]) -> bool {
    let mut children = element.children.iter().filter(|it| !it.is_blank()).peekable();
    children.peek().is_some()
        && children.all(|it| it.element().is_some_and(|it| names.contains(&it.name.as_str())))
}

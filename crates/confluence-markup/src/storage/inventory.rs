//! Lists what of a body the loss report watches.

use std::borrow::Cow;

use super::{
    tag::Tag,
    tree::{Document, NodeId},
};
use crate::loss::{Inventory, Item, LossKind, LossReport};

/// Attributes that name a place in the editor or that Confluence writes at will.
const VOLATILE: [&str; 6] = [
    "ac:macro-id",
    "ac:schema-version",
    "ac:local-id",
    "local-id",
    "ac:version-at-save",
    "ri:version-at-save",
];

/// Attributes of an image that Markdown shows as text.
const IMAGE_TEXTS: [&str; 2] = ["ac:alt", "ac:title"];

/// How much of a value stands in a report.
const VALUE_LENGTH: usize = 60;

/// What the new body has lost of the old one.
pub fn compare(old: &Document<'_>, new: &Document<'_>) -> LossReport {
    inventory(old).compare(&inventory(new))
}

/// The things of a body that the loss report watches.
#[expect(clippy::wildcard_enum_match_arm, reason = "most elements are no such things")]
pub fn inventory(document: &Document<'_>) -> Inventory {
    let mut inventory = Inventory::default();
    // Up to here, everything belongs to a thing that is listed already.
    let mut inside = document.root();
    for id in document.ids() {
        let Some(tag) = document.tag(id) else { continue };
        if id < inside {
            continue;
        }
        let item = match tag {
            Tag::StructuredMacro | Tag::OldMacro => macro_item(document, id),
            Tag::AdfExtension => extension_item(document, id),
            // The same content again, for renderers that do not know the extension.
            Tag::AdfFallback | Tag::Parameter | Tag::DefaultParameter => {
                inside = document.after(id);
                continue;
            }
            Tag::Image => image_item(document, id),
            Tag::RiUser => mention_item(document, id),
            Tag::LayoutSection => layout_item(document, id),
            Tag::TaskId => task_item(document, id),
            Tag::InlineCommentMarker => {
                let text = document.text(id);
                if text.trim().is_empty() {
                    continue;
                }
                let Some(reference) = document.attribute(id, "ac:ref") else { continue };
                let name = format!("`{}`", shorten(&text));
                Item {
                    kind: LossKind::InlineComment,
                    id: reference.into_owned(),
                    group: String::new(),
                    details: Vec::new(),
                    name,
                }
            }
            it if it.is_resource() && !is_part(document, id) => resource_item(document, id),
            _ => continue,
        };
        inventory.items.push(item);
    }
    inventory
}

/// Whether the resource is only said of an image or of another resource.
fn is_part(document: &Document<'_>, id: NodeId) -> bool {
    let parent = document.tag(document.parent(id));
    parent == Some(Tag::Image) || parent.is_some_and(Tag::is_resource)
}

fn macro_item(document: &Document<'_>, id: NodeId) -> Item {
    let name = document.attribute(id, "ac:name").unwrap_or_default().into_owned();
    let mut details = Vec::new();
    let mut label = name.clone();
    for parameter in document.children(id) {
        if !matches!(document.tag(parameter), Some(Tag::Parameter | Tag::DefaultParameter)) {
            continue;
        }
        let key = document.attribute(parameter, "ac:name").unwrap_or_default().into_owned();
        let value = value(document, parameter);
        push_label(&mut label, &key, &value);
        if !is_visible(&name, &key) {
            details.push((key, value));
        }
    }
    Item {
        kind: LossKind::Macro,
        id: document.attribute(id, "ac:macro-id").unwrap_or_default().into_owned(),
        group: name,
        details,
        name: label,
    }
}

/// Whether Markdown shows the parameter as text, so that editing it is editing text.
fn is_visible(name: &str, parameter: &str) -> bool {
    match parameter {
        "title" => matches!(
            name,
            "status" | "expand" | "panel" | "info" | "note" | "tip" | "warning" | "code"
        ),
        "colour" => name == "status",
        "language" => name == "code",
        _ => false,
    }
}

/// A parameter's text, or what it names: a page, a user, an attachment.
pub(super) fn value(document: &Document<'_>, parameter: NodeId) -> String {
    let mut value = document.text(parameter).trim().to_owned();
    for id in document.descendants(parameter) {
        if document.tag(id).is_some_and(Tag::is_resource) {
            if !value.is_empty() {
                value.push(' ');
            }
            value.push_str(&resource_label(document, id));
        }
    }
    value
}

fn extension_item(document: &Document<'_>, id: NodeId) -> Item {
    let node = document.child(id, Tag::AdfNode);
    let kind = node.and_then(|it| document.attribute(it, "type")).unwrap_or_default();
    let mut label = kind.clone().into_owned();
    let mut details = Vec::new();
    let mut local_id = String::new();
    for attribute in node.into_iter().flat_map(|it| document.children(it)) {
        if document.tag(attribute) != Some(Tag::AdfAttribute) {
            continue;
        }
        let key = document.attribute(attribute, "key").unwrap_or_default().into_owned();
        let value = document.inner_source(attribute).trim().to_owned();
        if key == "local-id" {
            local_id = value;
            continue;
        }
        push_label(&mut label, &key, &value);
        details.push((key, value));
    }
    Item { kind: LossKind::Macro, id: local_id, group: format!("adf:{kind}"), details, name: label }
}

fn image_item(document: &Document<'_>, id: NodeId) -> Item {
    let resource = document.children(id).find(|it| document.tag(*it).is_some_and(Tag::is_resource));
    let label = resource.map(|it| resource_label(document, it)).unwrap_or_default();
    let details = kept_attributes(document, id)
        .filter(|(key, _)| !IMAGE_TEXTS.contains(key))
        .map(|(key, value)| (key.to_owned(), value.into_owned()))
        .collect();
    Item { kind: LossKind::Image, id: String::new(), group: label.clone(), details, name: label }
}

fn resource_item(document: &Document<'_>, id: NodeId) -> Item {
    let label = resource_label(document, id);
    Item {
        kind: LossKind::Resource,
        id: String::new(),
        group: label.clone(),
        details: Vec::new(),
        name: label,
    }
}

fn mention_item(document: &Document<'_>, id: NodeId) -> Item {
    let user = user_id(document, id);
    Item {
        kind: LossKind::Mention,
        id: String::new(),
        group: user.clone(),
        details: Vec::new(),
        name: user,
    }
}

/// Who a user is: by account id, or by what older bodies have.
pub(super) fn user_id(document: &Document<'_>, user: NodeId) -> String {
    ["ri:account-id", "ri:userkey", "ri:username"]
        .iter()
        .find_map(|it| document.attribute(user, it))
        .unwrap_or_default()
        .into_owned()
}

fn layout_item(document: &Document<'_>, id: NodeId) -> Item {
    let kind = document.attribute(id, "ac:type").unwrap_or_default().into_owned();
    let cells =
        document.children(id).filter(|it| document.tag(*it) == Some(Tag::LayoutCell)).count();
    Item {
        kind: LossKind::Layout,
        id: String::new(),
        name: format!("{kind} with {cells} cells"),
        group: kind,
        details: vec![("cells".to_owned(), cells.to_string())],
    }
}

fn task_item(document: &Document<'_>, id: NodeId) -> Item {
    let task = document.text(id).trim().to_owned();
    let body = document.child(document.parent(id), Tag::TaskBody);
    let text = body.map(|it| document.text(it)).unwrap_or_default();
    Item {
        kind: LossKind::Task,
        id: task.clone(),
        group: task.clone(),
        details: Vec::new(),
        name: format!("{task} `{}`", shorten(&text)),
    }
}

/// The element's name and what it points to: `page Title`, `attachment plan.pdf`.
fn resource_label(document: &Document<'_>, id: NodeId) -> String {
    let name = document.name(id);
    let mut label = name.strip_prefix("ri:").unwrap_or(name).to_owned();
    push_values(document, id, &mut label);
    for child in document.children(id).filter(|it| document.tag(*it).is_some_and(Tag::is_resource))
    {
        label.push_str(" of");
        push_values(document, child, &mut label);
    }
    label
}

/// Appends an element's values by the names of their attributes, as these have no order.
fn push_values(document: &Document<'_>, id: NodeId, label: &mut String) {
    let mut values: Vec<_> = kept_attributes(document, id).collect();
    // The space before the title.
    values.sort_unstable_by(|a, b| b.0.cmp(a.0));
    for (_, value) in values {
        label.push(' ');
        label.push_str(&value);
    }
}

fn kept_attributes<'a>(
    document: &Document<'a>,
    id: NodeId,
) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
    document
        .attributes(id)
        .filter(|it| !VOLATILE.contains(&it.name))
        .map(|it| (it.name, super::text::decoded(it.value)))
}

fn push_label(label: &mut String, key: &str, value: &str) {
    label.push(' ');
    if !key.is_empty() {
        label.push_str(key);
        label.push('=');
    }
    label.push_str(&shorten(value));
}

/// At most [`VALUE_LENGTH`] characters, on one line.
pub(super) fn shorten(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > VALUE_LENGTH * 4 {
            break;
        }
    }
    if out.chars().count() > VALUE_LENGTH {
        out = out.chars().take(VALUE_LENGTH - 1).collect();
        out.push('…');
    }
    out
}

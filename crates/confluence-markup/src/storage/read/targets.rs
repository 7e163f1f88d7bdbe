//! What links and images lead to, as Markdown writes it.
//!
//! A page is `page:SPACE/Title` (`page:/Title` in the same space) or `page:12345`, a blog post
//! `blog:SPACE/2026-05-01/Title`, a file of the page `attachment:plan.pdf`, a place on the page
//! `#anchor`. In these, `%`, `#` and control characters are written as in URLs.

use std::fmt::Write;

use crate::{
    model::Placeholder,
    storage::{Document, NodeId, Tag, inventory},
};

/// What an `ac:link` leads to; `None` if it has no name for Markdown.
pub(super) fn link(document: &Document<'_>, node: NodeId) -> Option<String> {
    let anchor = document.attribute(node, "ac:anchor").filter(|it| !it.is_empty());
    let resource = document
        .children(node)
        .find_map(|it| document.tag(it).filter(|it| it.is_resource()).map(|tag| (it, tag)));
    let mut target = match resource {
        None => String::new(),
        Some((resource, tag)) => resource_target(document, resource, tag)?,
    };
    if let Some(anchor) = anchor {
        target.push('#');
        push_encoded(&anchor, &mut target);
    }
    (!target.is_empty()).then_some(target)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the others have no name for Markdown")]
fn resource_target(document: &Document<'_>, resource: NodeId, tag: Tag) -> Option<String> {
    let value = |name: &str| document.attribute(resource, name).unwrap_or_default();
    let mut target = String::new();
    match tag {
        Tag::RiPage => {
            target.push_str("page:");
            push_encoded(&value("ri:space-key"), &mut target);
            target.push('/');
            push_encoded(&value("ri:content-title"), &mut target);
        }
        Tag::RiBlogPost => {
            target.push_str("blog:");
            push_encoded(&value("ri:space-key"), &mut target);
            target.push('/');
            push_encoded(&value("ri:posting-day").replace('/', "-"), &mut target);
            target.push('/');
            push_encoded(&value("ri:content-title"), &mut target);
        }
        // Of another page: a name would not say which.
        Tag::RiAttachment if document.children(resource).next().is_some() => return None,
        Tag::RiAttachment => {
            target.push_str("attachment:");
            push_encoded(&value("ri:filename"), &mut target);
        }
        Tag::RiContentEntity => {
            target.push_str("page:");
            push_encoded(&value("ri:content-id"), &mut target);
        }
        Tag::RiUrl => push_url(&value("ri:value"), &mut target),
        _ => return None,
    }
    Some(target)
}

/// The text of a link that has none of its own.
pub(super) fn title(document: &Document<'_>, node: NodeId) -> String {
    let names = ["ri:content-title", "ri:filename", "ri:value", "ri:content-id"];
    let of = |it: NodeId| names.iter().find_map(|name| document.attribute(it, name));
    document
        .children(node)
        .find_map(of)
        .or_else(|| document.attribute(node, "ac:anchor"))
        .map(|it| super::inline::one_line(&it).trim().to_owned())
        .unwrap_or_default()
}

/// What an image shows, and the text in its place; `None` if it shows nothing.
pub(super) fn image(document: &Document<'_>, node: NodeId) -> Option<(String, String)> {
    let mut target = String::new();
    let alt = if document.tag(node) == Some(Tag::Img) {
        push_url(&document.attribute(node, "src")?, &mut target);
        document.attribute(node, "alt")
    } else {
        if let Some(file) = document.child(node, Tag::RiAttachment) {
            target.push_str("attachment:");
            push_encoded(&document.attribute(file, "ri:filename")?, &mut target);
        } else {
            let url = document.child(node, Tag::RiUrl)?;
            push_url(&document.attribute(url, "ri:value")?, &mut target);
        }
        document.attribute(node, "ac:alt")
    };
    let alt = alt.map(|it| super::inline::one_line(&it).trim().to_owned()).unwrap_or_default();
    (!target.is_empty()).then_some((target, alt))
}

/// A user who is mentioned.
pub(super) fn mention(document: &Document<'_>, user: NodeId) -> Placeholder {
    let label = super::macros::label(&inventory::user_id(document, user));
    Placeholder { kind: "mention".to_owned(), label, id: String::new() }
}

fn push_encoded(text: &str, out: &mut String) {
    for char in text.chars() {
        if matches!(char, '%' | '#') || char.is_control() {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(char);
        }
    }
}

/// A URL stays as it is, but on one line.
fn push_url(url: &str, out: &mut String) {
    out.extend(url.trim().chars().filter(|it| !it.is_control()));
}

/// The text before it was encoded.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = |it: Option<&u8>| it.and_then(|it| char::from(*it).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, hex(tail.first()), hex(tail.get(1)))
            && let Ok(byte) = u8::try_from(high * 16 + low)
        {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

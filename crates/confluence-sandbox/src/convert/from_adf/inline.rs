//! Inline content: text in elements for its marks, and the nodes between it.

use serde_json::Value;

use super::{extensions, media, reader::Reader};
use crate::convert::{
    error::InvalidAdf,
    marks::{EMOTICONS, MARKS, STATUS_COLOURS, rgb},
    reference,
    tree::{Element, Node},
};

/// An inline node with the elements that enclose it, the outermost first.
struct Piece {
    around: Vec<Element>,
    node: Node,
}

/// Converts nodes that stand where text may.
pub(super) fn convert(nodes: &[Reader<'_>]) -> Result<Vec<Node>, InvalidAdf> {
    let mut pieces = Vec::with_capacity(nodes.len());
    for it in nodes {
        let around = enclosing(it);
        match it.kind()? {
            "text" => {
                let text = it.value()["text"].as_str();
                let text = text.ok_or_else(|| it.invalid("a text node must have a text"))?;
                pieces.push(Piece { around, node: Node::Text(text.to_owned()) });
            }
            "inlineExtension" => {
                let nodes = extensions::inline(it)?;
                pieces.extend(nodes.into_iter().map(|node| Piece { around: Vec::new(), node }));
            }
            kind => {
                let node = element(kind, it)?.into();
                // Only media may be marked beside text, and only with links.
                let around = if kind == "mediaInline" { around } else { Vec::new() };
                pieces.push(Piece { around, node });
            }
        }
    }
    Ok(nested(pieces, 0))
}

/// Puts pieces into their elements, those in the same one together.
fn nested(pieces: Vec<Piece>, level: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut rest = pieces.into_iter().peekable();
    while let Some(piece) = rest.next() {
        let Some(element) = piece.around.get(level).cloned() else {
            nodes.push(piece.node);
            continue;
        };
        let mut group = vec![piece];
        while let Some(next) = rest.next_if(|it| it.around.get(level) == Some(&element)) {
            group.push(next);
        }
        nodes.push(element.containing(nested(group, level + 1)).into());
    }
    nodes.into_iter().map(with_link_body).collect()
}

/// Puts the text of a link to something in Confluence where that element expects it.
fn with_link_body(node: Node) -> Node {
    let Node::Element(mut link) = node else { return node };
    let is_target = |it: &Node| it.element().is_some_and(|it| it.name.starts_with("ri:"));
    if link.name != "ac:link" || link.child("ac:link-body").is_some() {
        return link.into();
    }
    let (target, body): (Vec<Node>, Vec<Node>) = link.children.drain(..).partition(is_target);
    if body.is_empty() {
        link.children = target;
        return link.into();
    }
    let resource = target.first().and_then(Node::element);
    let default = reference::default_text(resource, link.attribute("ac:anchor"));
    let says_more = body != [Node::Text(default)];
    link.children = target;
    if says_more {
        link.children.push(Element::new("ac:link-body").containing(body).into());
    }
    link.into()
}

/// The elements that stand for the marks of a node.
fn enclosing(it: &Reader<'_>) -> Vec<Element> {
    MARKS
        .iter()
        .filter_map(|kind| {
            let mark = it.marks().find(|it| it["type"] == *kind)?;
            let attribute = |name: &str| mark["attrs"][name].as_str();
            match *kind {
                "link" => Some(link(attribute("href")?, attribute("title"))),
                "annotation" => {
                    Some(Element::new("ac:inline-comment-marker").with("ac:ref", attribute("id")?))
                }
                "textColor" => {
                    let style = format!("color: {};", rgb(attribute("color")?)?);
                    Some(Element::new("span").with("style", style))
                }
                "backgroundColor" => {
                    let style = format!("background-color: {};", rgb(attribute("color")?)?);
                    Some(Element::new("span").with("style", style))
                }
                "strong" => Some(Element::new("strong")),
                "em" => Some(Element::new("em")),
                "underline" => Some(Element::new("u")),
                "strike" => Some(Element::new("del")),
                "subsup" if attribute("type") == Some("sub") => Some(Element::new("sub")),
                "subsup" => Some(Element::new("sup")),
                _ => Some(Element::new("code")),
            }
        })
        .collect()
}

fn link(href: &str, title: Option<&str>) -> Element {
    reference::link_to(href)
        .unwrap_or_else(|| Element::new("a").with("href", href).with_some("title", title))
}

fn element(kind: &str, it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    Ok(match kind {
        "hardBreak" => Element::new("br"),
        "mention" => {
            let user = Element::new("ri:user")
                .with("ri:account-id", it.required("id")?)
                .with_some("ri:local-id", it.text("localId"));
            // The name of a person is looked up; other words for them are kept.
            let words = it.text("text").filter(|it| !it.is_empty() && !it.starts_with('@'));
            let body = words.map(|it| Element::new("ac:link-body").text(it).into());
            Element::new("ac:link").containing([user.into()]).containing(body)
        }
        "emoji" => emoji(it)?,
        "date" => {
            let timestamp = it.attribute("timestamp");
            let milliseconds =
                timestamp.and_then(|it| it.as_i64().or_else(|| it.as_str()?.parse().ok()));
            let moment = milliseconds.and_then(|it| jiff::Timestamp::from_millisecond(it).ok());
            let moment =
                moment.ok_or_else(|| it.invalid("a date has a timestamp in milliseconds"))?;
            let date = moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
            Element::new("time").with("datetime", date.to_string())
        }
        "status" => {
            let colour = it.required("color")?;
            let known = STATUS_COLOURS.iter().find(|(_, it)| *it == colour);
            let colour = known.map_or(colour, |(it, _)| it);
            let parameter = super::blocks::parameter;
            let title = it.required("text")?;
            let style = it.text("style").filter(|it| *it == "subtle");
            extensions::macro_element("status", it)
                .containing((colour != "Grey").then(|| parameter("colour", colour)))
                .containing([parameter("title", title)])
                .containing(style.map(|_| parameter("subtle", "true")))
        }
        "placeholder" => Element::new("ac:placeholder").text(it.required("text")?),
        "inlineCard" => inline_card(it)?,
        "mediaInline" => media::inline(it)?,
        _ => return Err(it.unknown("within text")),
    })
}

fn inline_card(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let data = it.attribute("data").and_then(|it| it.get("url")).and_then(Value::as_str);
    let url = it.text("url").or(data);
    let url = url.ok_or_else(|| it.invalid("the attribute `url` is missing"))?;
    let Some(link) = reference::link_to(url) else {
        return Ok(Element::new("a")
            .with("href", url)
            .with("data-card-appearance", "inline")
            .text(url));
    };
    let text = reference::default_text(reference::resource(&link), link.attribute("ac:anchor"));
    let body = Element::new("ac:link-body").text(text);
    Ok(link.with("ac:card-appearance", "inline").containing([body.into()]))
}

fn emoji(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let short_name = it.required("shortName")?;
    let known = EMOTICONS.iter().find(|(_, known)| *known == short_name);
    let own = known.map(|(name, _)| *name);
    let is_plain = own.is_some() && it.text("id").is_none() && it.text("text").is_none();
    Ok(Element::new("ac:emoticon")
        .with("ac:name", own.unwrap_or("blue-star"))
        .with_some("ac:emoji-shortname", (!is_plain).then_some(short_name))
        .with_some("ac:emoji-id", it.text("id"))
        .with_some("ac:emoji-fallback", it.text("text"))
        .with_some("ac:local-id", it.text("localId")))
}

//! ADF to storage format.

mod blocks;
mod extensions;
mod inline;
mod media;
mod native;
mod reader;
mod table;

use serde_json::Value;

use self::reader::Reader;
use super::{
    error::InvalidAdf,
    marks::LAYOUTS,
    scanner::MAX_DEPTH,
    tree::{self, Element, Node},
};

/// How deep ADF nodes may be nested.
const MAX_NODE_DEPTH: usize = 100;

/// Converts a document in ADF to storage format.
///
/// # Errors
/// If the JSON is not a document, or has nodes that are unknown or lack what they need.
pub fn adf_to_storage(document: &Value) -> Result<String, InvalidAdf> {
    let document = Reader::root(document);
    if document.kind()? != "doc" {
        return Err(document.invalid("the type must be `doc`"));
    }
    if document.value().get("version").and_then(Value::as_u64) != Some(1) {
        return Err(document.invalid("the version must be 1"));
    }
    let nodes = top_level(&document)?;
    if tree::depth(&nodes) > MAX_DEPTH {
        return Err(document.invalid("the document is nested too deep"));
    }
    Ok(tree::write(&nodes))
}

/// The blocks of the document; next to sections with columns, all others get sections too.
fn top_level(document: &Reader<'_>) -> Result<Vec<Node>, InvalidAdf> {
    let blocks = document.children()?;
    let is_section = |it: &Reader<'_>| it.value()["type"] == "layoutSection";
    if !blocks.iter().any(is_section) {
        return self::blocks::convert(&blocks);
    }
    let mut layout = Element::new("ac:layout");
    for group in blocks.chunk_by(|a, b| !is_section(a) && !is_section(b)) {
        if let [section] = group
            && is_section(section)
        {
            layout.children.push(self::section(section)?.into());
            continue;
        }
        let cell = Element::new("ac:layout-cell").containing(self::blocks::convert(group)?);
        let section = Element::new("ac:layout-section")
            .with("ac:type", "fixed-width")
            .with("ac:breakout-mode", "default")
            .containing([cell.into()]);
        layout.children.push(section.into());
    }
    Ok(vec![layout.into()])
}

fn section(section: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let mut widths = Vec::new();
    let mut cells = Vec::new();
    for column in section.children()? {
        if column.kind()? != "layoutColumn" {
            return Err(column.invalid("only columns may stand in a section"));
        }
        widths.push(column.number("width").unwrap_or_default());
        let cell = Element::new("ac:layout-cell").with_some("ac:local-id", column.text("localId"));
        cells.push(cell.containing(blocks::convert(&column.children()?)?).into());
    }
    let distance = |known: &[f64]| -> f64 {
        known.iter().zip(&widths).map(|(known, width)| (known - width).abs()).sum()
    };
    let nearest = LAYOUTS
        .iter()
        .filter(|(_, known)| known.len() == widths.len())
        .min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
    let kind = match (nearest, widths.len()) {
        (Some((kind, _)), _) => *kind,
        (None, 1) => "single",
        (None, _) => return Err(section.invalid("a section has two or three columns")),
    };
    let breakout = section.mark("breakout");
    let attribute = |name: &str| breakout.as_ref().and_then(|it| it.get(name));
    Ok(Element::new("ac:layout-section")
        .with("ac:type", kind)
        .with_some("ac:breakout-mode", attribute("mode").and_then(Value::as_str))
        .with_some("ac:breakout-width", attribute("width").map(Value::to_string))
        .with_some("ac:local-id", section.text("localId"))
        .containing(cells))
}

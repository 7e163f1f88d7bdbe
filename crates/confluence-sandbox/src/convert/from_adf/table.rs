//! Tables.

use serde_json::Value;

use super::{blocks, reader::Reader};
use crate::convert::{error::InvalidAdf, marks::hex_colour, tree::Element};

pub(super) fn convert(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let numbered = it.attribute("isNumberColumnEnabled").and_then(Value::as_bool) == Some(true);
    let mut table = Element::new("table")
        .with_some("class", numbered.then_some("numberedTable"))
        .with_some("data-table-width", it.number("width").map(|it| it.to_string()))
        .with_some("data-layout", it.text("layout"))
        .with_some("data-table-display-mode", it.text("displayMode"))
        .with_some("ac:local-id", it.text("localId").filter(|it| !it.is_empty()));
    let mut body = Element::new("tbody");
    let mut widths = Vec::new();
    for (index, row) in it.children()?.iter().enumerate() {
        if row.kind()? != "tableRow" {
            return Err(row.unknown("in a table"));
        }
        let mut element = blocks::identified(Element::new("tr"), row);
        for cell in row.children()? {
            element.children.push(self::cell(&cell)?.into());
            if index == 0 {
                let own = cell.attribute("colwidth").and_then(Value::as_array);
                widths.extend(own.into_iter().flatten().filter_map(Value::as_f64));
            }
        }
        body.children.push(element.into());
    }
    if !widths.is_empty() {
        let columns = widths
            .iter()
            .map(|it| Element::new("col").with("style", format!("width: {it:.1}px;")).into());
        table.children.push(Element::new("colgroup").containing(columns).into());
    }
    Ok(table.containing([body.into()]))
}

fn cell(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let name = match it.kind()? {
        "tableCell" => "td",
        "tableHeader" => "th",
        _ => return Err(it.unknown("in a row")),
    };
    let span = |name: &str| {
        let span = it.attribute(name).and_then(Value::as_u64);
        span.filter(|it| *it > 1).map(|it| it.to_string())
    };
    let background = it.text("background");
    let background = background.map(|it| hex_colour(it).unwrap_or_else(|| it.to_owned()));
    let element = Element::new(name)
        .with_some("colspan", span("colspan"))
        .with_some("rowspan", span("rowspan"))
        .with_some("data-highlight-colour", background)
        .with_some("valign", it.text("valign"));
    Ok(blocks::identified(element, it).containing(blocks::convert(&it.children()?)?))
}

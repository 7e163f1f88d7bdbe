//! Tables.

use serde_json::{Map, Value, json};

use super::{Converter, Place, add_local_id};
use crate::convert::{
    marks::{hex_colour, node, style},
    tree::Element,
};

/// How many columns or rows a cell may span, as in HTML.
const MAX_SPAN: u32 = 1000;

/// How many columns may have a width; every cell repeats those of its columns.
const MAX_WIDTHS: usize = 50;

impl Converter {
    /// A table; `None` if it has no rows, or parts that ADF does not know.
    pub(super) fn table(&self, element: &Element) -> Option<Value> {
        let mut rows = Vec::new();
        let mut widths = Vec::new();
        for part in element.children.iter().filter(|it| !it.is_blank()) {
            let part = part.element()?;
            match part.name.as_str() {
                "colgroup" => widths.extend(part.elements().map(width)),
                "thead" | "tbody" | "tfoot" => {
                    for row in part.children.iter().filter(|it| !it.is_blank()) {
                        rows.push(row.element().filter(|it| it.name == "tr")?);
                    }
                }
                "tr" => rows.push(part),
                _ => return None,
            }
        }
        if rows.is_empty() {
            return None;
        }
        let widths = widths.into_iter().collect::<Option<Vec<f64>>>();
        let widths = widths.filter(|it| it.len() <= MAX_WIDTHS).unwrap_or_default();
        // For each column, how many more rows a cell above reaches down.
        let mut reaching: Vec<u32> = Vec::new();
        let rows = rows
            .into_iter()
            .map(|it| self.row(it, &widths, &mut reaching))
            .collect::<Option<_>>()?;
        Some(node("table", table_attributes(element), Some(rows)))
    }

    fn row(&self, row: &Element, widths: &[f64], reaching: &mut Vec<u32>) -> Option<Value> {
        let mut cells = Vec::new();
        let mut column = 0;
        let mut claims = Vec::new();
        for cell in row.children.iter().filter(|it| !it.is_blank()) {
            let cell = cell.element()?;
            let kind = match cell.name.as_str() {
                "th" => "tableHeader",
                "td" => "tableCell",
                _ => return None,
            };
            while reaching.get(column).is_some_and(|it| *it > 0) {
                column += 1;
            }
            let (colspan, rowspan) = (span(cell, "colspan"), span(cell, "rowspan"));
            let end = column + colspan as usize;
            let mut attrs = cell_attributes(cell, colspan, rowspan);
            if let Some(widths) = widths.get(column..end) {
                attrs.insert("colwidth".to_owned(), json!(widths));
            }
            claims.push((column..end.min(widths.len()), rowspan));
            column = end;
            cells.push(node(kind, attrs, Some(self.some_blocks(&cell.children, Place::Cell))));
        }
        for rows in reaching.iter_mut() {
            *rows = rows.saturating_sub(1);
        }
        for (columns, rowspan) in claims {
            if rowspan > 1 && reaching.len() < columns.end {
                reaching.resize(columns.end, 0);
            }
            for rows in reaching.iter_mut().take(columns.end).skip(columns.start) {
                *rows = rowspan - 1;
            }
        }
        let mut attrs = Map::new();
        add_local_id(&mut attrs, row);
        Some(node("tableRow", attrs, Some(cells)))
    }
}

fn table_attributes(table: &Element) -> Map<String, Value> {
    const LAYOUTS: [&str; 6] =
        ["wide", "full-width", "center", "align-end", "align-start", "default"];
    let mut attrs = Map::new();
    if let Some(layout) = table.attribute("data-layout").filter(|it| LAYOUTS.contains(it)) {
        attrs.insert("layout".to_owned(), layout.into());
    }
    let width = table.attribute("data-table-width").and_then(|it| it.parse::<f64>().ok());
    if let Some(width) = width.filter(|it| it.is_finite()) {
        attrs.insert("width".to_owned(), number(width));
    }
    if let Some(mode @ ("default" | "fixed")) = table.attribute("data-table-display-mode") {
        attrs.insert("displayMode".to_owned(), mode.into());
    }
    if table.attribute("class").is_some_and(|it| it.split(' ').any(|it| it == "numberedTable")) {
        attrs.insert("isNumberColumnEnabled".to_owned(), true.into());
    }
    add_local_id(&mut attrs, table);
    attrs
}

fn cell_attributes(cell: &Element, colspan: u32, rowspan: u32) -> Map<String, Value> {
    let mut attrs = Map::new();
    if colspan > 1 {
        attrs.insert("colspan".to_owned(), colspan.into());
    }
    if rowspan > 1 {
        attrs.insert("rowspan".to_owned(), rowspan.into());
    }
    let background = cell
        .attribute("data-highlight-colour")
        .or_else(|| cell.attribute("bgcolor"))
        .or_else(|| style(cell.attribute("style"), "background-color"));
    if let Some(background) = background {
        let colour = hex_colour(background).unwrap_or_else(|| background.to_owned());
        attrs.insert("background".to_owned(), colour.into());
    }
    if let Some(valign @ ("top" | "middle" | "bottom")) = cell.attribute("valign") {
        attrs.insert("valign".to_owned(), valign.into());
    }
    add_local_id(&mut attrs, cell);
    attrs
}

fn span(cell: &Element, name: &str) -> u32 {
    let span = cell.attribute(name).and_then(|it| it.trim().parse().ok());
    span.unwrap_or(1).clamp(1, MAX_SPAN)
}

fn width(column: &Element) -> Option<f64> {
    let width = style(column.attribute("style"), "width")?.strip_suffix("px")?.trim();
    width.parse().ok().filter(|it: &f64| it.is_finite())
}

/// The number as JSON writes it best: without a fraction if it has none.
#[expect(clippy::cast_possible_truncation, reason = "checked to be a small whole number")]
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e9 { (value as i64).into() } else { value.into() }
}

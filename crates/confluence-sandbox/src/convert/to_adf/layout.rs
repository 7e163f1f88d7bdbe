//! Sections with columns.

use serde_json::{Map, Value, json};

use super::{Converter, Place, add_local_id, kept_block, table::number};
use crate::convert::{
    marks::{LAYOUTS, node},
    tree::Element,
};

impl Converter {
    /// A layout: its sections, or, where columns have no place, what is in them.
    pub(super) fn layout(&self, element: &Element, place: Place, blocks: &mut Vec<Value>) {
        let sections: Option<Vec<&Element>> = element
            .children
            .iter()
            .filter(|it| !it.is_blank())
            .map(|it| it.element().filter(|it| it.name == "ac:layout-section"))
            .collect();
        let Some(sections) = sections.filter(|_| place == Place::Document) else {
            blocks.push(kept_block(element));
            return;
        };
        for section in sections {
            self.section(section, place, blocks);
        }
    }

    fn section(&self, section: &Element, place: Place, blocks: &mut Vec<Value>) {
        let cells: Vec<&Element> = section.elements().collect();
        let kind = section.attribute("ac:type").unwrap_or_default();
        if let ([cell], "single" | "fixed-width") = (cells.as_slice(), kind) {
            blocks.extend(self.blocks(&cell.children, place));
            return;
        }
        let widths = LAYOUTS.iter().find(|(it, _)| *it == kind).map(|(_, widths)| *widths);
        let widths = widths.filter(|it| {
            it.len() == cells.len() && cells.iter().all(|it| it.name == "ac:layout-cell")
        });
        let Some(widths) = widths else {
            let storage = Element::new("ac:layout").containing([section.clone().into()]);
            blocks.push(kept_block(&storage));
            return;
        };
        let columns = cells.iter().zip(widths).map(|(cell, width)| {
            let mut attrs = Map::new();
            attrs.insert("width".to_owned(), number(*width));
            add_local_id(&mut attrs, cell);
            node("layoutColumn", attrs, Some(self.some_blocks(&cell.children, Place::Column)))
        });
        let mut attrs = Map::new();
        add_local_id(&mut attrs, section);
        let mut converted = node("layoutSection", attrs, Some(columns.collect()));
        if let Some(mode @ ("wide" | "full-width")) = section.attribute("ac:breakout-mode") {
            let mut mark = json!({ "type": "breakout", "attrs": { "mode": mode } });
            let width = section.attribute("ac:breakout-width").and_then(|it| it.parse().ok());
            if let Some(width) = width.filter(|it: &f64| it.is_finite()) {
                mark["attrs"]["width"] = number(width);
            }
            converted["marks"] = json!([mark]);
        }
        blocks.push(converted);
    }
}

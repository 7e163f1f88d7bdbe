//! ADF documents: the fixtures, and generated ones as the Cloud editor stores them.

#![expect(clippy::unwrap_used, reason = "the fixtures are part of the checkout")]

use std::{fs, path::Path};

use fastrand::Rng;
use serde_json::{Value, json};

/// A document and what it is called in a failure.
pub(crate) struct Page {
    pub(crate) name: String,
    /// On one line, as Confluence gives it.
    pub(crate) body: String,
}

/// Every document that there is.
pub(crate) fn all() -> Vec<Page> {
    let mut pages = fixtures();
    for seed in 0..24 {
        let blocks = [4, 10, 30, 80][usize::try_from(seed % 4).unwrap()];
        pages.push(Page { name: format!("generated {seed}"), body: generated(seed, blocks) });
    }
    pages
}

/// The documents of `fixtures/adf`, those among tests of converters, too.
pub(crate) fn fixtures() -> Vec<Page> {
    let mut pages = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/adf");
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "json") {
            let value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            documents(&value, &path.display().to_string(), &mut pages);
        }
    }
    assert!(pages.len() > 20, "the fixtures are part of the checkout");
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    pages
}

fn documents(value: &Value, name: &str, out: &mut Vec<Page>) {
    match value {
        Value::Object(it) if it.get("type").is_some_and(|it| it == "doc") => {
            let name = format!("{name}, document {}", out.len());
            out.push(Page { name, body: value.to_string() });
        }
        Value::Object(it) => it.values().for_each(|it| documents(it, name, out)),
        Value::Array(it) => it.iter().for_each(|it| documents(it, name, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What Atlassian's schema says of documents.
pub(crate) fn schema() -> jsonschema::Validator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/adf/schema");
    let file = fs::read(folder.join("adf-schema-57.7.22-full.json")).unwrap();
    jsonschema::draft4::new(&serde_json::from_slice(&file).unwrap()).unwrap()
}

const WORDS: [&str; 30] = [
    "the",
    "quick",
    "fox",
    "naïve",
    "東京",
    "snake_case",
    "2*3",
    "a_b_c",
    "C#",
    "#1",
    "1.",
    "-",
    "+",
    "~200",
    "[draft]",
    "(see",
    "below)",
    "<T>",
    "A&B",
    "100%",
    "https://example.com/a_b?c=1",
    "😀",
    "x|y",
    "`tick`",
    "back\\slash",
    "“quoted”",
    "***",
    "!",
    "end.",
    "[[macro:toc #m1]]",
];

/// A document of about this many blocks.
pub(crate) fn generated(seed: u64, blocks: usize) -> String {
    let mut page = Generator { rng: Rng::with_seed(seed), ids: 0 };
    let mut content = page.blocks(Place::Page, blocks);
    if page.rng.bool() {
        content.push(page.layout());
    }
    json!({ "type": "doc", "version": 1, "content": content }).to_string()
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Page,
    Item,
    Quote,
    Panel,
    Cell,
    Nested,
    Body,
}

struct Generator {
    rng: Rng,
    ids: u32,
}

impl Generator {
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("{:08x}-{:04}", self.rng.u32(..), self.ids)
    }

    fn words(&mut self) -> String {
        let mut out = String::new();
        for index in 0..self.rng.usize(1..6) {
            if index > 0 {
                out.push_str(if self.rng.u8(0..20) == 0 { "\u{a0}" } else { " " });
            }
            out.push_str(WORDS[self.rng.usize(..WORDS.len())]);
        }
        out
    }

    fn marks(&mut self) -> Vec<Value> {
        let mut marks = Vec::new();
        for _ in 0..self.rng.usize(0..3) {
            let id = format!("comment-{}", self.rng.u8(0..4));
            let mark = match self.rng.u8(0..10) {
                0 => json!({ "type": "strong" }),
                1 => json!({ "type": "em" }),
                2 => json!({ "type": "strike" }),
                3 => json!({ "type": "underline" }),
                4 => json!({ "type": "subsup", "attrs": { "type": "sup" } }),
                5 => json!({ "type": "textColor", "attrs": { "color": "#ff5630" } }),
                6 => json!({ "type": "backgroundColor", "attrs": { "color": "#eeeeee" } }),
                7 => {
                    json!({ "type": "link", "attrs": { "href": "https://example.com/?a=1&b=(2)" } })
                }
                _ => json!({
                    "type": "annotation", "attrs": { "id": id, "annotationType": "inlineComment" }
                }),
            };
            if !marks.iter().any(|it: &Value| it["type"] == mark["type"]) {
                marks.push(mark);
            }
        }
        marks
    }

    fn inline(&mut self) -> Value {
        let id = self.id();
        match self.rng.u8(0..20) {
            0 => {
                json!({ "type": "mention", "attrs": { "id": "557058:1", "text": "@Ann", "localId": id } })
            }
            1 => {
                json!({ "type": "emoji", "attrs": { "shortName": ":warning:", "id": "26a0", "text": "⚠️" } })
            }
            2 => {
                json!({ "type": "emoji", "attrs": { "shortName": ":custom:", "id": id, "text": ":custom:" } })
            }
            3 => json!({ "type": "date", "attrs": { "timestamp": "1767225600000" } }),
            4 => {
                json!({ "type": "status", "attrs": { "text": "In progress", "color": "yellow", "localId": id } })
            }
            5 => {
                json!({ "type": "inlineCard", "attrs": { "url": "https://example.com/browse/X-1" } })
            }
            6 => json!({ "type": "hardBreak" }),
            7 => json!({ "type": "placeholder", "attrs": { "text": "Say something" } }),
            8 => json!({ "type": "inlineExtension", "attrs": {
                "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "jira",
                "parameters": { "macroParams": { "key": { "value": "ABC-1" } } }, "localId": id
            } }),
            9 => {
                json!({ "type": "mediaInline", "attrs": { "id": id, "collection": "contentId-1", "type": "file" } })
            }
            10 => json!({ "type": "text", "text": "let x = a;", "marks": [{ "type": "code" }] }),
            _ => {
                let mut text = self.words();
                if self.rng.bool() {
                    text.push(' ');
                }
                let marks = self.marks();
                if marks.is_empty() {
                    json!({ "type": "text", "text": text })
                } else {
                    json!({ "type": "text", "text": text, "marks": marks })
                }
            }
        }
    }

    fn inlines(&mut self) -> Vec<Value> {
        (0..self.rng.usize(1..6)).map(|_| self.inline()).collect()
    }

    fn paragraph(&mut self) -> Value {
        let id = self.id();
        match self.rng.u8(0..16) {
            0 => json!({ "type": "paragraph", "attrs": { "localId": id } }),
            1 => json!({ "type": "paragraph", "content": [] }),
            _ => {
                json!({ "type": "paragraph", "attrs": { "localId": id }, "content": self.inlines() })
            }
        }
    }

    fn blocks(&mut self, place: Place, count: usize) -> Vec<Value> {
        (0..count).map(|_| self.block(place)).collect()
    }

    fn some(&mut self, place: Place) -> Vec<Value> {
        let count = self.rng.usize(1..4);
        self.blocks(place, count)
    }

    fn block(&mut self, place: Place) -> Value {
        let id = self.id();
        let number = if place == Place::Page { self.rng.u8(0..22) } else { self.rng.u8(0..40) };
        let is_flat = matches!(place, Place::Quote | Place::Item);
        match number {
            0 if !is_flat => {
                let level = self.rng.u8(1..7);
                json!({ "type": "heading", "attrs": { "level": level, "localId": id }, "content": self.inlines() })
            }
            1 if !is_flat => json!({ "type": "rule" }),
            2 if !is_flat && place != Place::Panel => {
                json!({ "type": "blockquote", "content": self.some(Place::Quote) })
            }
            3 | 4 => self.list(),
            5 if place != Place::Quote => self.tasks(),
            6 => json!({ "type": "codeBlock", "attrs": { "language": "rust" }, "content": [
                { "type": "text", "text": "fn main() {\n    // ```\n\n    let a = \"[[x]]\";\n}" }
            ] }),
            7 if place != Place::Panel && !is_flat => {
                let kind = ["info", "note", "tip", "warning", "error", "success", "custom"]
                    [self.rng.usize(..7)];
                json!({ "type": "panel", "attrs": { "panelType": kind }, "content": self.some(Place::Panel) })
            }
            8 if place == Place::Page => json!({
                "type": "expand", "attrs": { "title": "Details [1] & *more*" }, "content": self.some(Place::Nested)
            }),
            8 if matches!(place, Place::Cell | Place::Nested) => json!({
                "type": "nestedExpand", "attrs": { "title": "More" }, "content": [self.paragraph()]
            }),
            9 | 10 if matches!(place, Place::Page | Place::Body) => self.table(),
            11 => json!({ "type": "extension", "attrs": {
                "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "toc",
                "parameters": { "macroParams": { "maxLevel": { "value": "3" } } }, "localId": id
            } }),
            12 if place == Place::Page => json!({ "type": "bodiedExtension", "attrs": {
                "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "excerpt"
            }, "content": self.some(Place::Body) }),
            13 => json!({ "type": "mediaSingle", "attrs": { "layout": "center" }, "content": [
                { "type": "media", "attrs": { "id": id, "collection": "contentId-1", "type": "file", "alt": "a chart" } },
                { "type": "caption", "content": [{ "type": "text", "text": "The chart" }] }
            ] }),
            14 => json!({ "type": "mediaSingle", "attrs": { "layout": "wide" }, "content": [
                { "type": "media", "attrs": { "type": "external", "url": "https://example.com/a (1).png" } }
            ] }),
            15 if matches!(place, Place::Page | Place::Cell) => {
                json!({ "type": "blockCard", "attrs": { "url": "https://example.com/x" } })
            }
            16 if !is_flat => {
                json!({ "type": "decisionList", "attrs": { "localId": id }, "content": [
                { "type": "decisionItem", "attrs": { "localId": "d", "state": "DECIDED" }, "content": self.inlines() }
            ] })
            }
            _ => self.paragraph(),
        }
    }

    fn list(&mut self) -> Value {
        let content: Vec<Value> = (0..self.rng.usize(1..4))
            .map(|_| {
                let mut inside = vec![self.paragraph()];
                if self.rng.u8(0..4) == 0 {
                    inside.extend(self.some(Place::Item));
                }
                json!({ "type": "listItem", "content": inside })
            })
            .collect();
        match self.rng.u8(0..3) {
            0 => {
                json!({ "type": "orderedList", "attrs": { "order": self.rng.u8(0..12) }, "content": content })
            }
            _ => json!({ "type": "bulletList", "content": content }),
        }
    }

    fn tasks(&mut self) -> Value {
        let mut content = Vec::new();
        for _ in 0..self.rng.usize(1..4) {
            let state = if self.rng.bool() { "DONE" } else { "TODO" };
            let (item, list) = (self.id(), self.id());
            content.push(json!({
                "type": "taskItem", "attrs": { "localId": item, "state": state }, "content": self.inlines()
            }));
            if self.rng.u8(0..4) == 0 {
                content.push(json!({ "type": "taskList", "attrs": { "localId": list }, "content": [
                    { "type": "taskItem", "attrs": { "localId": list, "state": "TODO" }, "content": self.inlines() }
                ] }));
            }
        }
        let id = self.id();
        json!({ "type": "taskList", "attrs": { "localId": id }, "content": content })
    }

    fn table(&mut self) -> Value {
        let columns = self.rng.usize(2..5);
        let has_head = self.rng.bool();
        let rows: Vec<Value> = (0..self.rng.usize(1..5))
            .map(|row| {
                let is_merged = row > 0 && self.rng.u8(0..4) == 0;
                let cells: Vec<Value> = (0..columns - usize::from(is_merged))
                    .map(|column| {
                        let name = if row == 0 && has_head { "tableHeader" } else { "tableCell" };
                        let span = if is_merged && column == 0 { 2 } else { 1 };
                        let content = if self.rng.u8(0..3) == 0 {
                            self.some(Place::Cell)
                        } else {
                            vec![self.paragraph()]
                        };
                        json!({
                            "type": name, "content": content,
                            "attrs": { "colspan": span, "background": "#deebff" }
                        })
                    })
                    .collect();
                json!({ "type": "tableRow", "content": cells })
            })
            .collect();
        json!({ "type": "table", "attrs": { "layout": "default", "width": 760 }, "content": rows })
    }

    fn layout(&mut self) -> Value {
        json!({ "type": "layoutSection", "content": [
            { "type": "layoutColumn", "attrs": { "width": 50 }, "content": self.some(Place::Page) },
            { "type": "layoutColumn", "attrs": { "width": 50 }, "content": self.some(Place::Page) }
        ] })
    }
}

//! The readable text of a document, for search and excerpts.

use super::{
    reference,
    tree::{self, Element, Node},
};

/// The readable text of a storage document, a line per block.
///
/// Text of a document that is not well-formed is given as far as it can be read.
pub fn storage_to_text(source: &str) -> String {
    text_of(&tree::parse_leniently(source).0)
}

/// The readable text of the nodes.
pub(super) fn text_of(nodes: &[Node]) -> String {
    let mut text = Text { out: String::new(), gap: Gap::None };
    text.nodes(nodes);
    text.out
}

/// What separates the next words from the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

struct Text {
    out: String,
    gap: Gap,
}

impl Text {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.words(text),
                Node::Data(text) => self.verbatim(text),
                Node::Element(element) => self.element(element),
                Node::Comment(_) | Node::Instruction(_) => {}
            }
        }
    }

    fn element(&mut self, element: &Element) {
        match element.name.as_str() {
            "br" | "hr" => self.gap(Gap::Line),
            "td" | "th" => {
                self.gap(Gap::Space);
                self.nodes(only_paragraph(element).map_or(&element.children, |it| &it.children));
                self.gap(Gap::Space);
            }
            "ac:link" | "ac:image" => {
                let before = self.out.len();
                self.nodes(&element.children);
                if self.out.len() == before {
                    let name = reference::default_text(reference::resource(element), None);
                    let alt = element.attribute("ac:alt").map_or(name, str::to_owned);
                    self.words(&alt);
                }
            }
            "ac:emoticon" => {
                self.words(element.attribute("ac:emoji-fallback").unwrap_or_default());
            }
            "time" => self.words(element.attribute("datetime").unwrap_or_default()),
            "ac:structured-macro" => self.macro_text(element),
            // Of parameters only titles are read, by the macro; the rest is for machines.
            "ac:parameter" | "ac:task-id" | "ac:task-uuid" | "ac:task-status"
            | "ac:placeholder" | "ac:adf-attribute" | "ac:adf-fallback" | "script" | "style" => {}
            name => {
                let is_block = is_block(name);
                if is_block {
                    self.gap(Gap::Line);
                }
                self.nodes(&element.children);
                if is_block {
                    self.gap(Gap::Line);
                }
            }
        }
    }

    fn macro_text(&mut self, element: &Element) {
        let is_block = element.elements().any(|it| it.name.ends_with("-body"));
        let title = element.elements().find(|it| it.attribute("ac:name") == Some("title"));
        if is_block {
            self.gap(Gap::Line);
        }
        if let Some(title) = title {
            self.nodes(&title.children);
        }
        if is_block {
            self.gap(Gap::Line);
        }
        self.nodes(&element.children);
        if is_block {
            self.gap(Gap::Line);
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn words(&mut self, text: &str) {
        if text.starts_with(tree::is_space) {
            self.gap(Gap::Space);
        }
        for (index, word) in text.split(tree::is_space).filter(|it| !it.is_empty()).enumerate() {
            if index > 0 {
                self.gap(Gap::Space);
            }
            self.push(word);
        }
        if text.ends_with(tree::is_space) {
            self.gap(Gap::Space);
        }
    }

    fn verbatim(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(text.trim_end_matches('\n'));
        }
    }

    fn push(&mut self, text: &str) {
        if !self.out.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Space => self.out.push(' '),
                Gap::Line => self.out.push('\n'),
            }
        }
        self.gap = Gap::None;
        self.out.push_str(text);
    }
}

/// The paragraph that a cell consists of, as the editor writes it.
fn only_paragraph(cell: &Element) -> Option<&Element> {
    let mut children = cell.children.iter().filter(|it| !it.is_blank());
    let paragraph = children.next()?.element().filter(|it| it.name == "p")?;
    children.next().is_none().then_some(paragraph)
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "tr"
            | "blockquote"
            | "div"
            | "section"
            | "pre"
            | "ac:layout"
            | "ac:layout-section"
            | "ac:layout-cell"
            | "ac:task-list"
            | "ac:task"
            | "ac:rich-text-body"
            | "ac:plain-text-body"
            | "ac:adf-extension"
            | "ac:caption"
    )
}

//! Storage format to the HTML of Confluence's legacy renderer.
//!
//! The result is shown in a browser, so nothing is copied: only elements, attributes and
//! addresses that are known to be harmless are written, and all text is escaped.

mod links;
mod macros;
mod safety;

use super::{
    error::Malformed,
    reference::LinkResolver,
    tree::{self, Element, Node},
};

/// Renders a storage document as HTML that runs no script.
///
/// # Errors
/// If the document is not well-formed.
pub fn storage_to_view(source: &str, resolver: &dyn LinkResolver) -> Result<String, Malformed> {
    let nodes = tree::parse(source)?;
    let mut headings = Vec::new();
    collect_headings(&nodes, &mut headings);
    let mut view = View { resolver, headings, out: String::with_capacity(source.len()) };
    view.nodes(&nodes);
    Ok(view.out)
}

struct View<'a> {
    resolver: &'a dyn LinkResolver,
    /// Level and text, for tables of contents.
    headings: Vec<(u8, String)>,
    out: String,
}

fn collect_headings(nodes: &[Node], headings: &mut Vec<(u8, String)>) {
    for element in nodes.iter().filter_map(Node::element) {
        match heading_level(&element.name) {
            Some(level) => headings.push((level, text_of(element))),
            None => collect_headings(&element.children, headings),
        }
    }
}

fn heading_level(name: &str) -> Option<u8> {
    name.strip_prefix('h')?.parse().ok().filter(|it| (1..=6).contains(it))
}

fn text_of(element: &Element) -> String {
    super::plain::text_of(&element.children).trim().replace('\n', " ")
}

/// The id of a heading: its text without white space.
fn anchor(text: &str) -> String {
    text.split_whitespace().collect()
}

impl View<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Element(element) => self.element(element),
                Node::Text(text) | Node::Data(text) => self.text(text),
                Node::Comment(_) | Node::Instruction(_) => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        tree::escape_text(text, &mut self.out);
    }

    /// Writes a start tag; the names must be ours.
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            tree::escape_attribute(value, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Writes an element around the nodes.
    fn around(&mut self, name: &str, attributes: &[(&str, &str)], nodes: &[Node]) {
        self.open(name, attributes);
        self.nodes(nodes);
        self.close(name);
    }

    /// Writes an element around a text.
    fn labelled(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close(name);
    }

    fn element(&mut self, element: &Element) {
        let children = element.children.as_slice();
        match element.name.as_str() {
            "ac:structured-macro" | "ac:macro" => self.macro_element(element),
            "ac:link" => self.link(element),
            "ac:image" => self.image(element),
            "a" => self.web_link(element),
            "ac:emoticon" => {
                let short = element.attribute("ac:emoji-shortname");
                let name = short.or_else(|| element.attribute("ac:name")).unwrap_or_default();
                let text = element.attribute("ac:emoji-fallback").unwrap_or(name);
                self.labelled("span", &[("class", "emoticon"), ("title", name)], text);
            }
            "time" => {
                let date = element.attribute("datetime").unwrap_or_default();
                self.labelled("time", &[("datetime", date), ("class", "date-past")], date);
            }
            "table" => {
                self.out.push_str("<div class=\"table-wrap\">");
                self.around("table", &[("class", "confluenceTable")], children);
                self.close("div");
            }
            "ac:task-list" => self.around("ul", &[("class", "inline-task-list")], children),
            "ac:task" => self.task(element),
            "ac:layout" => self.around("div", &[("class", "contentLayout2")], children),
            "ac:layout-section" => {
                let kind = element.attribute("ac:type").unwrap_or("single").replace('_', "-");
                let class = format!("columnLayout {kind}");
                self.around("div", &[("class", &class), ("data-layout", &kind)], children);
            }
            "ac:layout-cell" => {
                self.out.push_str("<div class=\"cell normal\" data-type=\"normal\">");
                self.around("div", &[("class", "innerCell")], children);
                self.close("div");
            }
            "ac:inline-comment-marker" => {
                let reference = element.attribute("ac:ref").unwrap_or_default();
                let class = "inline-comment-marker";
                self.around("span", &[("class", class), ("data-ref", reference)], children);
            }
            "ac:adf-extension" => self.native(element),
            // Shown in the editor only, or no content at all.
            "ac:placeholder" | "ac:parameter" | "script" | "style" | "iframe" | "object"
            | "embed" | "noscript" | "template" | "svg" | "math" => {}
            name => self.html(name, element),
        }
    }

    /// An element of HTML that is known to be harmless; of others only what is inside.
    fn html(&mut self, name: &str, element: &Element) {
        let Some(name) = safety::element(name) else { return self.nodes(&element.children) };
        let mut attributes = safety::attributes(element);
        let id;
        match name {
            "th" => attributes.push(("class", "confluenceTh".to_owned())),
            "td" => attributes.push(("class", "confluenceTd".to_owned())),
            _ if heading_level(name).is_some() => {
                id = anchor(&text_of(element));
                attributes.push(("id", id));
            }
            _ => {}
        }
        let attributes: Vec<(&str, &str)> =
            attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if matches!(name, "br" | "hr" | "col") {
            self.open(name, &attributes);
            self.out.pop();
            self.out.push_str(" />");
        } else {
            self.around(name, &attributes, &element.children);
        }
    }

    fn task(&mut self, task: &Element) {
        let text = |name: &str| task.child(name).map(Element::content).unwrap_or_default();
        let class = if text("ac:task-status").trim() == "complete" { "checked" } else { "" };
        let id = text("ac:task-id");
        self.open("li", &[("class", class), ("data-inline-task-id", id.trim())]);
        if let Some(body) = task.child("ac:task-body") {
            self.nodes(&body.children);
        }
        self.close("li");
    }

    /// What storage holds for nodes that only ADF has: its fallback, else its content.
    fn native(&mut self, extension: &Element) {
        if let Some(fallback) = extension.child("ac:adf-fallback") {
            return self.nodes(&fallback.children);
        }
        for node in extension.elements() {
            if let Some(content) = node.child("ac:adf-content") {
                self.around("div", &[], &content.children);
            }
        }
    }
}

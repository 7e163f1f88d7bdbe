//! Macros, as the legacy renderer draws them.

use super::{View, anchor};
use crate::convert::tree::{Element, Node};

/// The boxes: macro, class and icon.
const BOXES: [(&str, &str, &str); 4] = [
    ("info", "information", "info"),
    ("tip", "tip", "approve"),
    ("note", "note", "warning"),
    ("warning", "warning", "error"),
];

/// The colours of the status macro and the classes of their lozenges.
const LOZENGES: [(&str, &str); 5] = [
    ("green", "aui-lozenge-success"),
    ("yellow", "aui-lozenge-current"),
    ("red", "aui-lozenge-error"),
    ("blue", "aui-lozenge-complete"),
    ("purple", "aui-lozenge-progress"),
];

fn parameter(element: &Element, name: &str) -> Option<String> {
    let found = element.elements().find(|it| {
        it.name == "ac:parameter" && it.attribute("ac:name").unwrap_or_default() == name
    });
    found.map(Element::content).filter(|it| !it.is_empty())
}

impl View<'_> {
    pub(super) fn macro_element(&mut self, element: &Element) {
        let name = element.attribute("ac:name").unwrap_or_default();
        let rich = element.child("ac:rich-text-body").map(|it| it.children.as_slice());
        let plain = element.child("ac:plain-text-body").map(Element::content);
        match name {
            "info" | "tip" | "note" | "warning" => self.message_box(name, element, rich),
            "panel" => self.panel(element, rich),
            "expand" => {
                let title = parameter(element, "title");
                let title = title.as_deref().unwrap_or("Click here to expand...");
                self.out.push_str("<div class=\"expand-container conf-macro output-block\">");
                self.out.push_str("<div class=\"expand-control\">");
                self.labelled("span", &[("class", "expand-control-text")], title);
                self.out.push_str("</div>");
                self.around("div", &[("class", "expand-content")], rich.unwrap_or_default());
                self.close("div");
            }
            "code" => self.code(element, plain.as_deref().unwrap_or_default()),
            "noformat" => self.labelled("pre", &[], plain.as_deref().unwrap_or_default()),
            "status" => self.status(element),
            "toc" => self.contents(),
            "anchor" => {
                let id = parameter(element, "").unwrap_or_default();
                self.labelled("span", &[("class", "confluence-anchor-link"), ("id", &id)], "");
            }
            "view-file" => {
                let source = element.elements().find(|it| it.attribute("ac:name") == Some("name"));
                if let Some(source) = source {
                    let link = Element::new("ac:link").containing(source.children.iter().cloned());
                    self.link(&link);
                }
            }
            "excerpt" => self.around("div", &[("class", "conf-macro")], rich.unwrap_or_default()),
            _ => self.other_macro(name, rich, plain.as_deref()),
        }
    }

    fn message_box(&mut self, name: &str, element: &Element, body: Option<&[Node]>) {
        let Some((_, kind, icon)) = BOXES.iter().find(|(it, _, _)| *it == name) else { return };
        let base = "confluence-information-macro";
        self.open("div", &[("class", &format!("{base} {base}-{kind} conf-macro output-block"))]);
        if let Some(title) = parameter(element, "title") {
            self.labelled("p", &[("class", "title")], &title);
        }
        let class = format!("aui-icon aui-icon-small aui-iconfont-{icon} {base}-icon");
        self.labelled("span", &[("class", &class)], "");
        self.around("div", &[("class", &format!("{base}-body"))], body.unwrap_or_default());
        self.close("div");
    }

    fn panel(&mut self, element: &Element, body: Option<&[Node]>) {
        let colour = parameter(element, "bgColor");
        let colour = colour.as_deref().and_then(crate::convert::marks::hex_colour);
        let style = colour.map_or_else(String::new, |it| format!("background-color: {it};"));
        self.open("div", &[("class", "panel conf-macro output-block"), ("style", &style)]);
        if let Some(title) = parameter(element, "title") {
            self.open("div", &[("class", "panelHeader")]);
            self.labelled("b", &[], &title);
            self.close("div");
        }
        self.around("div", &[("class", "panelContent")], body.unwrap_or_default());
        self.close("div");
    }

    fn code(&mut self, element: &Element, text: &str) {
        self.out.push_str("<div class=\"code panel pdl conf-macro output-block\">");
        if let Some(title) = parameter(element, "title") {
            self.open("div", &[("class", "codeHeader panelHeader pdl")]);
            self.labelled("b", &[], &title);
            self.close("div");
        }
        self.out.push_str("<div class=\"codeContent panelContent pdl\">");
        let language = parameter(element, "language").unwrap_or_else(|| "java".to_owned());
        let brush = format!("brush: {language}; gutter: false; theme: Confluence");
        let attributes =
            [("class", "syntaxhighlighter-pre"), ("data-syntaxhighlighter-params", &*brush)];
        self.labelled("pre", &attributes, text);
        self.out.push_str("</div></div>");
    }

    fn status(&mut self, element: &Element) {
        let colour = parameter(element, "colour").unwrap_or_default().to_ascii_lowercase();
        let lozenge = LOZENGES.iter().find(|(it, _)| *it == colour).map_or("", |(_, it)| it);
        let class = format!("status-macro aui-lozenge {lozenge} conf-macro output-inline");
        let title = parameter(element, "title").unwrap_or(colour);
        self.labelled("span", &[("class", class.trim())], &title);
    }

    /// The table of contents, one level for all headings but indented by class.
    fn contents(&mut self) {
        let headings = self.headings.clone();
        self.out.push_str("<div class=\"toc-macro conf-macro output-block\"><ul>");
        for (level, text) in headings {
            self.open("li", &[("class", &format!("toc-level-{level}"))]);
            let href = format!("#{}", anchor(&text));
            self.labelled("a", &[("href", &href), ("class", "toc-link")], &text);
            self.close("li");
        }
        self.out.push_str("</ul></div>");
    }

    fn other_macro(&mut self, name: &str, rich: Option<&[Node]>, plain: Option<&str>) {
        match (rich, plain) {
            (Some(body), _) => {
                let class = ("class", "conf-macro output-block");
                self.around("div", &[class, ("data-macro-name", name)], body);
            }
            (None, Some(text)) => {
                self.labelled("pre", &[("class", "conf-macro"), ("data-macro-name", name)], text);
            }
            (None, None) => {
                let class = ("class", "conf-macro output-inline");
                self.labelled("span", &[class, ("data-macro-name", name)], "");
            }
        }
    }
}

//! Macros: those that ADF has nodes for, and all others as extensions.

use serde_json::{Map, Value, json};

use super::{Converter, Place, add_local_id, kept_block};
use crate::convert::{
    marks::{
        MACRO_TYPE, PANEL_PARAMETERS, PANELS, PLAIN_BODY, STATUS_COLOURS, STORAGE_PARAMETER, node,
    },
    plain, tree,
    tree::{Element, Node},
};

/// A macro taken apart.
struct Macro<'a> {
    element: &'a Element,
    name: &'a str,
    parameters: Vec<(&'a str, &'a Element)>,
    plain_body: Option<String>,
    rich_body: Option<&'a Element>,
}

impl Converter {
    /// A macro that stands as a block.
    pub(super) fn block_macro(&self, element: &Element, place: Place) -> Value {
        Macro::read(element)
            .and_then(|it| self.as_node(&it, place).or_else(|| self.as_extension(&it, place)))
            .unwrap_or_else(|| kept_block(element))
    }

    /// The macro as the node that ADF has for it, if that says everything.
    fn as_node(&self, it: &Macro<'_>, place: Place) -> Option<Value> {
        if !it.is_ordinary() {
            return None;
        }
        let mut attrs = Map::new();
        let kind = match it.name {
            "code" => {
                let language = code_attributes(it, &mut attrs)?;
                if !language.is_empty() {
                    attrs.insert("language".to_owned(), language.into());
                }
                add_local_id(&mut attrs, it.element);
                let text = it.plain_body.clone().unwrap_or_default();
                let text =
                    (!text.is_empty()).then(|| vec![json!({ "type": "text", "text": text })]);
                return Some(node("codeBlock", attrs, text));
            }
            "expand" if place.allows("expand") => "expand",
            "expand" if place.allows("nestedExpand") => "nestedExpand",
            "info" | "tip" | "note" | "warning" | "panel" if place.allows("panel") => "panel",
            _ => return None,
        };
        it.plain_body.is_none().then_some(())?;
        if kind == "panel" {
            panel_attributes(it, &mut attrs)?;
        } else {
            attrs.insert("title".to_owned(), "".into());
            for (name, value) in it.simple_parameters()? {
                (name == "title").then_some(())?;
                attrs.insert("title".to_owned(), value.into());
            }
        }
        add_local_id(&mut attrs, it.element);
        let inside = match kind {
            "panel" => Place::Panel,
            "expand" => Place::Expand,
            _ => Place::NestedExpand,
        };
        let body = it.rich_body.map_or(&[][..], |body| body.children.as_slice());
        Some(node(kind, attrs, Some(self.some_blocks(body, inside))))
    }

    fn as_extension(&self, it: &Macro<'_>, place: Place) -> Option<Value> {
        let mut attrs = extension_attributes(it)?;
        let layout = it.element.attribute("data-layout").unwrap_or("default");
        attrs.insert("layout".to_owned(), layout.into());
        let Some(body) = it.rich_body else { return Some(node("extension", attrs, None)) };
        place.allows("bodiedExtension").then(|| {
            let content = self.some_blocks(&body.children, Place::Body);
            node("bodiedExtension", attrs, Some(content))
        })
    }
}

/// A macro within text, unless it has a rich body.
pub(super) fn inline_macro(element: &Element) -> Option<Value> {
    let found = Macro::read(element).filter(|it| it.rich_body.is_none())?;
    if let Some(status) = status(&found) {
        return Some(status);
    }
    Some(node("inlineExtension", extension_attributes(&found)?, None))
}

impl<'a> Macro<'a> {
    /// Takes a macro apart; `None` if it has parts that only storage can say.
    fn read(element: &'a Element) -> Option<Self> {
        let name = element.attribute("ac:name").filter(|it| !it.is_empty())?;
        let mut found =
            Self { element, name, parameters: Vec::new(), plain_body: None, rich_body: None };
        for child in element.children.iter().filter(|it| !it.is_blank()) {
            let child = child.element()?;
            let has_body = found.plain_body.is_some() || found.rich_body.is_some();
            match child.name.as_str() {
                "ac:parameter" => {
                    let name = child.attribute("ac:name").unwrap_or_default();
                    let is_new = found.parameters.iter().all(|(it, _)| *it != name);
                    (is_new && child.attributes.len() <= 1 && name != PLAIN_BODY).then_some(())?;
                    found.parameters.push((name, child));
                }
                "ac:plain-text-body" if !has_body && child.elements().next().is_none() => {
                    found.plain_body = Some(child.content());
                }
                "ac:rich-text-body" if !has_body => found.rich_body = Some(child),
                _ => return None,
            }
        }
        Some(found)
    }

    /// Whether it has only attributes that every macro has.
    fn is_ordinary(&self) -> bool {
        self.element.attributes.iter().all(|(name, _)| {
            matches!(name.as_str(), "ac:name" | "ac:schema-version" | "ac:macro-id" | "ac:local-id")
        })
    }

    /// The parameters as text; `None` if one of them is more than that.
    fn simple_parameters(&self) -> Option<Vec<(&'a str, String)>> {
        self.parameters
            .iter()
            .map(|(name, it)| it.elements().next().is_none().then(|| (*name, it.content())))
            .collect()
    }
}

/// Sets the attributes of a code block and gives its language; `None` if they cannot say all.
fn code_attributes(it: &Macro<'_>, attrs: &mut Map<String, Value>) -> Option<String> {
    it.rich_body.is_none().then_some(())?;
    let mut language = String::new();
    for (name, value) in it.simple_parameters()? {
        match (name, value.as_str()) {
            ("language", _) => language = value,
            ("linenumbers", "true" | "false") => {
                attrs.insert("hideLineNumbers".to_owned(), (value == "false").into());
            }
            ("wrap", "true" | "false") => {
                attrs.insert("wrap".to_owned(), (value == "true").into());
            }
            ("collapse", "false") | (_, "") => {}
            _ => return None,
        }
    }
    Some(language)
}

fn panel_attributes(it: &Macro<'_>, attrs: &mut Map<String, Value>) -> Option<()> {
    let native = PANELS.iter().find(|(name, _)| *name == it.name);
    let kind = native.map_or("custom", |(_, kind)| kind);
    attrs.insert("panelType".to_owned(), kind.into());
    for (name, value) in it.simple_parameters()? {
        if native.is_some() {
            matches!((name, value.as_str()), ("icon", "true") | (_, "")).then_some(())?;
            continue;
        }
        let known = PANEL_PARAMETERS.iter().find(|(parameter, _)| *parameter == name);
        attrs.insert(known?.1.to_owned(), value.into());
    }
    Some(())
}

/// The status macro as a node, if it has a text and a known colour.
fn status(it: &Macro<'_>) -> Option<Value> {
    if it.name != "status" || !it.is_ordinary() || it.plain_body.is_some() {
        return None;
    }
    let mut attrs = Map::new();
    let mut colour = "neutral";
    for (name, value) in it.simple_parameters()? {
        match name {
            "title" => {
                attrs.insert("text".to_owned(), value.into());
            }
            "colour" | "color" => {
                let known = STATUS_COLOURS.iter().find(|(it, _)| it.eq_ignore_ascii_case(&value));
                colour = known?.1;
            }
            "subtle" if value == "true" => {
                attrs.insert("style".to_owned(), "subtle".into());
            }
            "subtle" if value == "false" => {}
            _ => return None,
        }
    }
    attrs.get("text")?.as_str().filter(|it| !it.is_empty())?;
    attrs.insert("color".to_owned(), colour.into());
    add_local_id(&mut attrs, it.element);
    Some(node("status", attrs, None))
}

/// What an extension says about its macro; `None` if its layout is not one of ADF's.
fn extension_attributes(it: &Macro<'_>) -> Option<Map<String, Value>> {
    let mut metadata = Map::new();
    let mut others = Map::new();
    for (name, value) in &it.element.attributes {
        match name.as_str() {
            "ac:name" | "ac:local-id" => {}
            "ac:macro-id" => drop(metadata.insert("macroId".to_owned(), json!({ "value": value }))),
            "ac:schema-version" => {
                metadata.insert("schemaVersion".to_owned(), json!({ "value": value }));
            }
            "data-layout" => {
                matches!(value.as_str(), "default" | "wide" | "full-width").then_some(())?;
            }
            _ => drop(others.insert(name.clone(), value.as_str().into())),
        }
    }
    if !others.is_empty() {
        metadata.insert("attributes".to_owned(), others.into());
    }
    let mut parameters = Map::new();
    for (name, parameter) in &it.parameters {
        parameters.insert((*name).to_owned(), parameter_value(parameter));
    }
    if let Some(body) = &it.plain_body {
        parameters.insert(PLAIN_BODY.to_owned(), json!({ "value": body }));
    }
    let mut attrs = Map::new();
    attrs.insert("extensionType".to_owned(), MACRO_TYPE.into());
    attrs.insert("extensionKey".to_owned(), it.name.into());
    attrs.insert(
        "parameters".to_owned(),
        json!({ "macroParams": parameters, "macroMetadata": metadata }),
    );
    add_local_id(&mut attrs, it.element);
    Some(attrs)
}

fn parameter_value(parameter: &Element) -> Value {
    if parameter.elements().next().is_none() {
        return json!({ "value": parameter.content() });
    }
    let nodes: &[Node] = &parameter.children;
    json!({ "value": plain::text_of(nodes).trim(), STORAGE_PARAMETER: tree::write(nodes) })
}

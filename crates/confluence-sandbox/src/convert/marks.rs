//! What both directions of the conversion know about marks, colours, emoji and statuses.

use serde_json::{Map, Value, json};

/// Turns a colour into `#rrggbb`; knows hex and `rgb()`.
pub(super) fn hex_colour(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix('#') {
        let digits: Vec<char> = digits.chars().collect();
        if !digits.iter().all(char::is_ascii_hexdigit) {
            return None;
        }
        let full: String = match digits.len() {
            3 => digits.iter().flat_map(|&it| [it, it]).collect(),
            6 => digits.iter().collect(),
            _ => return None,
        };
        return Some(format!("#{}", full.to_ascii_lowercase()));
    }
    let inner = text.strip_prefix("rgb(")?.strip_suffix(')')?;
    let parts: Vec<u8> =
        inner.split(',').map(|it| it.trim().parse().ok()).collect::<Option<_>>()?;
    let [red, green, blue] = parts.as_slice() else { return None };
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}

/// The colour as Confluence writes it into styles.
pub(super) fn rgb(hex: &str) -> Option<String> {
    let hex = hex_colour(hex)?;
    let channel = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    Some(format!("rgb({},{},{})", channel(1)?, channel(3)?, channel(5)?))
}

/// The value of a property in a `style` attribute.
pub(super) fn style<'a>(style: Option<&'a str>, property: &str) -> Option<&'a str> {
    style?.split(';').find_map(|it| {
        let (name, value) = it.split_once(':')?;
        name.trim().eq_ignore_ascii_case(property).then_some(value.trim())
    })
}

/// The marks of text, the outermost first.
pub(super) const MARKS: [&str; 10] = [
    "link",
    "annotation",
    "textColor",
    "backgroundColor",
    "strong",
    "em",
    "underline",
    "strike",
    "subsup",
    "code",
];

/// A mark without attributes.
pub(super) fn simple(kind: &str) -> Value {
    json!({ "type": kind })
}

/// A mark with one attribute.
pub(super) fn with_attribute(kind: &str, name: &str, value: &str) -> Value {
    json!({ "type": kind, "attrs": { name: value } })
}

/// A node from its parts, leaving out what is empty.
pub(super) fn node(kind: &str, attrs: Map<String, Value>, content: Option<Vec<Value>>) -> Value {
    let mut node = Map::new();
    node.insert("type".to_owned(), kind.into());
    if !attrs.is_empty() {
        node.insert("attrs".to_owned(), attrs.into());
    }
    if let Some(content) = content {
        node.insert("content".to_owned(), content.into());
    }
    node.into()
}

/// The names of Confluence's own emoticons and the emoji that they became.
pub(super) const EMOTICONS: [(&str, &str); 21] = [
    ("smile", ":slight_smile:"),
    ("sad", ":disappointed:"),
    ("cheeky", ":stuck_out_tongue:"),
    ("laugh", ":smiley:"),
    ("wink", ":wink:"),
    ("thumbs-up", ":thumbsup:"),
    ("thumbs-down", ":thumbsdown:"),
    ("information", ":info:"),
    ("tick", ":check_mark:"),
    ("cross", ":cross_mark:"),
    ("warning", ":warning:"),
    ("plus", ":plus:"),
    ("minus", ":minus:"),
    ("question", ":question:"),
    ("light-on", ":light_bulb_on:"),
    ("light-off", ":light_bulb_off:"),
    ("yellow-star", ":star_yellow:"),
    ("red-star", ":star_red:"),
    ("green-star", ":star_green:"),
    ("blue-star", ":star_blue:"),
    ("heart", ":heart:"),
];

/// The colours of the status macro and of the status node.
pub(super) const STATUS_COLOURS: [(&str, &str); 6] = [
    ("Grey", "neutral"),
    ("Purple", "purple"),
    ("Blue", "blue"),
    ("Red", "red"),
    ("Yellow", "yellow"),
    ("Green", "green"),
];

/// The macros that are panels in ADF.
pub(super) const PANELS: [(&str, &str); 4] =
    [("info", "info"), ("tip", "success"), ("note", "warning"), ("warning", "error")];

/// Of custom panels: the macro's parameters and the node's attributes.
pub(super) const PANEL_PARAMETERS: [(&str, &str); 4] = [
    ("panelIcon", "panelIcon"),
    ("panelIconId", "panelIconId"),
    ("panelIconText", "panelIconText"),
    ("bgColor", "panelColor"),
];

/// The types of layout sections and the widths of their columns.
pub(super) const LAYOUTS: [(&str, &[f64]); 5] = [
    ("two_equal", &[50.0, 50.0]),
    ("two_left_sidebar", &[33.33, 66.66]),
    ("two_right_sidebar", &[66.66, 33.33]),
    ("three_equal", &[33.33, 33.33, 33.33]),
    ("three_with_sidebars", &[25.0, 50.0, 25.0]),
];

/// The layouts that images may have in both formats.
pub(super) const IMAGE_LAYOUTS: [&str; 7] =
    ["center", "wrap-left", "wrap-right", "wide", "full-width", "align-start", "align-end"];

/// The type of Confluence's own macros in ADF.
pub(super) const MACRO_TYPE: &str = "com.atlassian.confluence.macro.core";

/// The type of extensions that carry storage which ADF has no words for.
pub(super) const STORAGE_TYPE: &str = "com.atlassian.confluence.migration";

/// The key of the parameter that carries storage.
pub(super) const STORAGE_PARAMETER: &str = "cxhtml";

/// The parameter that carries the plain text body of a macro.
pub(super) const PLAIN_BODY: &str = "__bodyContent";

//! What HTML may go to a browser: lists of what is allowed, everything else is left out.

use crate::convert::{marks, tree::Element};

/// Elements that are written as they are.
const ELEMENTS: [&str; 52] = [
    "abbr",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// Attributes with numbers and words, which cannot do anything.
const ATTRIBUTES: [&str; 6] = ["colspan", "rowspan", "start", "valign", "align", "span"];

/// The name of the element, if it is harmless.
pub(super) fn element(name: &str) -> Option<&'static str> {
    ELEMENTS.binary_search(&name).ok().map(|index| ELEMENTS[index])
}

/// The harmless attributes of the element.
pub(super) fn attributes(element: &Element) -> Vec<(&'static str, String)> {
    let is_word = |value: &str| value.chars().all(|it| it.is_ascii_alphanumeric());
    let mut attributes: Vec<(&'static str, String)> = ATTRIBUTES
        .iter()
        .filter_map(|name| {
            Some((*name, element.attribute(name).filter(|it| is_word(it))?.to_owned()))
        })
        .collect();
    let style = style(element);
    if !style.is_empty() {
        attributes.push(("style", style));
    }
    attributes
}

/// The style, rebuilt from the properties that Confluence's editor sets.
fn style(element: &Element) -> String {
    let given = element.attribute("style");
    let colour = |it: &str| marks::hex_colour(it);
    let length = |it: &str| {
        let number = it.strip_suffix("px").or_else(|| it.strip_suffix('%'))?;
        number.parse::<f64>().ok().filter(|it| it.is_finite()).map(|_| it.to_owned())
    };
    let alignment =
        |it: &str| matches!(it, "left" | "right" | "center" | "justify").then(|| it.to_owned());
    let mut style = String::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            style.push_str(name);
            style.push_str(": ");
            style.push_str(&value);
            style.push(';');
        }
    };
    add("color", marks::style(given, "color").and_then(colour));
    let background = element
        .attribute("data-highlight-colour")
        .or_else(|| element.attribute("bgcolor"))
        .or_else(|| marks::style(given, "background-color"));
    add("background-color", background.and_then(colour));
    add("text-align", marks::style(given, "text-align").and_then(alignment));
    add("width", marks::style(given, "width").and_then(length));
    add("margin-left", marks::style(given, "margin-left").and_then(length));
    style
}

/// The address, if following it cannot run anything.
///
/// Allowed are the web, mail and phone, and addresses on the same site. Browsers ignore white
/// space and control characters in a scheme, so an address with any is refused.
pub(super) fn address(address: &str) -> Option<&str> {
    let address = address.trim_matches(' ');
    if address.chars().any(|it| it.is_control() || it.is_whitespace() && it != ' ') {
        return None;
    }
    let scheme_end = address.find([':', '/', '?', '#']);
    let Some(end) = scheme_end.filter(|&it| address[it..].starts_with(':')) else {
        return Some(address).filter(|it| !it.starts_with("//") && !it.contains('\\'));
    };
    let scheme = address[..end].to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel").then_some(address)
}

/// The address of an image.
pub(super) fn image_address(address: &str) -> Option<&str> {
    let is_mail = |it: &str| {
        let lower = it.to_ascii_lowercase();
        lower.starts_with("mailto:") || lower.starts_with("tel:")
    };
    self::address(address).filter(|it| !is_mail(it))
}

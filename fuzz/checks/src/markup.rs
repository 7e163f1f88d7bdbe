//! What HTML for a browser must not hold.

/// Elements that run, load or restyle something.
const ELEMENTS: &[&str] = &[
    "script",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "style",
    "link",
    "meta",
    "base",
    "svg",
    "math",
    "form",
    "input",
    "button",
    "template",
    "noscript",
    "xmp",
    "plaintext",
];

/// Schemes of addresses that may be followed.
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel"];

/// Asserts that `html` runs nothing when a browser shows it.
#[track_caller]
pub(crate) fn assert_harmless(html: &str) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let inside = rest.strip_prefix('/').unwrap_or(rest);
        let end = inside.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let name = inside[..end].to_ascii_lowercase();
        assert!(!name.is_empty(), "a stray `<` in {html}");
        assert!(!ELEMENTS.contains(&name.as_str()), "<{name}> in {html}");
        rest = attributes(&inside[end..], html);
    }
}

/// Checks the attributes of a tag, and returns what follows it.
#[track_caller]
fn attributes<'t>(tag: &'t str, html: &str) -> &'t str {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches([' ', '\n', '\t', '\r']);
        if let Some(after) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
            return after;
        }
        let end =
            rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '-').unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        assert!(!name.is_empty() && !name.starts_with("on"), "attribute `{name}` in {html}");
        rest = &rest[end..];
        let Some(value) = rest.strip_prefix("=\"") else { continue };
        let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("no `\"`: {html}"));
        assert!(!value.contains(['<', '>']), "{html}");
        if matches!(name.as_str(), "href" | "src" | "action" | "formaction" | "data" | "poster") {
            address(value, html);
        }
        if name == "style" {
            assert!(!value.contains(['(', '\\', '@']), "style `{value}` in {html}");
        }
        rest = after;
    }
}

/// Asserts that following the address runs nothing.
#[track_caller]
fn address(address: &str, html: &str) {
    // Browsers pass over these; what an entity could hide is taken for a character.
    let seen: String =
        address.chars().filter(|it| !it.is_whitespace() && !it.is_control()).collect();
    let seen = seen.replace("&colon;", ":").replace("&#58;", ":").replace("&#x3a;", ":");
    let Some(at) = seen.find([':', '/', '?', '#']) else { return };
    if seen[at..].starts_with(':') {
        let scheme = seen[..at].to_ascii_lowercase();
        assert!(SCHEMES.contains(&scheme.as_str()), "`{address}` in {html}");
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::assert_harmless;

    #[test]
    fn what_runs_something_is_noticed() {
        for html in [
            "<script>x</script>",
            "<p><SVG></p>",
            "<p onclick=\"x()\">a</p>",
            "<p\nOnClick=\"x()\">a</p>",
            "<a href=\"javascript:x()\">a</a>",
            "<a href=\" JAVA\tscript:x()\">a</a>",
            "<a href=\"javascript&#58;x()\">a</a>",
            "<img src=\"data:text/html,x\" />",
            "<p style=\"width: expression(x)\">a</p>",
            "<p title=\"<b>\">a</p>",
            "<p title=\"a",
            "a < b",
        ] {
            assert!(catch_unwind(|| assert_harmless(html)).is_err(), "{html}");
        }
    }

    #[test]
    fn what_runs_nothing_passes() {
        for html in [
            "",
            "<p class=\"a\" data-x=\"1\">a &lt;script&gt; b<br /></p>",
            "<a href=\"https://example.com/?a=b:c\">a</a><a href=\"#x:y\">b</a><a href=\"/x\">c</a>",
            "<p style=\"color: #ff0000;\">a</p>",
        ] {
            assert_harmless(html);
        }
    }
}

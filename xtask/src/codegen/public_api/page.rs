//! A page of rustdoc's: what it declares, without how it looks and what it explains.
//!
//! Only a few fixed strings are looked for. The toolchain is pinned, so they change with it or not at
//! all.

/// An item of the index.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its path in the crate.
    pub(super) name: String,
    /// Its page, relative to the crate's.
    pub(super) page: String,
}

impl Item {
    /// The folder of its module, with `/` at the end; empty for the crate.
    pub(super) fn module(&self) -> &str {
        self.page.rfind('/').map_or("", |it| &self.page[..=it])
    }
}

/// Traits that say where a type may be used, of those that the compiler implements by itself.
const AUTO_TRAITS: &[&str] = &["Send", "Sync", "Unpin"];

/// The items that the index (`all.html`) names.
pub(super) fn items(index: &str) -> Vec<Item> {
    let lists = index.split("class=\"all-items\"").skip(1);
    let links = lists.flat_map(|it| {
        let list = it.split("</ul>").next().unwrap_or_default();
        list.split("<li><a href=\"").skip(1)
    });
    let item = |link: &str| {
        let (page, rest) = link.split_once("\">")?;
        let (name, _) = rest.split_once("</a>")?;
        Some(Item { name: text(name), page: page.to_owned() })
    };
    links.filter_map(item).collect()
}

/// The `pub use` of a module's page that have no page of their own.
pub(super) fn reexports(module: &str) -> Vec<String> {
    let entries = module.split("id=\"reexport.").skip(1);
    let entry = |it: &str| Some(one_line(&text(between(it, "<code>", "</code>")?)));
    entries.filter_map(entry).collect()
}

/// The declaration of an item, its methods, and what it implements; empty if there is none.
pub(super) fn lines(page: &str) -> Vec<String> {
    let Some((_, page)) = page.split_once("<pre class=\"rust item-decl\">") else {
        return Vec::new();
    };
    let Some((declaration, page)) = page.split_once("</pre>") else { return Vec::new() };
    let declaration = text(declaration);
    let mut lines: Vec<String> = declaration
        .lines()
        .map(str::trim_end)
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect();
    if declaration.contains("pub trait ") {
        // The rest repeats the declaration, and lists who implements it.
        return lines;
    }
    let ours = page.split("<h2 id=\"blanket-implementations\"").next().unwrap_or_default();
    let (written, automatic) =
        ours.split_once("<h2 id=\"synthetic-implementations\"").unwrap_or((ours, ""));
    let useful = |it: &Header<'_>| {
        let name = it.text.split(" for ").next().unwrap_or_default();
        name.rsplit([' ', '!']).next().is_some_and(|it| AUTO_TRAITS.contains(&it))
    };
    let headers = headers(written).chain(headers(automatic).filter(useful));
    for Header { kind, text } in headers {
        match kind {
            // The compiler's own.
            "impl" if text.starts_with("impl StructuralPartialEq ") => {}
            "impl" => lines.push(text),
            // A method of a trait's is the trait's.
            kind if kind.starts_with("method") && kind.ends_with("trait-impl") => {}
            _ => lines.push(format!("    {text}")),
        }
    }
    lines
}

/// The signature of an implementation, a method, or an associated type or constant.
struct Header<'p> {
    kind: &'p str,
    text: String,
}

fn headers(page: &str) -> impl Iterator<Item = Header<'_>> {
    page.split("<section id=\"").skip(1).filter_map(|it| {
        let kind = between(it, "class=\"", "\"")?;
        let (_, header) = it.split_once("class=\"code-header\">")?;
        let end = header.find("</h3>").or_else(|| header.find("</h4>"))?;
        Some(Header { kind, text: one_line(&text(&header[..end])) })
    })
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|it| it.0)
}

/// A signature as if lines had no end: how rustdoc breaks it depends on its length only.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace("( ", "(").replace(", )", ")").replace(" )", ")")
}

/// The text of a piece of HTML. Names of other crates than ours and the standard library's get theirs
/// before them, as `Error` may be anyone's.
fn text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, after)) = tag.split_once('>') else { break };
        rest = after;
        if tag.starts_with("summary") {
            // What folds long declarations is not part of them.
            rest = after.split_once("</summary>").map_or("", |it| it.1);
        }
        if tag.trim_start_matches('/').starts_with("div") {
            // Attributes and `where` are blocks.
            text.push('\n');
        }
        if let Some(name) = foreign_crate(tag) {
            text.push_str(name);
            text.push_str("::");
        }
    }
    text.push_str(rest);
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.into_iter().fold(text, |text, (entity, it)| text.replace(entity, it))
}

/// The crate that a link leads to, if it is another's: `docs.rs`, not a relative path.
fn foreign_crate(tag: &str) -> Option<&str> {
    let link = tag.strip_prefix("a ")?;
    if between(link, "href=\"", "\"")?.contains("://doc.rust-lang.org/") || !link.contains("://") {
        return None;
    }
    let (_, path) = between(link, "title=\"", "\"")?.split_once(' ')?;
    path.split_once("::").map(|it| it.0)
}

//! What links and images point to, and how ADF, which knows only addresses, says it.

use url::form_urlencoded::{Serializer, parse};

use super::tree::{Element, Node};

/// Something in Confluence that a document points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A page, by space and title.
    Page {
        /// The space; `None` for that of the document.
        space_key: Option<String>,
        /// The title.
        title: String,
    },
    /// A page or other content, by id.
    Content {
        /// The content id.
        id: String,
    },
    /// An attachment.
    Attachment {
        /// The page that it is attached to; `None` for the document.
        page: Option<Box<Self>>,
        /// The name of the file.
        filename: String,
    },
    /// A person.
    User {
        /// The account id.
        account_id: String,
    },
    /// A space.
    Space {
        /// The key.
        key: String,
    },
}

/// Where a [`Target`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The address for a link or an image.
    pub href: String,
    /// What to call it when the document does not say.
    pub name: String,
}

/// Knows where things are on the site.
pub trait LinkResolver {
    /// Where the target is, or `None` if there is no such thing.
    fn resolve(&self, target: &Target) -> Option<Resolved>;
}

const PAGE_PATH: &str = "/wiki/pages/viewpage.action";
const BLOG_POST_PATH: &str = "/wiki/pages/viewblogpost.action";
const ATTACHMENT_PATH: &str = "/wiki/pages/downloadattachment.action";
const SPACE_PATH: &str = "/wiki/spaces/viewspace.action";

/// The resource that a link or image names, if it names one.
pub(super) fn resource(element: &Element) -> Option<&Element> {
    element.elements().find(|it| it.name.starts_with("ri:"))
}

/// What a resource identifier points to; `None` for web addresses and unknown ones.
pub(super) fn target(resource: &Element) -> Option<Target> {
    let owned = |name: &str| resource.attribute(name).map(str::to_owned);
    Some(match resource.name.as_str() {
        "ri:page" | "ri:blog-post" => {
            Target::Page { space_key: owned("ri:space-key"), title: owned("ri:content-title")? }
        }
        "ri:content-entity" => Target::Content { id: owned("ri:content-id")? },
        "ri:attachment" => Target::Attachment {
            page: resource.elements().find_map(target).map(Box::new),
            filename: owned("ri:filename")?,
        },
        "ri:user" => {
            Target::User { account_id: owned("ri:account-id").or_else(|| owned("ri:userkey"))? }
        }
        "ri:space" => Target::Space { key: owned("ri:space-key")? },
        _ => return None,
    })
}

/// What a link without a body shows.
pub(super) fn default_text(resource: Option<&Element>, anchor: Option<&str>) -> String {
    let attributes =
        ["ri:content-title", "ri:filename", "ri:space-key", "ri:value", "ri:content-id"];
    resource
        .and_then(|it| attributes.iter().find_map(|name| it.attribute(name)))
        .or(anchor)
        .unwrap_or_default()
        .to_owned()
}

/// The address that stands for a resource and an anchor in ADF.
///
/// [`link_to`] understands it; `None` if it could not say everything.
pub(super) fn address(resource: Option<&Element>, anchor: Option<&str>) -> Option<String> {
    let mut address = match resource {
        None => {
            anchor.filter(|it| !it.is_empty())?;
            String::new()
        }
        Some(it) if it.name == "ri:url" => {
            let value = it.attribute("ri:value").filter(|_| it.attributes.len() == 1)?;
            // An address of ours would be read back as what it stands for.
            let is_plain = !value.is_empty() && link_to(value).is_none();
            return is_plain.then(|| value.to_owned()).filter(|_| anchor.is_none());
        }
        Some(it) => resource_address(it)?,
    };
    if let Some(anchor) = anchor {
        address.push('#');
        address.push_str(anchor);
    }
    Some(address)
}

fn resource_address(resource: &Element) -> Option<String> {
    let path = match resource.name.as_str() {
        "ri:page" if resource.attribute("ri:content-title").is_some() => PAGE_PATH,
        "ri:content-entity" if resource.attribute("ri:content-id").is_some() => PAGE_PATH,
        "ri:blog-post" => BLOG_POST_PATH,
        "ri:attachment" => ATTACHMENT_PATH,
        "ri:space" => SPACE_PATH,
        _ => return None,
    };
    let mut query = Serializer::new(String::new());
    for (name, value) in &resource.attributes {
        query.append_pair(&parameter(name.strip_prefix("ri:")?)?, value);
    }
    for child in resource.elements() {
        query.append_pair("container", &resource_address(child)?);
    }
    Some(format!("{path}?{}", query.finish()))
}

/// The parameter for an attribute: `content-title` is `title`, `space-key` is `spaceKey`.
fn parameter(attribute: &str) -> Option<String> {
    match attribute {
        "content-title" => return Some("title".to_owned()),
        "content-id" => return Some("pageId".to_owned()),
        _ => {}
    }
    let mut name = String::new();
    for (index, word) in attribute.split('-').enumerate() {
        let first = word.chars().next().filter(char::is_ascii_lowercase)?;
        name.push(if index > 0 { first.to_ascii_uppercase() } else { first });
        name.push_str(word[1..].chars().all(|it| it.is_ascii_lowercase()).then_some(&word[1..])?);
    }
    (attribute_of(&name) == attribute).then_some(name)
}

fn attribute_of(parameter: &str) -> String {
    match parameter {
        "title" => "content-title".to_owned(),
        "pageId" => "content-id".to_owned(),
        _ => parameter
            .chars()
            .flat_map(|it| {
                let dash = it.is_ascii_uppercase().then_some('-');
                dash.into_iter().chain([it.to_ascii_lowercase()])
            })
            .collect(),
    }
}

/// The `ac:link` that an address of [`address`] stands for, without a body.
pub(super) fn link_to(href: &str) -> Option<Element> {
    let (address, anchor) = match href.split_once('#') {
        Some((address, anchor)) => (address, Some(anchor)),
        None => (href, None),
    };
    let link = Element::new("ac:link").with_some("ac:anchor", anchor);
    if address.is_empty() {
        anchor.filter(|it| !it.is_empty())?;
        return Some(link);
    }
    Some(link.containing([Node::Element(resource_at(address, 0)?)]))
}

fn resource_at(address: &str, level: usize) -> Option<Element> {
    let (path, query) = address.split_once('?')?;
    let mut attributes = Vec::new();
    let mut children = Vec::new();
    for (name, value) in parse(query.as_bytes()) {
        if name == "container" && level == 0 {
            children.push(Node::Element(resource_at(&value, level + 1)?));
            continue;
        }
        let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphabetic());
        let attribute = is_name.then(|| format!("ri:{}", attribute_of(&name)))?;
        if attributes.iter().any(|(it, _)| *it == attribute) {
            return None;
        }
        attributes.push((attribute, value.into_owned()));
    }
    let has = |name: &str| attributes.iter().any(|(it, _)| it == name);
    let name = match path {
        PAGE_PATH if has("ri:content-title") => "ri:page",
        PAGE_PATH if has("ri:content-id") => "ri:content-entity",
        BLOG_POST_PATH => "ri:blog-post",
        ATTACHMENT_PATH if has("ri:filename") => "ri:attachment",
        SPACE_PATH if has("ri:space-key") => "ri:space",
        _ => return None,
    };
    Some(Element { name: name.to_owned(), attributes, children })
}

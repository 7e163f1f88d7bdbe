//! Bodies: what is stored, what is made on demand, and how they change format.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;

use crate::convert::storage;

use super::{Refusal, generate};

/// The body of a version or comment, in storage format.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Written by somebody.
    Stored(Arc<str>),
    /// Written by a generator whenever it is asked for, always the same from the same seed.
    Generated(u64),
}

impl Body {
    pub(crate) fn storage(&self) -> Cow<'_, str> {
        match self {
            Self::Stored(text) => Cow::Borrowed(text),
            Self::Generated(seed) => Cow::Owned(generate::body(*seed)),
        }
    }

    /// The readable text, for the search index.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Stored(text) => crate::convert::storage_to_text(text),
            Self::Generated(seed) => generate::text(*seed),
        }
    }
}

/// Unpublished changes to a page.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) title: Arc<str>,
    pub(crate) body: Body,
    pub(crate) author: Arc<str>,
    pub(crate) saved_at: Timestamp,
}

/// A body as a request brings it.
#[derive(Debug)]
pub(crate) enum Markup {
    /// XHTML with Confluence's own elements.
    Storage(String),
    /// An Atlassian document, as JSON text.
    Document(String),
    /// The old wiki markup.
    Wiki(String),
}

impl Markup {
    /// What is stored for this body.
    pub(crate) fn into_body(self) -> Result<Body, Refusal> {
        let storage = match self {
            Self::Storage(text) => text,
            Self::Document(json) => {
                let document = serde_json::from_str(&json).map_err(|it| {
                    Refusal::Invalid(format!("Error parsing atlas_doc_format: {it}"))
                })?;
                crate::convert::adf_to_storage(&document).map_err(|it| {
                    Refusal::Invalid(format!(
                        "Content body cannot be converted to new editor format: {it}"
                    ))
                })?
            }
            Self::Wiki(text) => from_wiki(&text),
        };
        match storage::normalize(&storage) {
            Ok(normal) => Ok(Body::Stored(normal.into())),
            Err(malformed) => Err(Refusal::Invalid(format!(
                "Error parsing xhtml: {}\n at [row,col {{unknown-source}}]: [{},{}]",
                malformed.message, malformed.line, malformed.column
            ))),
        }
    }
}

/// Headings and paragraphs of wiki markup; anything finer stays as it was typed.
fn from_wiki(text: &str) -> String {
    text.split("\n\n")
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(|block| {
            let heading = block.strip_prefix('h').and_then(|it| it.split_once(". "));
            match heading {
                Some((level @ ("1" | "2" | "3" | "4" | "5" | "6"), title)) => {
                    format!("<h{level}>{}</h{level}>", escape(title))
                }
                Some(_) | None => format!("<p>{}</p>", escape(block).replace('\n', "<br />")),
            }
        })
        .collect()
}

/// Text as it stands between tags or in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

//! Identifiers that Confluence hands out.
//!
//! Every identifier keeps one promise that its users rely on: it is safe in a URL path.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::text::excerpt;

/// The longest identifier accepted, in bytes. Atlassian's own are far shorter.
const MAX_LENGTH: usize = 128;

/// The text is not a Confluence identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {kind}: expected {expected}")]
pub struct InvalidId {
    kind: &'static str,
    text: String,
    expected: &'static str,
}

impl InvalidId {
    fn new(kind: &'static str, text: &str, expected: &'static str) -> Self {
        // Shown to models and in logs.
        Self { kind, text: excerpt(text, 60), expected }
    }
}

fn check(kind: &'static str, text: &str) -> Result<(), InvalidId> {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if text.is_empty() || text.len() > MAX_LENGTH || !text.bytes().all(safe) {
        return Err(InvalidId::new(kind, text, "ASCII letters, digits, `-` or `_`"));
    }
    Ok(())
}

/// An identifier as JSON spells it: a string, or a number where a client was careless.
pub(crate) struct Text<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id (a string or an integer)")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as Confluence spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                check($kind, text)?;
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Text(text) = Text::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    };
}

id! {
    /// A page. Folders and other content in a page's place share the number range.
    PageId, "a page id"
}
id! {
    /// A space: the number, not the key.
    SpaceId, "a space id"
}
id! {
    /// A comment.
    CommentId, "a comment id"
}
id! {
    /// An attachment, such as `att98306`.
    AttachmentId, "an attachment id"
}
id! {
    /// An Atlassian Cloud site, a UUID.
    CloudId, "a cloud id"
}

/// The name of a Cloud site: the one label before `.atlassian.net`.
///
/// What does not come down to such a label is refused, so that no other host can receive a
/// credential.
///
/// ```
/// use confluence_api::id::SiteName;
///
/// let site: SiteName = "https://acme.atlassian.net/wiki/spaces/ENG".parse()?;
/// assert_eq!(site.as_str(), "acme");
/// assert!("acme.atlassian.net.evil.com".parse::<SiteName>().is_err());
/// # Ok::<(), confluence_api::id::InvalidId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SiteName(Box<str>);

impl SiteName {
    /// The label, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The site's root: `https://{name}.atlassian.net`.
    pub fn root(&self) -> url::Url {
        let text = format!("https://{}.atlassian.net", self.0);
        text.parse().expect("a host label makes a valid URL")
    }
}

impl FromStr for SiteName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        const EXPECTED: &str = "`acme`, `acme.atlassian.net` or `https://acme.atlassian.net/…`";
        let invalid = || InvalidId::new("an Atlassian site", text, EXPECTED);
        let trimmed = text.trim();
        // A pasted address may carry a path; anything else after the host is refused below.
        let host = match trimmed.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => {
                rest.split(['/', '?', '#']).next().unwrap_or_default()
            }
            Some(_) => return Err(invalid()),
            None => trimmed.strip_suffix('/').unwrap_or(trimmed),
        };
        let host = host.to_ascii_lowercase();
        let label = host.strip_suffix(".atlassian.net").unwrap_or(&host);
        let edge = label.starts_with('-') || label.ends_with('-');
        let safe = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if label.is_empty() || label.len() > 63 || edge || !safe {
            return Err(invalid());
        }
        Ok(Self(label.into()))
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;

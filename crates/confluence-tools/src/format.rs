//! Formats of bodies: Confluence's own, and Markdown, which is converted here.

use std::{borrow::Cow, fmt, str::FromStr};

use confluence_api::{
    body::{BodyFormat, NewBody, PageBodyFormat, Representation},
    text::excerpt,
};
use confluence_markup::storage;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    arguments::refuse,
    call::Call,
    failure::{Failure, told},
};

/// Markdown's word.
pub(crate) const MARKDOWN: &str = "markdown";

/// The words of Confluence, and `markdown`.
macro_rules! formats {
    ($(#[$doc:meta])* $name:ident: $words:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            /// Converted from or to storage format.
            Markdown,
            /// As Confluence has it.
            Confluence($words),
        }

        impl $name {
            /// Every word.
            pub(crate) const ALL: &'static [Self] = &{
                const WORDS: &[$words] = <$words>::ALL;
                let mut all = [Self::Markdown; WORDS.len() + 1];
                let mut index = 0;
                while index < WORDS.len() {
                    all[index] = Self::Confluence(WORDS[index]);
                    index += 1;
                }
                all
            };

            /// As it is spelled in a call.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    Self::Markdown => MARKDOWN,
                    Self::Confluence(words) => words.as_str(),
                }
            }

            /// What Confluence is asked for.
            pub(crate) fn upstream(self) -> $words {
                match self {
                    Self::Markdown => <$words>::Storage,
                    Self::Confluence(words) => words,
                }
            }

            /// Whether it is converted.
            pub(crate) fn is_markdown(self) -> bool {
                self == Self::Markdown
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|it| it.as_str() == text);
                found.copied().ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|it| it.as_str()).collect();
                    format!("`{}` is not one of: {}", excerpt(text, 60), words.join(", "))
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

formats! {
    /// How the bodies of a list are given.
    ListFormat: BodyFormat
}

formats! {
    /// How the body of a page is given.
    PageFormat: PageBodyFormat
}

formats! {
    /// How a body is sent.
    WriteFormat: Representation
}

/// What is sent for a body that replaces none.
pub(crate) fn new_body(
    call: &Call<'_>,
    format: WriteFormat,
    value: String,
) -> Result<NewBody, Failure> {
    if !format.is_markdown() {
        return Ok(NewBody { representation: format.upstream(), value });
    }
    let storage = storage::from_markdown(&value);
    storage.map(NewBody::storage).map_err(|error| unwritable(call, &error))
}

/// A body that cannot be made of what was sent.
pub(crate) fn unwritable(call: &Call<'_>, error: &impl fmt::Display) -> Failure {
    refuse(
        call.operation,
        &format!("argument `body.body.value`: {}; nothing was written", told(error)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_stands_beside_the_words_of_confluence() {
        for text in ["markdown", "storage", "view"] {
            assert_eq!(text.parse::<PageFormat>().unwrap().to_string(), text);
        }
        let error = "html".parse::<ListFormat>().unwrap_err();
        assert_eq!(error, "`html` is not one of: storage, atlas_doc_format, markdown");
        assert_eq!(PageFormat::Markdown.upstream(), PageBodyFormat::Storage);
    }
}

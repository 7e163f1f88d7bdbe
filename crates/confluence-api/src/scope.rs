//! Granular OAuth scopes of Confluence.

use std::{fmt, str::FromStr};

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// A granular scope that this crate's operations need.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope {
            $($(#[$doc])* $name,)+
        }

        impl Scope {
            /// Every scope, in the order of Atlassian's consent screen.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Atlassian's spelling.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

scopes! {
    /// Read pages, their labels and versions.
    ReadPage = "read:page:confluence",
    /// Create and update pages.
    WritePage = "write:page:confluence",
    /// Delete pages.
    DeletePage = "delete:page:confluence",
    /// Read spaces.
    ReadSpace = "read:space:confluence",
    /// Read comments.
    ReadComment = "read:comment:confluence",
    /// Write comments.
    WriteComment = "write:comment:confluence",
    /// Read labels.
    ReadLabel = "read:label:confluence",
    /// Write labels.
    WriteLabel = "write:label:confluence",
    /// Read attachments.
    ReadAttachment = "read:attachment:confluence",
    /// Search, and read the details of content.
    ReadContentDetails = "read:content-details:confluence",
    /// Walk the page tree downwards.
    ReadHierarchicalContent = "read:hierarchical-content:confluence",
    /// Walk the page tree upwards.
    ReadContentMetadata = "read:content.metadata:confluence",
    /// Read people's names.
    ReadUser = "read:user:confluence",
}

/// The text is not a scope that this crate knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope `{0}`")]
pub struct UnknownScope(String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let known = Self::ALL.iter().find(|scope| scope.as_str() == text);
        known.copied().ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

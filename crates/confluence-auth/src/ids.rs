//! Names of workspaces, instances, users and agents: who has a connection.
//!
//! All of them come from outside. Their constructors make them safe in a URL path segment once it
//! is encoded, in a log line, and in a database.

use std::{borrow::Cow, fmt, str::FromStr};

use confluence_api::text::excerpt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest slug or instance name, in bytes: a label of a host name.
const MAX_NAME: usize = 63;

/// The longest user or agent id, in bytes. An e-mail address has at most 254.
const MAX_ID: usize = 256;

/// The text is not an identifier of the kind that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {kind}: expected {expected}")]
pub struct InvalidIdentifier {
    kind: &'static str,
    text: String,
    expected: &'static str,
}

/// What an identifier has to look like.
struct Rule {
    kind: &'static str,
    expected: &'static str,
    longest: usize,
    fits: fn(&str) -> bool,
}

impl Rule {
    fn check(&self, text: &str) -> Result<Box<str>, InvalidIdentifier> {
        if text.is_empty() || text.len() > self.longest || !(self.fits)(text) {
            let Self { kind, expected, .. } = *self;
            // Shown to people and in logs.
            return Err(InvalidIdentifier { kind, text: excerpt(text, 60), expected });
        }
        Ok(text.into())
    }
}

const SLUG: Rule = Rule {
    kind: "a workspace slug",
    expected: "1 to 63 lower-case ASCII letters, digits or `-`",
    longest: MAX_NAME,
    fits: |text| {
        text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
    },
};

const INSTANCE: Rule = Rule {
    kind: "an instance name",
    expected: "1 to 63 ASCII letters, digits, `-` or `_`, a letter first",
    longest: MAX_NAME,
    fits: |text| {
        text.starts_with(|it: char| it.is_ascii_alphabetic())
            && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
    },
};

const USER: Rule = Rule {
    kind: "a user id",
    expected: "1 to 256 printable ASCII characters without white space",
    longest: MAX_ID,
    fits: |text| text.bytes().all(|it| it.is_ascii_graphic()),
};

const AGENT: Rule = Rule { kind: "an agent id", ..USER };

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidIdentifier;

            fn from_str(text: &str) -> Result<Self, InvalidIdentifier> {
                $rule.check(text).map(Self)
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
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

identifier! {
    /// A workspace, as in `/workspaces/slug:acme/…`.
    WorkspaceSlug, SLUG
}
identifier! {
    /// An instance of the app within a workspace, such as `ConfluenceNext`.
    InstanceName, INSTANCE
}
identifier! {
    /// A user of an agent platform: an object id, a UUID, an e-mail address. Opaque.
    UserId, USER
}
identifier! {
    /// An agent of an agent platform. Opaque.
    AgentId, AGENT
}

impl WorkspaceSlug {
    /// The workspace that holds the central client.
    pub const CORE: &str = "confluence-next";
    /// The workspace of a single-user set-up.
    pub const DEFAULT: &str = "default";

    /// The core: [`WorkspaceSlug::CORE`].
    pub fn core() -> Self {
        Self(Self::CORE.into())
    }

    /// Whether it is the core.
    pub fn is_core(&self) -> bool {
        self.as_str() == Self::CORE
    }
}

/// The workspace of a single-user set-up: [`WorkspaceSlug::DEFAULT`].
impl Default for WorkspaceSlug {
    fn default() -> Self {
        Self(Self::DEFAULT.into())
    }
}

impl InstanceName {
    /// The instance that each workspace starts with.
    pub const DEFAULT: &str = "ConfluenceNext";
}

/// The instance that each workspace starts with: [`InstanceName::DEFAULT`].
impl Default for InstanceName {
    fn default() -> Self {
        Self(Self::DEFAULT.into())
    }
}

#[cfg(test)]
mod tests;

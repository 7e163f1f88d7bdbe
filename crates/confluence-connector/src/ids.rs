//! Who and what there is in a deployment, by validated names.

use std::{fmt, str::FromStr};

/// The text is not such a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct InvalidName(&'static str);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.into())) } else { Err(InvalidName($kind)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    };
}

name!(
    /// A workspace, as its address has it.
    WorkspaceSlug, "a workspace slug", |text| (1..=63).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
);
name!(
    /// An instance of the app within a workspace.
    InstanceName, "an instance name", |text| (1..=63).contains(&text.len())
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
);
name!(
    /// A person, as the agent platform names it.
    UserId, "a user id", |text| (1..=256).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic())
);
name!(
    /// An agent, as the agent platform names it.
    AgentId, "an agent id", |text| (1..=256).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic())
);

/// A state of something stored; made by the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision(pub [u8; 16]);

/// Why a store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Try later.
    #[error("the store is temporarily unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The operator has to look at it.
    #[error("stored data is damaged: {what}")]
    Corrupt {
        /// What is damaged.
        what: String,
        /// How.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

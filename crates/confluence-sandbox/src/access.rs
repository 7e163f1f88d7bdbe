//! Who may use the site: accounts, their tokens, and the scopes those carry.

mod tokens;

pub(crate) use tokens::{Authenticated, Grant, Presented};
pub use tokens::{Credentials, TokenStore};

/// Somebody with an account on the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Atlassian's id of the account, the same on every site.
    pub account_id: String,
    /// Address the account signs in with; the user name of Basic authentication.
    pub email: String,
    /// Name shown beside what the account wrote.
    pub display_name: String,
    /// IANA name of the time zone that relative dates in CQL are read in.
    pub time_zone: String,
    /// What the account may do where a space does not say otherwise.
    pub role: Role,
}

impl Account {
    /// An ordinary member of the site, in UTC.
    pub fn new(account_id: &str, email: &str, display_name: &str) -> Self {
        Self {
            account_id: account_id.to_owned(),
            email: email.to_owned(),
            display_name: display_name.to_owned(),
            time_zone: "UTC".to_owned(),
            role: Role::Member,
        }
    }

    /// The same account with another role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
}

/// What an account may do across the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Administers every space that it can see.
    Administrator,
    /// Reads and writes in every space that is open to members.
    #[default]
    Member,
    /// Somebody from outside, who mostly reads.
    Guest,
}

/// The scopes that cover every operation the sandbox offers.
pub const ALL_SCOPES: [&str; 13] = [
    "read:page:confluence",
    "write:page:confluence",
    "delete:page:confluence",
    "read:space:confluence",
    "read:comment:confluence",
    "write:comment:confluence",
    "read:label:confluence",
    "write:label:confluence",
    "read:attachment:confluence",
    "read:content-details:confluence",
    "read:hierarchical-content:confluence",
    "read:content.metadata:confluence",
    "read:user:confluence",
];

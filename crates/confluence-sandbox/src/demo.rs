//! The demo site: the wiki of an invented company, embedded in the library.
//!
//! The content lives in `demo/` next to the manifest, one file per page: TOML front matter between
//! `+++` lines, then the body in storage format. `demo/README.md` says what is in there. This module
//! only reads it; users and pages are named by *key* and *slug* here, and whoever loads the site
//! into a store turns those into account ids and content ids.

mod embedded;
mod error;
pub(crate) mod page;

#[cfg(test)]
mod tests;

use serde::Deserialize;

use page::DemoPage;

/// Everything the sandbox starts with.
#[derive(Debug, Clone)]
pub(crate) struct DemoSite {
    /// All accounts, the deactivated one included.
    pub(crate) users: Vec<DemoUser>,
    /// All spaces with their pages, ordered by key.
    pub(crate) spaces: Vec<DemoSpace>,
}

/// An Atlassian account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoUser {
    /// How pages and spaces name this user in their front matter.
    pub(crate) key: String,
    /// What the API and mentions call this user.
    pub(crate) account_id: String,
    /// Full name as shown.
    pub(crate) display_name: String,
    /// Address, at `example.com`.
    pub(crate) email: String,
    /// IANA name, as in `Europe/Berlin`.
    pub(crate) time_zone: String,
    /// Whether the account belongs to the company.
    #[serde(default)]
    pub(crate) kind: AccountKind,
    /// False for people who left: their pages stay, they cannot sign in.
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AccountKind {
    /// An employee.
    #[default]
    Member,
    /// Somebody from outside, who may look but not touch.
    Guest,
}

/// A space and all that is in it.
#[derive(Debug, Clone)]
pub(crate) struct DemoSpace {
    /// Numeric id.
    pub(crate) id: String,
    /// Key, as in `ENG`; starts with `~` for a personal space.
    pub(crate) key: String,
    /// Display name.
    pub(crate) name: String,
    /// Global or personal.
    pub(crate) space_type: SpaceType,
    /// Plain text.
    pub(crate) description: String,
    /// Key of the user who made the space.
    pub(crate) author: String,
    /// When it was made.
    pub(crate) created: jiff::Timestamp,
    /// Slug of the home page.
    pub(crate) homepage: String,
    /// Who may do what.
    pub(crate) permissions: DemoPermissions,
    /// All pages and folders, parents before their children, siblings in order.
    pub(crate) pages: Vec<DemoPage>,
}

/// What a space is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SpaceType {
    /// A team's or topic's space.
    Global,
    /// One person's space.
    Personal,
}

/// Who may do what in a space.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoPermissions {
    /// May read.
    pub(crate) view: Audience,
    /// May create, change, comment and delete.
    pub(crate) edit: Audience,
    /// Keys of those who may also purge and set permissions.
    pub(crate) admins: Vec<String>,
}

/// A set of users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Audience {
    /// Members and guests.
    Everyone,
    /// Members, no guests.
    Members,
    /// These users, by key.
    Only(Vec<String>),
}

/// Reads the embedded site. Parses everything, so call it once per sandbox.
pub(crate) fn load() -> DemoSite {
    embedded::site().expect("a test loads the whole demo site")
}

fn yes() -> bool {
    true
}

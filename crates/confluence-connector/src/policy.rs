//! What agents may do: reading only, some actions only, some spaces only.
//!
//! Policies stand above each other: the operator's, the instance's, the agent's, a request's. What
//! one of them forbids, none of the others opens.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use confluence_api::id::SpaceId;
use confluence_tools::{OPERATIONS, Operation};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::AgentId;

/// The longest key of a space accepted, in bytes; Confluence's own limit is 255.
const MAX_SPACE_KEY: usize = 255;

/// How many spaces a policy may name, of each sort: a narrowed search names all of them.
const MAX_SPACES: usize = 200;

/// How many agents of an instance may have a policy of their own.
const MAX_AGENTS: usize = 1_000;

/// A policy is too large to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyTooLarge {
    /// It names more spaces than a search can be narrowed by.
    #[error("more than {MAX_SPACES} spaces")]
    Spaces,
    /// More agents have one than an instance keeps.
    #[error("more than {MAX_AGENTS} agents with a policy of their own")]
    Agents,
}

/// What may be done through an instance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// Nothing may be changed.
    pub read_only: bool,
    /// Which actions are open.
    pub actions: Limits<Action>,
    /// Which spaces are open.
    pub spaces: Limits<SpaceRef>,
}

/// The policies of an instance. As JSON this is how it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policies {
    /// Holds for every agent.
    pub everyone: Policy,
    /// Holds for one agent, in addition.
    pub agents: BTreeMap<AgentId, Policy>,
}

/// What is open of several things: those allowed, if any are named, without those denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    bound(deserialize = "T: Deserialize<'de> + Ord")
)]
pub struct Limits<T: Ord> {
    /// Only these; everything if `None`, nothing if empty.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub allowed: Option<BTreeSet<T>>,
    /// Not these, whatever else is said.
    #[serde(default = "BTreeSet::new", skip_serializing_if = "BTreeSet::is_empty")]
    pub denied: BTreeSet<T>,
}

impl<T: Ord> Default for Limits<T> {
    fn default() -> Self {
        Self { allowed: None, denied: BTreeSet::new() }
    }
}

/// One of the twenty-one operations, in a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action(&'static str);

/// No operation has that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no operation has that name")]
pub struct UnknownAction;

/// Key of a space, such as `ENG` or `~5b10ac8d82e05b22cc7d4ef5`.
///
/// Confluence does not tell upper from lower case in keys, so neither does a comparison.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpaceKey(Box<str>);

/// The text is no key of a space.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a space")]
pub struct InvalidSpaceKey;

/// A space, in a policy.
///
/// With its id, pages are judged by what Confluence says about them. Without, the key of their space
/// has to be looked up once more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpaceRef {
    /// Its key.
    pub key: SpaceKey,
    /// Its id, where that was found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SpaceId>,
}

impl Policies {
    /// Whether they can be kept; asked before they are saved.
    ///
    /// # Errors
    ///
    /// See [`PolicyTooLarge`].
    pub fn check(&self) -> Result<(), PolicyTooLarge> {
        if self.agents.len() > MAX_AGENTS {
            return Err(PolicyTooLarge::Agents);
        }
        let fits = |policy: &Policy| {
            let Limits { allowed, denied } = &policy.spaces;
            let allowed = allowed.as_ref().map_or(0, BTreeSet::len);
            allowed <= MAX_SPACES && denied.len() <= MAX_SPACES
        };
        let all_fit = std::iter::once(&self.everyone).chain(self.agents.values()).all(fits);
        if all_fit { Ok(()) } else { Err(PolicyTooLarge::Spaces) }
    }

    /// What holds for `agent`: the policy for everyone, and its own below it.
    pub fn of(&self, agent: Option<&AgentId>) -> Policy {
        let own = agent.and_then(|it| self.agents.get(it));
        own.map_or_else(|| self.everyone.clone(), |own| self.everyone.narrowed(own))
    }
}

impl Policy {
    /// What both policies leave open.
    #[must_use]
    pub fn narrowed(&self, other: &Self) -> Self {
        Self {
            read_only: self.read_only || other.read_only,
            actions: self.actions.narrowed(&other.actions),
            spaces: narrowed_spaces(&self.spaces, &other.spaces),
        }
    }
}

impl<T: Ord + Clone> Limits<T> {
    /// What both leave open.
    #[must_use]
    pub fn narrowed(&self, other: &Self) -> Self {
        let allowed = match (&self.allowed, &other.allowed) {
            (Some(one), Some(two)) => Some(one.intersection(two).cloned().collect()),
            (one, two) => one.as_ref().or(two.as_ref()).cloned(),
        };
        Self { allowed, denied: self.denied.union(&other.denied).cloned().collect() }
    }
}

impl<T: Ord> Limits<T> {
    /// Whether everything is open.
    pub fn is_open(&self) -> bool {
        self.allowed.is_none() && self.denied.is_empty()
    }

    /// Whether this one is open.
    pub fn permits(&self, it: &T) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(it))
            && !self.denied.contains(it)
    }
}

/// Spaces are the same by their keys, whether or not both policies know the id.
fn narrowed_spaces(one: &Limits<SpaceRef>, two: &Limits<SpaceRef>) -> Limits<SpaceRef> {
    let allowed = match (&one.allowed, &two.allowed) {
        (Some(one), Some(two)) => {
            let both = one.iter().filter_map(|space| {
                let same = two.iter().find(|it| it.key == space.key)?;
                Some(if space.id.is_some() { space } else { same })
            });
            Some(both.cloned().collect())
        }
        (one, two) => one.as_ref().or(two.as_ref()).cloned(),
    };
    Limits { allowed, denied: one.denied.union(&two.denied).cloned().collect() }
}

impl Action {
    /// The action that an operation is.
    pub fn of(operation: &Operation) -> Self {
        Self(operation.instruction)
    }

    /// The operation that it stands for.
    pub fn operation(self) -> &'static Operation {
        Operation::by_instruction(self.0).expect("checked when it was made")
    }

    /// The operations that `word` means: an instruction (`getPage`), an action (`pages.get`), or all
    /// actions of a tool (`pages`). Empty if it means nothing.
    pub fn meant_by(word: &str) -> Vec<Self> {
        let word = word.trim();
        let means = |it: &&Operation| {
            it.instruction == word
                || it.tool == word
                || word.split_once('.').is_some_and(|pair| pair == (it.tool, it.action))
        };
        OPERATIONS.iter().filter(means).map(|it| Self(it.instruction)).collect()
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        Operation::by_instruction(name).map(|it| Self(it.instruction)).ok_or(UnknownAction)
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl SpaceKey {
    /// The key as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|it| it.to_ascii_lowercase())
    }
}

impl FromStr for SpaceKey {
    type Err = InvalidSpaceKey;

    fn from_str(text: &str) -> Result<Self, InvalidSpaceKey> {
        let safe = |it: u8| it.is_ascii_alphanumeric() || b"~_-.@:".contains(&it);
        let fits = (1..=MAX_SPACE_KEY).contains(&text.len()) && text.bytes().all(safe);
        if fits { Ok(Self(text.into())) } else { Err(InvalidSpaceKey) }
    }
}

impl TryFrom<String> for SpaceKey {
    type Error = InvalidSpaceKey;

    fn try_from(text: String) -> Result<Self, InvalidSpaceKey> {
        text.parse()
    }
}

impl From<SpaceKey> for String {
    fn from(key: SpaceKey) -> Self {
        key.0.into()
    }
}

impl fmt::Display for SpaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for SpaceKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for SpaceKey {}

impl PartialOrd for SpaceKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SpaceKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.folded().cmp(other.folded())
    }
}

#[cfg(test)]
mod tests;

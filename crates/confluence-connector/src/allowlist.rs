//! Which agents may call an instance.

use std::{collections::BTreeSet, fmt};

use confluence_api::text::excerpt;

use crate::AgentId;

/// How many agents one list may name.
const MAX_AGENTS: usize = 10_000;

/// Stands for every agent.
const EVERYONE: &str = "*";

/// How an automation platform writes what it should have replaced.
const UNRESOLVED: &str = "{{";

/// Agents that may call. Whatever is not clearly allowed is not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Allowlist {
    /// No agent at all: how an instance starts, and what an unreadable list comes down to.
    #[default]
    Nobody,
    /// These.
    Only(BTreeSet<AgentId>),
    /// Every agent, known by an id or not.
    Everyone,
}

/// The text is no list of agents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAllowlist {
    /// An entry is no agent id.
    #[error("`{entry}` is not an agent id")]
    Entry {
        /// The entry, shortened.
        entry: String,
    },
    /// A platform's placeholder was not replaced.
    #[error("the list holds `{{{{…}}}}`, a placeholder that nobody has filled in")]
    Unresolved,
    /// More agents than a list may name.
    #[error("more than {MAX_AGENTS} agents")]
    TooMany,
}

impl Allowlist {
    /// Reads what a person typed: ids separated by commas or white space, or `*`.
    ///
    /// # Errors
    ///
    /// See [`InvalidAllowlist`].
    pub fn parse(text: &str) -> Result<Self, InvalidAllowlist> {
        if text.contains(UNRESOLVED) {
            return Err(InvalidAllowlist::Unresolved);
        }
        let entries = text.split(|it: char| it == ',' || it.is_whitespace());
        Self::of(entries.filter(|it| !it.is_empty()))
    }

    fn of<'e>(entries: impl Iterator<Item = &'e str>) -> Result<Self, InvalidAllowlist> {
        let mut agents = BTreeSet::new();
        let mut everyone = false;
        for entry in entries {
            if entry == EVERYONE {
                everyone = true;
                continue;
            }
            if entry.contains(UNRESOLVED) {
                return Err(InvalidAllowlist::Unresolved);
            }
            let invalid = |_error| InvalidAllowlist::Entry { entry: excerpt(entry, 60) };
            agents.insert(entry.parse().map_err(invalid)?);
            if agents.len() > MAX_AGENTS {
                return Err(InvalidAllowlist::TooMany);
            }
        }
        Ok(match (everyone, agents.is_empty()) {
            (true, _) => Self::Everyone,
            (false, true) => Self::Nobody,
            (false, false) => Self::Only(agents),
        })
    }

    /// Reads what [`Self::to_json`] wrote. What cannot be read lets nobody in.
    pub fn read(json: &str) -> Self {
        let entries: Result<Vec<String>, _> = serde_json::from_str(json);
        let read = entries.ok().and_then(|it| Self::of(it.iter().map(String::as_str)).ok());
        read.unwrap_or_else(|| {
            tracing::warn!("an allowlist cannot be read, so it lets nobody in");
            Self::Nobody
        })
    }

    /// The list as a JSON array, for [`Self::read`].
    pub fn to_json(&self) -> String {
        let entries: Vec<&str> = match self {
            Self::Nobody => Vec::new(),
            Self::Only(agents) => agents.iter().map(AgentId::as_str).collect(),
            Self::Everyone => vec![EVERYONE],
        };
        serde_json::to_string(&entries).expect("texts make JSON")
    }

    /// Adds an agent; a list that lets everyone in stays so.
    ///
    /// # Errors
    ///
    /// Fails when the list is full.
    pub fn allow(&mut self, agent: AgentId) -> Result<(), InvalidAllowlist> {
        match self {
            Self::Everyone => {}
            Self::Nobody => *self = Self::Only(BTreeSet::from([agent])),
            Self::Only(agents) if agents.len() >= MAX_AGENTS && !agents.contains(&agent) => {
                return Err(InvalidAllowlist::TooMany);
            }
            Self::Only(agents) => _ = agents.insert(agent),
        }
        Ok(())
    }

    /// Takes an agent off the list; one that lets everyone in stays so.
    pub fn revoke(&mut self, agent: &AgentId) {
        if let Self::Only(agents) = self {
            agents.remove(agent);
            if agents.is_empty() {
                *self = Self::Nobody;
            }
        }
    }
}

/// As a person types it.
impl fmt::Display for Allowlist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => Ok(()),
            Self::Everyone => f.write_str(EVERYONE),
            Self::Only(agents) => {
                let agents: Vec<&str> = agents.iter().map(AgentId::as_str).collect();
                f.write_str(&agents.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests;

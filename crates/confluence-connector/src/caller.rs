//! Who calls: what a request says of itself, and what its key vouches for.

use std::str::FromStr;

use crate::{AgentId, Denial, InstanceKey, Key, KeyId, KeyKind, UserId};

/// How an automation platform writes what it should have replaced.
const UNRESOLVED: &str = "{{";

/// What a request says about its caller. Nothing of it is believed yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asserted {
    /// The agent, by the header `agent-id`.
    pub agent_header: Option<String>,
    /// The agent, by the argument `agent_id`.
    pub agent_argument: Option<String>,
    /// The user, by the header `user-id`: only instructions have it.
    pub user_header: Option<String>,
    /// The user, by the argument `user_id`.
    pub user_argument: Option<String>,
}

/// Who calls, as far as somebody vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Through which instance.
    pub instance: InstanceKey,
    /// How.
    pub way: Way,
    /// On whose behalf.
    pub user: Option<UserId>,
    /// Through which agent.
    pub agent: Option<AgentId>,
    /// The key that was shown; `None` where none is needed.
    pub key: Option<KeyId>,
}

/// Which way a call came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From an agent, which has to be on the instance's list.
    Agent,
    /// From an automation with a key for instructions. No agent is involved.
    Instruction,
}

/// The identifier in an assertion, unless it is blank, a placeholder, or none at all.
fn read<T: FromStr>(said: Option<&String>) -> Option<T> {
    let said = said?.trim();
    if said.contains(UNRESOLVED) { None } else { said.parse().ok() }
}

/// Whether whatever is said is the same as what is known. Silence agrees.
fn agree<'s>(known: &str, said: impl IntoIterator<Item = &'s Option<String>>) -> bool {
    let said = said.into_iter().flatten().map(|it| it.trim());
    said.filter(|it| !it.is_empty()).all(|it| it == known)
}

impl Asserted {
    fn agent(&self) -> Option<AgentId> {
        read(self.agent_header.as_ref()).or_else(|| read(self.agent_argument.as_ref()))
    }
}

impl Caller {
    /// Who calls `instance` with `key`.
    ///
    /// A platform's key is believed what it says. A personal key says itself who calls, and what the
    /// request says has to agree: a model can be talked into writing another user's id.
    ///
    /// # Errors
    ///
    /// Fails when the request names somebody that the key does not vouch for.
    pub fn with_key(key: &Key, instance: InstanceKey, asserted: &Asserted) -> Result<Self, Denial> {
        let Asserted { agent_header, agent_argument, user_header, user_argument } = asserted;
        let (way, user, agent) = match &key.kind {
            KeyKind::Personal { user, agent, .. } => {
                if !agree(user.as_str(), [user_header, user_argument]) {
                    return Err(Denial::other_identity("user"));
                }
                if !agree(agent.as_str(), [agent_header, agent_argument]) {
                    return Err(Denial::other_identity("agent"));
                }
                (Way::Agent, Some(user.clone()), Some(agent.clone()))
            }
            KeyKind::Instruction { .. } => {
                let user: Option<UserId> = read(user_header.as_ref());
                let known = user.as_ref().map_or("", UserId::as_str);
                if !agree(known, [user_argument]) {
                    return Err(Denial::other_identity("user"));
                }
                (Way::Instruction, user, None)
            }
            KeyKind::Platform { .. } => {
                (Way::Agent, read(user_argument.as_ref()), asserted.agent())
            }
            // They open nothing where calls are made, see `KeyKind::opens`.
            KeyKind::Maintainer | KeyKind::Editor { .. } | KeyKind::Deployment { .. } => {
                (Way::Agent, None, None)
            }
        };
        Ok(Self { instance, way, user, agent, key: Some(key.id.clone()) })
    }

    /// Who calls where no key is needed: over standard input, or from this machine to the workspace
    /// of its only user. What the request says is for the audit and the allowlist.
    pub fn local(instance: InstanceKey, asserted: &Asserted) -> Self {
        let user = read(asserted.user_argument.as_ref());
        Self { instance, way: Way::Agent, user, agent: asserted.agent(), key: None }
    }
}

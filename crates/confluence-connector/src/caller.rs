//! Who calls.

use crate::{AgentId, InstanceKey, KeyId, UserId};

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

/// Who calls, as far as the caller's key vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Through which instance.
    pub instance: InstanceKey,
    /// On whose behalf.
    pub user: Option<UserId>,
    /// Through which agent.
    pub agent: Option<AgentId>,
    /// The key that was shown; `None` where none is needed.
    pub key: Option<KeyId>,
}

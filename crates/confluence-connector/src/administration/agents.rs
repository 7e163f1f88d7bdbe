//! Which agents may call an instance, and which have.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{AdminError, Administration, Administrator, Page, Range};
use crate::{AgentId, Allowlist, InstanceKey};

/// The agents of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agents {
    /// Whether every agent may call, on the list or not.
    pub everyone: bool,
    /// How many agents are on the list.
    pub listed: usize,
    /// Agents that are on the list or have called, by id.
    pub page: Page<AgentRow>,
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRow {
    /// Its id.
    pub agent: AgentId,
    /// Whether it may call.
    pub allowed: bool,
    /// When it called last, if that is known.
    pub last_seen: Option<Timestamp>,
}

impl Administration {
    /// The agents that may call an instance, and those that have called, let in or not.
    ///
    /// # Errors
    ///
    /// Fails when the instance is not there.
    pub async fn agents(
        &self,
        who: &Administrator,
        key: &InstanceKey,
        range: Range<'_>,
    ) -> Result<Agents, AdminError> {
        let after = range.after::<AgentId>()?;
        let instance = self.instance(who, key).await?;
        let everyone = instance.allowlist == Allowlist::Everyone;
        let listed = match instance.allowlist {
            Allowlist::Only(agents) => agents,
            Allowlist::Nobody | Allowlist::Everyone => BTreeSet::new(),
        };
        let count = listed.len();
        let mut rows = BTreeMap::new();
        for agent in listed {
            rows.insert(agent, (true, None));
        }
        for seen in self.parts.seen.list(key).await? {
            let row = rows.entry(seen.agent).or_insert((everyone, None));
            row.1 = Some(seen.last_seen);
        }
        let rows = rows
            .into_iter()
            .filter(|(agent, _)| after.as_ref().is_none_or(|after| agent > after))
            .take(range.rows() + 1)
            .map(|(agent, (allowed, last_seen))| AgentRow { agent, allowed, last_seen })
            .collect();
        let page = Page::cut(rows, range.rows(), |it: &AgentRow| it.agent.to_string());
        Ok(Agents { everyone, listed: count, page })
    }

    /// Puts an agent on the list; where everyone may call, it may already.
    ///
    /// # Errors
    ///
    /// Fails when the list is full.
    pub async fn allow_agent(
        &self,
        who: &Administrator,
        key: &InstanceKey,
        agent: AgentId,
    ) -> Result<Allowlist, AdminError> {
        let changed = self.change(who, key, |instance| {
            let allowed = instance.allowlist.allow(agent.clone());
            allowed.map_err(|error| AdminError::conflict("too_many", error.to_string()))
        });
        let instance = changed.await?;
        tracing::info!(instance = %key, by = %who.key(), %agent, "an agent was allowed");
        Ok(instance.allowlist)
    }

    /// Takes an agent off the list.
    ///
    /// # Errors
    ///
    /// Fails while everyone may call: the agent would go on.
    pub async fn revoke_agent(
        &self,
        who: &Administrator,
        key: &InstanceKey,
        agent: &AgentId,
    ) -> Result<Allowlist, AdminError> {
        let changed = self.change(who, key, |instance| {
            if instance.allowlist == Allowlist::Everyone {
                let text = "every agent may call here, so none can be kept out: end that first, \
                            then allow those that may";
                return Err(AdminError::conflict("all_agents_allowed", text));
            }
            instance.allowlist.revoke(agent);
            Ok(())
        });
        let instance = changed.await?;
        tracing::info!(instance = %key, by = %who.key(), %agent, "an agent was revoked");
        Ok(instance.allowlist)
    }

    /// Lets every agent in, or ends that: then nobody is in until agents are allowed one by one. A
    /// list stays as it is when there is nothing to end.
    ///
    /// # Errors
    ///
    /// Fails when the instance is not there.
    pub async fn allow_all_agents(
        &self,
        who: &Administrator,
        key: &InstanceKey,
        allowed: bool,
    ) -> Result<Allowlist, AdminError> {
        let changed = self.change(who, key, |instance| {
            match (allowed, &instance.allowlist) {
                (true, _) => instance.allowlist = Allowlist::Everyone,
                (false, Allowlist::Everyone) => instance.allowlist = Allowlist::Nobody,
                (false, Allowlist::Nobody | Allowlist::Only(_)) => {}
            }
            Ok(())
        });
        let instance = changed.await?;
        tracing::info!(instance = %key, by = %who.key(), allowed, "all agents were switched");
        Ok(instance.allowlist)
    }
}

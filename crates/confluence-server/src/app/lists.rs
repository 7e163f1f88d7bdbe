//! What a workspace's page lists: agents, connections, calls.

use std::collections::BTreeMap;

use confluence_connector::{
    AgentId, Allowlist, AuditFilter, AuditRecord, ConnectionSummary, Instance, InstanceKey,
    SeenAgent,
};

use super::{AppState, form::Query, frame::Frame, refused::Refused, when};
use crate::platform::ListedAgent;

/// How many agents a page shows; the others are found by search.
const AGENTS: usize = 100;

/// How many connections a page shows.
const CONNECTIONS: usize = 25;

/// How many calls a page shows.
const CALLS: usize = 25;

/// Agents that may call, and those that could.
#[derive(Debug)]
pub(super) struct AgentsView {
    pub(super) everyone: bool,
    pub(super) count: String,
    pub(super) rows: Vec<AgentRow>,
    /// How many more there are.
    pub(super) more: usize,
    pub(super) search: String,
    /// Why some may be missing.
    pub(super) problem: Option<String>,
}

/// An agent.
#[derive(Debug)]
pub(super) struct AgentRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) allowed: bool,
    pub(super) seen: String,
}

/// Users who are connected.
#[derive(Debug)]
pub(super) struct ConnectionsView {
    pub(super) count: u64,
    pub(super) rows: Vec<ConnectionRow>,
    /// Where the next ones are.
    pub(super) next: Option<String>,
}

/// A user's connection.
#[derive(Debug)]
pub(super) struct ConnectionRow {
    pub(super) user: String,
    pub(super) account: String,
    pub(super) site: String,
    pub(super) since: String,
    pub(super) refreshed: String,
    pub(super) agent: Option<String>,
    pub(super) scopes: Vec<String>,
}

/// Calls.
#[derive(Debug)]
pub(super) struct ActivityView {
    pub(super) rows: Vec<CallRow>,
    /// Whether there are newer ones.
    pub(super) older: bool,
    pub(super) next: Option<String>,
}

/// A call.
#[derive(Debug)]
pub(super) struct CallRow {
    pub(super) at: String,
    pub(super) operation: String,
    pub(super) kind: &'static str,
    pub(super) outcome: String,
    pub(super) agent: String,
    pub(super) user: String,
    pub(super) target: String,
    pub(super) duration: String,
}

/// How many agents an instance lets in, in words.
pub(super) fn count(allowlist: &Allowlist) -> String {
    match allowlist {
        Allowlist::Nobody => "none".to_owned(),
        Allowlist::Only(agents) => format!("{} authorized", agents.len()),
        Allowlist::Everyone => "all".to_owned(),
    }
}

/// The agents that an instance lets in, that have called it, and that the platform has.
pub(super) async fn agents(
    state: &AppState,
    instance: &Instance,
    search: Option<&str>,
) -> Result<AgentsView, Refused> {
    let seen = state.deployment.seen.list(&instance.key).await?;
    let (listed, problem) = match &state.deployment.platform {
        Some(platform) => match platform.agents().await {
            Ok(listed) => (listed, None),
            Err(error) => {
                error.log("the platform's agents were not listed");
                (Vec::new(), Some(format!("The platform’s own agents are not listed: {error}.")))
            }
        },
        None => (Vec::new(), None),
    };
    let mut rows = rows(&instance.allowlist, &seen, &listed);
    let search = search.unwrap_or_default().to_owned();
    let wanted = search.to_lowercase();
    rows.retain(|it| {
        it.id.to_lowercase().contains(&wanted) || it.name.to_lowercase().contains(&wanted)
    });
    let more = rows.len().saturating_sub(AGENTS);
    rows.truncate(AGENTS);
    let everyone = instance.allowlist == Allowlist::Everyone;
    Ok(AgentsView { everyone, count: count(&instance.allowlist), rows, more, search, problem })
}

/// Those that may call first, then those that have called, the last one first.
fn rows(allowlist: &Allowlist, seen: &[SeenAgent], listed: &[ListedAgent]) -> Vec<AgentRow> {
    let names: BTreeMap<&AgentId, &str> =
        listed.iter().filter_map(|it| Some((&it.id, it.name.as_deref()?))).collect();
    let calls: BTreeMap<&AgentId, &SeenAgent> = seen.iter().map(|it| (&it.agent, it)).collect();
    let allowed = |agent: &AgentId| match allowlist {
        Allowlist::Nobody => false,
        Allowlist::Only(agents) => agents.contains(agent),
        Allowlist::Everyone => true,
    };
    let row = |agent: &AgentId| AgentRow {
        id: agent.to_string(),
        name: names.get(agent).map(|it| (*it).to_owned()).unwrap_or_default(),
        allowed: allowed(agent),
        seen: match calls.get(agent) {
            Some(it) if it.allowed => format!("last call {}", when(it.last_seen)),
            Some(it) => format!("refused {}", when(it.last_seen)),
            None => "has not called yet".to_owned(),
        },
    };
    let on_the_list: Vec<&AgentId> = match allowlist {
        Allowlist::Only(agents) => agents.iter().collect(),
        Allowlist::Nobody | Allowlist::Everyone => Vec::new(),
    };
    let mut rows: Vec<AgentRow> = on_the_list.iter().map(|it| row(it)).collect();
    let others = seen.iter().map(|it| &it.agent).chain(listed.iter().map(|it| &it.id));
    let mut known: std::collections::BTreeSet<&AgentId> = on_the_list.into_iter().collect();
    for agent in others {
        if known.insert(agent) {
            rows.push(row(agent));
        }
    }
    rows
}

/// The connections of an instance, a page of them.
pub(super) async fn connections(
    state: &AppState,
    key: &InstanceKey,
    query: &Query,
    frame: &Frame,
) -> Result<ConnectionsView, Refused> {
    let directory = &state.deployment.connections;
    let count = directory.count(key).await?;
    let from = query.from.as_deref().and_then(|it| it.parse().ok());
    // By instance and user: those of this instance stand together.
    let after = from.as_ref().map(|user| (&key.name, user));
    let mut found = Vec::new();
    if count > 0 {
        found = of_instance(state, key, after).await?;
    }
    let next = (found.len() > CONNECTIONS).then(|| {
        let last = &found[CONNECTIONS - 1];
        frame.with("from", last.key.user.as_str())
    });
    let rows = found.into_iter().take(CONNECTIONS).map(connection).collect();
    Ok(ConnectionsView { count, rows, next })
}

/// One more connection of an instance than a page shows, so that it is known whether there are more.
async fn of_instance(
    state: &AppState,
    key: &InstanceKey,
    after: Option<(&confluence_connector::InstanceName, &confluence_connector::UserId)>,
) -> Result<Vec<ConnectionSummary>, Refused> {
    let directory = &state.deployment.connections;
    let mut found: Vec<ConnectionSummary> = Vec::new();
    let mut position = after.map(|(name, user)| (name.clone(), user.clone()));
    loop {
        let at = position.as_ref().map(|(name, user)| (name, user));
        let some = directory.list(&key.workspace, at, CONNECTIONS + 1).await?;
        let Some(last) = some.last() else { return Ok(found) };
        position = Some((last.key.instance.clone(), last.key.user.clone()));
        let is_past = last.key.instance > key.name;
        let is_all = some.len() <= CONNECTIONS;
        found.extend(some.into_iter().filter(|it| it.key.instance == key.name));
        if is_past || is_all || found.len() > CONNECTIONS {
            return Ok(found);
        }
    }
}

fn connection(it: ConnectionSummary) -> ConnectionRow {
    ConnectionRow {
        user: it.key.user.to_string(),
        account: it.account.map(|it| it.name).unwrap_or_default(),
        site: it.site.url.host_str().map_or_else(|| it.site.name.clone(), str::to_owned),
        since: when(it.connected_at),
        refreshed: when(it.refreshed_at),
        agent: it.agent.map(|it| it.to_string()),
        scopes: it.scopes,
    }
}

/// The calls of an instance, a page of them.
pub(super) async fn activity(
    state: &AppState,
    key: &InstanceKey,
    query: &Query,
    frame: &Frame,
) -> Result<ActivityView, Refused> {
    let filter = AuditFilter {
        workspace: Some(key.workspace.clone()),
        instance: Some(key.name.clone()),
        ..AuditFilter::default()
    };
    let (records, next) = state.deployment.audit.read(&filter, query.after, CALLS).await?;
    let next = next.map(|it| frame.with("after", &it.to_string()));
    let older = query.after.is_some();
    Ok(ActivityView { rows: records.into_iter().map(call).collect(), older, next })
}

fn call(it: AuditRecord) -> CallRow {
    fn text(value: Option<impl ToString>) -> String {
        value.map_or_else(|| "–".to_owned(), |it| it.to_string())
    }
    let seconds = it.duration.as_secs_f64();
    CallRow {
        at: it.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        operation: text(it.operation),
        kind: match it.outcome.as_str() {
            "ok" => "good",
            "cancelled" => "",
            _ => "bad",
        },
        outcome: it.outcome.replace('_', " "),
        agent: text(it.agent),
        user: text(it.user),
        target: text(it.target),
        duration: if seconds < 1.0 {
            format!("{:.0} ms", seconds * 1000.0)
        } else {
            format!("{seconds:.1} s")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_agent_is_listed_once_and_the_authorized_ones_first() {
        let agent = |id: &str| -> AgentId { id.parse().unwrap() };
        let seen = |id: &str, allowed| SeenAgent {
            agent: agent(id),
            last_seen: "2026-11-27T10:00:00Z".parse().unwrap(),
            allowed,
        };
        let listed = |id: &str| ListedAgent { id: agent(id), name: Some(format!("Agent {id}")) };
        let allowlist = Allowlist::parse("d,b").unwrap();
        let rows = rows(
            &allowlist,
            &[seen("c", false), seen("b", true)],
            &[listed("a"), listed("b"), listed("c")],
        );
        let told: Vec<_> = rows
            .iter()
            .map(|it| (it.id.as_str(), it.name.as_str(), it.allowed, it.seen.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("b", "Agent b", true, "last call 2026-11-27 10:00 UTC"),
                ("d", "", true, "has not called yet"),
                ("c", "Agent c", false, "refused 2026-11-27 10:00 UTC"),
                ("a", "Agent a", false, "has not called yet"),
            ]
        );
    }
}

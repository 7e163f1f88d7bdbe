//! What there is, as JSON.

use confluence_connector::{
    Addresses, AgentRow, Allowlist, AuditEntry, AuthSettings, ConnectionSummary, Instance, Key,
    KeyKind, Page, Workspace,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// A part of a list.
pub(super) fn list<T>(page: &Page<T>, shown: impl Fn(&T) -> Value) -> Value {
    let items: Vec<Value> = page.items.iter().map(shown).collect();
    json!({ "items": items, "next": page.next })
}

pub(super) fn workspace(workspace: &Workspace) -> Value {
    let Workspace { slug, name, created_at } = workspace;
    json!({ "slug": slug, "name": name, "createdAt": created_at.to_string() })
}

/// An instance without its secrets.
pub(super) fn instance(instance: &Instance, addresses: &Addresses) -> Value {
    let Instance { key, auth, allowlist, policies } = instance;
    let callback = match auth {
        AuthSettings::OAuthCentral { .. } => Some(addresses.core_callback()),
        AuthSettings::OAuth { .. } => Some(addresses.callback(key)),
        AuthSettings::ApiToken { .. } | AuthSettings::AccessToken { .. } => None,
    };
    json!({
        "workspace": key.workspace,
        "name": key.name,
        "auth": auth.shown(),
        "agents": agents(allowlist),
        "policies": policies,
        "mcpUrl": addresses.mcp(key).as_str(),
        "callbackUrl": callback.as_ref().map(url::Url::as_str),
        "appUrl": addresses.configuration_app(key).as_str(),
    })
}

/// Who may call, in short.
pub(super) fn agents(allowlist: &Allowlist) -> Value {
    let (everyone, listed) = match allowlist {
        Allowlist::Nobody => (false, 0),
        Allowlist::Only(agents) => (false, agents.len()),
        Allowlist::Everyone => (true, 0),
    };
    json!({ "everyone": everyone, "listed": listed })
}

pub(super) fn agent(row: &AgentRow) -> Value {
    let AgentRow { agent, allowed, last_seen } = row;
    json!({ "agent": agent, "allowed": allowed, "lastSeen": time(last_seen.as_ref()) })
}

pub(super) fn connection(connection: &ConnectionSummary) -> Value {
    let ConnectionSummary { key, account, site, scopes, agent, connected_at, refreshed_at } =
        connection;
    json!({
        "instance": key.instance,
        "user": key.user,
        "account": account.as_ref().map(|it| json!({ "id": it.id, "name": it.name })),
        "site": site.url.as_str(),
        "scopes": scopes,
        "agent": agent,
        "connectedAt": connected_at.to_string(),
        "refreshedAt": refreshed_at.to_string(),
    })
}

/// A key, which is no secret: its secret is not known here any more.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownKey<'k> {
    id: &'k str,
    kind: &'static str,
    label: &'k str,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<&'k str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'k str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'k str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'k str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<String>,
    created_at: String,
    not_after: Option<String>,
    valid: bool,
}

pub(super) fn key(key: &Key, now: Timestamp) -> ShownKey<'_> {
    let shown = ShownKey {
        id: key.id.as_str(),
        kind: kind(&key.kind),
        label: &key.label,
        workspace: key.kind.workspace().map(confluence_connector::WorkspaceSlug::as_str),
        instance: None,
        user: None,
        agent: None,
        api: None,
        created_at: key.created_at.to_string(),
        not_after: time(key.not_after.as_ref()),
        valid: key.is_valid(now),
    };
    match &key.kind {
        KeyKind::Personal { instance, user, agent } => ShownKey {
            instance: Some(instance.name.as_str()),
            user: Some(user.as_str()),
            agent: Some(agent.as_str()),
            ..shown
        },
        KeyKind::Deployment { api } => ShownKey { api: Some(api.to_string()), ..shown },
        KeyKind::Maintainer
        | KeyKind::Editor { .. }
        | KeyKind::Platform { .. }
        | KeyKind::Instruction { .. } => shown,
    }
}

fn kind(kind: &KeyKind) -> &'static str {
    match kind {
        KeyKind::Maintainer => "maintainer",
        KeyKind::Editor { .. } => "editor",
        KeyKind::Platform { .. } => "platform",
        KeyKind::Personal { .. } => "personal",
        KeyKind::Instruction { .. } => "instruction",
        KeyKind::Deployment { .. } => "deployment",
    }
}

pub(super) fn audit(entry: &AuditEntry) -> Value {
    let AuditEntry { position, record: it } = entry;
    json!({
        "position": position,
        "at": it.at.to_string(),
        "workspace": it.workspace,
        "instance": it.instance,
        "key": it.key.as_ref().map(confluence_connector::KeyId::as_str),
        "user": it.user,
        "agent": it.agent,
        "operation": it.operation,
        "target": it.target,
        "outcome": it.outcome,
        "durationMs": u64::try_from(it.duration.as_millis()).unwrap_or(u64::MAX),
    })
}

fn time(time: Option<&Timestamp>) -> Option<String> {
    time.map(ToString::to_string)
}

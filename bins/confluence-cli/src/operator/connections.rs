//! `connections`.

use serde_json::{Value, json};

use super::{Operator, arguments::ConnectionsCommand, text};
use crate::{confirm, failed::Failed};

pub(super) async fn perform(
    operator: &mut Operator,
    command: ConnectionsCommand,
) -> Result<(), Failed> {
    match command {
        ConnectionsCommand::List { workspace } => {
            let row = |it: &Value| {
                vec![
                    text(it, "user").to_owned(),
                    text(it, "instance").to_owned(),
                    text(&it["account"], "name").to_owned(),
                    text(it, "site").to_owned(),
                    text(it, "connectedAt").to_owned(),
                    text(it, "refreshedAt").to_owned(),
                ]
            };
            let titles = ["USER", "INSTANCE", "ACCOUNT", "SITE", "CONNECTED", "REFRESHED"];
            let path = ["workspaces", workspace.as_str(), "connections"];
            operator.list(&path, &titles, row, "nobody is connected").await.map(drop)
        }
        ConnectionsCommand::Revoke { of, user, offboard: true, yes } => {
            let workspace = &of.workspace;
            if !yes {
                confirm::ask(&format!(
                    "all connections and personal keys of user {user} in workspace {workspace}"
                ))?;
            }
            let path = ["workspaces", workspace.as_str(), "users", "remove"];
            let removed = operator.server.post(&path, &json!({ "user": user })).await?;
            operator.show(&removed, |removed| {
                let count = removed["connections"].as_u64().unwrap_or_default();
                format!("removed user {user}: {count} connections, and all personal keys")
            })
        }
        ConnectionsCommand::Revoke { of, user, offboard: false, yes } => {
            let (workspace, instance) = (&of.workspace, &of.instance);
            if !yes {
                confirm::ask(&format!("the connection of user {user} to {workspace}/{instance}"))?;
            }
            let path = ["workspaces", workspace.as_str(), "instances", instance.as_str()];
            let path = [&path[..], &["connections", "revoke"]].concat();
            operator.server.post(&path, &json!({ "user": user })).await?;
            operator.show(&json!({ "revoked": user }), |_| format!("disconnected user {user}"))
        }
    }
}

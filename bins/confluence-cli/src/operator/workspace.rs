//! `workspace`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Operator, arguments::WorkspaceCommand, auth_mode, text};
use crate::{confirm, failed::Failed};

pub(super) async fn perform(
    operator: &mut Operator,
    command: WorkspaceCommand,
) -> Result<(), Failed> {
    match command {
        WorkspaceCommand::Create { slug, name } => {
            let mut new = json!({ "slug": slug });
            if let Some(name) = name {
                new["name"] = name.into();
            }
            let made = operator.server.post(&["workspaces"], &new).await?;
            operator.show(&made, |made| format!("created workspace {}", text(made, "slug")))
        }
        WorkspaceCommand::List => {
            let row = |it: &Value| {
                ["slug", "name", "createdAt"].map(|name| text(it, name).to_owned()).to_vec()
            };
            let titles = ["SLUG", "NAME", "CREATED"];
            operator.list(&["workspaces"], &titles, row, "there is no workspace").await.map(drop)
        }
        WorkspaceCommand::Show { slug } => show(operator, slug.as_str()).await,
        WorkspaceCommand::Delete { slug, yes } => {
            let path = ["workspaces", slug.as_str()];
            if !yes {
                // What is not there is told before anybody is asked.
                let found = operator.server.get(&path, &[]).await?;
                let instances = found["instances"].as_array().map_or(0, Vec::len);
                let name = text(&found, "name");
                confirm::ask(&format!(
                    "workspace {slug} ({name}): instances ({instances}), connections and keys"
                ))?;
            }
            operator.server.delete(&path).await?;
            operator.show(&json!({ "deleted": slug }), |_| format!("deleted workspace {slug}"))
        }
    }
}

async fn show(operator: &mut Operator, slug: &str) -> Result<(), Failed> {
    let mut workspace = operator.server.get(&["workspaces", slug], &[]).await?;
    let names = workspace["instances"].as_array().cloned().unwrap_or_default();
    let mut instances = Vec::new();
    for name in names.iter().filter_map(Value::as_str) {
        let path = ["workspaces", slug, "instances", name];
        instances.push(operator.server.get(&path, &[]).await?);
    }
    workspace["instances"] = instances.into();
    operator.show(&workspace, described)
}

fn described(workspace: &Value) -> String {
    let mut out = format!(
        "{} ({}), created {}\n",
        text(workspace, "slug"),
        text(workspace, "name"),
        text(workspace, "createdAt")
    );
    for instance in workspace["instances"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "\ninstance {}", text(instance, "name"));
        let _ = writeln!(out, "  MCP endpoint  {}", text(instance, "mcpUrl"));
        let _ = writeln!(out, "  configuration {}", text(instance, "appUrl"));
        if let Some(callback) = instance["callbackUrl"].as_str() {
            let _ = writeln!(out, "  callback      {callback}");
        }
        let _ = writeln!(out, "  agents        {}", agents(&instance["agents"]));
        for line in auth_mode::described(&instance["auth"]).lines() {
            let _ = writeln!(out, "  {line}");
        }
        let policies = &instance["policies"];
        let read_only = policies["everyone"]["readOnly"] == true;
        let _ = writeln!(out, "  read-only     {}", if read_only { "yes" } else { "no" });
    }
    out
}

/// Who may call, in a few words.
pub(super) fn agents(agents: &Value) -> String {
    match (agents["everyone"].as_bool(), agents["listed"].as_u64()) {
        (Some(true), _) => "all agents may call".to_owned(),
        (_, Some(1)) => "1 agent may call".to_owned(),
        (_, Some(count @ 2..)) => format!("{count} agents may call"),
        _ => "no agent may call".to_owned(),
    }
}

//! `keys`. A new key goes to standard output, alone: what is to be known about it, to standard error.

use serde_json::{Value, json};

use super::{
    Operator,
    arguments::{KeysCommand, KeysOf},
    text,
};
use crate::{
    confirm,
    failed::Failed,
    output::{tell, without_escapes},
};

/// The path of something about keys.
fn path<'a>(of: &'a KeysOf, rest: &[&'a str]) -> Vec<&'a str> {
    let mut path = Vec::new();
    if let Some(workspace) = &of.workspace {
        path.extend(["workspaces", workspace.as_str()]);
    }
    path.push("keys");
    path.extend(rest);
    path
}

pub(super) async fn perform(operator: &mut Operator, command: KeysCommand) -> Result<(), Failed> {
    match command {
        KeysCommand::List { of } => {
            let titles = ["ID", "KIND", "LABEL", "FOR", "CREATED", "ENDS"];
            operator.list(&path(&of, &[]), &titles, row, "there is no key").await.map(drop)
        }
        KeysCommand::Issue { kind, of, label, user, agent, instance, api } => {
            let mut new = json!({ "kind": kind.as_str(), "label": label });
            let of_kind = [
                ("user", user.map(|it| it.to_string())),
                ("agent", agent.map(|it| it.to_string())),
                ("instance", instance.map(|it| it.to_string())),
                ("api", api),
            ];
            for (name, value) in of_kind {
                if let Some(value) = value {
                    new[name] = value.into();
                }
            }
            let made = operator.server.post(&path(&of, &[]), &new).await?;
            once(operator, &made)
        }
        KeysCommand::Rotate { id, of, overlap } => {
            let body = json!({ "overlapSeconds": overlap.0.as_secs() });
            let made = operator.server.post(&path(&of, &[&id.0, "rotate"]), &body).await?;
            once(operator, &made)?;
            tell(&format!("key {} goes on for {:?}", id.0, overlap.0));
            Ok(())
        }
        KeysCommand::Revoke { id, of, yes } => {
            let id = id.0;
            if !yes {
                confirm::ask(&format!("key {id}"))?;
            }
            operator.server.delete(&path(&of, &[&id])).await?;
            operator.show(&json!({ "revoked": id }), |_| format!("revoked key {id}"))
        }
    }
}

/// Shows a new key, the only time.
fn once(operator: &mut Operator, made: &Value) -> Result<(), Failed> {
    operator.show(made, |made| text(made, "secret").to_owned())?;
    let key = &made["key"];
    let (id, kind) = (text(key, "id"), text(key, "kind"));
    let place = key["workspace"].as_str().map(|it| format!(" of workspace {it}"));
    let place = place.unwrap_or_default();
    tell(&without_escapes(&format!("{kind} key {id}{place}: it cannot be shown again")));
    Ok(())
}

fn row(key: &Value) -> Vec<String> {
    let whose = match (key["user"].as_str(), key["agent"].as_str(), key["api"].as_str()) {
        (Some(user), Some(agent), _) => format!("{user} with {agent}"),
        (_, _, Some(api)) => api.to_owned(),
        _ => String::new(),
    };
    let end = match (key["notAfter"].as_str(), key["valid"].as_bool()) {
        (Some(end), Some(false)) => format!("ended {end}"),
        (Some(end), _) => end.to_owned(),
        (None, _) => String::new(),
    };
    let of = |name: &str| text(key, name).to_owned();
    vec![of("id"), of("kind"), of("label"), whose, of("createdAt"), end]
}

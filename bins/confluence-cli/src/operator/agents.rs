//! `agents`.

use confluence_auth::ids::AgentId;
use serde_json::{Value, json};

use super::{
    Operator,
    arguments::{AgentsCommand, InstanceArguments},
    text,
    workspace::agents,
};
use crate::{config::Format, failed::Failed, output::tell};

/// The path of something about the agents of an instance.
fn path<'a>(of: &'a InstanceArguments, rest: &[&'a str]) -> Vec<&'a str> {
    let instance = ["workspaces", of.workspace.as_str(), "instances", of.instance.as_str()];
    [&instance, &["agents"][..], rest].concat()
}

pub(super) async fn perform(operator: &mut Operator, command: AgentsCommand) -> Result<(), Failed> {
    match command {
        AgentsCommand::List { of } => {
            let row = |it: &Value| {
                let allowed = if it["allowed"] == true { "yes" } else { "no" };
                vec![
                    text(it, "agent").to_owned(),
                    allowed.to_owned(),
                    text(it, "lastSeen").to_owned(),
                ]
            };
            let titles = ["AGENT", "MAY CALL", "LAST CALL"];
            let empty = "no agent is listed, and none has called";
            let page = operator.list(&path(&of, &[]), &titles, row, empty).await?;
            if page["everyone"] == true && operator.format == Format::Text {
                tell("all agents may call, listed or not");
            }
            Ok(())
        }
        AgentsCommand::Allow { of, agents } => each(operator, &of, "allow", &agents).await,
        AgentsCommand::Revoke { of, agents } => each(operator, &of, "revoke", &agents).await,
        AgentsCommand::AllowAll { of, off } => {
            let all = json!({ "allowed": !off });
            let now = operator.server.post(&path(&of, &["allow-all"]), &all).await?;
            operator.show(&now, agents)
        }
    }
}

/// Changes agents one by one, and shows what that comes to.
async fn each(
    operator: &mut Operator,
    of: &InstanceArguments,
    what: &str,
    named: &[AgentId],
) -> Result<(), Failed> {
    let mut now = Value::Null;
    for agent in named {
        let body = json!({ "agent": agent });
        now = operator.server.post(&path(of, &[what]), &body).await?;
    }
    operator.show(&now, agents)
}

//! What the section on agents does: ticks, all of them at once, and installing the capability.

use axum::response::Response;
use confluence_connector::AgentId;
use http::StatusCode;
use serde_json::json;

use super::{
    Shown, agent,
    frame::{ALLOWED, EVERYONE, INSTALLABLE, INSTALLED, NOBODY, Notice, REVOKED},
    lists,
    refused::Refused,
    see,
    settings::sentence,
    submit::Submitted,
    workspace::{self, Aside},
};
use crate::web::answer;

fn typed(it: &Submitted<'_>) -> Result<AgentId, String> {
    let typed = it.form.text("agent").unwrap_or_default();
    typed.parse().map_err(|error| sentence(&error))
}

/// Ticks an agent, or takes the tick away.
pub(super) async fn change(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let allowed = it.form.is_ticked("allowed");
    let changed = async {
        let agent = typed(it).map_err(Refused::Invalid)?;
        let administration = &it.state.deployment.administration;
        let allowlist = if allowed {
            administration.allow_agent(it.who(), key, agent.clone()).await?
        } else {
            administration.revoke_agent(it.who(), key, &agent).await?
        };
        Ok((agent, allowlist))
    };
    match changed.await {
        Ok((agent, allowlist)) if it.is_instant() => {
            let verb = if allowed { "may call now" } else { "may no longer call" };
            let message = format!("{agent} {verb}");
            let body = json!({ "message": message, "count": lists::count(&allowlist) });
            Ok(answer::json(StatusCode::OK, &body))
        }
        Ok(_) => Ok(it.done(if allowed { &ALLOWED } else { &REVOKED })),
        Err(refused) if it.is_instant() => Err(refused),
        Err(refused) => {
            let aside = Aside::refused("agents", "Nothing was changed", refused)?;
            workspace::again(it.state, &it.visitor, key, aside).await
        }
    }
}

/// Lets every agent in, or only those that are ticked from now on.
pub(super) async fn everyone(it: &Submitted<'_>) -> Shown {
    let everyone = it.form.is_ticked("allowed");
    let administration = &it.state.deployment.administration;
    administration.allow_all_agents(it.who(), it.instance()?, everyone).await?;
    Ok(it.done(if everyone { &EVERYONE } else { &NOBODY }))
}

/// Lets an agent in, and puts the tool among its tools where the platform's API is configured.
pub(super) async fn install(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let agent = typed(it).map_err(Refused::Invalid)?;
    let administration = &it.state.deployment.administration;
    administration.allow_agent(it.who(), key, agent.clone()).await?;
    let Some(platform) = &it.state.deployment.platform else {
        return Ok(at(it, &agent, INSTALLABLE.code));
    };
    let instance = workspace::load(it.state, &it.visitor, key).await?;
    let tool = workspace::capability(it.state, &instance).await.tool();
    match platform.install(&agent, &tool).await {
        Ok(()) => {
            tracing::info!(instance = %key, "the capability was installed");
            Ok(at(it, &agent, INSTALLED.code))
        }
        Err(error) => {
            error.log("the capability was not installed");
            let text = format!(
                "{} The agent is authorized all the same. Try again, or add the tool by hand.",
                sentence(&error)
            );
            let notice = Notice::bad("Not installed on the platform", text);
            agent::page(it.state, &it.visitor, key, &agent, None, Some(notice)).await
        }
    }
}

/// The page of an agent, which says what was done.
fn at(it: &Submitted<'_>, agent: &AgentId, done: &str) -> Response {
    let frame = it.state.frame(it.instance.as_ref(), &it.visitor);
    see(&agent::address(&frame, agent, Some(done)))
}

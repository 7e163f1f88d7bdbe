//! What the section on agents does: ticks, all of them at once, and installing the capability.

use axum::response::Response;
use confluence_connector::{AgentId, Allowlist, Instance};
use http::StatusCode;
use serde_json::json;

use super::{
    Shown, agent, change,
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

/// Lets an agent in.
async fn allow(it: &Submitted<'_>, agent: &AgentId) -> Result<Instance, Refused> {
    let allow = |instance: &mut Instance| {
        let allowed = instance.allowlist.allow(agent.clone());
        allowed.map_err(|error| Refused::Invalid(sentence(&error)))
    };
    change::instance(it.state, it.instance()?, allow).await
}

/// Ticks an agent, or takes the tick away.
pub(super) async fn change(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let agent = match typed(it) {
        Ok(agent) => agent,
        Err(text) if it.is_instant() => return Err(Refused::Invalid(text)),
        Err(text) => {
            let aside = Aside::wrong("agents", Notice::bad("No agent was added", text));
            return workspace::again(it.state, &it.visitor, key, aside).await;
        }
    };
    let allowed = it.form.is_ticked("allowed");
    let instance = if allowed {
        allow(it, &agent).await?
    } else {
        let revoke = |instance: &mut Instance| {
            instance.allowlist.revoke(&agent);
            Ok(())
        };
        change::instance(it.state, key, revoke).await?
    };
    tracing::info!(instance = %key, allowed, "an agent was ticked");
    Ok(if it.is_instant() {
        let verb = if allowed { "may call now" } else { "may no longer call" };
        let message = format!("{agent} {verb}");
        let body = json!({ "message": message, "count": lists::count(&instance.allowlist) });
        answer::json(StatusCode::OK, &body)
    } else {
        it.done(if allowed { &ALLOWED } else { &REVOKED })
    })
}

/// Lets every agent in, or only those that are ticked from now on.
pub(super) async fn everyone(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let everyone = it.form.is_ticked("allowed");
    change::instance(it.state, key, |instance| {
        match (everyone, &instance.allowlist) {
            (true, _) => instance.allowlist = Allowlist::Everyone,
            (false, Allowlist::Everyone) => instance.allowlist = Allowlist::Nobody,
            (false, Allowlist::Nobody | Allowlist::Only(_)) => {}
        }
        Ok(())
    })
    .await?;
    tracing::info!(instance = %key, everyone, "the check of agents was switched");
    Ok(it.done(if everyone { &EVERYONE } else { &NOBODY }))
}

/// Lets an agent in, and puts the tool among its tools where the platform's API is configured.
pub(super) async fn install(it: &Submitted<'_>) -> Shown {
    let key = it.instance()?;
    let agent = typed(it).map_err(Refused::Invalid)?;
    let instance = allow(it, &agent).await?;
    let Some(platform) = &it.state.deployment.platform else {
        return Ok(at(it, &agent, INSTALLABLE.code));
    };
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

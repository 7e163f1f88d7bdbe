//! The page of one agent: the tool to add to it, and what to begin its instructions with.

use askama::Template;
use confluence_connector::{AgentId, Allowlist, Caller, InstanceKey, Policy, Way};
use confluence_tools::{OPERATIONS, system_prompt};
use http::StatusCode;
use url::form_urlencoded;

use super::{
    AppState, Shown,
    frame::{Copy, Frame, Notice},
    workspace,
};
use crate::{capability::pretty, pages::Look, sessions::Visitor};

#[derive(Template)]
#[template(path = "app/agent.html")]
struct Page<'a> {
    look: &'a Look,
    frame: Frame,
    agent: &'a str,
    allowed: bool,
    /// Whether the platform's API is configured.
    platform: bool,
    tool: Copy,
    prompt: Copy,
}

/// Where the page of an agent is, saying what was done.
pub(super) fn address(frame: &Frame, agent: &AgentId, done: Option<&str>) -> String {
    let pairs = [("agent", Some(agent.as_str())), ("done", done)];
    let pairs = pairs.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    let pairs = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}&{pairs}", frame.to("agent"))
}

/// Shows an agent.
pub(super) async fn page(
    state: &AppState,
    visitor: &Visitor,
    key: &InstanceKey,
    agent: &AgentId,
    done: Option<&str>,
    failed: Option<Notice>,
) -> Shown {
    let instance = workspace::load(state, visitor, key).await?;
    let capability = workspace::capability(state, &instance).await;
    let status = if failed.is_some() { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
    let mut frame = state.frame(Some(key), visitor).after(done);
    if let Some(notice) = failed {
        frame = frame.saying("install", notice);
    }
    let caller = Caller {
        instance: key.clone(),
        way: Way::Agent,
        user: None,
        agent: Some(agent.clone()),
        key: None,
    };
    let surface = state.deployment.connector.surface(&caller, &Policy::default()).await;
    let surface = surface.unwrap_or_default();
    let writes = OPERATIONS.iter().any(|it| !it.is_read() && surface.excludes(it).is_none());
    let prompt = system_prompt(writes, workspace::signs_in(&instance));
    let page = Page {
        look: state.pages.look(),
        frame,
        agent: agent.as_str(),
        allowed: match &instance.allowlist {
            Allowlist::Nobody => false,
            Allowlist::Only(agents) => agents.contains(agent),
            Allowlist::Everyone => true,
        },
        platform: state.deployment.platform.is_some(),
        tool: Copy::new("tool", "the tool", &pretty(&capability.tool())),
        prompt: Copy::new("prompt", "the system prompt", &prompt),
    };
    Ok(state.pages.show(status, &page))
}

//! One tool call: who calls, with which client, and what is said about it afterwards.

use std::{sync::Arc, time::Duration};

use confluence_api::text::excerpt;
use confluence_tools::{Failure, FailureKind, Operation, Success, call_tool, take_injected};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use crate::{Caller, ClientForCaller};

/// How much of an agent's id is logged.
const LOGGED_AGENT_CHARACTERS: usize = 64;

/// How many calls run at once, and how long others wait for their turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    pub(crate) calls: usize,
    pub(crate) patience: Duration,
}

/// Performs calls, a bounded number at a time.
#[derive(Debug)]
pub(crate) struct Calls {
    clients: Arc<dyn ClientForCaller>,
    turns: Semaphore,
    capacity: Capacity,
}

impl Calls {
    pub(crate) fn new(clients: Arc<dyn ClientForCaller>, capacity: Capacity) -> Self {
        let turns = Semaphore::new(capacity.calls.clamp(1, Semaphore::MAX_PERMITS));
        Self { clients, turns, capacity }
    }

    pub(crate) fn clients(&self) -> &dyn ClientForCaller {
        self.clients.as_ref()
    }

    /// Calls the tool `name`. Whatever goes wrong is a result, too.
    pub(crate) async fn run(
        &self,
        name: &str,
        mut arguments: Map<String, Value>,
        agent: Option<String>,
    ) -> CallToolResult {
        let injected = take_injected(&mut arguments);
        let caller = Caller {
            agent: agent.or(injected.agent_id),
            user: injected.user_id,
            context: injected.context_id,
        };
        let mut line = LogLine::new(&caller, operation(name, &arguments));
        let result = self.perform(&caller, name, arguments).await;
        line.finish(result.as_ref().map_or_else(|failure| failure.kind.as_str(), |_| "ok"));
        present(result)
    }

    async fn perform(
        &self,
        caller: &Caller,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let Ok(Ok(_turn)) = timeout(self.capacity.patience, self.turns.acquire()).await else {
            return Err(self.busy());
        };
        let access = self.clients.access(caller).await?;
        call_tool(&access.client, name, arguments, &access.options).await.result
    }

    fn busy(&self) -> Failure {
        let text = format!(
            "The connector is busy: {} calls are under way. Nothing was sent to Confluence. Wait a few seconds, then repeat the call.",
            self.capacity.calls
        );
        Failure::new(FailureKind::Throttled, text)
    }
}

/// A failure is text only, whatever was asked for: several clients drop the rest of an error.
fn present(result: Result<Success, Failure>) -> CallToolResult {
    match result {
        Ok(success) => {
            let mut result = CallToolResult::success(vec![ContentBlock::text(success.text)]);
            result.structured_content = success.structured.map(Value::Object);
            result
        }
        Err(failure) => CallToolResult::error(vec![ContentBlock::text(failure.text)]),
    }
}

/// What a call means, for the log: only names that are known are repeated there.
fn operation(name: &str, arguments: &Map<String, Value>) -> Option<&'static Operation> {
    let action = arguments.get("action").and_then(Value::as_str);
    action
        .and_then(|action| Operation::of(name, action))
        .or_else(|| Operation::by_instruction(name))
}

/// The one line in the log about a call, written even if the call is given up.
struct LogLine {
    agent: String,
    operation: Option<&'static Operation>,
    started: Instant,
    finished: bool,
}

impl LogLine {
    fn new(caller: &Caller, operation: Option<&'static Operation>) -> Self {
        let agent = excerpt(caller.agent.as_deref().unwrap_or("-"), LOGGED_AGENT_CHARACTERS);
        Self { agent, operation, started: Instant::now(), finished: false }
    }

    fn finish(&mut self, outcome: &'static str) {
        self.finished = true;
        let tool = self.operation.map_or("unknown", |it| it.tool);
        let instruction = self.operation.map_or("unknown", |it| it.instruction);
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            tool,
            instruction,
            outcome,
            duration_ms,
            agent = self.agent,
            "{instruction}: {outcome}"
        );
    }
}

impl Drop for LogLine {
    fn drop(&mut self) {
        if !self.finished {
            self.finish("cancelled");
        }
    }
}

#[cfg(test)]
mod tests;

//! One tool call: its turn, and what is said about it afterwards.

use std::{sync::Arc, time::Duration};

use confluence_api::text::excerpt;
use confluence_connector::InstanceKey;
use confluence_tools::{Failure, FailureKind, Operation, Success, take_injected};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout},
};

use crate::{CallContext, Calls, RequestId};

/// How much of an agent's id is logged.
const LOGGED_AGENT_CHARACTERS: usize = 64;

/// How many calls run at once, and how long others wait for their turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    pub(crate) calls: usize,
    pub(crate) patience: Duration,
}

/// Lets a bounded number of calls run at once.
#[derive(Debug)]
pub(crate) struct Turns {
    places: Semaphore,
    capacity: Capacity,
}

impl Turns {
    pub(crate) fn new(capacity: Capacity) -> Self {
        Self { places: Semaphore::new(capacity.calls.clamp(1, Semaphore::MAX_PERMITS)), capacity }
    }

    /// Waits for a place; it is free again when what this gives is dropped.
    ///
    /// # Errors
    ///
    /// Fails with what the caller is told, when there is none for some time.
    pub(crate) async fn take(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let place = timeout(self.capacity.patience, self.places.acquire()).await;
        place.ok().and_then(Result::ok).ok_or_else(|| {
            let text = format!(
                "The connector is busy: {} calls are under way. Nothing was sent to Confluence. Wait a few seconds, then repeat the call.",
                self.capacity.calls
            );
            Failure::new(FailureKind::Throttled, text)
        })
    }
}

/// Performs calls in turn, with a line in the log for each.
#[derive(Debug)]
pub(crate) struct BoundedCalls {
    calls: Arc<dyn Calls>,
    turns: Arc<Turns>,
}

impl BoundedCalls {
    pub(crate) fn new(calls: Arc<dyn Calls>, turns: Arc<Turns>) -> Self {
        Self { calls, turns }
    }

    pub(crate) fn calls(&self) -> &dyn Calls {
        self.calls.as_ref()
    }

    /// Calls the tool `name`.
    ///
    /// # Errors
    ///
    /// Fails with what the caller is told.
    pub(crate) async fn run(
        &self,
        mut context: CallContext,
        name: &str,
        mut arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let injected = take_injected(&mut arguments);
        context.asserted.agent_argument = injected.agent_id;
        context.asserted.user_argument = injected.user_id;
        context.conversation = injected.context_id;
        let mut line = LogLine::new(&context, operation(name, &arguments));
        let result = self.perform(&context, name, arguments).await;
        line.finish(result.as_ref().map_or_else(|failure| failure.kind.as_str(), |_| "ok"));
        result
    }

    async fn perform(
        &self,
        context: &CallContext,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let _turn = self.turns.take().await?;
        self.calls.call_tool(context, name, arguments).await
    }
}

/// A failure is text only, whatever was asked for: several clients drop the rest of an error.
pub(crate) fn present(result: Result<Success, Failure>) -> CallToolResult {
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
pub(crate) struct LogLine {
    instance: InstanceKey,
    request: Option<RequestId>,
    agent: String,
    operation: Option<&'static Operation>,
    started: Instant,
    finished: bool,
}

impl LogLine {
    pub(crate) fn new(context: &CallContext, operation: Option<&'static Operation>) -> Self {
        let asserted = &context.asserted;
        let agent = asserted.agent_header.as_ref().or(asserted.agent_argument.as_ref());
        let agent = excerpt(agent.map_or("-", String::as_str), LOGGED_AGENT_CHARACTERS);
        let (instance, request) = (context.instance.clone(), context.request.clone());
        Self { instance, request, agent, operation, started: Instant::now(), finished: false }
    }

    pub(crate) fn finish(&mut self, outcome: &'static str) {
        self.finished = true;
        let tool = self.operation.map_or("unknown", |it| it.tool);
        let instruction = self.operation.map_or("unknown", |it| it.instruction);
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            tool,
            instruction,
            outcome,
            duration_ms,
            instance = %self.instance,
            request = self.request.as_ref().map(RequestId::as_str),
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

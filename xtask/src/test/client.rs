//! A client of an official SDK, as a process that does what it is told.
//!
//! The scripts in `xtask/tools/clients` pass on what they are told to the SDK, and what the SDK made
//! of the answer: what is asked and expected is then written once, in Rust, for every SDK.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::process::Piped;

/// How long a client may take for its start, an answer or its end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client that is connected.
#[derive(Debug)]
pub(super) struct Client {
    process: Piped,
    /// What the server said of itself.
    pub(super) hello: Value,
}

/// What a tool answered, as the SDK understood it.
#[derive(Debug)]
pub(super) struct Answer(Value);

impl Client {
    /// Starts a client and waits until it is connected.
    ///
    /// # Errors
    ///
    /// When it cannot be started, cannot connect, or takes too long.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let mut client = Self { process: Piped::start(command, PATIENCE)?, hello: Value::Null };
        client.hello = client.answer().context("it did not connect")?;
        Ok(client)
    }

    /// The result of a method.
    ///
    /// # Errors
    ///
    /// When the SDK reports an error, of the server or of its own.
    pub(super) fn request(&mut self, method: &str, params: &Value) -> Result<Value> {
        let request = json!({ "method": method, "params": params });
        self.process.say(&request.to_string())?;
        let mut answer = self.answer().with_context(|| request.to_string())?;
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => bail!("{request} failed: {answer}"),
        }
    }

    /// Calls a tool.
    ///
    /// # Errors
    ///
    /// As [`Self::request`]. What a tool reports as an error is an answer.
    pub(super) fn call(&mut self, tool: &str, arguments: &Value) -> Result<Answer> {
        let params = json!({ "name": tool, "arguments": arguments });
        self.request("tools/call", &params).map(Answer)
    }

    /// Lets the client disconnect and end.
    ///
    /// # Errors
    ///
    /// When it says more, fails at that, or takes too long.
    pub(super) fn finish(mut self) -> Result<()> {
        let status = self.process.end()?;
        ensure!(status.success(), "the client ended with {status}");
        match self.process.line()? {
            Some(line) => bail!("the client said {line}, and was not asked"),
            None => Ok(()),
        }
    }

    fn answer(&self) -> Result<Value> {
        let line = self.process.line()?.context("the client ended early")?;
        serde_json::from_str(&line).with_context(|| format!("the client said {line}"))
    }
}

impl Answer {
    /// The text of a call that went well and has no structured content.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(super) fn text(&self) -> Result<&str> {
        ensure!(self.0["isError"] != true, "the tool failed: {}", self.0);
        ensure!(self.0.get("structuredContent").is_none(), "nobody asked for more: {}", self.0);
        self.only_text()
    }

    /// The structured content of a call that went well.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(super) fn structured(&self) -> Result<&Value> {
        ensure!(self.0["isError"] != true, "the tool failed: {}", self.0);
        let content = &self.0["structuredContent"];
        ensure!(content.is_object(), "no structured content: {}", self.0);
        Ok(content)
    }

    /// The text of a call that failed.
    ///
    /// # Errors
    ///
    /// When it went well.
    pub(super) fn failure(&self) -> Result<&str> {
        ensure!(self.0["isError"] == true, "the tool did not fail: {}", self.0);
        ensure!(self.0.get("structuredContent").is_none(), "an error is only text: {}", self.0);
        self.only_text()
    }

    fn only_text(&self) -> Result<&str> {
        let blocks = self.0["content"].as_array().map(Vec::as_slice);
        let Some([block]) = blocks else { bail!("not one block of content: {}", self.0) };
        block["text"].as_str().with_context(|| format!("no text: {}", self.0))
    }
}

#[cfg(test)]
mod tests;

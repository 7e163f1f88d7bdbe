//! One call: request, answer, and the result in the asked form.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use confluence_api::{Answer, Client, Endpoint, Page, cursor_of};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    action::{CredentialKind, Options},
    arguments::OutputFormat,
    failure::{self, Failure, FailureKind},
    gate::{self, Gate, Touches},
    listing::Listing,
    operation::Operation,
    render::Reader,
    trim,
};

/// A call under way.
pub(crate) struct Call<'a> {
    /// Private, so that every request passes by the gate.
    client: &'a Client,
    gate: Option<&'a dyn Gate>,
    /// How many entries the gate has left out of answers.
    left_out: AtomicUsize,
    pub(crate) operation: &'static Operation,
    /// What the call as a whole does, where this is a part of it.
    pub(crate) whole: &'static Operation,
    /// `None` for an instruction: Confluence's JSON as it came.
    pub(crate) output: Option<OutputFormat>,
    pub(crate) credential: CredentialKind,
    pub(crate) reader: Reader,
}

/// What a successful call gives.
#[derive(Debug)]
pub struct Success {
    /// Text for a model; the JSON in compact form where only that was asked for.
    pub text: String,
    /// The JSON, where it was asked for.
    pub structured: Option<Map<String, Value>>,
    /// Confluence's JSON as it came: only for instructions.
    pub raw: Option<Bytes>,
    /// Cursor of the next page of an instruction's list according to the headers; the JSON may tell
    /// it as well.
    pub next: Option<String>,
}

impl<'a> Call<'a> {
    /// A call of `operation` on behalf of whoever `options` are for.
    pub(crate) fn new(
        client: &'a Client,
        operation: &'static Operation,
        options: &'a Options,
        output: Option<OutputFormat>,
    ) -> Self {
        let Options { credential, reader, .. } = *options;
        let gate = options.gate.as_deref();
        let left_out = AtomicUsize::new(0);
        Self { client, gate, left_out, operation, whole: operation, output, credential, reader }
    }

    /// The read before a write: what fails in it is told as what it is, and changed nothing.
    pub(crate) fn as_read(&self) -> Self {
        let operation = Operation::by_instruction("getPageBody");
        let operation = operation.expect("the operation table has the read of a body");
        let Self { client, gate, whole, output, credential, reader, .. } = *self;
        let left_out = AtomicUsize::new(0);
        Self { client, gate, left_out, operation, whole, output, credential, reader }
    }

    /// Fails if a space is closed that `endpoint` names. Nothing is sent but what the gate looks up.
    pub(crate) async fn admit<E: Touches>(&self, endpoint: &E) -> Result<(), Failure> {
        match self.gate {
            Some(gate) => gate::admitted(self, gate, endpoint).await.map(drop),
            None => Ok(()),
        }
    }

    /// Sends `endpoint` and renders what it answers.
    pub(crate) async fn one<E: Touches>(
        &self,
        endpoint: &E,
        render: impl FnOnce(&E::Response) -> String,
    ) -> Result<Success, Failure> {
        let answer = self.fetch(endpoint).await?;
        if self.is_text() {
            return Ok(self.text(render(&self.decode(&answer)?)));
        }
        self.finish(&answer, |value, _| Ok(render(&self.view::<E::Response>(value)?)))
    }

    /// Sends a list's `endpoint` and renders its page.
    pub(crate) async fn list<E, T>(
        &self,
        endpoint: &E,
        render: impl Fn(&Listing<'_, T>) -> String,
    ) -> Result<Success, Failure>
    where
        E: Touches<Response = Page<T>>,
        Page<T>: serde::de::DeserializeOwned,
    {
        let answer = self.fetch(endpoint).await?;
        let listed = |page: &Page<T>, next: Option<String>| {
            Listing::text(page, next.as_deref(), self.reader, &render)
        };
        if self.is_text() {
            let page: Page<T> = self.decode(&answer)?;
            let next = page.next_cursor().or_else(|| answer.link_cursor().map(str::to_owned));
            return Ok(self.text(listed(&page, next)));
        }
        self.finish(&answer, |value, next| Ok(listed(&self.view(value)?, next)))
    }

    /// Whether the text is all that is asked for.
    ///
    /// It is then rendered from the answer itself: building the JSON that nobody reads would take
    /// most of the call's time.
    fn is_text(&self) -> bool {
        self.output == Some(OutputFormat::Verbose)
    }

    /// A result that is only text.
    fn text(&self, text: String) -> Success {
        let text = match self.reader {
            Reader::Model => trim::text(text),
            Reader::Person => text,
        };
        let text = self.with_note(text);
        Success { text, structured: None, raw: None, next: None }
    }

    /// Sends `endpoint`, as far as no space is closed that it names, and gives of the answer what is
    /// open.
    pub(crate) async fn fetch<E: Touches>(&self, endpoint: &E) -> Result<Answer, Failure> {
        match self.gate {
            Some(gate) => gate::guarded(self, gate, endpoint).await,
            None => self.send(endpoint).await,
        }
    }

    /// Sends `endpoint` past the gate: for the gate.
    pub(crate) async fn send<E: Endpoint>(&self, endpoint: &E) -> Result<Answer, Failure> {
        let answer = self.client.json(endpoint).await;
        answer.map_err(|error| failure::explain(self, &error))
    }

    /// What the gate looks things up with.
    pub(crate) fn client(&self) -> &Client {
        self.client
    }

    /// Remembers that the gate has left entries out.
    pub(crate) fn leave_out(&self, entries: usize) {
        self.left_out.fetch_add(entries, Ordering::Relaxed);
    }

    /// A text with what its reader has to know about entries that were left out.
    fn with_note(&self, text: String) -> String {
        match self.left_out.load(Ordering::Relaxed) {
            0 => text,
            left_out => format!("{text}\n\n{}", gate::note(left_out)),
        }
    }

    /// Puts an answer into the asked form. Nothing is parsed twice: the text reads a typed view of
    /// the same value.
    pub(crate) fn finish(
        &self,
        answer: &Answer,
        render: impl FnOnce(&Value, Option<String>) -> Result<String, Failure>,
    ) -> Result<Success, Failure> {
        let Some(output) = self.output else {
            let (text, structured) = (String::new(), None);
            let next = answer.link_cursor().map(str::to_owned);
            return Ok(Success { text, structured, raw: Some(answer.body().clone()), next });
        };
        let value = self.parse(answer)?;
        let next = next_cursor(&value).or_else(|| answer.link_cursor().map(str::to_owned));
        self.present(value, next, output, render)
    }

    pub(crate) fn present(
        &self,
        value: Value,
        next: Option<String>,
        output: OutputFormat,
        render: impl FnOnce(&Value, Option<String>) -> Result<String, Failure>,
    ) -> Result<Success, Failure> {
        let text = if output.has_text() { Some(render(&value, next)?) } else { None };
        let text = match self.reader {
            Reader::Model => text.map(trim::text),
            Reader::Person => text,
        };
        let text = text.map(|it| self.with_note(it));
        let structured = output.has_json().then(|| trim::object(value));
        let text = match (text, &structured) {
            (Some(text), _) => text,
            (None, Some(json)) => json!(json).to_string(),
            (None, None) => String::new(),
        };
        Ok(Success { text, structured, raw: None, next: None })
    }

    /// A result whose parts are bounded already.
    pub(crate) fn part(
        &self,
        value: Value,
        output: OutputFormat,
        text: String,
    ) -> Result<Success, Failure> {
        let Value::Object(object) = value else {
            return Err(self.not_an_object());
        };
        let text = if output.has_text() { text } else { json!(object).to_string() };
        let structured = output.has_json().then_some(object);
        Ok(Success { text, structured, raw: None, next: None })
    }

    /// The result of an operation that answers nothing.
    pub(crate) fn empty(&self, id: &str, text: String) -> Success {
        let json = json!({ "operation": self.operation.instruction, "id": id, "empty": true });
        let Some(output) = self.output else {
            let raw = Some(Bytes::from(json.to_string()));
            return Success { text, structured: None, raw, next: None };
        };
        let Value::Object(object) = json else { unreachable!("the literal above is an object") };
        let text = if output.has_text() { text } else { json!(object).to_string() };
        let structured = output.has_json().then_some(object);
        Success { text, structured, raw: None, next: None }
    }

    pub(crate) fn parse(&self, answer: &Answer) -> Result<Value, Failure> {
        answer.decode().map_err(|error| self.unexpected(&error))
    }

    pub(crate) fn decode<T: serde::de::DeserializeOwned>(
        &self,
        answer: &Answer,
    ) -> Result<T, Failure> {
        answer.decode().map_err(|error| self.unexpected(&error))
    }

    pub(crate) fn view<'v, T: Deserialize<'v>>(&self, value: &'v Value) -> Result<T, Failure> {
        T::deserialize(value).map_err(|error| self.unexpected(&error))
    }

    fn not_an_object(&self) -> Failure {
        self.unexpected(&serde::de::Error::custom("not an object"))
    }

    pub(crate) fn unexpected(&self, error: &serde_json::Error) -> Failure {
        let wrote = if self.operation.is_read() {
            String::new()
        } else {
            format!(" {}", failure::perhaps_done(self.operation))
        };
        let text = format!(
            "Unexpected answer from Confluence while {}: {}.{wrote} This is a fault of the connector or of something in between; please report it.",
            self.operation.instruction,
            failure::told(error),
        );
        Failure::new(FailureKind::Upstream, text)
    }
}

/// The cursor in the links of a list's JSON.
pub(crate) fn next_cursor(value: &Value) -> Option<String> {
    cursor_of(value.get("_links")?.get("next")?.as_str()?)
}

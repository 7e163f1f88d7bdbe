//! Answers with bodies as Markdown.

use std::fmt::Write as _;

use bytes::Bytes;
use confluence_api::{Answer, Page};
use confluence_markup::storage::{Document, ParseError, to_markdown};
use serde_json::{Value, json};

use crate::{
    call::{Call, Success, next_cursor},
    failure::{Failure, FailureKind, told},
    format::MARKDOWN,
    gate::Touches,
    listing::Listing,
};

impl Call<'_> {
    /// As [`Call::one`], with the body as Markdown if that is asked for.
    pub(crate) async fn one_as<E: Touches>(
        &self,
        endpoint: &E,
        markdown: bool,
        render: impl FnOnce(&E::Response) -> String,
    ) -> Result<Success, Failure> {
        if !markdown {
            return self.one(endpoint, render).await;
        }
        let answer = self.fetch(endpoint).await?;
        let mut value = self.parse(&answer)?;
        convert(&mut value).map_err(|error| unreadable(self, &error))?;
        self.converted(&answer, value, |value, _| Ok(render(&self.view::<E::Response>(value)?)))
    }

    /// As [`Call::list`], with the bodies as Markdown if that is asked for. One that is not well-formed
    /// stays as it is, and the text says so.
    pub(crate) async fn list_as<E, T>(
        &self,
        endpoint: &E,
        markdown: bool,
        render: impl Fn(&Listing<'_, T>) -> String,
    ) -> Result<Success, Failure>
    where
        E: Touches<Response = Page<T>>,
        Page<T>: serde::de::DeserializeOwned,
    {
        if !markdown {
            return self.list(endpoint, render).await;
        }
        let answer = self.fetch(endpoint).await?;
        let mut value = self.parse(&answer)?;
        let rows = value.get_mut("results").and_then(Value::as_array_mut);
        let unread = rows.into_iter().flatten().filter_map(|row| convert(row).err()).count();
        self.converted(&answer, value, |value, next| {
            let page: Page<T> = serde::Deserialize::deserialize(value)
                .map_err(|error| self.unexpected(&error))?;
            let mut text = Listing::text(&page, next.as_deref(), self.reader, &render);
            if unread > 0 {
                let _ = write!(
                    text,
                    "\nNot well-formed, and therefore given in storage format: {unread} of the bodies."
                );
            }
            Ok(text)
        })
    }

    fn converted(
        &self,
        answer: &Answer,
        mut value: Value,
        render: impl FnOnce(&Value, Option<String>) -> Result<String, Failure>,
    ) -> Result<Success, Failure> {
        let linked = answer.link_cursor().map(str::to_owned);
        let Some(output) = self.output else {
            rename(&mut value);
            let raw = Some(Bytes::from(value.to_string()));
            return Ok(Success { text: String::new(), structured: None, raw, next: linked });
        };
        let next = next_cursor(&value).or(linked);
        let text = if output.has_text() { render(&value, next)? } else { String::new() };
        rename(&mut value);
        self.present(value, None, output, |_, _| Ok(text))
    }
}

/// Makes Markdown of the storage format in `content`. It stays where it is, under its own name: that is
/// where a typed view looks for a body.
pub(crate) fn convert(content: &mut Value) -> Result<(), ParseError> {
    let Some(body) = content.pointer_mut("/body/storage") else { return Ok(()) };
    let Some(text) = body.get("value").and_then(Value::as_str) else { return Ok(()) };
    let markdown = to_markdown(&Document::parse(text)?);
    *body = json!({ "representation": MARKDOWN, "value": markdown });
    Ok(())
}

/// Gives Markdown its own name, in one thing or in all of a list.
pub(crate) fn rename(value: &mut Value) {
    if let Some(rows) = value.get_mut("results").and_then(Value::as_array_mut) {
        rows.iter_mut().for_each(rename);
    }
    let Some(bodies) = value.get_mut("body").and_then(Value::as_object_mut) else { return };
    if bodies.get("storage").is_some_and(|it| it["representation"] == MARKDOWN)
        && let Some(body) = bodies.shift_remove("storage")
    {
        bodies.insert(MARKDOWN.to_owned(), body);
    }
}

/// A body of Confluence's that is not what it should be.
pub(crate) fn unreadable(call: &Call<'_>, error: &ParseError) -> Failure {
    let text = format!(
        "The page's body cannot be read while {}: {}. Read it as it is, with bodyFormat storage and without outline and section.",
        call.operation.instruction,
        told(error)
    );
    Failure::new(FailureKind::Upstream, text)
}

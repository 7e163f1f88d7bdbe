//! The actions as sub-commands of a program.
//!
//! A command line becomes the arguments that a model would send, so that both are checked and
//! carried out by the same code.

use clap::{ArgMatches, Command, FromArgMatches, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    attachments::AttachmentsAction, comments::CommentsAction, content::ContentAction,
    labels::LabelsAction, operation::Operation, pages::PagesAction, search::SearchAction,
    spaces::SpacesAction, versions::VersionsAction,
};

/// Name of the value of every argument that is the id of a page: a program may accept more for it.
pub const PAGE: &str = "PAGE";

/// Id of the argument with the content of a page or a comment.
pub const CONTENT: &str = "content";

/// Parses a closed set of words, which help and completions then show.
macro_rules! words {
    ($words:ty) => {
        clap::builder::TypedValueParser::try_map(
            clap::builder::PossibleValuesParser::new(<$words>::ALL.iter().map(|it| it.as_str())),
            |text: String| text.parse::<$words>(),
        )
    };
}

pub(crate) use words;

/// The tools. A new tool is a new line here.
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "camelCase")]
enum ToolCommand {
    /// List, read and write pages.
    #[command(subcommand)]
    Pages(PagesAction),
    /// List spaces, and show one.
    #[command(subcommand)]
    Spaces(SpacesAction),
    /// Search with CQL.
    #[command(subcommand)]
    Search(SearchAction),
    /// Walk the page tree.
    #[command(subcommand)]
    Content(ContentAction),
    /// Read and write comments.
    #[command(subcommand)]
    Comments(CommentsAction),
    /// Read and add labels.
    #[command(subcommand)]
    Labels(LabelsAction),
    /// List attachments, and show one.
    #[command(subcommand)]
    Attachments(AttachmentsAction),
    /// Show the history of a page.
    #[command(subcommand)]
    Versions(VersionsAction),
}

/// A call, as it was given on a command line.
#[derive(Debug, Clone)]
pub struct CommandCall {
    /// What to call.
    pub operation: &'static Operation,
    /// Its arguments, as an instruction takes them.
    pub arguments: Map<String, Value>,
}

/// Adds a sub-command for each tool, with one for each of its actions.
#[must_use]
pub fn add_commands(command: Command) -> Command {
    ToolCommand::augment_subcommands(command)
}

/// The call that `matches` describe; `None` if they name another sub-command.
///
/// # Errors
///
/// Fails when `matches` do not come from a command of [`add_commands`].
pub fn read_call(matches: &ArgMatches) -> Result<Option<CommandCall>, clap::Error> {
    if !matches.subcommand_name().is_some_and(ToolCommand::has_subcommand) {
        return Ok(None);
    }
    let command = ToolCommand::from_arg_matches(matches)?;
    let parts = || {
        let (tool, action) = only_entry(serde_json::to_value(&command).ok()?)?;
        let (action, arguments) = only_entry(action)?;
        let operation = Operation::of(&tool, &action)?;
        let Value::Object(mut arguments) = arguments else { return None };
        arguments.retain(|_, value| !value.is_null());
        Some(CommandCall { operation, arguments })
    };
    Ok(Some(parts().expect("the sub-commands are the operations of the table")))
}

/// An enum with a value, as serde spells it.
fn only_entry(value: Value) -> Option<(String, Value)> {
    let Value::Object(object) = value else { return None };
    object.into_iter().next()
}

impl CommandCall {
    /// Puts `text` where [`CONTENT`] goes.
    pub fn set_content(&mut self, text: String) {
        let body = self.arguments.entry("body").or_insert_with(|| json!({}));
        match body.get_mut("body").and_then(Value::as_object_mut) {
            Some(content) => _ = content.insert("value".to_owned(), Value::String(text)),
            None => body["body"] = json!({ "representation": "storage", "value": text }),
        }
    }
}

/// The name of an action on a command line: `getBody` is `get-body`.
pub fn command_name(action: &str) -> String {
    let mut name = String::with_capacity(action.len() + 2);
    for character in action.chars() {
        if character.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests;

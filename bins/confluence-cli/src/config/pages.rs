//! Which sites the addresses of pages name.

use clap::{ArgMatches, Command};
use confluence_tools::cli::{CommandCall, PAGE, command_name};
use url::Origin;

use crate::page_reference::PageReference;

/// The origins of all addresses that were given for a page.
pub(super) fn origins(command: &Command, call: &CommandCall, given: &ArgMatches) -> Vec<Origin> {
    let tool = command.find_subcommand(call.operation.tool);
    let action = tool.and_then(|it| it.find_subcommand(command_name(call.operation.action)));
    let arguments = action.into_iter().flat_map(Command::get_arguments);
    let pages = arguments
        .filter(|it| it.get_value_names().is_some_and(|names| names.iter().any(|it| it == PAGE)));
    let texts = pages.filter_map(|it| given.get_raw(it.get_id().as_str())).flatten();
    let references = texts.filter_map(|it| it.to_str()?.parse::<PageReference>().ok());
    references.filter_map(|it| it.origin).collect()
}

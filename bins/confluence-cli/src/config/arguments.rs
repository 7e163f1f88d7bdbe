//! What can be given, as clap reads it.

use std::path::PathBuf;

use clap::{
    Arg, ArgAction, ArgGroup, Args, Command, CommandFactory, Parser, Subcommand, ValueEnum,
    builder::{StringValueParser, TypedValueParser},
    value_parser,
};
use clap_complete::Shell;
use confluence_setup::{ConfluenceArguments, LONG_VERSION, LogArguments, SECRETS_HELP};
use confluence_tools::{
    OPERATIONS, Operation,
    cli::{CONTENT, PAGE, add_commands, command_name},
};

use crate::{
    operator::{OperatorCommand, ServerArguments},
    page_reference::PageReference,
};

const EXIT_CODES_HELP: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not authenticated, 4 not found, 5 conflict,
6 forbidden, 7 too many requests.";

const SERVER_SECRET_HELP: &str = "
  CONFLUENCE_SERVER_KEY     key for --server-url          --server-key-file";

const LOG_HELP: &str = "\
`error`, `warn`, `info`, `debug` or `trace`; or `target=level` pairs, separated by commas. \
Default: `warn`";

/// Ids of the arguments that every operation of a kind gets.
pub(super) mod id {
    pub(in crate::config) const ALL: &str = "all";
    pub(in crate::config) const DRY_RUN: &str = "dry_run";
    pub(in crate::config) const YES: &str = "yes";
    pub(in crate::config) const BODY_FILE: &str = "body_file";
}

/// Confluence Cloud from the terminal.
#[derive(Debug, Parser)]
#[command(
    name = "confluence-cli",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) output: OutputArguments,
    #[command(flatten)]
    pub(super) confluence: ConfluenceArguments,
    #[command(flatten)]
    pub(super) server: ServerArguments,
    #[command(flatten)]
    pub(super) log: LogArguments,
}

#[derive(Debug, Args)]
pub(super) struct OutputArguments {
    /// Text for people, or Confluence's own JSON.
    #[arg(long, short = 'o', value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) output: Format,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// Text for people.
    #[default]
    Text,
    /// Confluence's own JSON.
    Json,
}

/// What there is besides the operations.
#[derive(Debug, Subcommand)]
pub(super) enum OwnCommand {
    /// Send any request to the site, with the same credentials.
    Api(ApiArguments),
    #[command(flatten)]
    Operator(OperatorCommand),
    /// Check the settings, the network, the credential and what it may do.
    Doctor,
    /// Write a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual pages.
    Man {
        /// Folder to write them to.
        folder: PathBuf,
    },
}

/// Arguments of `api`.
#[derive(Debug, Args)]
pub struct ApiArguments {
    /// Method of the request.
    #[arg(value_enum, ignore_case = true)]
    pub method: Method,
    /// Path below the site's address: `/wiki/…`.
    pub path: String,
    /// Query parameter, as `name=value`; can be given more than once.
    #[arg(long = "field", short = 'f', value_name = "NAME=VALUE")]
    pub fields: Vec<String>,
    /// File with the JSON to send; `-` is standard input.
    #[arg(long, value_name = "PATH")]
    pub input: Option<PathBuf>,
    /// Show the request instead of sending it.
    #[arg(long)]
    pub dry_run: bool,
    /// Delete without asking.
    #[arg(long, short = 'y')]
    pub yes: bool,
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

/// The definition of the command line and of every environment variable.
pub fn command() -> Command {
    let root = Arguments::command()
        .long_version(LONG_VERSION)
        .after_long_help(format!("{SECRETS_HELP}{SERVER_SECRET_HELP}\n\n{EXIT_CODES_HELP}"))
        // Values of variables are never shown, secret or not: help ends up in bug reports. The
        // account's flags are the same everywhere: `-h` shows what is special.
        .mut_args(|it| it.global(true).hide_env_values(true))
        .mut_args(|it| if it.get_id() == "output" { it } else { it.hide_short_help(true) })
        .mut_arg("log", |it| it.help(LOG_HELP));
    // Each set of sub-commands comes with a description of its own.
    let about = root.get_about().cloned().unwrap_or_default();
    let mut root = add_commands(root);
    for operation in OPERATIONS {
        root = root.mut_subcommand(operation.tool, |tool| {
            let tool = tool.disable_help_subcommand(true);
            tool.mut_subcommand(command_name(operation.action), |it| completed(it, operation))
        });
    }
    OwnCommand::augment_subcommands(root).about(about)
}

/// An operation's sub-command with what only a terminal has.
fn completed(command: Command, operation: &Operation) -> Command {
    let has = |command: &Command, id: &str| command.get_arguments().any(|it| it.get_id() == id);
    let mut command = command.mut_args(|it| {
        let is_page = it.get_value_names().is_some_and(|it| it.iter().any(|it| it == PAGE));
        let page = || {
            StringValueParser::new().try_map(|it| it.parse::<PageReference>().map(|page| page.id))
        };
        if is_page { it.value_parser(page()) } else { it }
    });
    if has(&command, "cursor") {
        let all = flag(id::ALL, "Everything, one JSON object a line").conflicts_with("cursor");
        command = command.arg(all.long("all"));
    }
    if has(&command, CONTENT) {
        let file = Arg::new(id::BODY_FILE)
            .long("body-file")
            .value_name("PATH")
            .help("File with the content; `-` is standard input")
            .value_parser(value_parser!(PathBuf));
        command = command
            .arg(file)
            .group(ArgGroup::new("content_source").args([CONTENT, id::BODY_FILE]))
            .mut_arg("representation", |it| it.requires("content_source"));
    }
    if !operation.is_read() {
        let dry_run = flag(id::DRY_RUN, "Show the request instead of sending it");
        command = command.arg(dry_run.long("dry-run"));
    }
    if operation.method == "DELETE" {
        command = command.arg(flag(id::YES, "Delete without asking").long("yes").short('y'));
    }
    command
}

fn flag(id: &'static str, help: &'static str) -> Arg {
    Arg::new(id).action(ArgAction::SetTrue).help(help)
}

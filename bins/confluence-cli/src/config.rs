//! From the command line and the environment to a checked [`Config`], before anything is opened.
//!
//! This is the only place that reads either: every variable is a field in what both programs share,
//! from which `--help` and `docs/env.md` are made.

mod arguments;
mod pages;

use std::{ffi::OsString, path::PathBuf};

use clap::{ArgMatches, Command, FromArgMatches, parser::ValueSource};
use clap_complete::Shell;
use confluence_setup::{ACCESS_TOKEN, API_TOKEN, Confluence, Found, Log, Problems, SecretNames};
use confluence_tools::cli::{CommandCall, read_call};
use tracing_subscriber::filter::LevelFilter;
use url::Origin;

pub use arguments::{ApiArguments, Format, Method, command};
use arguments::{Arguments, OwnCommand, id};

use crate::operator::SERVER_KEY;
pub use crate::operator::{OperatorCommand, ServerGiven};

/// Secrets, which are never taken from the command line.
const SECRETS: [&SecretNames; 3] = [&API_TOKEN, &ACCESS_TOKEN, &SERVER_KEY];

/// What the process has been told to do.
#[derive(Debug)]
pub struct Config {
    /// What to do.
    pub task: Task,
    /// What is written.
    pub format: Format,
    /// Which Confluence to use, or why that is not known: not every task needs one.
    pub confluence: Result<Confluence, Problems>,
    /// Which server operators look after, or why that is not known.
    pub server: Result<ServerGiven, Problems>,
    /// Whether everything that writes is refused.
    pub read_only: bool,
    /// What to log.
    pub log: Log,
    /// Variables of ours that are set.
    pub variables: Vec<String>,
}

/// What to do.
#[derive(Debug)]
pub enum Task {
    /// Perform an operation.
    Call(Box<Call>),
    /// Send any request.
    Api(ApiArguments),
    /// Look after a server.
    Operator(Box<OperatorCommand>),
    /// Check everything.
    Doctor,
    /// Write a completion script.
    Completions(Shell),
    /// Write manual pages.
    Man(PathBuf),
}

/// An operation to perform, and how.
#[derive(Debug)]
pub struct Call {
    /// The operation and its arguments.
    pub call: CommandCall,
    /// Where the content is, if it is in a file.
    pub body_file: Option<PathBuf>,
    /// Whether to page through everything.
    pub all: bool,
    /// Whether only to show the request.
    pub dry_run: bool,
    /// Whether to delete without asking.
    pub yes: bool,
    /// Sites of the addresses that were given for pages.
    pub origins: Vec<Origin>,
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum Stop {
    /// Help or the version was asked for, or the command line is not understood.
    Usage(clap::Error),
    /// Settings that cannot be used.
    Problems(Problems),
}

/// Reads the command line and the environment of this process.
///
/// # Errors
///
/// See [`Stop`].
pub fn read() -> Result<Config, Stop> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(std::env::args_os()).map_err(Stop::Usage)?;
    from_matches(&command, &matches)
}

/// The format that a command line asks for, whether or not the rest of it is understood.
pub fn wanted_format() -> Format {
    let words: Vec<OsString> = std::env::args_os().collect();
    let is_json = |at: usize| words.get(at).is_some_and(|it| it == "json");
    let asked = words.iter().enumerate().any(|(at, word)| match word.to_str() {
        Some("--output" | "-o") => is_json(at + 1),
        Some("--output=json" | "-ojson" | "-o=json") => true,
        _ => false,
    });
    if asked { Format::Json } else { Format::Text }
}

fn from_matches(command: &Command, matches: &ArgMatches) -> Result<Config, Stop> {
    let problems = confluence_setup::exposed(matches, &SECRETS);
    if !problems.is_empty() {
        return Err(Stop::Problems(Problems(problems)));
    }
    let arguments = Arguments::from_arg_matches(matches).map_err(Stop::Usage)?;
    let mut found = Found::default();
    let log = found.log(&arguments.log, LevelFilter::WARN, None);
    let log = found.finish(log).map_err(Stop::Problems)?;
    let mut found = Found::default();
    let confluence = found.confluence(&arguments.confluence);
    let mut of_server = Found::default();
    let network = of_server.network(&arguments.confluence);
    let server = arguments.server.check(&mut of_server, network);
    Ok(Config {
        task: task(command, matches)?,
        format: arguments.output.output,
        confluence: found.finish(confluence),
        server: of_server.finish(server),
        read_only: arguments.confluence.read_only(),
        log,
        variables: variables(command, matches),
    })
}

fn task(command: &Command, matches: &ArgMatches) -> Result<Task, Stop> {
    if let Some(call) = read_call(matches).map_err(Stop::Usage)? {
        let action = matches.subcommand().and_then(|(_, tool)| tool.subcommand());
        let (_, given) = action.expect("an operation is a sub-command of a sub-command");
        let set = |id: &str| given.try_get_one::<bool>(id).is_ok_and(|it| it == Some(&true));
        let body_file = given.try_get_one::<PathBuf>(id::BODY_FILE).ok().flatten().cloned();
        let (all, dry_run, yes) = (set(id::ALL), set(id::DRY_RUN), set(id::YES));
        let origins = pages::origins(command, &call, given);
        return Ok(Task::Call(Box::new(Call { call, body_file, all, dry_run, yes, origins })));
    }
    Ok(match OwnCommand::from_arg_matches(matches).map_err(Stop::Usage)? {
        OwnCommand::Api(arguments) => Task::Api(arguments),
        OwnCommand::Operator(command) => Task::Operator(Box::new(command)),
        OwnCommand::Doctor => Task::Doctor,
        OwnCommand::Completions { shell } => Task::Completions(shell),
        OwnCommand::Man { folder } => Task::Man(folder),
    })
}

/// Names of the variables that something was taken from.
fn variables(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let taken = command.get_arguments().filter(|it| {
        matches.try_contains_id(it.get_id().as_str()).is_ok()
            && matches.value_source(it.get_id().as_str()) == Some(ValueSource::EnvVariable)
    });
    let names = taken.filter_map(|it| it.get_env());
    names.map(|it| it.to_string_lossy().into_owned()).collect()
}

/// The proxies that requests go through, as the environment says.
#[derive(Debug, Default)]
pub struct Proxies {
    /// The variable that names a proxy for `https`, and its value.
    pub https: Option<(&'static str, String)>,
    /// Hosts that are reached without it.
    pub exceptions: String,
}

/// Reads the variables that the HTTP library goes by.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub fn proxies() -> Proxies {
    let value = |name: &str| std::env::var(name).ok().filter(|it| !it.trim().is_empty());
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let https = names.into_iter().find_map(|name| Some((name, value(name)?)));
    let exceptions = value("NO_PROXY").or_else(|| value("no_proxy")).unwrap_or_default();
    Proxies { https, exceptions }
}

/// Whether the environment allows colours.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub fn allows_colours() -> bool {
    let empty = |name: &str| std::env::var_os(name).is_none_or(|it| it.is_empty());
    empty("NO_COLOR") && std::env::var_os("TERM").is_none_or(|it| it != "dumb")
}

#[cfg(test)]
mod tests;

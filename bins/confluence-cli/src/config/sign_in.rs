//! What can be given to sign in.

use std::time::Duration;

use clap::{Arg, ArgMatches, Args, Command, Subcommand, parser::ValueSource, value_parser};
use confluence_auth::ids::UserId;
use confluence_setup::{ACCESS_TOKEN, API_TOKEN, SecretArgument, SecretNames, parse_duration};
use url::Url;

/// The callback of `auth login`. Atlassian compares callbacks letter by letter, so it is always the
/// same one, and it is the one to register.
pub(crate) const CALLBACK: &str = "http://localhost:9400/callback";

const TOKENS_HELP: &str = "\
Tokens instead of a browser:
  --api-token      read an API token, for --site and --email
  --access-token   read an access token, for --cloud-id or --site
The token is typed at a prompt that does not show it, or comes from standard input.";

/// What there is to do with profiles.
#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Sign in with a browser, or with a token.
    Login(LoginArguments),
    /// Show who is signed in, and the profiles.
    Status,
    /// Remove a profile with all its secrets.
    Logout,
    /// Make another profile the current one.
    Switch {
        /// The profile.
        #[arg(value_parser = profile_name)]
        profile_name: UserId,
    },
}

/// Arguments of `auth login`.
#[derive(Debug, Args)]
pub struct LoginArguments {
    /// Show the address instead of opening a browser there.
    #[arg(long)]
    pub no_browser: bool,
    /// Callback that is registered for the OAuth client, if it is another one on this machine.
    #[arg(long, value_name = "URL", default_value = CALLBACK, value_parser = callback)]
    pub callback_url: Url,
    /// How long to wait for the browser, at most 10 minutes.
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = wait)]
    pub wait: Duration,
}

/// A token that is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// An API token.
    Api,
    /// An access token.
    Access,
}

/// `auth login` with the flags for tokens. They have the names of secrets that other commands take
/// from the environment, and like there no value: who gives one is told.
pub(super) fn completed(login: Command) -> Command {
    let flag = |names: &SecretNames, long: &'static str| {
        Arg::new(names.id)
            .long(long)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("")
            .value_parser(value_parser!(SecretArgument))
            .hide(true)
            .help("Read a token instead of opening a browser")
    };
    login
        .arg(flag(&API_TOKEN, "api-token"))
        .arg(flag(&ACCESS_TOKEN, "access-token").conflicts_with(API_TOKEN.id))
        .after_help(TOKENS_HELP)
}

/// Which token `auth login` is to read, if one.
pub(super) fn token(matches: &ArgMatches) -> Option<Token> {
    let (_, auth) = matches.subcommand()?;
    let (name, login) = auth.subcommand()?;
    let is_given = |names: &SecretNames| {
        name == "login" && login.value_source(names.id) == Some(ValueSource::CommandLine)
    };
    if is_given(&API_TOKEN) {
        Some(Token::Api)
    } else {
        is_given(&ACCESS_TOKEN).then_some(Token::Access)
    }
}

/// Those of `names` that have a value: where a token is to be read, the flag that says so is called
/// like the secret, and has none.
pub(super) fn without_flags(
    matches: &ArgMatches,
    names: &[&'static SecretNames],
) -> Vec<&'static SecretNames> {
    let is_flag = |names: &SecretNames| {
        let value = matches.try_get_one::<SecretArgument>(names.id).ok().flatten();
        token(matches).is_some() && value.is_some_and(SecretArgument::is_blank)
    };
    names.iter().copied().filter(|it| !is_flag(it)).collect()
}

fn profile_name(text: &str) -> Result<UserId, String> {
    text.parse().map_err(|_invalid| "expected a name without spaces".to_owned())
}

fn wait(text: &str) -> Result<Duration, String> {
    let wait = parse_duration(text).map_err(|it| it.to_string())?;
    let fits = wait <= confluence_auth::pending::SIGN_IN_TIME;
    if fits { Ok(wait) } else { Err("Atlassian and we wait 10 minutes at most".to_owned()) }
}

/// Atlassian sends the browser there, and the code with it: it must not leave this machine.
fn callback(text: &str) -> Result<Url, String> {
    let expected = || "expected `http://localhost:PORT/PATH`".to_owned();
    let url: Url = text.parse().map_err(|_invalid| expected())?;
    let host = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    let plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let fits = url.scheme() == "http" && host && plain && url.port().is_some_and(|it| it != 0);
    if fits { Ok(url) } else { Err(expected()) }
}

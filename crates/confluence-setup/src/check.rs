//! From text to values, and whether they fit together. Nothing is opened here.
//!
//! All problems are found before any is told.

mod account;

use std::{ffi::OsString, fmt::Display, path::PathBuf, time::Duration};

use confluence_auth::Endpoints;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    Confluence, ConfluenceArguments, Log, LogArguments, LogFormat, Network, Problem, Problems,
    Secret, SecretGiven, Served, Setting, SingleUser, Source, arguments::DEFAULT_TIMEOUT, duration,
    filter,
};

/// Most pages that the sandbox generates: more do not fit into the memory of a small machine.
const MOST_PAGES: usize = 1_000_000;

/// A problem has been added to those found: nothing more is to be said of it.
#[derive(Debug, Clone, Copy)]
pub struct Told;

/// A value, if there is nothing wrong with it.
pub type Checked<T> = Result<T, Told>;

/// The problems so far.
#[derive(Debug, Default)]
pub struct Found(Vec<Problem>);

impl Found {
    /// `value`, if nothing was found wrong.
    ///
    /// # Errors
    ///
    /// Everything that was found.
    pub fn finish<T>(self, value: Checked<T>) -> Result<T, Problems> {
        match value {
            Ok(value) if self.0.is_empty() => Ok(value),
            Ok(_) | Err(Told) => Err(Problems(self.0)),
        }
    }

    /// Which Confluence to use.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn confluence(&mut self, given: &ConfluenceArguments) -> Checked<Confluence> {
        let pages = self.sandbox_pages(given);
        let source = if given.sandbox {
            // A real account is left alone, should one be configured as well.
            pages.map(|pages| Source::Sandbox { pages })
        } else {
            self.account(given).map(|it| Source::Account(Box::new(it)))
        };
        let timeout = self.timeout(given);
        let (ca_file, read_only) = (ca_file(given), given.read_only);
        Ok(Confluence { source: source?, read_only, timeout: timeout?, ca_file })
    }

    /// How a server for many workspaces uses Confluence. That no account is configured is no problem
    /// there, and neither is a mode in which users sign in.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn served(&mut self, given: &ConfluenceArguments) -> Checked<Served> {
        let pages = self.sandbox_pages(given);
        let found = if given.sandbox {
            // A real account is left alone, should one be configured as well.
            pages.map(|pages| (Some(SingleUser::Sandbox { pages }), Endpoints::default()))
        } else {
            self.single_user(given)
        };
        let timeout = self.timeout(given);
        let (ca_file, read_only) = (ca_file(given), given.read_only);
        let (single_user, endpoints) = found?;
        Ok(Served { single_user, endpoints, read_only, timeout: timeout?, ca_file })
    }

    /// How anything is reached over the network.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn network(&mut self, given: &ConfluenceArguments) -> Checked<Network> {
        Ok(Network { timeout: self.timeout(given)?, ca_file: ca_file(given) })
    }

    fn timeout(&mut self, given: &ConfluenceArguments) -> Checked<Duration> {
        let timeout = text(Some(&given.timeout)).unwrap_or(DEFAULT_TIMEOUT);
        self.valid(Setting::TIMEOUT, duration::parse(timeout))
    }

    fn sandbox_pages(&mut self, given: &ConfluenceArguments) -> Checked<Option<usize>> {
        let Some(pages) = text(given.sandbox_pages.as_ref()) else { return Ok(None) };
        if !given.sandbox {
            let setting = Setting::SANDBOX_PAGES;
            return self.tell(Problem::Needs { setting, needs: "--sandbox" });
        }
        let pages = pages.parse().ok().filter(|it| (1..=MOST_PAGES).contains(it));
        let expected = || format!("expected a number from 1 to {MOST_PAGES}");
        self.valid(Setting::SANDBOX_PAGES, pages.ok_or_else(expected)).map(Some)
    }

    /// What to log. `silenced` is a directive such as `rmcp=warn`: more than that is never logged
    /// of it.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn log(
        &mut self,
        given: &LogArguments,
        default: LevelFilter,
        silenced: Option<&str>,
    ) -> Checked<Log> {
        let filter = match text(given.log.as_ref()) {
            Some(text) => self.valid(Setting::LOG, filter::parse(text, default, silenced)),
            None => Ok(filter::level(default, silenced)),
        };
        let format = match text(Some(&given.log_format)) {
            None | Some("text") => Ok(LogFormat::Text),
            Some("json") => Ok(LogFormat::Json),
            Some(_) => Err("expected `text` or `json`"),
        };
        let format = self.valid(Setting::LOG_FORMAT, format);
        Ok(Log { filter: filter?, format: format? })
    }

    /// The secret, if one was given.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn secret(&mut self, given: SecretGiven<'_>) -> Checked<Option<Secret>> {
        let SecretGiven { names, value, file } = given;
        let file = file.filter(|it| !it.is_empty());
        let value = value.filter(|it| !it.is_blank());
        let problem = match (value, file) {
            (Some(_), Some(_)) => Problem::SecretTwice(names),
            (None, file) => return Ok(file.map(|it: &OsString| Secret::File(it.into()))),
            (Some(value), None) => match value.secret() {
                Some(secret) => return Ok(Some(Secret::Value(secret.clone()))),
                None => Problem::SecretNotText(names),
            },
        };
        self.tell(problem)
    }

    /// Adds a problem.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn tell<T>(&mut self, problem: Problem) -> Checked<T> {
        self.0.push(problem);
        Err(Told)
    }

    /// The value of a setting.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn valid<T, E: Display>(&mut self, setting: Setting, result: Result<T, E>) -> Checked<T> {
        result.or_else(|error| self.tell(Problem::Invalid { setting, reason: error.to_string() }))
    }
}

fn ca_file(given: &ConfluenceArguments) -> Option<PathBuf> {
    given.ca_file.as_ref().filter(|it| !it.is_empty()).map(Into::into)
}

/// The text of a setting, unless there is nothing in it.
pub fn text(given: Option<&String>) -> Option<&str> {
    given.map(|it| it.trim()).filter(|it| !it.is_empty())
}

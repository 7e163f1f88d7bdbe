//! What passes to the log.

use tracing_subscriber::filter::{LevelFilter, Targets};

/// The crates of this project, whose targets all start so.
const OURS: &str = "confluence";

/// What others may say at most, unless they are named: at `trace` they would repeat whole messages.
const OTHERS: LevelFilter = LevelFilter::WARN;

/// Most parts of a filter.
const MOST_PARTS: usize = 100;

/// The text is not a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `error`, `warn`, `info`, `debug`, `trace` or `off`, or pairs such as \
     `confluence_api=debug`, separated by commas"
)]
pub(crate) struct InvalidFilter;

/// Up to that level from ourselves, and warnings from others.
pub(crate) fn level(level: LevelFilter, silenced: Option<&str>) -> Targets {
    let filter = Targets::new().with_default(level.min(OTHERS)).with_target(OURS, level);
    match silenced.map(limit) {
        Some((target, most)) => filter.with_target(target, level.min(most)),
        None => filter,
    }
}

/// The target of a directive, and the level up to which it logs. Not even somebody who names it gets
/// more.
fn limit(directive: &str) -> (&str, LevelFilter) {
    let (target, level) = directive.split_once('=').expect("a directive is a target and a level");
    (target, level.parse().expect("the level of a directive is one"))
}

/// Reads a filter; a level without a target replaces `default`.
pub(crate) fn parse(
    text: &str,
    default: LevelFilter,
    silenced: Option<&str>,
) -> Result<Targets, InvalidFilter> {
    let parts: Vec<_> = text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    if parts.len() > MOST_PARTS {
        return Err(InvalidFilter);
    }
    let (mut base, mut targets) = (default, Vec::new());
    for part in parts {
        match part.split_once('=') {
            Some((target, level)) => {
                let (target, level) = (target_name(target)?, level_name(level)?);
                let level = match silenced.map(limit) {
                    Some((silenced, most)) if target.starts_with(silenced) => level.min(most),
                    _ => level,
                };
                targets.push((target, level));
            }
            None => base = level_name(part)?,
        }
    }
    Ok(level(base, silenced).with_targets(targets))
}

fn target_name(text: &str) -> Result<String, InvalidFilter> {
    let text = text.trim();
    let safe = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | ':');
    if text.is_empty() || !text.chars().all(safe) { Err(InvalidFilter) } else { Ok(text.into()) }
}

/// A level by its name; the numbers that the parser would take as well are refused.
fn level_name(text: &str) -> Result<LevelFilter, InvalidFilter> {
    let text = text.trim();
    let letters = !text.is_empty() && text.chars().all(|it| it.is_ascii_alphabetic());
    text.parse().ok().filter(|_| letters).ok_or(InvalidFilter)
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;

    use super::{InvalidFilter, Targets};

    fn parse(text: &str, default: LevelFilter) -> Result<Targets, InvalidFilter> {
        super::parse(text, default, Some("rmcp=warn"))
    }

    #[test]
    fn what_is_not_a_filter_is_refused() {
        for text in ["loud", "1", "=debug", "a=", "a=b=c", "a b=info", "[x]=info", "a=1", "{"] {
            assert_eq!(parse(text, LevelFilter::INFO), Err(InvalidFilter), "{text}");
        }
        assert!(parse(&"a=info,".repeat(101), LevelFilter::INFO).is_err());
    }

    #[test]
    fn a_level_is_for_our_own_crates() {
        let filter = parse("TRACE", LevelFilter::WARN).unwrap();
        assert!(filter.would_enable("confluence_api::client", &tracing::Level::TRACE));
        assert!(!filter.would_enable("hyper", &tracing::Level::INFO));
        assert!(filter.would_enable("hyper", &tracing::Level::WARN));
        let filter = parse("off", LevelFilter::WARN).unwrap();
        assert!(!filter.would_enable("confluence_api", &tracing::Level::ERROR));
        assert!(!filter.would_enable("hyper", &tracing::Level::ERROR));
    }

    #[test]
    fn whole_messages_are_never_logged() {
        for text in ["trace", "rmcp=trace", "rmcp::service=debug", "rmcp=warn,rmcp::service=trace"]
        {
            let filter = parse(text, LevelFilter::INFO).unwrap();
            assert!(!filter.would_enable("rmcp::service", &tracing::Level::INFO), "{text}");
            assert!(filter.would_enable("rmcp::service", &tracing::Level::ERROR), "{text}");
        }
        let filter = parse("off", LevelFilter::INFO).unwrap();
        assert!(!filter.would_enable("rmcp::service", &tracing::Level::ERROR));
    }

    #[test]
    fn a_target_can_be_named() {
        let filter = parse("hyper=debug, confluence_api=trace,", LevelFilter::INFO).unwrap();
        assert!(filter.would_enable("hyper::client", &tracing::Level::DEBUG));
        assert!(filter.would_enable("confluence_api", &tracing::Level::TRACE));
        assert!(!filter.would_enable("confluence_server", &tracing::Level::DEBUG));
        assert!(filter.would_enable("confluence_server", &tracing::Level::INFO));
    }
}

//! The log: always on standard error, since standard output is the protocol's.

use std::io;

use tracing_subscriber::{Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{Log, LogFormat};

/// Starts to log, for the rest of the process.
pub fn start(log: &Log) {
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(false);
    let layer = match log.format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(log.filter.clone())).init();
}

//! Sending a person to a page.

use serde_json::json;
use url::Url;

use crate::{config::Format, output::tell};

/// Opens the page in the person's browser, unless it is only to be shown; it is shown either way.
///
/// The address goes to standard error: there is the person, while standard output may be a pipe.
pub(super) fn send(address: &Url, open: bool, callback: &Url, format: Format) {
    let opened = open.then(|| open::that_detached(address.as_str()));
    if let Format::Json = format {
        let opened = matches!(opened, Some(Ok(())));
        let asked = json!({ "signIn": { "address": address, "opened": opened } });
        tell(&asked.to_string());
        return;
    }
    let first = match opened {
        Some(Ok(())) => "Your browser opens. If it does not, open this address on this machine:",
        Some(Err(_)) => "No browser could be opened. Open this address on this machine:",
        None => "Open this address in a browser on this machine:",
    };
    tell(&format!("{first}\n\n{address}\n\nWaiting for the answer at {callback} …"));
}

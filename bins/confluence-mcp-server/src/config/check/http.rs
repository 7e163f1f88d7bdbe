//! Where the HTTP server is, and who may use it.

use std::net::SocketAddr;

use confluence_setup::{Checked, Found, Problem, Served, Setting, text};
use url::Url;

use crate::config::{
    Http, Secret, address,
    arguments::{DEFAULT_LISTEN, HttpArguments, WORKSPACE_KEY},
};

const LISTEN: Setting = Setting::new("--listen", "CONFLUENCE_LISTEN");
const PUBLIC_URL: Setting = Setting::new("--public-url", "CONFLUENCE_PUBLIC_URL");
const ALLOWED_HOSTS: Setting = Setting::new("--allowed-host", "CONFLUENCE_ALLOWED_HOSTS");
const ALLOWED_ORIGINS: Setting = Setting::new("--allowed-origin", "CONFLUENCE_ALLOWED_ORIGINS");

/// `served` is how Confluence is used, if that is known.
pub(super) fn check(
    found: &mut Found,
    given: &HttpArguments,
    served: Option<&Served>,
) -> Checked<Http> {
    let listen = listen(found, &given.listen);
    let public_url = match text(given.public_url.as_ref()) {
        Some(text) => found.valid(PUBLIC_URL, address::public_url(text)).map(Some),
        None => Ok(None),
    };
    let allowed_hosts = all(found, ALLOWED_HOSTS, &given.allowed_hosts, address::host);
    let allowed_origins = all(found, ALLOWED_ORIGINS, &given.allowed_origins, address::origin);
    let workspace_key = workspace_key(found, given);
    let (listen, public_url, workspace_key) = (listen?, public_url?, workspace_key?);
    let outside = |url: &Url| !address::is_loopback(url);
    // Who has no key is nobody where there is no single user.
    let is_open = served.is_none_or(|it| it.single_user.is_some());
    if workspace_key.is_none() && is_open {
        let setting = if !listen.ip().is_loopback() {
            Some(LISTEN)
        } else if public_url.as_ref().is_some_and(outside) {
            Some(PUBLIC_URL)
        } else {
            None
        };
        if let Some(setting) = setting {
            return found.tell(key_needed(setting));
        }
    }
    Ok(Http {
        listen,
        public_url,
        allowed_hosts: allowed_hosts?,
        allowed_origins: allowed_origins?,
        workspace_key,
    })
}

/// Where the server is, for whoever asks it.
pub(super) fn healthcheck(found: &mut Found, given: &String) -> Checked<SocketAddr> {
    let listen = listen(found, given)?;
    if listen.port() == 0 {
        return found.tell(Problem::Invalid {
            setting: LISTEN,
            reason: "port 0 is any free one; name the one that the server took".to_owned(),
        });
    }
    Ok(listen)
}

fn listen(found: &mut Found, given: &String) -> Checked<SocketAddr> {
    let listen = text(Some(given)).unwrap_or(DEFAULT_LISTEN);
    found.valid(LISTEN, address::listen(listen))
}

/// A key that was meant to be there must not be missing unnoticed.
fn workspace_key(found: &mut Found, given: &HttpArguments) -> Checked<Option<Secret>> {
    let key = given.workspace_key();
    if key.file.is_none() && key.is_blank() {
        return found.tell(Problem::SecretBlank(&WORKSPACE_KEY));
    }
    found.secret(key)
}

fn all<T, E: std::fmt::Display>(
    found: &mut Found,
    setting: Setting,
    given: &[String],
    parse: impl Fn(&str) -> Result<T, E>,
) -> Checked<Vec<T>> {
    let given = given.iter().filter_map(|it| text(Some(it)));
    let values = given.map(parse).collect::<Result<_, E>>();
    found.valid(setting, values)
}

/// Callers from elsewhere could use the server's account.
fn key_needed(setting: Setting) -> Problem {
    Problem::Other(format!(
        "{setting} lets other machines in, and with them everyone who reaches it would use your \
         Confluence account: set CONFLUENCE_WORKSPACE_KEY (for example to the output of \
         `openssl rand -hex 32`), which callers then have to present"
    ))
}

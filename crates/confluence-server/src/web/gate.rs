//! Who may come in: the host, the web origin and the key of a request, in this order.

use std::{net::SocketAddr, sync::Arc};

use confluence_connector::{InstanceKey, Key, WorkspaceSlug};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts};
use secrecy::SecretString;

use super::{
    HttpOptions,
    answer::Refusal,
    host::{self, AllowedHosts, HostName},
    key::{Bearer, WorkspaceKey},
    origin::{AllowedOrigins, Origin},
};
use crate::ServeError;

/// Headers that only a proxy adds: the request may come from anywhere.
const PROXY_HEADERS: [&str; 3] = ["forwarded", "via", "x-real-ip"];

/// What a caller without a key is told to show.
const NO_KEY: &str = "Bearer realm=\"confluence-next-mcp\"";

/// What a caller with another key is told.
const WRONG_KEY: &str = "Bearer realm=\"confluence-next-mcp\", error=\"invalid_token\"";

/// Decides about requests before anything of them is read.
#[derive(Debug)]
pub(crate) struct Gate {
    hosts: AllowedHosts,
    origins: AllowedOrigins,
    /// Whether the workspace of a single user is served.
    single_user: bool,
    key: Option<WorkspaceKey>,
}

/// How a request may get in, as far as the gate can tell.
#[derive(Debug)]
pub(crate) enum Entrance {
    /// It needs no key.
    Free,
    /// It shows the key of the single user's workspace.
    WorkspaceKey(Arc<Key>),
    /// It shows another key.
    Key(SecretString),
}

/// A request that may come in.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// The web origin to which the answer is shown.
    pub(crate) origin: Option<HeaderValue>,
}

impl Gate {
    /// The gate of a listener at `address`.
    pub(crate) fn new(options: &HttpOptions, address: SocketAddr) -> Result<Self, ServeError> {
        let local = address.ip().is_loopback();
        let public = &options.public_url;
        if !matches!(public.scheme(), "http" | "https") || public.host().is_none() {
            return Err(ServeError::Option {
                option: "the public URL",
                value: public.to_string(),
                reason: "expected http:// or https:// and a host",
            });
        }
        let key = options.workspace_key.as_ref().map(WorkspaceKey::new).transpose()?;
        if key.is_none() && options.single_user {
            if !local {
                let reason = format!("the server listens on {address}, which is not loopback");
                return Err(ServeError::KeyNeeded { reason });
            }
            if !host::is_loopback_url(public) {
                let reason = format!("the public URL {public} is not on loopback");
                return Err(ServeError::KeyNeeded { reason });
            }
        }
        Ok(Self {
            hosts: AllowedHosts::new(public, local, &options.allowed_hosts)?,
            origins: AllowedOrigins::new(public, &options.allowed_origins)?,
            single_user: options.single_user,
            key,
        })
    }

    pub(crate) fn hosts(&self) -> &AllowedHosts {
        &self.hosts
    }

    pub(crate) fn origins(&self) -> &AllowedOrigins {
        &self.origins
    }

    /// Checks host and origin.
    pub(crate) fn knock(&self, parts: &Parts) -> Result<(HostName, Admitted), Refusal> {
        let Some(host) = self.hosts.check(&parts.uri, &parts.headers) else {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "this Host is not allowed"));
        };
        let origin = match self.origins.check(&parts.headers) {
            Origin::None => None,
            Origin::Allowed(origin) => Some(origin),
            Origin::Refused => {
                return Err(Refusal::new(StatusCode::FORBIDDEN, "this Origin is not allowed"));
            }
        };
        Ok((host, Admitted { origin }))
    }

    /// Looks at the key. Only the workspace of a single user needs none, where none is set, and then
    /// only requests from this machine to this machine may come in.
    pub(crate) fn entrance(
        &self,
        instance: &InstanceKey,
        host: &HostName,
        headers: &HeaderMap,
    ) -> Result<Entrance, Refusal> {
        let is_default = instance.workspace == WorkspaceSlug::default() && self.single_user;
        match (Bearer::of(headers), &self.key) {
            (Bearer::Unreadable, _) => Err(Self::wrong_key()),
            (Bearer::Token(token), key) => {
                let own = key.as_ref().filter(|key| is_default && key.is(&token));
                Ok(own.map_or(Entrance::Key(token), |it| Entrance::WorkspaceKey(it.key())))
            }
            (Bearer::None, None) if is_default => {
                if host.is_loopback() && !is_forwarded(headers) {
                    Ok(Entrance::Free)
                } else {
                    Err(Refusal::unauthorized(
                        NO_KEY,
                        "requests that come through a proxy need a workspace key, and the server has none configured",
                    ))
                }
            }
            (Bearer::None, _) => Err(Refusal::unauthorized(
                NO_KEY,
                "a key is needed: send it as `Authorization: Bearer …`",
            )),
        }
    }

    /// The key that was shown opens nothing here; which of the reasons it has is not told.
    pub(crate) fn wrong_key() -> Refusal {
        Refusal::unauthorized(WRONG_KEY, "the key is not valid here")
    }
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    let by_proxy = |name: &HeaderName| {
        PROXY_HEADERS.contains(&name.as_str()) || name.as_str().starts_with("x-forwarded-")
    };
    headers.keys().any(by_proxy)
}

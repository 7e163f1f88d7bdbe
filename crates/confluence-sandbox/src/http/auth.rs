//! Credentials: who is calling, and the many ways of being turned away.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::Timestamp;

use crate::{
    access::{Authenticated, Grant, Presented},
    site::User,
    state::Shared,
    tenant::Tenant,
};

use super::failure::Failure;

/// A caller with an account.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) user: Arc<User>,
    pub(crate) token: Authenticated,
}

impl Caller {
    /// Whether the caller's requests are paid with points: those of OAuth apps are.
    pub(crate) fn is_metered(&self) -> bool {
        matches!(self.token.grant, Grant::Access { .. })
    }
}

/// The caller of a request to the site itself, where only unscoped tokens are known.
pub(crate) fn on_site(
    shared: &Shared,
    presented: Presented,
    path: &str,
) -> Result<Caller, Failure> {
    match presented {
        // The site sends scoped and OAuth tokens away before Confluence sees the request.
        Presented::Bearer(_) => Err(Failure::tomcat(StatusCode::UNAUTHORIZED)),
        Presented::Basic { email, secret } => {
            let Some(token) = shared.tokens.basic(&email, &secret) else {
                return Err(rejected(path));
            };
            if matches!(token.grant, Grant::Scoped(_)) {
                return Err(Failure::tomcat(StatusCode::UNAUTHORIZED));
            }
            caller(&shared.tenant, token, path)
        }
        Presented::Nothing | Presented::Unreadable => Err(rejected(path)),
    }
}

/// The caller of a request through the gateway.
pub(crate) fn on_gateway(
    shared: &Shared,
    tenant: &Tenant,
    presented: Presented,
    path: &str,
    now: Timestamp,
) -> Result<Caller, Failure> {
    let token = match presented {
        Presented::Basic { email, secret } => shared.tokens.basic(&email, &secret),
        Presented::Bearer(secret) => {
            let token = bearer(shared, &secret, now);
            if token.is_none() && shared.expired_is_unauthorized {
                return Err(Failure::gateway(StatusCode::UNAUTHORIZED, "Unauthorized"));
            }
            token
        }
        Presented::Nothing | Presented::Unreadable => {
            return Err(Failure::gateway(StatusCode::UNAUTHORIZED, "Unauthorized"));
        }
    };
    let token = token.ok_or_else(|| rejected(path))?;
    if !token.opens(&tenant.cloud_id) {
        return Err(Failure::bare());
    }
    caller(tenant, token, path)
}

/// What an access token stands for, whether a test made it up or the identity service did.
pub(crate) fn bearer(shared: &Shared, secret: &str, now: Timestamp) -> Option<Authenticated> {
    shared.tokens.bearer(secret, now).or_else(|| shared.identity.authenticate(secret, now))
}

fn caller(tenant: &Tenant, token: Authenticated, path: &str) -> Result<Caller, Failure> {
    let user = tenant.site().user_by_email(&token.email).ok_or_else(|| rejected(path))?;
    Ok(Caller { user, token })
}

/// How a credential that is not accepted looks: v2 knows no such thing, v1 forbids.
pub(crate) fn rejected(path: &str) -> Failure {
    if !path.starts_with("/wiki/rest/") {
        return Failure::bare();
    }
    if path.starts_with("/wiki/rest/api/user") {
        return Failure::v1_forbidden("caller cannot access Confluence");
    }
    Failure::v1_forbidden("Current user not permitted to use Confluence")
}

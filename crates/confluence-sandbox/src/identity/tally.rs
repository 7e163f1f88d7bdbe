//! The kinds of requests that the identity service gets, and how often each came.

use serde::{Deserialize, Serialize};

/// A kind of request to the identity service; faults and counts go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IdentityRequest {
    /// `GET /authorize`: the consent screen is asked for.
    Authorize,
    /// `POST /authorize`: a person accepts or denies.
    Consent,
    /// `POST /oauth/token` with `authorization_code`.
    CodeExchange,
    /// `POST /oauth/token` with `refresh_token`.
    TokenRefresh,
    /// `POST /oauth/token` with `client_credentials`.
    ClientCredentials,
    /// `GET /oauth/token/accessible-resources`.
    AccessibleResources,
}

impl IdentityRequest {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Authorize,
        Self::Consent,
        Self::CodeExchange,
        Self::TokenRefresh,
        Self::ClientCredentials,
        Self::AccessibleResources,
    ];
}

/// How often one kind of request came, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Requests that arrived, also those that a fault kept from being carried out.
    pub requests: u64,
    /// Requests that were carried out, even if their answer was lost.
    pub granted: u64,
    /// Requests that were turned down; for a consent: denied, too.
    pub refused: u64,
}

/// One tally for each kind.
#[derive(Debug, Default)]
pub(super) struct Tallies([Tally; IdentityRequest::ALL.len()]);

impl Tallies {
    pub(super) fn of(&self, kind: IdentityRequest) -> Tally {
        self.0[kind as usize]
    }

    pub(super) fn arrived(&mut self, kind: IdentityRequest) {
        self.0[kind as usize].requests += 1;
    }

    pub(super) fn settled(&mut self, kind: IdentityRequest, granted: bool) {
        let tally = &mut self.0[kind as usize];
        if granted {
            tally.granted += 1;
        } else {
            tally.refused += 1;
        }
    }
}

//! Atlassian's identity service: consent, codes, tokens that rotate, and what ends them.
//!
//! Everything here is plain data under one lock, free of HTTP, and takes the time as an argument;
//! [`Identity`] is the handle by which tests look at it and take hold of it.

mod authorization;
mod client;
mod grants;
mod parameters;
mod person;
mod policy;
mod secret;
mod sign_in;
mod tally;
mod token;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use crate::{access::Authenticated, clock::Clock};

pub(crate) use authorization::{AuthorizationRequest, NotAuthorizable};
pub use client::OAuthClient;
pub use grants::GrantSummary;
pub(crate) use grants::{Grantor, Issued};
pub(crate) use parameters::Parameters;
pub(crate) use person::play;
pub use person::{Consent, ConsentError};
pub use policy::{DeadToken, IdentityPolicy, LateReuse};
pub use tally::{IdentityRequest, Tally};
pub(crate) use token::TokenRefusal;

/// The identity service of a sandbox, to be looked at and tampered with.
pub struct Identity {
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    policy: IdentityPolicy,
    clients: BTreeMap<String, OAuthClient>,
    sign_ins: sign_in::SignIns,
    grants: grants::Grants,
    tallies: tally::Tallies,
    reused_refreshes: u64,
}

/// A consent screen, ready to be shown.
pub(crate) struct Shown {
    pub(crate) request: AuthorizationRequest,
    /// What the answer has to name.
    pub(crate) screen: String,
    /// What the browser has to keep as a cookie, and to send with the answer.
    pub(crate) browser: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("policy", &self.policy()).finish_non_exhaustive()
    }
}

impl Identity {
    pub(crate) fn new(policy: IdentityPolicy, clients: Vec<OAuthClient>, clock: Clock) -> Self {
        let state = State {
            policy,
            clients: clients.into_iter().map(|it| (it.id.clone(), it)).collect(),
            sign_ins: sign_in::SignIns::default(),
            grants: grants::Grants::new(grants::CAPACITY),
            tallies: tally::Tallies::default(),
            reused_refreshes: 0,
        };
        Self { clock, state: Mutex::new(state) }
    }

    /// Registers an application, or replaces the one with its id.
    ///
    /// Grants stay: an application whose secret was changed goes on with its refresh tokens.
    pub fn register(&self, client: OAuthClient) {
        self.state().clients.insert(client.id.clone(), client);
    }

    /// The rules in force.
    pub fn policy(&self) -> IdentityPolicy {
        self.state().policy.clone()
    }

    /// Replaces the rules. Access tokens that exist keep their lifetime; all else follows.
    pub fn set_policy(&self, policy: IdentityPolicy) {
        self.state().policy = policy;
    }

    /// Changes some of the rules.
    pub fn change_policy(&self, change: impl FnOnce(&mut IdentityPolicy)) {
        change(&mut self.state().policy);
    }

    /// What people have granted and not revoked, oldest first.
    pub fn grants(&self) -> Vec<GrantSummary> {
        let now = self.clock.now();
        let state = self.state();
        state.grants.summaries(&state.policy, now)
    }

    /// Ends all access tokens, as if their time had come. They can be refreshed.
    pub fn expire_access_tokens(&self) {
        self.state().grants.expire_access_tokens(None);
    }

    /// Ends the access tokens of one grant.
    pub fn expire_access_tokens_of(&self, grant: u64) {
        self.state().grants.expire_access_tokens(Some(grant));
    }

    /// Ends all refresh tokens, as if nobody had used them for months; access tokens go on.
    pub fn expire_refresh_tokens(&self) {
        self.state().grants.expire_refresh_tokens(None);
    }

    /// Ends the refresh tokens of one grant; its access tokens go on.
    pub fn expire_refresh_tokens_of(&self, grant: u64) {
        self.state().grants.expire_refresh_tokens(Some(grant));
    }

    /// Ends a grant with all its tokens, as a person does who removes the application.
    ///
    /// Gives back whether there was one with that id.
    pub fn revoke(&self, grant: u64) -> bool {
        self.state().grants.revoke(grant)
    }

    /// Ends all grants.
    pub fn revoke_all(&self) {
        self.state().grants.revoke_all();
    }

    /// Takes a site out of all grants, as an administrator does who removes the application.
    ///
    /// Tokens go on working for the other sites, be there any or not.
    pub fn remove_site(&self, cloud_id: &str) {
        self.state().grants.remove_site(cloud_id);
    }

    /// How often a kind of request came, and what became of it.
    pub fn tally(&self, kind: IdentityRequest) -> Tally {
        self.state().tallies.of(kind)
    }

    /// How many of the refreshes were made with a token that had been rotated before.
    pub fn reused_refreshes(&self) -> u64 {
        self.state().reused_refreshes
    }

    /// Starts counting anew.
    pub fn reset_tallies(&self) {
        let mut state = self.state();
        state.tallies = tally::Tallies::default();
        state.reused_refreshes = 0;
    }

    /// Which kind of request parameters of the token endpoint make; `None` if none that is known.
    pub(crate) fn kind(parameters: &Parameters) -> Option<IdentityRequest> {
        token::kind(parameters)
    }

    pub(crate) fn arrived(&self, kind: IdentityRequest) {
        self.state().tallies.arrived(kind);
    }

    pub(crate) fn settled(&self, kind: IdentityRequest, granted: bool) {
        self.state().tallies.settled(kind, granted);
    }

    /// Checks what an application asks for, and prepares the screen for it.
    ///
    /// `browser` is the cookie that the browser has from another screen.
    pub(crate) fn show(
        &self,
        parameters: &Parameters,
        browser: Option<&str>,
        now: Timestamp,
    ) -> Result<Shown, NotAuthorizable> {
        let mut state = self.state();
        let request = AuthorizationRequest::read(parameters, &state.clients)?;
        let browser = browser
            .filter(|it| it.starts_with(secret::prefix::BROWSER))
            .map_or_else(|| secret::short(secret::prefix::BROWSER), str::to_owned);
        let screen = state.sign_ins.show(request.clone(), &browser, now);
        Ok(Shown { request, screen, browser })
    }

    /// The request behind a screen, as long as that browser can decide on it.
    pub(crate) fn shown(
        &self,
        screen: &str,
        browser: &str,
        now: Timestamp,
    ) -> Option<AuthorizationRequest> {
        self.state().sign_ins.shown(screen, browser, now).cloned()
    }

    /// Enters what a person accepts; gives the callback to send the browser to.
    pub(crate) fn accept(
        &self,
        screen: &str,
        browser: &str,
        person: Grantor,
        sites: BTreeSet<String>,
        now: Timestamp,
    ) -> Option<String> {
        let mut state = self.state();
        let request = state.sign_ins.decided(screen, browser, now)?;
        let scopes = request.scopes.iter().cloned().collect();
        let grant = state.grants.enter(&request.client_id, person, scopes, sites, now);
        let code = state.sign_ins.issue_code(&request, grant, now);
        Some(request.granted(&code))
    }

    /// Ends a screen without a grant; gives the callback to send the browser to.
    pub(crate) fn deny(&self, screen: &str, browser: &str, now: Timestamp) -> Option<String> {
        self.state().sign_ins.decided(screen, browser, now).map(|it| it.denied())
    }

    /// Tokens for what an application presents to the token endpoint.
    pub(crate) fn issue(
        &self,
        parameters: &Parameters,
        now: Timestamp,
        service: impl FnOnce(&str) -> Option<(Grantor, BTreeSet<String>)>,
    ) -> Result<Issued, TokenRefusal> {
        self.state().issue(parameters, now, service)
    }

    /// Who calls with that access token; `None` if it is none of ours, or has ended.
    pub(crate) fn authenticate(&self, secret: &str, now: Timestamp) -> Option<Authenticated> {
        self.state().grants.authenticate(secret, now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

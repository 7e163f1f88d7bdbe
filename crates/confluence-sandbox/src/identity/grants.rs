//! What people have granted to applications, and the tokens that came of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    access::{Authenticated, Grant as TokenGrant},
    clock,
};

use super::{
    policy::{IdentityPolicy, LateReuse},
    secret::{self, prefix},
};

/// Number of a grant.
pub(super) type GrantId = u64;

/// Most tokens of each kind, and most grants, of a sandbox; the oldest one makes room.
pub(super) const CAPACITY: usize = 10_000;

/// The scope that refresh tokens come with.
pub(super) const OFFLINE_ACCESS: &str = "offline_access";

/// What one person has granted to one application, without any secret.
///
/// There is one for each pair: a newer consent replaces the scopes and adds its sites, and the
/// tokens that exist follow, which is what Atlassian documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantSummary {
    /// Tells it apart; what [`Identity::revoke`](super::Identity::revoke) takes.
    pub id: u64,
    /// The application.
    pub client_id: String,
    /// Account id of the person.
    pub account_id: String,
    /// What the application may do.
    pub scopes: BTreeSet<String>,
    /// Cloud ids of the sites where it may.
    pub cloud_ids: BTreeSet<String>,
    /// When the person consented last.
    pub granted_at: Timestamp,
    /// When a token was refreshed last.
    pub refreshed_at: Option<Timestamp>,
    /// Access tokens that work.
    pub access_tokens: usize,
    /// Refresh tokens that work and have not been rotated: one for each sign-in.
    pub refresh_tokens: usize,
}

/// Somebody who consents.
pub(crate) struct Grantor {
    pub(crate) account_id: String,
    pub(crate) email: String,
}

struct Grant {
    client_id: String,
    person: Grantor,
    scopes: BTreeSet<String>,
    sites: BTreeSet<String>,
    granted_at: Timestamp,
    refreshed_at: Option<Timestamp>,
}

struct AccessToken {
    grant: GrantId,
    since: Timestamp,
    expires_at: Timestamp,
}

/// A refresh token, current or rotated.
#[derive(Clone, Copy)]
struct RefreshToken {
    grant: GrantId,
    /// The sign-in it descends from, and when that was.
    sign_in: u64,
    signed_in_at: Timestamp,
    since: Timestamp,
    rotated_at: Option<Timestamp>,
}

impl RefreshToken {
    fn works(&self, policy: &IdentityPolicy, now: Timestamp) -> bool {
        let within = |since, time: Duration| clock::after(since, time) > now;
        within(self.since, policy.refresh_token_inactivity)
            && policy.refresh_token_lifetime.is_none_or(|it| within(self.signed_in_at, it))
            && self.rotated_at.is_none_or(|it| within(it, policy.reuse_leeway))
    }
}

/// Tokens as an application gets them.
pub(crate) struct Issued {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) expires_in: Option<u64>,
    pub(crate) scope: String,
}

/// A refresh that took effect.
pub(super) struct Refreshed {
    pub(super) issued: Issued,
    /// Whether the token had been rotated before.
    pub(super) reused: bool,
}

pub(super) struct Grants {
    /// Most grants, and most tokens of each kind.
    capacity: usize,
    by_id: BTreeMap<GrantId, Grant>,
    access: HashMap<String, AccessToken>,
    refresh: HashMap<String, RefreshToken>,
    /// The last number given away, to a grant or a sign-in.
    last: u64,
}

impl Grants {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            by_id: BTreeMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            last: 0,
        }
    }

    /// Enters a consent: a new grant, or other scopes and more sites for the one there is.
    pub(super) fn enter(
        &mut self,
        client_id: &str,
        person: Grantor,
        scopes: BTreeSet<String>,
        sites: BTreeSet<String>,
        now: Timestamp,
    ) -> GrantId {
        let existing = self
            .by_id
            .iter_mut()
            .find(|(_, it)| it.client_id == client_id && it.person.account_id == person.account_id);
        if let Some((id, grant)) = existing {
            grant.scopes = scopes;
            grant.sites.extend(sites);
            grant.granted_at = now;
            return *id;
        }
        if self.by_id.len() >= self.capacity
            && let Some(oldest) = self.by_id.keys().next().copied()
        {
            self.revoke(oldest);
        }
        let id = self.number();
        let client_id = client_id.to_owned();
        let grant = Grant { client_id, person, scopes, sites, granted_at: now, refreshed_at: None };
        self.by_id.insert(id, grant);
        id
    }

    /// The tokens of a new sign-in; `None` if the grant has been revoked meanwhile.
    pub(super) fn sign_in(
        &mut self,
        grant: GrantId,
        policy: &IdentityPolicy,
        now: Timestamp,
    ) -> Option<Issued> {
        let offline = self.by_id.get(&grant)?.scopes.contains(OFFLINE_ACCESS);
        let descent = offline.then(|| RefreshToken {
            grant,
            sign_in: self.number(),
            signed_in_at: now,
            since: now,
            rotated_at: None,
        });
        self.issue(grant, descent, policy, now)
    }

    /// Rotates a refresh token; `None` if it is dead.
    pub(super) fn refresh(
        &mut self,
        secret: &str,
        client_id: &str,
        policy: &IdentityPolicy,
        now: Timestamp,
    ) -> Option<Refreshed> {
        let token = self.refresh.get_mut(secret)?;
        let grant = self.by_id.get_mut(&token.grant)?;
        if grant.client_id != client_id || !grant.scopes.contains(OFFLINE_ACCESS) {
            return None;
        }
        let reused = token.rotated_at.is_some();
        if !token.works(policy, now) {
            let sign_in = token.sign_in;
            if reused && policy.late_reuse == LateReuse::EndsSignIn {
                self.refresh.retain(|_, it| it.sign_in != sign_in);
            }
            return None;
        }
        token.rotated_at.get_or_insert(now);
        grant.refreshed_at = Some(now);
        let descent = RefreshToken { since: now, rotated_at: None, ..*token };
        let issued = self.issue(descent.grant, Some(descent), policy, now)?;
        Some(Refreshed { issued, reused })
    }

    fn issue(
        &mut self,
        id: GrantId,
        descent: Option<RefreshToken>,
        policy: &IdentityPolicy,
        now: Timestamp,
    ) -> Option<Issued> {
        let scopes = &self.by_id.get(&id)?.scopes;
        let scope = scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let expires_at = clock::after(now, policy.access_token_lifetime);
        let access_token = secret::token(prefix::ACCESS_TOKEN);
        make_room(&mut self.access, self.capacity, |it| it.expires_at > now, |it| it.since);
        let access = AccessToken { grant: id, since: now, expires_at };
        self.access.insert(access_token.clone(), access);
        let refresh_token = descent.map(|it| {
            make_room(&mut self.refresh, self.capacity, |it| it.works(policy, now), |it| it.since);
            let secret = secret::token(prefix::REFRESH_TOKEN);
            self.refresh.insert(secret.clone(), it);
            secret
        });
        let expires_in = policy.says_expiry.then_some(policy.access_token_lifetime.as_secs());
        Some(Issued { access_token, refresh_token, expires_in, scope })
    }

    /// Who calls with that access token, and what the grant allows now.
    pub(super) fn authenticate(&self, secret: &str, now: Timestamp) -> Option<Authenticated> {
        let token = self.access.get(secret).filter(|it| it.expires_at > now)?;
        let grant = self.by_id.get(&token.grant)?;
        Some(Authenticated {
            email: grant.person.email.clone(),
            grant: TokenGrant::Access {
                scopes: grant.scopes.clone(),
                expires_at: Some(token.expires_at),
            },
            sites: Some(grant.sites.clone()),
        })
    }

    /// Ends the access tokens of a grant, or all; refresh tokens stay.
    pub(super) fn expire_access_tokens(&mut self, grant: Option<GrantId>) {
        self.access.retain(|_, it| grant.is_some_and(|grant| it.grant != grant));
    }

    /// Ends the refresh tokens of a grant, or all; access tokens stay.
    pub(super) fn expire_refresh_tokens(&mut self, grant: Option<GrantId>) {
        self.refresh.retain(|_, it| grant.is_some_and(|grant| it.grant != grant));
    }

    /// Forgets a grant and its tokens; whether there was one.
    pub(super) fn revoke(&mut self, grant: GrantId) -> bool {
        self.expire_access_tokens(Some(grant));
        self.expire_refresh_tokens(Some(grant));
        self.by_id.remove(&grant).is_some()
    }

    /// Forgets all grants. Their numbers are not given away again: codes may still name them.
    pub(super) fn revoke_all(&mut self) {
        *self = Self { last: self.last, ..Self::new(self.capacity) };
    }

    /// Takes a site out of every grant.
    pub(super) fn remove_site(&mut self, cloud_id: &str) {
        for grant in self.by_id.values_mut() {
            grant.sites.remove(cloud_id);
        }
    }

    pub(super) fn summaries(&self, policy: &IdentityPolicy, now: Timestamp) -> Vec<GrantSummary> {
        let summary = |(id, grant): (&GrantId, &Grant)| GrantSummary {
            id: *id,
            client_id: grant.client_id.clone(),
            account_id: grant.person.account_id.clone(),
            scopes: grant.scopes.clone(),
            cloud_ids: grant.sites.clone(),
            granted_at: grant.granted_at,
            refreshed_at: grant.refreshed_at,
            access_tokens: self
                .access
                .values()
                .filter(|it| it.grant == *id && it.expires_at > now)
                .count(),
            refresh_tokens: self
                .refresh
                .values()
                .filter(|it| it.grant == *id && it.rotated_at.is_none() && it.works(policy, now))
                .count(),
        };
        self.by_id.iter().map(summary).collect()
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

fn make_room<T>(
    tokens: &mut HashMap<String, T>,
    capacity: usize,
    works: impl Fn(&T) -> bool,
    since: impl Fn(&T) -> Timestamp,
) {
    if tokens.len() < capacity {
        return;
    }
    tokens.retain(|_, it| works(it));
    if tokens.len() < capacity {
        return;
    }
    let oldest = tokens.iter().min_by_key(|(_, it)| since(it)).map(|(secret, _)| secret.clone());
    if let Some(oldest) = oldest {
        tokens.remove(&oldest);
    }
}

#[cfg(test)]
mod tests;

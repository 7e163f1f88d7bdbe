//! Web sessions: who has signed in to the configuration app, found by a cookie.
//!
//! A session ends when it was not used for a while, after half a day in any case, and with the key
//! that it was begun with. Only a hash of what the browser shows is stored.

use std::sync::Arc;

use confluence_connector::{
    Administrator, Door, InstanceKey, Key, KeyId, KeyKind, Session, SessionStore, SessionToken,
    StoreError, UserId, WorkspaceSlug,
};
use http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::browser::{self, Cookies};

/// Name of the cookie.
const NAME: &str = "confluence-app";

/// How long a session lasts that is not used.
const IDLE: SignedDuration = SignedDuration::from_hours(1);

/// How long a session lasts, used or not.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// How much later a session has to end before that is written: one page after another writes once.
const WORTH_WRITING: SignedDuration = SignedDuration::from_mins(1);

/// The longest token that is looked at; ours have 43 characters.
const MAX_TOKEN: usize = 128;

/// Begins, finds and ends sessions.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    store: Arc<dyn SessionStore>,
    cookies: Cookies,
}

/// Somebody with a session.
#[derive(Debug)]
pub(crate) struct Visitor {
    token: SessionToken,
    session: Session,
}

impl Sessions {
    pub(crate) fn new(store: Arc<dyn SessionStore>, cookies: Cookies) -> Self {
        Self { store, cookies }
    }

    /// Whether browsers keep a session at all.
    pub(crate) fn are_possible(&self) -> bool {
        self.cookies != Cookies::Impossible
    }

    /// How this deployment sets cookies.
    pub(crate) fn cookies(&self) -> Cookies {
        self.cookies
    }

    /// Who sent a request, if that is somebody with a session, which goes on for it.
    pub(crate) async fn visitor(
        &self,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Option<Visitor>, StoreError> {
        let shown: Option<String> = self.cookies.read(headers, NAME);
        let Some(shown) = shown.filter(|it| !it.is_empty() && it.len() <= MAX_TOKEN) else {
            return Ok(None);
        };
        let token = SessionToken::shown(shown.into());
        let hash = token.hash();
        let Some(session) = self.store.find(&hash, now).await? else { return Ok(None) };
        let until = end(session.created_at, now);
        if until.duration_since(session.expires_at) > WORTH_WRITING {
            self.store.prolong(&hash, until).await?;
        }
        Ok(Some(Visitor { token, session }))
    }

    /// Begins a session of whoever has `key`; the cookie for it.
    pub(crate) async fn begin(&self, key: &Key, now: Timestamp) -> Result<HeaderValue, StoreError> {
        let token = SessionToken::random();
        let session = Session {
            hash: token.hash(),
            kind: key.kind.clone(),
            key: key.id.clone(),
            created_at: now,
            expires_at: end(now, now),
        };
        self.store.begin(&session).await?;
        let seconds = LONGEST.as_secs().unsigned_abs();
        Ok(self.cookies.set(NAME, token.secret().expose_secret(), seconds))
    }

    /// Ends a session; the cookie that takes its place.
    pub(crate) async fn end(&self, visitor: &Visitor) -> Result<HeaderValue, StoreError> {
        self.store.end(&visitor.session.hash).await?;
        Ok(self.cookies.set(NAME, "", 0))
    }
}

/// When a session ends that began at `start` and is used at `now`.
fn end(start: Timestamp, now: Timestamp) -> Timestamp {
    let after = |from: Timestamp, time| from.saturating_add(time).unwrap_or(Timestamp::MAX);
    after(now, IDLE).min(after(start, LONGEST))
}

impl Visitor {
    /// What forms of this session show.
    pub(crate) fn proof(&self) -> String {
        browser::proof(self.token.secret().expose_secret())
    }

    /// Whether a form is of this session.
    pub(crate) fn is_proven(&self, shown: &str) -> bool {
        browser::is_proven(self.token.secret().expose_secret(), shown)
    }

    /// What the session may look after, if that is anything.
    pub(crate) fn administrator(&self) -> Option<Administrator> {
        Administrator::new(&self.session.kind, self.session.key.clone())
    }

    /// Whether this is somebody who looks after the whole deployment.
    pub(crate) fn is_maintainer(&self) -> bool {
        self.session.kind.opens(Door::Maintenance)
    }

    /// Whether this is somebody who may configure a workspace.
    pub(crate) fn may_configure(&self, workspace: &WorkspaceSlug) -> bool {
        self.session.kind.opens(Door::Configuration(workspace))
    }

    /// What the session may do.
    pub(crate) fn kind(&self) -> &KeyKind {
        &self.session.kind
    }

    /// The user, where the session is one person's, with this instance.
    pub(crate) fn user_of(&self, instance: &InstanceKey) -> Option<&UserId> {
        let KeyKind::Personal { instance: own, user, .. } = &self.session.kind else { return None };
        (own == instance).then_some(user)
    }

    /// The key that the session was begun with.
    pub(crate) fn key(&self) -> &KeyId {
        &self.session.key
    }
}

/// The beginning of a key, by which failed sign-ins are counted without keeping the key.
pub(crate) fn beginning(key: &SecretString) -> String {
    /// Long enough to tell keys apart, and too short to be one.
    const CHARACTERS: usize = 12;
    key.expose_secret().chars().take(CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_idle_or_after_half_a_day() {
        let start: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
        let at = |hours: i64, minutes: i64| {
            start + SignedDuration::from_hours(hours) + SignedDuration::from_mins(minutes)
        };
        assert_eq!(end(start, start), at(1, 0));
        assert_eq!(end(start, at(5, 30)), at(6, 30));
        assert_eq!(end(start, at(11, 30)), at(12, 0));
    }
}

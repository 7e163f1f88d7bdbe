//! One refresh, from the lease to the token that is durable.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Inner, Outcome};
use crate::{
    ConnectionError,
    chain::Chain,
    client::ResolvedClient,
    connection::{Connection, ConnectionKey},
    store::{Lease, LeaseHolder, Precondition, Replaced, Revision, StoreError, Stored, in_time},
    token::{Granted, TokenError, Unanswered},
};

/// How long a lease lasts. Longer than Atlassian may take ([`ASKING`]); far shorter than the ten
/// minutes in which Atlassian takes a rotated token once more: what a process leaves behind that
/// was killed in between, the next one can still renew.
const LEASE: Duration = Duration::from_secs(30);

/// How long Atlassian may take, repetitions included.
const ASKING: Duration = Duration::from_secs(20);

/// Most requests of one flight. The second is for an answer that was lost: the token may have been
/// rotated, and only within ten minutes is the old one taken again.
const MAX_REQUESTS: u32 = 2;

/// Pause before a request is repeated.
const REPEAT: Duration = Duration::from_millis(500);

/// How long others are waited for: until a lease has run out, and a refresh of our own is done.
const WAITING: Duration = Duration::from_secs(55);

/// First and longest pause between two looks at somebody else's lease.
const POLL: (Duration, Duration) = (Duration::from_millis(40), Duration::from_millis(800));

/// How long a token that Atlassian has given is tried to be saved. It exists nowhere else.
const SAVING: Duration = Duration::from_mins(2);

/// First and longest pause between two attempts to save.
const SAVE_AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// A refresh of one connection.
pub(super) struct Flight {
    inner: Arc<Inner>,
    key: ConnectionKey,
    client: ResolvedClient,
    /// Refreshed although it has not expired.
    rejected: Option<Revision>,
    holder: LeaseHolder,
    give_up: Instant,
}

/// What an attempt came to, if not to an outcome.
enum Step {
    Done(Arc<Stored>),
    /// Somebody else has changed the connection: look again.
    Again,
}

impl Flight {
    pub(super) fn new(
        inner: Arc<Inner>,
        key: ConnectionKey,
        client: ResolvedClient,
        rejected: Option<Revision>,
    ) -> Self {
        let (holder, give_up) = (LeaseHolder::random(), Instant::now() + WAITING);
        Self { inner, key, client, rejected, holder, give_up }
    }

    pub(super) async fn run(self) -> Outcome {
        let mut pause = POLL.0;
        loop {
            let stored = self.inner.load(&self.key, &self.client).await?;
            let stale = stored.connection.grant.is_stale(Timestamp::now());
            if !stale && self.rejected != Some(stored.revision) {
                return Ok(Arc::new(stored));
            }
            // Counted from here: the store counts from when it was asked, not from its answer.
            let deadline = Instant::now() + ASKING;
            match self.lease(&stored.revision, LEASE).await? {
                Lease::Granted => match self.refresh(&stored, deadline).await? {
                    Step::Done(stored) => return Ok(stored),
                    Step::Again => {}
                },
                Lease::Moved => {}
                Lease::Held { for_another } => {
                    if Instant::now() >= self.give_up {
                        return Err(ConnectionError::busy());
                    }
                    // Spread, so that those who wait do not all look at once.
                    let spread = pause.mul_f64(0.5 + fastrand::f64());
                    sleep(spread.min(for_another.max(POLL.0))).await;
                    pause = (pause * 3 / 2).min(POLL.1);
                    continue;
                }
            }
            if Instant::now() >= self.give_up {
                return Err(ConnectionError::busy());
            }
        }
    }

    async fn lease(&self, revision: &Revision, ttl: Duration) -> Result<Lease, ConnectionError> {
        let lease = self.inner.store.lease(&self.key, revision, &self.holder, ttl);
        in_time(lease).await.map_err(ConnectionError::store)
    }

    /// Gives the lease back. If that fails, it runs out.
    async fn release(&self, revision: &Revision) {
        if let Err(error) = self.lease(revision, Duration::ZERO).await {
            tracing::warn!(%error, "the lease of a refresh could not be given back");
        }
    }

    fn leased<'a>(&'a self, revision: &'a Revision) -> Precondition<'a> {
        Precondition::Leased { revision, holder: &self.holder }
    }

    /// Renews the tokens of `stored`, of which this flight has the lease.
    async fn refresh(&self, stored: &Stored, deadline: Instant) -> Result<Step, ConnectionError> {
        let Stored { connection, revision } = stored;
        let Some(refresh_token) = &connection.grant.refresh_token else {
            return self.drop_connection(revision, ConnectionError::NotRefreshable).await;
        };
        match self.ask(refresh_token, deadline).await {
            Ok(granted) => self.save(revision, self.renewed(connection, granted)).await,
            Err(TokenError::Refused { status, code }) => {
                tracing::info!(status = status.as_u16(), code, "Atlassian refused a refresh token");
                self.drop_connection(revision, ConnectionError::Refused { status, code }).await
            }
            Err(TokenError::Client { status, code }) => {
                tracing::error!(status = status.as_u16(), code, "the OAuth client is refused");
                self.release(revision).await;
                Err(ConnectionError::ClientRefused { status, code })
            }
            Err(error @ TokenError::Unavailable(_)) => {
                tracing::warn!(error = %Chain(&error), "a token could not be refreshed for now");
                self.release(revision).await;
                Err(ConnectionError::Unavailable(Arc::new(error)))
            }
        }
    }

    async fn ask(
        &self,
        refresh_token: &SecretString,
        deadline: Instant,
    ) -> Result<Granted, TokenError> {
        let (transport, endpoints) = (self.inner.transport.as_ref(), &self.inner.endpoints);
        let mut request = 1;
        loop {
            // A fair share of the time for each: an answer that never comes leaves some for another.
            let until = Instant::now()
                + deadline.saturating_duration_since(Instant::now()) / (MAX_REQUESTS + 1 - request);
            let ResolvedClient { id, tokens, .. } = &self.client;
            let asked = tokens.refresh(transport, endpoints, id, refresh_token);
            let error = match timeout_at(until, asked).await {
                Ok(Ok(granted)) => return Ok(granted),
                Ok(Err(error)) => error,
                Err(_elapsed) => {
                    TokenError::Unavailable(Unanswered::Timeout(ASKING / MAX_REQUESTS))
                }
            };
            let again = error.may_have_acted() || error.is_unreached();
            if !again || request == MAX_REQUESTS {
                return Err(error);
            }
            request += 1;
            sleep(REPEAT.mul_f64(0.5 + fastrand::f64())).await;
        }
    }

    fn renewed(&self, before: &Connection, granted: Granted) -> Connection {
        Connection {
            grant: granted.after(&before.grant),
            refreshed_at: Timestamp::now(),
            after_rejection: self.rejected.is_some(),
            ..before.clone()
        }
    }

    /// Makes the new tokens durable.
    async fn save(
        &self,
        revision: &Revision,
        connection: Connection,
    ) -> Result<Step, ConnectionError> {
        let until = Instant::now() + SAVING;
        let mut pause = SAVE_AGAIN.0;
        loop {
            let when = self.leased(revision);
            match in_time(self.inner.store.replace(&self.key, when, &connection)).await {
                Ok(Replaced::Done(revision)) => {
                    return Ok(Step::Done(Arc::new(Stored { connection, revision })));
                }
                // By another process, by the user, or by an attempt of ours that seemed to fail:
                // what is stored now is what counts.
                Ok(Replaced::Moved) => return Ok(Step::Again),
                Err(error @ StoreError::Corrupt { .. }) => {
                    return Err(ConnectionError::store(error));
                }
                Err(error @ StoreError::Unavailable(_)) => {
                    if Instant::now() + pause >= until {
                        tracing::error!(error = %Chain(&error), "a refreshed token could not be saved");
                        return Err(ConnectionError::store(error));
                    }
                    tracing::warn!(error = %Chain(&error), "a refreshed token is not saved yet");
                }
            }
            sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
            pause = (pause * 2).min(SAVE_AGAIN.1);
        }
    }

    /// Drops the connection, unless somebody has renewed it meanwhile after all.
    ///
    /// The lease is part of the condition: where it was taken over, a refresh may be under way that
    /// makes the connection good again.
    async fn drop_connection(
        &self,
        revision: &Revision,
        error: ConnectionError,
    ) -> Result<Step, ConnectionError> {
        match in_time(self.inner.store.remove(&self.key, self.leased(revision))).await {
            Ok(true) => Err(error),
            Ok(false) => Ok(Step::Again),
            // It stays, and the next call finds out the same.
            Err(failed) => {
                tracing::warn!(error = %Chain(&failed), "a dead connection could not be removed");
                Err(error)
            }
        }
    }
}

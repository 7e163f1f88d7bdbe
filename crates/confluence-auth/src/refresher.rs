//! Connections with tokens that are good now: renewed one at a time, and never lost.
//!
//! Atlassian gives a new refresh token with each refresh and disables the one before. So of all who
//! find a token stale, one may ask: in this process they share one task, and among processes the
//! task needs the lease that the store gives. The task belongs to nobody who waits for it: a caller
//! that goes away takes no token along. And a new token is handed out only once it is durable.

mod flight;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use confluence_api::Transport;
use futures::{
    FutureExt,
    future::{BoxFuture, Shared, join_all},
};
use jiff::Timestamp;

use crate::{
    ConnectionError, Endpoints, Fingerprint,
    client::ResolvedClient,
    connection::{Connection, ConnectionKey},
    store::{
        ConnectionStore, Lease, LeaseHolder, Precondition, Replaced, Revision, StoreError, Stored,
        in_time,
    },
};

use flight::Flight;

/// Most refreshes that run at once in one process.
const MAX_FLIGHTS: usize = 1_024;

/// How long a connection is kept from being renewed while it is written that it was introduced.
const INTRODUCING: Duration = Duration::from_secs(5);

/// Loads connections, and renews their tokens when that is due.
///
/// A process has one; cloning it is cheap and shares everything.
#[derive(Clone)]
pub struct Refresher {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Arc<dyn Transport>,
    endpoints: Endpoints,
    store: Arc<dyn ConnectionStore>,
    flights: Mutex<HashMap<FlightKey, Landing>>,
}

/// Another client's flight does not answer for this one.
type FlightKey = (ConnectionKey, Fingerprint);

type Outcome = Result<Arc<Stored>, ConnectionError>;

/// The end of a flight, which any number may wait for.
type Landing = Shared<BoxFuture<'static, Outcome>>;

impl fmt::Debug for Refresher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresher").field("store", &self.inner.store).finish_non_exhaustive()
    }
}

impl Refresher {
    /// Renews tokens at Atlassian's, or at `endpoints`.
    pub fn new(
        transport: Arc<dyn Transport>,
        endpoints: Endpoints,
        store: Arc<dyn ConnectionStore>,
    ) -> Self {
        let flights = Mutex::default();
        Self { inner: Arc::new(Inner { transport, endpoints, store, flights }) }
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.inner.endpoints
    }

    pub(crate) fn transport(&self) -> &Arc<dyn Transport> {
        &self.inner.transport
    }

    /// The connection as it is stored, of this client and no other. Asks nobody else.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::NotConnected`], [`ConnectionError::ClientChanged`], or the store's.
    pub async fn stored(
        &self,
        key: &ConnectionKey,
        client: &ResolvedClient,
    ) -> Result<Stored, ConnectionError> {
        self.inner.load(key, client).await
    }

    /// The connection with a token that is good now, renewed first if it is about to end.
    ///
    /// # Errors
    ///
    /// See [`ConnectionError`].
    pub async fn current(
        &self,
        key: &ConnectionKey,
        client: &ResolvedClient,
    ) -> Result<Arc<Stored>, ConnectionError> {
        let stored = self.stored(key, client).await?;
        if stored.connection.grant.is_stale(Timestamp::now()) {
            self.renew(key, client, None).await
        } else {
            Ok(Arc::new(stored))
        }
    }

    /// A newer token than the one of `rejected`, which Atlassian does not accept although it has
    /// not expired.
    ///
    /// # Errors
    ///
    /// See [`ConnectionError`].
    pub async fn after_rejection(
        &self,
        key: &ConnectionKey,
        client: &ResolvedClient,
        rejected: Revision,
    ) -> Result<Arc<Stored>, ConnectionError> {
        self.renew(key, client, Some(rejected)).await
    }

    /// Removes a connection; `false` if there was none.
    ///
    /// A refresh that is under way finds out when it wants to save, and its token is dropped.
    /// Atlassian is not told: it has no way to be.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn disconnect(&self, key: &ConnectionKey) -> Result<bool, StoreError> {
        in_time(self.inner.store.remove(key, Precondition::Any)).await
    }

    /// The connection, to one caller among all processes after each sign-in: so that one answer says
    /// which account it is, and no other does.
    ///
    /// Nobody while a refresh is under way, which keeps others from writing; the next caller then.
    ///
    /// # Errors
    ///
    /// See [`ConnectionError`].
    pub async fn introduce(
        &self,
        key: &ConnectionKey,
        client: &ResolvedClient,
    ) -> Result<Option<Connection>, ConnectionError> {
        let Stored { connection, revision } = self.stored(key, client).await?;
        if connection.introduced {
            return Ok(None);
        }
        let (store, holder) = (&self.inner.store, LeaseHolder::random());
        let lease = in_time(store.lease(key, &revision, &holder, INTRODUCING)).await;
        match lease.map_err(ConnectionError::store)? {
            Lease::Granted => {}
            Lease::Held { .. } | Lease::Moved => return Ok(None),
        }
        let introduced = Connection { introduced: true, ..connection };
        let when = Precondition::Leased { revision: &revision, holder: &holder };
        let replaced = in_time(store.replace(key, when, &introduced)).await;
        match replaced.map_err(ConnectionError::store)? {
            Replaced::Done(_) => Ok(Some(introduced)),
            Replaced::Moved => Ok(None),
        }
    }

    /// Waits until no refresh is under way: before a process ends.
    ///
    /// Every refresh has a deadline, and so has this.
    pub async fn settled(&self) {
        loop {
            let running: Vec<Landing> = self.inner.flights().values().cloned().collect();
            if running.is_empty() {
                return;
            }
            join_all(running).await;
        }
    }

    async fn renew(
        &self,
        key: &ConnectionKey,
        client: &ResolvedClient,
        rejected: Option<Revision>,
    ) -> Outcome {
        // A flight that others have started for another reason may land on the very token that was
        // rejected; the next one is ours.
        for _attempt in 0..2 {
            let stored = self.join(key, client, rejected)?.await?;
            if rejected != Some(stored.revision) {
                return Ok(stored);
            }
        }
        self.join(key, client, rejected)?.await
    }

    /// The flight that is under way, or a new one.
    fn join(
        &self,
        key: &ConnectionKey,
        client: &ResolvedClient,
        rejected: Option<Revision>,
    ) -> Result<Landing, ConnectionError> {
        let flight_key = (key.clone(), client.fingerprint());
        let mut flights = self.inner.flights();
        if let Some(landing) = flights.get(&flight_key) {
            return Ok(landing.clone());
        }
        if flights.len() >= MAX_FLIGHTS {
            return Err(ConnectionError::busy());
        }
        let flight = Flight::new(Arc::clone(&self.inner), key.clone(), client.clone(), rejected);
        let (inner, key) = (Arc::clone(&self.inner), flight_key.clone());
        let task = tokio::spawn(async move {
            // Also after a panic: a key that stays would be a connection that never refreshes.
            let _ended = Ended { inner, key };
            flight.run().await
        });
        let landing = task.map(|it| it.unwrap_or_else(|_gone| Err(ConnectionError::interrupted())));
        let landing = landing.boxed().shared();
        flights.insert(flight_key, landing.clone());
        Ok(landing)
    }
}

/// Takes a flight off the list when it has ended.
struct Ended {
    inner: Arc<Inner>,
    key: FlightKey,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.inner.flights().remove(&self.key);
    }
}

impl Inner {
    fn flights(&self) -> std::sync::MutexGuard<'_, HashMap<FlightKey, Landing>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(
        &self,
        key: &ConnectionKey,
        client: &ResolvedClient,
    ) -> Result<Stored, ConnectionError> {
        let stored = in_time(self.store.load(key)).await.map_err(ConnectionError::store)?;
        let stored = stored.ok_or(ConnectionError::NotConnected)?;
        if stored.connection.client != client.fingerprint() {
            return Err(ConnectionError::ClientChanged);
        }
        match &client.site {
            Some(site) if stored.connection.site_for(Some(site)).is_none() => {
                Err(ConnectionError::OtherSite(site.clone()))
            }
            Some(_) | None => Ok(stored),
        }
    }
}

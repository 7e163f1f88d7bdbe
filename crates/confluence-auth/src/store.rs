//! What a database has to do for connections and sign-ins: the ports that a store implements.

use std::{fmt::Debug, time::Duration};

use async_trait::async_trait;
use confluence_api::BoxError;
use jiff::Timestamp;
use tokio::time::timeout;

use crate::{
    Fingerprint,
    connection::{Connection, ConnectionKey},
    pending::PendingSignIn,
    random::unique,
};

unique! {
    /// One state of a stored connection. Made by the store, anew with every write, and never used
    /// again: not even after the connection was removed and made anew.
    Revision
}

unique! {
    /// Who holds a lease: one attempt to refresh, in one process.
    LeaseHolder
}

unique! {
    /// The ticket of which a store remembers that it was used.
    TicketId
}

/// A connection, and which state of it this is.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The connection.
    pub connection: Connection,
    /// Changes with every write.
    pub revision: Revision,
}

/// What came of asking for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// The caller has it.
    Granted,
    /// Somebody else has it.
    Held {
        /// For how long at most, by the store's clock.
        for_another: Duration,
    },
    /// The connection is not in that state any more, or gone: load it again.
    Moved,
}

/// What must still be true for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition<'a> {
    /// Nothing: a new sign-in, or a user who disconnects. Ends every lease.
    Any,
    /// The connection is in that state, and the lease is that holder's.
    ///
    /// A lease that has run out but that nobody has taken over still counts: its holder may have a
    /// rotated token that exists nowhere else.
    Leased {
        /// The state that the lease was granted for.
        revision: &'a Revision,
        /// Who was granted it.
        holder: &'a LeaseHolder,
    },
}

/// What came of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It is durable, as this revision. The lease is over.
    Done(Revision),
    /// The precondition did not hold; nothing was written. For [`Precondition::Any`]: what the
    /// connection would belong to is gone.
    Moved,
}

/// Why a store did not do its work. Each variant asks for a different reaction.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It may work later; whether the operation happened is not known.
    #[error("the store is unavailable")]
    Unavailable(#[source] BoxError),
    /// What is stored cannot be read, for example because the key is another one. An operator has
    /// to act.
    #[error("{what} in the store cannot be read")]
    Corrupt {
        /// What it is, without its content.
        what: &'static str,
        /// Why.
        #[source]
        source: BoxError,
    },
}

/// How long a store may take for one operation.
///
/// Stores have shorter limits of their own; this one is for those that have none, or fail to keep
/// it: everybody would wait for one that hangs.
const TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
#[error("no answer within {TIMEOUT:?}")]
struct TimedOut;

/// An operation of a store, with an end.
pub(crate) async fn in_time<T>(
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let unavailable = |_elapsed| Err(StoreError::Unavailable(Box::new(TimedOut)));
    timeout(TIMEOUT, operation).await.unwrap_or_else(unavailable)
}

/// Keeps connections, for any number of processes at once.
///
/// Each method is one short transaction. A write that was reported as done survives a crash.
#[async_trait]
pub trait ConnectionStore: Send + Sync + Debug {
    /// The connection of `key`, if there is one.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn load(&self, key: &ConnectionKey) -> Result<Option<Stored>, StoreError>;

    /// Reserves the refresh of one state of a connection for `holder`, for `ttl` from now by the
    /// store's own clock.
    ///
    /// Granted if nobody else has it, or has let it run out. The same holder may ask again, which
    /// sets the end anew; a `ttl` of zero gives the lease back, and is `Granted` if it was the
    /// holder's. The connection and its revision do not change.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn lease(
        &self,
        key: &ConnectionKey,
        revision: &Revision,
        holder: &LeaseHolder,
        ttl: Duration,
    ) -> Result<Lease, StoreError>;

    /// Writes the connection of `key`, if `when` holds.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn replace(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
        connection: &Connection,
    ) -> Result<Replaced, StoreError>;

    /// Removes the connection of `key`, if `when` holds; says whether one was removed.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn remove(&self, key: &ConnectionKey, when: Precondition<'_>)
    -> Result<bool, StoreError>;
}

/// Most sign-ins of one connection that may be under way: the oldest gives way to a new one.
pub const MAX_PENDING: usize = 8;

/// Keeps sign-ins that are under way, and the tickets that were used.
#[async_trait]
pub trait SignInStore: Send + Sync + Debug {
    /// Keeps a sign-in until it is taken or expires.
    ///
    /// Removes what has expired, and the oldest of the same connection where there are more than
    /// [`MAX_PENDING`].
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn begin(&self, pending: &PendingSignIn) -> Result<(), StoreError>;

    /// Removes and returns the sign-in with this state, whether or not it has expired: of any
    /// number of callers, one gets it.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn take(&self, state: &Fingerprint) -> Result<Option<PendingSignIn>, StoreError>;

    /// Remembers until `until` that a ticket was used; `false` if it was remembered already.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn spend(&self, ticket: &TicketId, until: Timestamp) -> Result<bool, StoreError>;
}

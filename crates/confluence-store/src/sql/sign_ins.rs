//! Sign-ins that are under way, and tickets that were used.

use async_trait::async_trait;
use confluence_auth::Fingerprint;
use confluence_auth::connection::ConnectionKey;
use confluence_auth::pending::PendingSignIn;
use confluence_auth::store::{MAX_PENDING, SignInStore, StoreError, TicketId};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use super::connections::place;
use super::error::{corrupt, store_error};
use super::sealed::{SIGN_IN, sealed};
use super::time::{from_micros, to_micros};
use crate::record::{SignInRecord, Unreadable};

const SWEEP: &str = "DELETE FROM sign_in WHERE expires_at <= (SELECT now_us FROM clock)";

const BEGIN: &str = "INSERT INTO sign_in \
    (state, workspace, instance, user_id, created_at, expires_at, key_id, sealed) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// The one that has just begun stays, whatever the clocks of the others said.
const MAKE_ROOM: &str = "DELETE FROM sign_in WHERE state IN (\
    SELECT state FROM sign_in \
    WHERE workspace = $1 AND instance = $2 AND user_id = $3 AND state <> $4 \
    ORDER BY created_at DESC, state LIMIT 1000 OFFSET $5)";

const TAKE: &str = "DELETE FROM sign_in WHERE state = $1 \
    RETURNING workspace, instance, user_id, created_at, expires_at, key_id, sealed";

const SWEEP_TICKETS: &str = "DELETE FROM spent_ticket WHERE until <= (SELECT now_us FROM clock)";

const SPEND: &str =
    "INSERT INTO spent_ticket (id, until) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";

#[async_trait]
impl SignInStore for Store {
    async fn begin(&self, pending: &PendingSignIn) -> Result<(), StoreError> {
        let state = pending.state.to_string();
        let sealed = SIGN_IN.seal(self.sealer(), &[&state], &SignInRecord::from(pending));
        let [workspace, instance, user] = place(&pending.key).map(str::to_owned);
        let begun = self.write(async {
            let mut transaction = self.pool().begin_with(self.dialect().begin()).await?;
            sqlx::query(SWEEP).execute(&mut *transaction).await?;
            sqlx::query(BEGIN)
                .bind(state.clone())
                .bind(workspace.clone())
                .bind(instance.clone())
                .bind(user.clone())
                .bind(to_micros(pending.created_at))
                .bind(to_micros(pending.expires_at))
                .bind(sealed.key)
                .bind(sealed.bytes)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(MAKE_ROOM)
                .bind(workspace)
                .bind(instance)
                .bind(user)
                .bind(state)
                .bind(i64::try_from(MAX_PENDING - 1).unwrap_or(i64::MAX))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        });
        begun.await
    }

    async fn take(&self, state: &Fingerprint) -> Result<Option<PendingSignIn>, StoreError> {
        let taken = sqlx::query(TAKE).bind(state.to_string()).fetch_optional(self.pool());
        let row = self.write(taken).await?;
        row.map(|it| self.pending(*state, &it)).transpose()
    }

    async fn spend(&self, ticket: &TicketId, until: Timestamp) -> Result<bool, StoreError> {
        let query = sqlx::query(SPEND).bind(ticket.to_string()).bind(to_micros(until));
        let used = self.write(async {
            sqlx::query(SWEEP_TICKETS).execute(self.pool()).await?;
            query.execute(self.pool()).await
        });
        Ok(used.await?.rows_affected() > 0)
    }
}

impl Store {
    fn pending(&self, state: Fingerprint, row: &AnyRow) -> Result<PendingSignIn, StoreError> {
        let sealed = sealed(row).map_err(store_error)?;
        let record: SignInRecord = SIGN_IN.open(self.sealer(), &[&state.to_string()], &sealed)?;
        let pending = || -> Result<PendingSignIn, Unreadable> {
            let text = |column| row.try_get::<String, _>(column);
            let time = |column| Ok::<_, sqlx::Error>(from_micros(row.try_get(column)?));
            let key = ConnectionKey {
                workspace: text("workspace")?.parse()?,
                instance: text("instance")?.parse()?,
                user: text("user_id")?.parse()?,
            };
            record.into_pending(state, key, time("created_at")?, time("expires_at")?)
        };
        pending().map_err(|it| corrupt(SIGN_IN.holds, it))
    }
}

//! Web sessions, kept as hashes, and failed sign-ins.

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_connector::{Fingerprint, LoginFailures, Session, SessionStore, StoreError};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::columns::{count, parsed, time};
use super::error::corrupt;
use super::time::to_micros;
use super::{Store, key_kind};

const BEGIN: &str = "INSERT INTO web_session \
    (hash, access_key, created_at, expires_at, kind, workspace, instance, user_id, agent, api) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// A session ends with the key that it was begun with.
const FIND: &str = "SELECT s.* FROM web_session s JOIN access_key k ON k.id = s.access_key \
    WHERE s.hash = $1 AND s.expires_at > $2 AND (k.not_after IS NULL OR k.not_after > $2)";

const PROLONG: &str = "UPDATE web_session SET expires_at = $2 WHERE hash = $1 AND expires_at < $2";

const END: &str = "DELETE FROM web_session WHERE hash = $1";

const SWEEP: &str = "DELETE FROM web_session WHERE expires_at <= $1";

const NOTE: &str = "INSERT INTO login_failure (source, at) VALUES ($1, $2)";

const COUNT: &str = "SELECT COUNT(*) FROM login_failure WHERE source = $1 AND at > $2";

const FORGET: &str = "DELETE FROM login_failure WHERE source = $1";

const SWEEP_FAILURES: &str = "DELETE FROM login_failure WHERE at < $1";

#[async_trait]
impl SessionStore for Store {
    async fn begin(&self, session: &Session) -> Result<(), StoreError> {
        let query = sqlx::query(BEGIN)
            .bind(session.hash.to_string())
            .bind(session.key.to_string())
            .bind(to_micros(session.created_at))
            .bind(to_micros(session.expires_at));
        let query = key_kind::bind(query, &session.kind);
        self.write(query.execute(self.pool())).await.map(drop)
    }

    async fn find(
        &self,
        hash: &Fingerprint,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query(FIND).bind(hash.to_string()).bind(to_micros(now));
        self.read(query.fetch_optional(self.pool())).await?.map(|it| session(&it)).transpose()
    }

    async fn prolong(&self, hash: &Fingerprint, until: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(PROLONG).bind(hash.to_string()).bind(to_micros(until));
        self.write(query.execute(self.pool())).await.map(drop)
    }

    async fn end(&self, hash: &Fingerprint) -> Result<(), StoreError> {
        let query = sqlx::query(END).bind(hash.to_string());
        self.write(query.execute(self.pool())).await.map(drop)
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        let query = sqlx::query(SWEEP).bind(to_micros(now));
        Ok(self.write(query.execute(self.pool())).await?.rows_affected())
    }
}

fn session(row: &AnyRow) -> Result<Session, StoreError> {
    let read = || -> Result<Session, BoxError> {
        Ok(Session {
            hash: parsed(row, "hash")?,
            kind: key_kind::read(row)?,
            key: parsed(row, "access_key")?,
            created_at: time(row, "created_at")?,
            expires_at: time(row, "expires_at")?,
        })
    };
    read().map_err(|it| corrupt("a web session", it))
}

#[async_trait]
impl LoginFailures for Store {
    async fn note(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(NOTE).bind(source.to_owned()).bind(to_micros(at));
        self.write(query.execute(self.pool())).await.map(drop)
    }

    async fn count(&self, source: &str, since: Timestamp) -> Result<u64, StoreError> {
        let query = sqlx::query(COUNT).bind(source.to_owned()).bind(to_micros(since));
        self.read(async { count(&query.fetch_one(self.pool()).await?) }).await
    }

    async fn forget(&self, source: &str) -> Result<(), StoreError> {
        let query = sqlx::query(FORGET).bind(source.to_owned());
        self.write(query.execute(self.pool())).await.map(drop)
    }

    async fn sweep(&self, before: Timestamp) -> Result<u64, StoreError> {
        let query = sqlx::query(SWEEP_FAILURES).bind(to_micros(before));
        Ok(self.write(query.execute(self.pool())).await?.rows_affected())
    }
}

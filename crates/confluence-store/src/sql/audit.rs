//! The audit log.

use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_connector::{AuditEntry, AuditFilter, AuditLog, AuditRecord, StoreError};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::columns::{limit, optional, parsed, time};
use super::error::corrupt;
use super::time::to_micros;
use super::{Query, Store};

const COLUMNS: [&str; 10] = [
    "at",
    "workspace",
    "instance",
    "access_key",
    "user_id",
    "agent",
    "operation",
    "target",
    "outcome",
    "duration_us",
];

/// Records per statement: both databases take some ten thousand parameters.
const CHUNK: usize = 200;

/// Records that are removed per statement, so that none takes too long.
const SWEEP: &str = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 LIMIT 5000)";

#[async_trait]
impl AuditLog for Store {
    async fn append(&self, records: &[AuditRecord]) -> Result<(), StoreError> {
        let appended = self.write(async {
            let mut transaction = self.pool().begin_with(self.dialect().begin()).await?;
            for records in records.chunks(CHUNK) {
                let query = sqlx::query(AssertSqlSafe(insertion(records.len())));
                records.iter().fold(query, bind).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        });
        appended.await
    }

    async fn entries(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        rows: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let (sql, parameters) = selection(filter, before);
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(limit(rows));
        for parameter in parameters {
            query = match parameter {
                Parameter::Number(number) => query.bind(number),
                Parameter::Text(text) => query.bind(text),
            };
        }
        let found = Self::read(self, query.fetch_all(self.pool())).await?;
        found.iter().map(entry).collect()
    }

    async fn sweep(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let query = sqlx::query(SWEEP).bind(to_micros(before));
            match self.write(query.execute(self.pool())).await?.rows_affected() {
                0 => return Ok(removed),
                rows => removed += rows,
            }
        }
    }
}

fn insertion(rows: usize) -> String {
    let row = |index: usize| {
        let parameters = (1..=COLUMNS.len()).map(|it| format!("${}", index * COLUMNS.len() + it));
        format!("({})", parameters.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<_> = (0..rows).map(row).collect();
    format!("INSERT INTO audit ({}) VALUES {}", COLUMNS.join(", "), rows.join(", "))
}

fn bind<'q>(query: Query<'q>, record: &AuditRecord) -> Query<'q> {
    query
        .bind(to_micros(record.at))
        .bind(record.workspace.to_string())
        .bind(record.instance.to_string())
        .bind(record.key.as_ref().map(ToString::to_string))
        .bind(record.user.as_ref().map(ToString::to_string))
        .bind(record.agent.as_ref().map(ToString::to_string))
        .bind(record.operation.clone())
        .bind(record.target.clone())
        .bind(record.outcome.clone())
        .bind(i64::try_from(record.duration.as_micros()).unwrap_or(i64::MAX))
}

enum Parameter {
    Number(i64),
    Text(String),
}

/// The statement, whose first parameter is the limit, and the other parameters.
fn selection(filter: &AuditFilter, before: Option<u64>) -> (String, Vec<Parameter>) {
    let text = |it: String| Parameter::Text(it);
    let time = |it: Timestamp| Parameter::Number(to_micros(it));
    let before = before.map(|it| Parameter::Number(i64::try_from(it).unwrap_or(i64::MAX)));
    let conditions = [
        ("workspace =", filter.workspace.as_ref().map(|it| text(it.to_string()))),
        ("instance =", filter.instance.as_ref().map(|it| text(it.to_string()))),
        ("user_id =", filter.user.as_ref().map(|it| text(it.to_string()))),
        ("agent =", filter.agent.as_ref().map(|it| text(it.to_string()))),
        ("at >=", filter.since.map(time)),
        ("at <", filter.until.map(time)),
        ("id <", before),
    ];
    let mut sql = format!("SELECT id, {} FROM audit", COLUMNS.join(", "));
    let mut parameters = Vec::new();
    for (condition, parameter) in conditions {
        let Some(parameter) = parameter else { continue };
        sql += if parameters.is_empty() { " WHERE " } else { " AND " };
        parameters.push(parameter);
        write!(sql, "{condition} ${}", parameters.len() + 1).expect("a text can be written to");
    }
    sql += " ORDER BY id DESC LIMIT $1";
    (sql, parameters)
}

fn entry(row: &AnyRow) -> Result<AuditEntry, StoreError> {
    let read = || -> Result<AuditEntry, BoxError> {
        let record = AuditRecord {
            at: time(row, "at")?,
            workspace: parsed(row, "workspace")?,
            instance: parsed(row, "instance")?,
            key: optional(row, "access_key")?,
            user: optional(row, "user_id")?,
            agent: optional(row, "agent")?,
            operation: row.try_get("operation")?,
            target: row.try_get("target")?,
            outcome: row.try_get("outcome")?,
            duration: Duration::from_micros(row.try_get::<i64, _>("duration_us")?.unsigned_abs()),
        };
        Ok(AuditEntry { position: row.try_get::<i64, _>("id")?.unsigned_abs(), record })
    };
    read().map_err(|it| corrupt("the audit log", it))
}

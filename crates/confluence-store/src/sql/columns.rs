//! Reading columns as the types of the domain.

use std::str::FromStr;

use confluence_api::BoxError;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::time::from_micros;

/// A text that has to be a `T`.
pub(super) fn parsed<T>(row: &AnyRow, column: &str) -> Result<T, BoxError>
where
    T: FromStr<Err: Into<BoxError>>,
{
    row.try_get::<String, _>(column)?.parse().map_err(Into::into)
}

/// A text that has to be a `T`, or `NULL`.
pub(super) fn optional<T>(row: &AnyRow, column: &str) -> Result<Option<T>, BoxError>
where
    T: FromStr<Err: Into<BoxError>>,
{
    let text: Option<String> = row.try_get(column)?;
    text.map(|it| it.parse()).transpose().map_err(Into::into)
}

pub(super) fn time(row: &AnyRow, column: &str) -> Result<Timestamp, BoxError> {
    Ok(from_micros(row.try_get(column)?))
}

/// A count, which no database makes negative.
pub(super) fn count(row: &AnyRow) -> sqlx::Result<u64> {
    row.try_get::<i64, _>(0).map(i64::unsigned_abs)
}

/// A number of rows as a parameter.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

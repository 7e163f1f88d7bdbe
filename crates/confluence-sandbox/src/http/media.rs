//! The bytes of attachments, at signed addresses that take no credential.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::http::{StatusCode, header, request::Parts};
use jiff::Timestamp;

use crate::{clock, state::Shared};

use super::{
    answer::{Answer, Content},
    failure::Failure,
};

/// How long a signed address works.
const LIFETIME: std::time::Duration = std::time::Duration::from_mins(10);

/// The address at which an attachment's bytes are, for a while.
pub(super) fn signed(shared: &Shared, attachment: u64, now: Timestamp) -> String {
    let until = clock::after(now, LIFETIME).as_second();
    let token = token(shared, attachment, until);
    format!("{}/media/file/{attachment}/binary?token={until}.{token}", shared.media_base)
}

pub(super) fn get(
    shared: &Shared,
    path: &str,
    parts: &Parts,
    now: Timestamp,
) -> Result<Answer, Failure> {
    // The real service refuses a request that is signed twice, and so finds leaked credentials.
    if parts.headers.contains_key(header::AUTHORIZATION) {
        return Err(Failure::gateway(StatusCode::BAD_REQUEST, "Only one auth mechanism allowed"));
    }
    let missing = || Failure::gateway(StatusCode::NOT_FOUND, "Not Found");
    let id: u64 = path
        .strip_prefix("/media/file/")
        .and_then(|it| it.strip_suffix("/binary"))
        .and_then(|it| it.parse().ok())
        .ok_or_else(missing)?;
    let signature = parts.uri.query().and_then(|it| it.strip_prefix("token=")).unwrap_or_default();
    let (until, given) = signature.split_once('.').unwrap_or_default();
    let valid =
        until.parse().is_ok_and(|it: i64| it >= now.as_second() && token(shared, id, it) == given);
    if !valid {
        return Err(Failure::gateway(StatusCode::FORBIDDEN, "Token is not valid"));
    }
    let site = shared.tenant.site();
    let file = site.attachment(id).ok_or_else(missing)?;
    let name: String = file.name.chars().filter(|it| !it.is_control() && *it != '"').collect();
    let content = Content::File { media_type: file.media_type.clone(), bytes: file.bytes };
    Ok(Answer::new(StatusCode::OK, content)
        .with_header(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\"")))
}

/// Ties an address to this sandbox; a sandbox has nothing that would need real cryptography.
fn token(shared: &Shared, attachment: u64, until: i64) -> String {
    let mut hasher = DefaultHasher::new();
    (&shared.tenant.cloud_id, attachment, until, "media").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

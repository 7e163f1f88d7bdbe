//! The way to an attachment's bytes.

use axum::http::{StatusCode, header};

use crate::http::{
    answer::{Answer, Content},
    call::Call,
    failure::Failure,
    media,
};

/// `GET /content/{id}/child/attachment/{attachment}/download`: a redirect to a signed address.
pub(crate) fn download(call: &Call<'_>) -> Result<Answer, Failure> {
    let (page, name) = (call.capture(0), call.capture(1));
    let missing = || {
        Failure::v1(
            StatusCode::NOT_FOUND,
            "NotFoundException",
            &format!("No attachment with id {name} found on content with id {page}"),
        )
    };
    let id = name.strip_prefix("att").unwrap_or(name).parse().ok().ok_or_else(missing)?;
    let version = call.query.int("version")?;
    let site = call.site();
    let attachment = site
        .visible_attachment(&call.user, id)
        .filter(|it| it.page.to_string() == page)
        .ok_or_else(missing)?;
    if version.is_some_and(|it| it < 1 || it > i64::from(attachment.version)) {
        return Err(Failure::v1(
            StatusCode::BAD_REQUEST,
            "BadRequestException",
            "The requested version of the attachment does not exist",
        ));
    }
    let address = media::signed(call.shared, attachment.id, call.now);
    Ok(Answer::new(StatusCode::FOUND, Content::Nothing).with_header(header::LOCATION, &address))
}

//! People.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    access::Role,
    http::{answer::Answer, call::Call, failure::Failure},
    site::User,
};

/// `GET /user/current`
#[expect(clippy::unnecessary_wraps, reason = "it is a handler among others")]
pub(crate) fn current(call: &Call<'_>) -> Result<Answer, Failure> {
    Ok(Answer::json(shape(call, &call.user)).with_points(2))
}

/// `GET /user?accountId=`
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let Some(account) = call.query.get("accountId") else {
        return Err(Failure::v1(
            StatusCode::BAD_REQUEST,
            "BadRequestException",
            "Query parameter accountId is required",
        ));
    };
    let site = call.site();
    let user = site.user(account).ok_or_else(|| {
        Failure::v1(
            StatusCode::NOT_FOUND,
            "NotFoundException",
            &format!("No user found with account id: {account}"),
        )
    })?;
    Ok(Answer::json(shape(call, user)).with_points(2))
}

fn shape(call: &Call<'_>, user: &User) -> Value {
    let base = &call.tenant.link_base;
    let own = user.account_id == call.user.account_id;
    let guest = user.role == Role::Guest;
    json!({
        "type": "known",
        "accountId": user.account_id,
        "accountType": "atlassian",
        "email": if own { user.email.as_str() } else { "" },
        "publicName": user.display_name,
        "profilePicture": {
            "path": "/wiki/aa-avatar/default.png", "width": 48, "height": 48, "isDefault": true
        },
        "displayName": user.display_name,
        "timeZone": user.time_zone,
        "isExternalCollaborator": guest,
        "isGuest": guest,
        "_expandable": { "operations": "", "personalSpace": "" },
        "_links": {
            "self": format!("{base}/rest/api/user?accountId={}", user.account_id),
            "base": base,
            "context": "/wiki",
        },
    })
}

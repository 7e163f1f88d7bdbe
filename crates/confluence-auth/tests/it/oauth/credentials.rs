//! A connection as a credential: what a call meets, and what it is told.

use std::{sync::Arc, time::Duration};

use confluence_api::{
    ApiErrorKind, Client, Credentials, CredentialsError, Error, Rejected, RejectedAnswer,
    pages::ListPages,
};
use futures::future::join_all;

use super::{
    identity::Odd,
    rig::{Rig, key},
};

const BARE: &str =
    r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#;
const UNAUTHORIZED: &str = r#"{"code":401,"message":"Unauthorized"}"#;
const NOT_PERMITTED: &str = r#"{"statusCode":403,"message":"com.atlassian.confluence.api.service.exceptions.api.PermissionException: Current user not permitted to use Confluence"}"#;

const PAGES: &str = "https://api.atlassian.com/ex/confluence/cloud-1/wiki/api/v2/pages";
const USER: &str = "https://api.atlassian.com/ex/confluence/cloud-1/wiki/rest/api/user/current";

#[track_caller]
fn login(error: Error) -> (String, Option<String>) {
    let Error::Credentials(CredentialsError::LoginRequired { reason, link }) = error else {
        unreachable!("{error:?}")
    };
    (reason, link.map(|it| it.0.into()))
}

#[tokio::test(start_paused = true)]
async fn a_user_who_has_not_connected_gets_a_link() {
    let rig = Rig::empty();
    let error = rig.api().send(&ListPages::default()).await.unwrap_err();
    assert!(!error.is_transient());
    let shown = format!("{error:?}");
    assert!(!shown.contains("s3cret-ticket"), "{shown}");
    let (reason, link) = login(error);
    assert_eq!(reason, "Confluence is not connected for this user.");
    assert!(link.unwrap().ends_with("?ticket=s3cret-ticket"));
    assert_eq!(rig.identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn no_link_is_offered_where_connecting_would_not_help() {
    let rig = Rig::stale();
    rig.identity.always(Some(Odd::Answer(401, r#"{"error":"access_denied"}"#)));
    let (reason, link) = login(rig.api().send(&ListPages::default()).await.unwrap_err());
    assert!(reason.starts_with("Confluence OAuth is not configured."), "{reason}");
    assert_eq!(link, None);
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_identity_service_is_transient() {
    let rig = Rig::stale();
    rig.identity.always(Some(Odd::Html(503)));
    let error = rig.api().send(&ListPages::default()).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert_eq!(rig.identity.asked(PAGES).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_renewed_once_however_atlassian_puts_it() {
    for (status, body) in [(401, UNAUTHORIZED), (404, BARE), (403, NOT_PERMITTED)] {
        let rig = Rig::fresh();
        rig.identity.reject(&rig.tokens().unwrap().0, status, body);
        rig.api().send(&ListPages::default()).await.unwrap();
        assert_eq!(rig.identity.refreshes(), 1, "{status}");
        assert_eq!(rig.identity.asked(PAGES).len(), 2, "{status}");
        assert!(rig.memory.get(&rig.key).unwrap().connection.after_rejection);
    }
}

#[tokio::test(start_paused = true)]
async fn two_hundred_calls_with_a_rejected_token_renew_it_once() {
    let rig = Rig::fresh();
    rig.identity.reject(&rig.tokens().unwrap().0, 401, UNAUTHORIZED);
    let api = rig.api();
    let endpoint = ListPages::default();
    let calls = join_all((0..200).map(|_| api.send(&endpoint))).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(rig.identity.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_renewed_after_a_rejection_is_not_renewed_for_another() {
    for (status, body) in [(401, UNAUTHORIZED), (404, BARE), (403, NOT_PERMITTED)] {
        let rig = Rig::fresh();
        rig.identity.reject_all(Some((status, body)));
        for _ in 0..3 {
            // A value per call, as a server may have it: nothing hangs on its memory.
            let error = rig.api().send(&ListPages::default()).await.unwrap_err();
            assert_eq!(error.kind(), Some(ApiErrorKind::Unauthorized), "{status}: {error:?}");
        }
        assert_eq!(rig.identity.refreshes(), 1, "{status}");
        assert!(rig.memory.get(&rig.key).is_some(), "nobody said that the grant is dead");
    }
}

#[tokio::test(start_paused = true)]
async fn a_while_later_a_rejection_is_believed_to_be_a_new_one() {
    let rig = Rig::empty();
    let mut connection = rig.connection(Duration::from_hours(1));
    connection.after_rejection = true;
    connection.refreshed_at -= Duration::from_secs(301);
    rig.memory.put(&rig.key, connection);
    rig.identity.revoke();
    rig.identity.reject_all(Some((404, BARE)));
    let (reason, link) = login(rig.api().send(&ListPages::default()).await.unwrap_err());
    assert!(reason.starts_with("Confluence token refresh failed"), "{reason}");
    assert!(link.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_next_expiry_gives_rejections_another_chance() {
    let rig = Rig::empty();
    let mut connection = rig.connection(Duration::ZERO);
    connection.after_rejection = true;
    rig.memory.put(&rig.key, connection);
    rig.api().send(&ListPages::default()).await.unwrap();
    assert!(!rig.memory.get(&rig.key).unwrap().connection.after_rejection);
}

#[tokio::test(start_paused = true)]
async fn a_missing_page_is_not_blamed_on_a_token_that_works() {
    let rig = Rig::empty();
    let mut connection = rig.connection(Duration::from_hours(1));
    connection.after_rejection = true;
    rig.memory.put(&rig.key, connection);
    let credentials = rig.credentials();
    let used = credentials.authorized().await.unwrap();
    for answer in [RejectedAnswer::BareNotFound, RejectedAnswer::NotPermitted] {
        assert_eq!(credentials.rejected(&used, answer).await, Rejected::Unrelated);
    }
    assert_eq!(rig.identity.asked(USER).len(), 1, "a working credential is believed for a while");
    assert_eq!(rig.identity.refreshes(), 0);
    let answer = RejectedAnswer::Unauthorized;
    assert_eq!(credentials.rejected(&used, answer).await, Rejected::Dead);
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_was_revoked_is_found_out_by_the_call_that_meets_it() {
    let rig = Rig::fresh();
    rig.identity.revoke();
    rig.identity.reject_all(Some((401, UNAUTHORIZED)));
    let (reason, link) = login(rig.api().send(&ListPages::default()).await.unwrap_err());
    assert!(reason.starts_with("Confluence token refresh failed"), "{reason}");
    assert!(reason.contains("must reconnect"), "{reason}");
    assert!(link.is_some());
    assert!(rig.memory.get(&rig.key).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_that_cannot_be_renewed_for_now_is_not_called_dead() {
    let rig = Rig::fresh();
    rig.identity.reject_all(Some((401, UNAUTHORIZED)));
    rig.identity.always(Some(Odd::Answer(503, "")));
    let api = rig.api();
    let error = api.send(&ListPages::default()).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    // For a moment nobody sends a token that is known to be rejected.
    let asked = rig.identity.all().len();
    assert!(api.send(&ListPages::default()).await.unwrap_err().is_transient());
    assert_eq!(rig.identity.all().len(), asked);

    rig.identity.always(None);
    rig.identity.reject_all(None);
    tokio::time::advance(Duration::from_secs(6)).await;
    api.send(&ListPages::default()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn somebody_who_reconnects_after_a_failure_is_served_at_once() {
    let rig = Rig::fresh();
    rig.identity.revoke();
    rig.identity.reject_all(Some((401, UNAUTHORIZED)));
    let api = rig.api();
    api.send(&ListPages::default()).await.unwrap_err();
    rig.identity.reject_all(None);
    rig.memory.put(&rig.key, rig.connection(Duration::from_hours(1)));
    api.send(&ListPages::default()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_token_goes_to_the_gateway_of_its_site_and_nowhere_else() {
    let rig = Rig::fresh();
    let authorized = rig.credentials().authorized().await.unwrap();
    assert_eq!(authorized.root.as_str(), "https://api.atlassian.com/ex/confluence/cloud-1");
    assert!(authorized.header.is_sensitive());
    let other = confluence_auth::OAuthConnection::new(
        rig.refresher.clone(),
        key("grace@example.com"),
        rig.client.clone(),
        Box::new(|| None),
    );
    let api = Client::new(rig.identity.transport(), Arc::new(other));
    let (_, link) = login(api.send(&ListPages::default()).await.unwrap_err());
    assert_eq!(link, None);
}

#[tokio::test(start_paused = true)]
async fn a_site_that_is_configured_later_is_used_if_the_user_has_it_and_no_other() {
    let mut rig = Rig::empty();
    let mut connection = rig.connection(Duration::from_hours(1));
    let acme = confluence_auth::connection::ConnectedSite {
        cloud_id: "cloud-2".parse().unwrap(),
        url: "https://acme.atlassian.net".parse().unwrap(),
        name: "Acme".to_owned(),
    };
    connection.other_sites.push(acme);
    rig.memory.put(&rig.key, connection);
    for (site, cloud_id) in
        [(None, "cloud-1"), (Some("example"), "cloud-1"), (Some("acme"), "cloud-2")]
    {
        rig.client.site = site.map(|it| it.parse().unwrap());
        let authorized = rig.credentials().authorized().await.unwrap();
        assert!(authorized.root.as_str().ends_with(cloud_id), "{site:?}: {}", authorized.root);
    }
    rig.client.site = Some("beta".parse().unwrap());
    let (reason, link) = login(rig.api().send(&ListPages::default()).await.unwrap_err());
    assert!(reason.starts_with("Confluence is not connected for this user."), "{reason}");
    assert!(reason.contains("`beta`") && link.is_some(), "{reason}");
    assert_eq!(rig.identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_disconnects_after_an_outage_is_told_about_the_connection() {
    let rig = Rig::fresh();
    rig.identity.reject_all(Some((401, UNAUTHORIZED)));
    rig.identity.always(Some(Odd::Answer(503, "")));
    let api = rig.api();
    assert!(api.send(&ListPages::default()).await.unwrap_err().is_transient());
    rig.refresher.disconnect(&rig.key).await.unwrap();
    let (reason, _) = login(api.send(&ListPages::default()).await.unwrap_err());
    assert_eq!(reason, "Confluence is not connected for this user.");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_stand_in_a_header_is_not_sent() {
    let rig = Rig::empty();
    let mut connection = rig.connection(Duration::from_hours(1));
    connection.grant.access_token = "s3cret\r\nHost: evil.example".into();
    rig.memory.put(&rig.key, connection);
    let error = rig.api().send(&ListPages::default()).await.unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"));
    assert_eq!(rig.identity.all().len(), 0);
}

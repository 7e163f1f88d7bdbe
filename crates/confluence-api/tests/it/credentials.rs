//! Who is told of a refusal, what comes of it, and what nobody gets to see.

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use confluence_api::{
    ApiErrorKind, Authorized, Client, Credentials, CredentialsError, Error, HttpTransport,
    Rejected, RejectedAnswer, pages::ListPages, search::SearchCql,
    transport::TransportErrorKind::Interrupted,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::support::{Fixed, Play, Replay, SECRET, fixture};

const ROOT: &str = "https://example.atlassian.net";

fn bare() -> Play {
    Play::json(404, fixture("pages/get.404.bare"))
}

fn unauthorized() -> Play {
    Play::json(401, fixture("gateway/any.401"))
}

fn pages() -> Play {
    Play::json(200, r#"{"results":[]}"#)
}

/// The kind of error that comes out, the refusals reported, the number of requests.
async fn refused(plays: &[Play], verdict: Rejected) -> (ApiErrorKind, Vec<RejectedAnswer>, usize) {
    let replay = Replay::new(plays);
    let credentials = Fixed::new(ROOT, verdict);
    let client = replay.client_as(Arc::<Fixed>::clone(&credentials));
    let error = client.send(&ListPages::default()).await.unwrap_err();
    let reports = credentials.reports.lock().unwrap().iter().map(|it| it.1).collect();
    (error.api().unwrap().kind, reports, replay.count())
}

#[tokio::test(start_paused = true)]
async fn a_dead_credential_is_told_whatever_the_status() {
    use RejectedAnswer::{BareNotFound, NotPermitted, Unauthorized, UnauthorizedPage};
    let page = Play::Answer(401, &[("content-type", "text/html")], "<html>".to_owned());
    let forbidden = Play::json(403, fixture("users/current.403"));
    for (play, answer) in [
        (unauthorized(), Unauthorized),
        (page, UnauthorizedPage),
        (bare(), BareNotFound),
        (Play::status(404), BareNotFound),
        (forbidden, NotPermitted),
    ] {
        let (kind, reports, count) = refused(&[play], Rejected::Dead).await;
        assert_eq!((kind, reports, count), (ApiErrorKind::Unauthorized, vec![answer], 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_is_not_about_the_credential_stays_what_it_is() {
    let (kind, _, count) = refused(&[bare()], Rejected::Unrelated).await;
    assert_eq!((kind, count), (ApiErrorKind::NotFound, 1));
    let forbidden = Play::json(403, fixture("search/cql.403"));
    let (kind, reports, _) = refused(&[forbidden], Rejected::Unrelated).await;
    assert_eq!((kind, reports), (ApiErrorKind::Forbidden, vec![RejectedAnswer::NotPermitted]));
    let (kind, _, _) = refused(&[unauthorized()], Rejected::Unrelated).await;
    assert_eq!(kind, ApiErrorKind::Unauthorized);
}

#[tokio::test(start_paused = true)]
async fn refusals_that_say_what_they_mean_are_not_reported() {
    for play in [
        Play::json(401, fixture("gateway/any.401.scope")),
        Play::json(403, fixture("v1/any.403")),
        Play::json(404, fixture("pages/get.404")),
        Play::json(409, fixture("pages/update.409")),
        Play::json(410, fixture("v1/any.410")),
    ] {
        let (_, reports, count) = refused(&[play], Rejected::Dead).await;
        assert_eq!((reports, count), (Vec::new(), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewed_credential_is_used_once() {
    let replay = Replay::new([unauthorized(), pages()]);
    let credentials = Fixed::new(ROOT, Rejected::Retry);
    let client = replay.client_as(Arc::<Fixed>::clone(&credentials));
    client.send(&ListPages::default()).await.unwrap();
    let sent = replay.sent.lock().unwrap();
    assert_eq!(sent[0].authorization, format!("Bearer {SECRET}-1"));
    assert_eq!(sent[1].authorization, format!("Bearer {SECRET}-2"));
    let reports = credentials.reports.lock().unwrap();
    assert_eq!(reports[0].0, format!("Bearer {SECRET}-1"), "the one that was refused is named");
}

#[tokio::test(start_paused = true)]
async fn a_renewed_credential_that_is_refused_is_the_end() {
    let (kind, reports, count) = refused(&[unauthorized()], Rejected::Retry).await;
    assert_eq!((kind, reports.len(), count), (ApiErrorKind::Unauthorized, 1, 2));
    // The second refusal may be in disguise: only the credentials can tell.
    let (kind, reports, count) = refused(&[unauthorized(), bare()], Rejected::Retry).await;
    assert_eq!((kind, reports.len(), count), (ApiErrorKind::NotFound, 2, 2));
}

#[tokio::test(start_paused = true)]
async fn renewing_does_not_use_up_the_attempts() {
    let unavailable = || Play::status(503);
    let replay = Replay::new([
        unavailable(),
        unauthorized(),
        unavailable(),
        Play::Fault(Interrupted),
        pages(),
    ]);
    let client = replay.client_as(Fixed::new(ROOT, Rejected::Retry));
    client.send(&ListPages::default()).await.unwrap();
    assert_eq!(replay.count(), 5);
}

#[derive(Debug)]
struct None;

#[async_trait]
impl Credentials for None {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        Err(CredentialsError::LoginRequired {
            reason: "log in first".to_owned(),
            link: Option::None,
        })
    }

    async fn rejected(&self, _: &Authorized, _: RejectedAnswer) -> Rejected {
        Rejected::Dead
    }
}

#[tokio::test(start_paused = true)]
async fn without_credentials_nothing_is_sent() {
    let replay = Replay::new([pages()]);
    let error = replay.client_as(Arc::new(None)).send(&ListPages::default()).await.unwrap_err();
    assert!(matches!(error, Error::Credentials(CredentialsError::LoginRequired { .. })));
    assert_eq!((error.to_string().as_str(), error.is_transient()), ("not authenticated", false));
    assert_eq!(replay.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_header_is_marked_as_sensitive() {
    let replay = Replay::new([pages()]);
    replay.client().send(&ListPages::default()).await.unwrap();
    let sent = replay.sent.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(sent[0].authorization.is_sensitive());
    assert!(!format!("{sent:?}").contains(SECRET));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (server, evil) = (MockServer::start().await, MockServer::start().await);
    for status in [301, 302, 303, 307, 308] {
        server.reset().await;
        let to = format!("{}/wiki/api/v2/pages", evil.uri());
        let redirect = ResponseTemplate::new(status).insert_header("location", to.as_str());
        Mock::given(any()).respond_with(redirect).expect(1).mount(&server).await;
        let client = crate::support::client(&server.uri());
        let error = client.send(&ListPages::default()).await.unwrap_err();
        assert_eq!(error.api().unwrap().kind, ApiErrorKind::Other);
        assert_eq!(error.status().unwrap(), status);
    }
    assert!(evil.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn neither_errors_nor_clients_show_the_credential_or_the_query() {
    let server = MockServer::start().await;
    let refusal = ResponseTemplate::new(400).set_body_string(format!("no JSON, {SECRET}"));
    Mock::given(any()).respond_with(refusal).mount(&server).await;
    let client = crate::support::client(&server.uri());
    let unreachable = crate::support::client("http://127.0.0.1:1");
    let search = SearchCql::new("text ~ \"private words\"");
    let errors = [
        client.send(&search).await.unwrap_err(),
        unreachable
            .with_timeout(std::time::Duration::from_millis(300))
            .send(&search)
            .await
            .unwrap_err(),
    ];
    for error in errors {
        let mut shown = vec![format!("{error} {error:?} {client:?}")];
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown.push(format!("{cause} {cause:?}"));
            source = cause.source();
        }
        let shown = shown.join(" ");
        assert!(!shown.contains(SECRET) && !shown.contains("private"), "{shown}");
    }
}

#[tokio::test]
async fn transports_and_credentials_can_be_shown() {
    let client = Client::new(Arc::new(HttpTransport::default()), Fixed::new(ROOT, Rejected::Dead));
    let authorized = Fixed::new(ROOT, Rejected::Dead).authorized().await.unwrap();
    assert!(!format!("{client:?} {authorized:?}").contains(SECRET));
}

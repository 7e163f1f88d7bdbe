//! Answers of every status, shape and size: what becomes of them in the client.

use std::sync::Arc;

use confluence_api::{
    Answer, ApiErrorKind, Client, Endpoint, Error, Rejected,
    pages::{CreatePage, GetPage},
    search::SearchCql,
};
use tokio::time::Instant;

use crate::{
    script::{Script, line, parts},
    site::{assert_no_secret, assert_requests, client, holds_secret, run},
    text::{assert_line, assert_no_page},
};

/// The most requests of one call: four attempts, and one more with another credential.
const MAX_REQUESTS: usize = 5;

/// Longest message that the client passes on, in characters, with the mark of its end.
const MAX_MESSAGE: usize = 1_001;

/// What is asked (`get`, `search` or `create`) and what a rejection means (`retry`, `dead`, or
/// nothing), then one part per answer.
///
/// # Panics
///
/// When an error's texts are too long, have control characters or markup in them, or say something
/// else than the answer did; when a call takes longer than it may.
pub fn refusals(data: &[u8]) {
    if holds_secret(data) {
        return;
    }
    let parts = parts(data);
    let (what, _) = line(parts[0]);
    let rejected = match what.split_once(' ') {
        Some((_, "retry")) => Rejected::Retry,
        Some((_, "dead")) => Rejected::Dead,
        _ => Rejected::Unrelated,
    };
    let script = Arc::new(Script::new(&parts[1..]));
    let client = client(&script, rejected);
    let outcome = run(async {
        let started = Instant::now();
        let outcome = if what.starts_with("search") {
            send(&client, &SearchCql::new("type = page")).await
        } else if what.starts_with("create") {
            let id = "65538".parse().expect("a number is an id");
            let page =
                CreatePage { space_id: id, status: None, title: None, parent_id: None, body: None };
            send(&client, &page).await
        } else {
            send(&client, &GetPage::new("98306".parse().expect("a number is an id"))).await
        };
        assert!(started.elapsed() <= client.timeout(), "took {:?}", started.elapsed());
        outcome
    });
    assert_requests(&script);
    assert!(script.sent().len() <= MAX_REQUESTS, "{} requests", script.sent().len());
    match outcome {
        Ok(answer) => assert!(!answer.body().is_empty(), "an empty body is `null`"),
        Err(error) => {
            let texts =
                std::iter::successors(Some(&error as &dyn std::error::Error), |it| it.source());
            for text in texts.map(ToString::to_string) {
                assert_line(&text, MAX_MESSAGE + 200);
                assert_no_page(&text);
                assert_no_secret(&text);
            }
            refused(&error);
        }
    }
}

async fn send<E: Endpoint>(client: &Client, endpoint: &E) -> Result<Answer, Error> {
    let answer = client.json(endpoint).await?;
    if let Err(error) = answer.decode::<E::Response>() {
        assert!(error.line() >= 1 || error.column() == 0);
    }
    Ok(answer)
}

fn refused(error: &Error) {
    let Some(refusal) = error.api() else { return };
    assert!(!refusal.status.is_success(), "{refusal:?}");
    assert_eq!(error.status(), Some(refusal.status));
    if let Some(message) = &refusal.message {
        assert_line(message, MAX_MESSAGE);
    }
    if let Some(trace) = &refusal.trace_id {
        assert_line(trace, 128);
    }
    let throttled = refusal.kind == ApiErrorKind::RateLimited;
    assert_eq!(
        error.is_transient(),
        throttled || refusal.status.is_server_error() && refusal.kind == ApiErrorKind::Server
    );
}

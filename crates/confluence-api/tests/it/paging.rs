//! Lists of any length: where they go on, and where they end.

use std::pin::pin;

use confluence_api::{Error, pages::ListPages, search::SearchCql};
use futures::{StreamExt, TryStreamExt};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, query_param, query_param_is_missing},
};

use crate::support::{Play, Replay, client, fixture};

fn row(id: u32, next: &str) -> Play {
    Play::json(200, format!(r#"{{"results":[{{"id":{id}}}],"_links":{{"next":"{next}"}}}}"#))
}

fn last(id: u32) -> Play {
    Play::json(200, format!(r#"{{"results":[{{"id":"{id}"}}],"_links":{{}}}}"#))
}

async fn ids(replay: &std::sync::Arc<Replay>) -> Vec<String> {
    let rows = replay.client().stream(ListPages::default());
    rows.map_ok(|it| it.id.to_string()).try_collect().await.unwrap()
}

#[tokio::test]
async fn a_link_to_another_host_receives_no_request() {
    let (server, evil) = (MockServer::start().await, MockServer::start().await);
    let next = format!("{}/wiki/api/v2/pages?cursor=two&limit=9", evil.uri());
    let first = format!(
        r#"{{"results":[{{"id":"1"}}],"_links":{{"next":"{next}","base":"{}"}}}}"#,
        evil.uri()
    );
    Mock::given(path("/ex/confluence/cloud-1/wiki/api/v2/pages"))
        .and(query_param_is_missing("cursor"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(first, "application/json"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/ex/confluence/cloud-1/wiki/api/v2/pages"))
        .and(query_param("cursor", "two"))
        .and(query_param("limit", "1"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_raw(r#"{"results":[{"id":"2"}]}"#, "application/json"),
        )
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&format!("{}/ex/confluence/cloud-1", server.uri()));
    let rows = client.stream(ListPages { limit: Some(1), ..ListPages::default() });
    let ids: Vec<_> = rows.map_ok(|it| it.id.to_string()).try_collect().await.unwrap();
    assert_eq!(ids, ["1", "2"]);
    assert!(evil.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_empty_page_does_not_end_the_stream() {
    let replay = Replay::new([
        Play::json(200, fixture("pages/list.200")),
        Play::json(200, fixture("pages/list.200.empty-page")),
        Play::json(200, fixture("pages/list.200.last")),
    ]);
    assert_eq!(ids(&replay).await, ["98765", "98801", "99120"]);
    assert_eq!(replay.count(), 3);
}

#[tokio::test]
async fn a_short_page_is_not_the_end_of_a_search() {
    let page = |next: &str| {
        let next = format!("/rest/api/search?next=true&cursor={next}&limit=25&start=25&cql=x");
        Play::json(
            200,
            format!(
                r#"{{"results":[{{}}],"limit":25,"size":1,"totalSize":1,"_links":{{"next":"{next}"}}}}"#
            ),
        )
    };
    let replay =
        Replay::new([page("a"), page("b"), Play::json(200, r#"{"results":[{},{}],"_links":{}}"#)]);
    let hits: Vec<_> = replay.client().stream(SearchCql::new("x")).try_collect().await.unwrap();
    assert_eq!(hits.len(), 4);
    // What the link drops, such as the excerpt, is asked for again.
    let search =
        SearchCql { excerpt: Some(confluence_api::search::Excerpt::None), ..SearchCql::new("x") };
    let replay = Replay::new([page("a"), last(1)]);
    let _hits: Vec<_> = replay.client().stream(search).try_collect().await.unwrap();
    let sent = replay.sent.lock().unwrap();
    assert!(
        sent[1].url.ends_with("/wiki/rest/api/search?cql=x&excerpt=none&cursor=a"),
        "{}",
        sent[1].url
    );
}

#[tokio::test]
async fn page_three_is_not_fetched_when_two_are_read() {
    let replay = Replay::new([row(1, "/x?cursor=a"), row(2, "/x?cursor=b"), last(3)]);
    let client = replay.client();
    let mut rows = pin!(client.stream(ListPages::default()));
    assert_eq!(rows.next().await.unwrap().unwrap().id.as_str(), "1");
    assert_eq!(replay.count(), 1);
    assert_eq!(rows.next().await.unwrap().unwrap().id.as_str(), "2");
    assert_eq!(replay.count(), 2);
}

#[tokio::test]
async fn nothing_is_fetched_before_the_first_row_is_asked_for() {
    let replay = Replay::new([last(1)]);
    let client = replay.client();
    drop(client.stream(ListPages::default()));
    assert_eq!(replay.count(), 0);
}

#[tokio::test]
async fn the_link_header_counts_when_the_body_has_no_link() {
    let link = &[(
        "link",
        "</wiki/api/v2/pages?cursor=a%3D>; rel=\"next\", <https://example.atlassian.net/wiki>; rel=\"base\"",
    )];
    let replay =
        Replay::new([Play::Answer(200, link, r#"{"results":[{"id":1}]}"#.to_owned()), last(2)]);
    assert_eq!(ids(&replay).await, ["1", "2"]);
    assert!(replay.sent.lock().unwrap()[1].url.ends_with("?cursor=a%3D"));
}

#[tokio::test]
async fn the_same_cursor_twice_ends_the_stream() {
    let replay = Replay::new([row(1, "/x?cursor=a"), row(2, "/x?cursor=a")]);
    assert_eq!(ids(&replay).await, ["1", "2"]);
    assert_eq!(replay.count(), 2);
}

#[tokio::test]
async fn links_without_a_cursor_end_the_stream() {
    for next in ["", "/x", "/x?cursor=", "/x?start=25", "https://evil.example/"] {
        let replay = Replay::new([row(1, next)]);
        assert_eq!(ids(&replay).await, ["1"], "{next}");
        assert_eq!(replay.count(), 1, "{next}");
    }
}

#[tokio::test]
async fn an_error_ends_the_stream_after_the_rows_before_it() {
    let replay = Replay::new([row(1, "/x?cursor=a"), Play::status(400)]);
    let client = replay.client();
    let rows: Vec<Result<_, Error>> = client.stream(ListPages::default()).collect().await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].as_ref().unwrap_err().status().unwrap(), 400);
    assert_eq!(replay.count(), 2);
}

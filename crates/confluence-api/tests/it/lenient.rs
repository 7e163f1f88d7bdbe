//! Answers that differ from the documents: only ids are required.

use confluence_api::{
    Endpoint, Error,
    attachments::ListPageAttachments,
    comments::ListInlineComments,
    content::{ListAncestors, ListChildren},
    id::PageId,
    labels::{AddLabels, ListPageLabels},
    pages::{DeletePage, GetPage, ListPages},
    search::SearchCql,
    spaces::ListSpaces,
    users::GetCurrentUser,
    versions::ListPageVersions,
};

use crate::support::{Play, Replay, fixture};

async fn decode<E: Endpoint>(endpoint: &E, body: &str) -> Result<E::Response, Error> {
    Replay::new([Play::json(200, body)]).client().send(endpoint).await
}

fn page() -> PageId {
    "98765".parse().unwrap()
}

#[tokio::test]
async fn what_is_not_json_is_named_and_not_shown() {
    for body in
        ["<html>Please log in</html>", "", "[", "[]", "7", r#"{"id":null}"#, r#"{"id":"../x"}"#]
    {
        let error = decode(&GetPage::new(page()), body).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{body}: {error:?}");
        assert_eq!(error.to_string(), "unexpected response to GET /wiki/api/v2/pages/98765");
        assert!(!format!("{error:?}").contains("log in"));
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn a_page_may_have_unknown_words_nulls_and_numbers_for_ids() {
    let page = decode(&GetPage::new(page()), &fixture("pages/get.200.lenient")).await.unwrap();
    assert_eq!(page.id.as_str(), "98765");
    assert_eq!(page.space_id.unwrap().as_str(), "65538");
    assert_eq!(page.status.as_deref(), Some("archived-by-policy"));
    assert_eq!(page.parent_type.as_deref(), Some("smart-link"));
    assert_eq!((page.title.as_str(), page.created_at), ("", None));
    assert_eq!(page.version.unwrap().number, Some(3));
    assert!(page.body.unwrap().any().is_none());
}

#[tokio::test]
async fn spaces_may_lack_everything_but_the_id() {
    let endpoint = ListSpaces::default();
    let spaces = decode(&endpoint, &fixture("spaces/list.200.lenient")).await.unwrap();
    assert_eq!(spaces.results[0].kind.as_deref(), Some("galaxy"));
    assert_eq!(spaces.results[1].id.as_str(), "65539");
}

#[tokio::test]
async fn hits_may_lack_everything() {
    let endpoint = SearchCql::new("type = page");
    let hits = decode(&endpoint, &fixture("search/cql.200.lenient")).await.unwrap();
    let content = hits.results[0].content.as_ref().unwrap();
    assert_eq!(content.id.as_deref(), Some("98765"));
    assert_eq!(content.kind.as_deref(), Some("com.example.app:diagram"));
    assert!(hits.results[1].content.is_none());
}

#[tokio::test]
async fn rows_may_lack_everything_but_the_id() {
    let rows = r#"{"results":[{"id":1},{"id":"2","title":null,"name":null,"status":null,"type":null,"version":null,"properties":null,"body":null,"_links":null,"createdAt":null,"depth":null,"childPosition":null,"fileSize":null,"pageId":98765,"blogPostId":7}]}"#;
    assert_eq!(decode(&ListPages::default(), rows).await.unwrap().results.len(), 2);
    assert_eq!(decode(&ListChildren::new(page()), rows).await.unwrap().results.len(), 2);
    let ancestors = ListAncestors { id: page(), limit: None };
    assert_eq!(decode(&ancestors, rows).await.unwrap().results.len(), 2);
    assert_eq!(decode(&ListInlineComments::new(page()), rows).await.unwrap().results.len(), 2);
    assert_eq!(decode(&ListPageLabels::new(page()), rows).await.unwrap().results.len(), 2);
    let files = decode(&ListPageAttachments::new(page()), rows).await.unwrap();
    assert_eq!(files.results[1].page_id.as_ref().unwrap().as_str(), "98765");
}

#[tokio::test]
async fn versions_may_be_bare() {
    let rows = r#"{"results":[{},{"number":null,"createdAt":"","page":null},{"number":1,"page":{"id":98765,"body":{}}}]}"#;
    let page = decode(&ListPageVersions::new(page()), rows).await.unwrap();
    assert_eq!(page.results[2].version.number, Some(1));
}

#[tokio::test]
async fn lists_may_lack_rows_and_links() {
    for body in [
        "{}",
        r#"{"results":null,"_links":null}"#,
        r#"{"results":[],"_links":{"next":null,"base":null}}"#,
    ] {
        let page =
            decode(&ListPages::default(), body).await.unwrap_or_else(|it| panic!("{body}: {it:?}"));
        assert!(page.results.is_empty());
        assert_eq!(page.next_cursor(), None);
    }
}

#[tokio::test]
async fn a_user_may_be_anonymous() {
    let user = decode(&GetCurrentUser, r#"{"type":"anonymous","accountId":null}"#).await.unwrap();
    assert_eq!(user.account_id, None);
}

#[tokio::test]
async fn an_empty_answer_is_as_good_as_a_204() {
    for status in [200, 202, 204] {
        let endpoint = DeletePage { id: page(), purge: false, draft: false };
        let client = Replay::new([Play::status(status)]).client();
        client.send(&endpoint).await.unwrap();
        assert_eq!(client.json(&endpoint).await.unwrap().body(), "null");
    }
}

#[tokio::test]
async fn raw_json_is_left_as_it_came() {
    let text = "{\n  \"zeta\": 1.10, \"alpha\": 12345678901234567890123, \"x\": \"\\u00e4\" }\n";
    let client = Replay::new([Play::json(200, text)]).client();
    assert_eq!(client.json(&ListPages::default()).await.unwrap().body(), text);
}

#[tokio::test]
async fn added_labels_may_come_without_ids() {
    let body = r#"{"results":[{"prefix":"global","name":"a"},{"id":7,"name":"b"}],"size":2}"#;
    let endpoint = AddLabels { id: page(), labels: Vec::new() };
    let labels = decode(&endpoint, body).await.unwrap();
    assert_eq!(labels.results[1].id.as_deref(), Some("7"));
}

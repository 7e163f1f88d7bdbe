use confluence_api::{
    Endpoint,
    attachments::{AttachmentSort, GetAttachment, ListPageAttachments},
    body::{BodyFormat, NewBody, PageBodyFormat, Representation},
    pages::{
        CreatePage, DeletePage, GetPage, ListPages, NewPageStatus, NewVersion, PageListStatus,
        PageSort, UpdatePage,
    },
    versions::{ListPageVersions, VersionSort},
};

use super::{exchange, exchange_empty};

#[tokio::test]
async fn list_pages() {
    let all = ListPages {
        ids: vec!["98765".parse().unwrap(), "98801".parse().unwrap()],
        space_ids: vec!["65538".parse().unwrap(), "65799".parse().unwrap()],
        title: Some("On-call & co: 50% +1 \"ä\" #?/".to_owned()),
        statuses: vec![PageListStatus::Current, PageListStatus::Archived],
        body_format: Some(BodyFormat::AtlasDocFormat),
        sort: Some(PageSort::ModifiedDateDescending),
        limit: Some(2),
        cursor: Some("a+b/c==&limit=250".to_owned()),
    };
    let (mut text, page) = exchange(&all, 200, "pages/list.200").await;
    assert_eq!(page.next_cursor().as_deref(), Some("eyJpZCI6Ijk4ODAxIn0="));
    let [first, second] = &page.results[..] else { panic!("{page:?}") };
    assert_eq!(
        (first.title.as_str(), second.subtype.as_deref()),
        ("On-call handbook", Some("live"))
    );
    assert_eq!(first.version.as_ref().unwrap().number, Some(3));
    assert!(first.created_at.is_some());
    assert!(first.body.as_ref().unwrap().any().is_none());
    assert_eq!((first.body_text(), first.version_number()), (None, Some(3)));
    let (bare, _) = exchange(&ListPages::default(), 200, "pages/list.200.last").await;
    text.push_str(&bare);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn get_page() {
    let id = "98765".parse().unwrap();
    let all = GetPage {
        id,
        body_format: Some(PageBodyFormat::AnonymousExportView),
        get_draft: true,
        version: Some(2),
        include_labels: true,
    };
    let (mut text, page) = exchange(&all, 200, "pages/get.200").await;
    assert_eq!(page.labels.unwrap().results[0].name, "runbook");
    assert_eq!(page.links.base.as_deref(), Some("https://example.atlassian.net/wiki"));
    assert_eq!(page.space_id.unwrap().as_str(), "65538");
    let (bare, _) = exchange(&GetPage::new(all.id.clone()), 200, "pages/get.200.trashed").await;
    text.push_str(&bare);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn get_page_body() {
    let id = "98765".parse().unwrap();
    let request = GetPage { body_format: Some(PageBodyFormat::Storage), ..GetPage::new(id) };
    let (text, page) = exchange(&request, 200, "pages/get.200.body").await;
    assert!(page.body_text().unwrap().ends_with("</p><hr />"));
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn create_page() {
    let all = CreatePage {
        space_id: "65538".parse().unwrap(),
        status: Some(NewPageStatus::Draft),
        title: Some("Minutes \"of\" Monday ☕".to_owned()),
        parent_id: Some("98765".parse().unwrap()),
        body: Some(NewBody::storage("<p>Present:\n\t<em>everyone</em> &amp; \\ no one.</p>")),
    };
    let (mut text, page) = exchange(&all, 200, "pages/create.200").await;
    assert_eq!(page.id.as_str(), "98901");
    let usual = CreatePage::new(all.space_id, "Minutes", NewBody::storage("<p/>"));
    let body = usual.body().unwrap().unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let expected = serde_json::json!({
        "spaceId": "65538",
        "title": "Minutes",
        "body": { "representation": "storage", "value": "<p/>" },
    });
    assert_eq!(sent, expected);
    let least = CreatePage { title: None, body: None, ..usual };
    text.push_str(&exchange(&least, 200, "pages/create.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn update_page() {
    let document = r#"{"type":"doc","version":1,"content":[]}"#;
    let all = UpdatePage {
        id: "98765".parse().unwrap(),
        status: NewPageStatus::Current,
        title: "On-call handbook".to_owned(),
        space_id: Some("65538".parse().unwrap()),
        parent_id: Some("65540".parse().unwrap()),
        body: NewBody {
            representation: Representation::AtlasDocFormat,
            value: document.to_owned(),
        },
        version: NewVersion { number: 4, message: Some("faster".to_owned()) },
    };
    let (mut text, page) = exchange(&all, 200, "pages/update.200").await;
    assert_eq!(page.version.unwrap().number, Some(4));
    let least = UpdatePage::new(all.id, all.title, NewBody::storage(""), 4);
    text.push_str(&exchange(&least, 200, "pages/update.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn delete_page() {
    let all = DeletePage { id: "98765".parse().unwrap(), purge: true, draft: true };
    let mut text = exchange_empty(&all).await;
    text.push_str(&exchange_empty(&DeletePage::new(all.id)).await);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn list_page_attachments() {
    let all = ListPageAttachments {
        id: "98765".parse().unwrap(),
        media_type: Some("image/svg+xml".to_owned()),
        filename: Some("rota (1).svg".to_owned()),
        sort: Some(AttachmentSort::CreatedDateDescending),
        limit: Some(250),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, page) = exchange(&all, 200, "attachments/list.200").await;
    let file = &page.results[0];
    assert_eq!((file.title.as_str(), file.file_size), ("rota.png", Some(24_512)));
    let bare = ListPageAttachments::new(all.id);
    text.push_str(&exchange(&bare, 200, "attachments/list.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn get_attachment() {
    let all = GetAttachment { id: "att98306".parse().unwrap(), version: Some(2) };
    let (mut text, file) = exchange(&all, 200, "attachments/get.200").await;
    // Built from the ids, whatever the link says.
    let path = "/wiki/rest/api/content/98765/child/attachment/att98306/download";
    assert_eq!(file.download_path().as_deref(), Some(path));
    let bare = GetAttachment::new(all.id);
    text.push_str(&exchange(&bare, 200, "attachments/get.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn list_page_versions() {
    let all = ListPageVersions {
        id: "98765".parse().unwrap(),
        body_format: Some(BodyFormat::Storage),
        sort: Some(VersionSort::ModifiedDate),
        limit: Some(1),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, page) = exchange(&all, 200, "versions/list.200").await;
    let row = &page.results[1];
    assert_eq!(row.version.number, Some(1));
    assert!(row.version.created_at.is_some());
    let old = row.page.as_ref().unwrap();
    assert_eq!(old.title.as_deref(), Some("On-call"));
    assert_eq!(old.body.as_ref().unwrap().any().unwrap().value.as_deref(), Some("<p>First.</p>"));
    let bare = ListPageVersions::new(all.id);
    text.push_str(&exchange(&bare, 200, "versions/list.200").await.0);
    insta::assert_snapshot!(text);
}

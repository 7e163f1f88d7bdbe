use confluence_api::{
    body::{BodyFormat, NewBody, PageBodyFormat},
    comments::{
        CommentSort, CommentStatus, CommentTarget, CreateFooterComment, GetFooterComment,
        ListFooterComments, ListInlineComments,
    },
    content::{ChildSort, ListAncestors, ListChildren, ListDescendants},
    id::PageId,
    labels::{AddLabels, LabelPrefix, LabelSort, ListPageLabels, NewLabel},
};

use super::exchange;

fn page() -> PageId {
    "98765".parse().unwrap()
}

#[tokio::test]
async fn list_children() {
    let all = ListChildren {
        id: page(),
        sort: Some(ChildSort::ChildPositionDescending),
        limit: Some(250),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, rows) = exchange(&all, 200, "content/children.200").await;
    assert_eq!(rows.results[1].kind.as_deref(), Some("folder"));
    assert_eq!(rows.results[1].space_id, None, "live sites leave it out");
    let bare = ListChildren::new(page());
    text.push_str(&exchange(&bare, 200, "content/children.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn list_ancestors() {
    let all = ListAncestors { id: page(), limit: Some(250) };
    let (mut text, rows) = exchange(&all, 200, "content/ancestors.200").await;
    assert_eq!(rows.results[0].id.as_str(), "65540");
    let bare = ListAncestors::new(page());
    text.push_str(&exchange(&bare, 200, "content/ancestors.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn list_descendants() {
    let all = ListDescendants {
        id: page(),
        depth: Some(3),
        limit: Some(2),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, rows) = exchange(&all, 200, "content/descendants.200").await;
    let row = &rows.results[1];
    assert_eq!((row.depth, row.parent_id.as_ref().unwrap().as_str()), (Some(2), "98801"));
    let bare = ListDescendants::new(page());
    text.push_str(&exchange(&bare, 200, "content/descendants.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn list_footer_comments() {
    let all = ListFooterComments {
        id: page(),
        body_format: Some(BodyFormat::Storage),
        statuses: vec![CommentStatus::Current, CommentStatus::Draft],
        sort: Some(CommentSort::CreatedDate),
        limit: Some(1),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, rows) = exchange(&all, 200, "comments/footer.200").await;
    let comment = &rows.results[0];
    assert!(comment.version.as_ref().unwrap().author_id.is_some(), "the author is the version's");
    let bare = ListFooterComments::new(page());
    text.push_str(&exchange(&bare, 200, "comments/footer.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn list_inline_comments() {
    let all = ListInlineComments {
        id: page(),
        body_format: Some(BodyFormat::AtlasDocFormat),
        statuses: vec![CommentStatus::Archived],
        sort: Some(CommentSort::ModifiedDateDescending),
        limit: Some(1),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, rows) = exchange(&all, 200, "comments/inline.200").await;
    let [both, hyphens] = &rows.results[..] else { panic!("{rows:?}") };
    let both = both.properties.as_ref().unwrap();
    assert_eq!(both.original_selection(), Some("15 minutes"));
    assert_eq!(both.marker_ref(), Some("0c6b1e52-7f3e-4f0e-9a57-3f3a1c2b8d10"));
    assert_eq!(hyphens.resolution_status.as_deref(), Some("dangling"));
    let hyphens = hyphens.properties.as_ref().unwrap();
    assert_eq!(hyphens.original_selection(), Some("rota"));
    assert_eq!(hyphens.marker_ref(), Some("4d2f8a90-1b77-4c3c-8f61-5e0d9b7a6c21"));
    let bare = ListInlineComments::new(page());
    text.push_str(&exchange(&bare, 200, "comments/inline.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_comment_names_the_page_or_the_comment_it_answers_never_both() {
    let body = NewBody::storage("<p>Yes.</p>");
    let target = CommentTarget::Page(page());
    let new = CreateFooterComment { target, body: body.clone() };
    let (mut text, comment) = exchange(&new, 201, "comments/create.201").await;
    assert_eq!(comment.id.as_str(), "131230");
    let target = CommentTarget::Comment("131201".parse().unwrap());
    let reply = CreateFooterComment { target, body };
    text.push_str(&exchange(&reply, 201, "comments/create.201").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_single_comment_says_which_page_it_is_on() {
    let endpoint = GetFooterComment {
        body_format: Some(PageBodyFormat::Storage),
        ..GetFooterComment::new("131230".parse().unwrap())
    };
    let (text, comment) = exchange(&endpoint, 200, "comments/get.200").await;
    assert_eq!(comment.page_id, Some(page()));
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn list_page_labels() {
    let all = ListPageLabels {
        id: page(),
        prefix: Some(LabelPrefix::My),
        sort: Some(LabelSort::NameDescending),
        limit: Some(2),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, rows) = exchange(&all, 200, "labels/list.200").await;
    assert_eq!(rows.results[1].prefix.as_deref(), Some("my"));
    let bare = ListPageLabels::new(page());
    text.push_str(&exchange(&bare, 200, "labels/list.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn add_labels() {
    let labels = vec![
        NewLabel::global("runbook"),
        NewLabel { prefix: LabelPrefix::Team, name: "sre".to_owned() },
    ];
    let (text, rows) = exchange(&AddLabels { id: page(), labels }, 200, "labels/add.200").await;
    assert_eq!(rows.results[1].name, "sre");
    insta::assert_snapshot!(text);
}

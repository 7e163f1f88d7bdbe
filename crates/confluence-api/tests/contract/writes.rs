//! Writing, and what has been written.

use confluence_api::{
    body::{NewBody, Representation},
    comments::{CommentTarget, CreateFooterComment, ListFooterComments},
    id::{PageId, SpaceId},
    labels::{AddLabels, LabelPrefix, NewLabel},
    pages::{CreatePage, DeletePage, GetPage, NewPageStatus, NewVersion, UpdatePage},
};

use crate::site::Site;

/// A personal space of the person who writes: she may purge there.
const OWN: &str = "196612";

pub(crate) async fn all(site: &mut Site) {
    let page = pages(site).await;
    comments(site, &page).await;
    labels(site, &page).await;
    deletions(site, page).await;
}

pub(crate) fn text() -> NewBody {
    NewBody::storage("<p>Text</p>")
}

fn own() -> SpaceId {
    OWN.parse().unwrap()
}

async fn pages(site: &mut Site) -> PageId {
    let bodies = [
        (Representation::Storage, "<p>Text</p>"),
        (Representation::AtlasDocFormat, r#"{"type":"doc","version":1,"content":[]}"#),
        (Representation::Wiki, "h1. Text"),
    ];
    let mut parent = None;
    for (representation, value) in bodies {
        let body = NewBody { representation, value: value.to_owned() };
        let new = CreatePage::new(own(), format!("A page in {representation}"), body);
        parent = Some(site.ok(&CreatePage { parent_id: parent, ..new }).await.id);
    }
    let draft = CreatePage {
        status: Some(NewPageStatus::Draft),
        title: None,
        body: None,
        ..CreatePage::new(own(), "", text())
    };
    let draft = site.ok(&draft).await.id;
    site.ok(&DeletePage { draft: true, ..DeletePage::new(draft) }).await;

    let current = CreatePage { status: Some(NewPageStatus::Current), ..new("A page to change") };
    let id = site.ok(&current).await.id;
    site.ok(&UpdatePage::new(id.clone(), "A page", text(), 2)).await;
    let version = NewVersion { number: 3, message: Some("moved".to_owned()) };
    let update = UpdatePage::new(id.clone(), "A changed page", text(), version);
    site.ok(&UpdatePage { space_id: Some(own()), parent_id: parent, ..update }).await;
    let unpublished = UpdatePage::new(id.clone(), "A page to come", text(), 1);
    site.ok(&UpdatePage { status: NewPageStatus::Draft, ..unpublished }).await;
    site.ok(&GetPage { get_draft: true, ..GetPage::new(id.clone()) }).await;
    id
}

fn new(title: &str) -> CreatePage {
    CreatePage::new(own(), title, text())
}

async fn comments(site: &mut Site, page: &PageId) {
    let target = CommentTarget::Page(page.clone());
    let comment = site.ok(&CreateFooterComment { target, body: text() }).await;
    let target = CommentTarget::Comment(comment.id);
    site.ok(&CreateFooterComment { target, body: text() }).await;
    let listed = site.ok(&ListFooterComments::new(page.clone())).await.results;
    assert_eq!(listed.len(), 1, "a reply is no root");
}

async fn labels(site: &mut Site, page: &PageId) {
    let mine = NewLabel { prefix: LabelPrefix::My, name: "read-later".to_owned() };
    let team = NewLabel { prefix: LabelPrefix::Team, name: "docs".to_owned() };
    let one = vec![NewLabel::global("minutes")];
    site.ok(&AddLabels { id: page.clone(), labels: one }).await;
    let labels = vec![NewLabel::global("minutes"), mine, team];
    assert!(site.ok(&AddLabels { id: page.clone(), labels }).await.results.len() > 1);
}

async fn deletions(site: &mut Site, page: PageId) {
    site.ok(&DeletePage::new(page.clone())).await;
    let trashed = site.ok(&GetPage::new(page.clone())).await;
    assert_eq!(trashed.status.as_deref(), Some("trashed"));
    site.ok(&DeletePage { purge: true, ..DeletePage::new(page.clone()) }).await;
    site.refused_to_demo(404, &GetPage::new(page)).await;
}

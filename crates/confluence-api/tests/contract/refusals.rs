//! Refusals: every status that is documented, and those that are sent all the same.

use confluence_api::{
    Endpoint, List,
    attachments::{GetAttachment, ListPageAttachments},
    body::{NewBody, Representation},
    comments::{CommentTarget, CreateFooterComment, ListFooterComments, ListInlineComments},
    content::{ListAncestors, ListChildren, ListDescendants},
    labels::{AddLabels, LabelPrefix, ListPageLabels, NewLabel},
    pages::{CreatePage, DeletePage, GetPage, ListPages, UpdatePage},
    search::SearchCql,
    spaces::{GetSpace, ListSpaces},
    versions::ListPageVersions,
};
use confluence_sandbox::Fault;

use crate::{
    operations::{Visitor, visit_all},
    site::{GUEST, NO_SCOPES, Site, UNKNOWN},
    writes::text,
};

/// The operations that look for nothing in particular.
const WITHOUT_IDS: [&str; 4] = ["listPages", "listSpaces", "searchCql", "currentUser"];

pub(crate) async fn all(site: &mut Site) {
    visit_all(&mut Turned(site)).await;
    bad_requests(site).await;
    forbidden_and_conflicting(site).await;
}

/// Has every operation refuse a token without its scopes, a token that nobody knows, a thing that is
/// not there, and one request too many.
struct Turned<'a>(&'a mut Site);

impl Visitor for Turned<'_> {
    async fn visit<E: Endpoint>(&mut self, name: &'static str, _: &'static str, endpoint: &E) {
        let Self(site) = self;
        let v1 = endpoint.path().starts_with("/wiki/rest/");
        site.refused(NO_SCOPES, 401, endpoint).await;
        site.refused(UNKNOWN, if v1 { 403 } else { 404 }, endpoint).await;
        // A pause that is longer than the call has time: the refusal is reported.
        let throttle = Fault::TooManyRequests { retry_after: Some(3600) };
        site.sandbox.faults().inject(throttle.on(E::METHOD.as_str(), &endpoint.path()).once());
        site.refused_to_demo(429, endpoint).await;
        if !WITHOUT_IDS.contains(&name) {
            site.refused_to_demo(404, endpoint).await;
        }
    }
}

async fn bad_requests(site: &mut Site) {
    let page = site.page("Glossary").await;
    unknown_cursor(site, ListPages::default()).await;
    unknown_cursor(site, ListSpaces::default()).await;
    unknown_cursor(site, SearchCql::new("type = page")).await;
    unknown_cursor(site, ListChildren::new(page.clone())).await;
    unknown_cursor(site, ListDescendants::new(page.clone())).await;
    unknown_cursor(site, ListFooterComments::new(page.clone())).await;
    unknown_cursor(site, ListInlineComments::new(page.clone())).await;
    unknown_cursor(site, ListPageLabels::new(page.clone())).await;
    unknown_cursor(site, ListPageAttachments::new(page.clone())).await;
    unknown_cursor(site, ListPageVersions::new(page.clone())).await;
    site.refused_to_demo(400, &SearchCql::new("type = = page")).await;

    // A title where an id belongs.
    site.mistaken(&GetPage::new("Glossary".parse().unwrap())).await;
    site.mistaken(&ListAncestors::new("Glossary".parse().unwrap())).await;
    site.mistaken(&GetSpace::new("ENG".parse().unwrap())).await;
    site.mistaken(&GetAttachment::new("readme-txt".parse().unwrap())).await;

    let space = || "65538".parse().unwrap();
    site.refused_to_demo(400, &CreatePage::new(space(), "Glossary", text())).await;
    let malformed = NewBody::storage("<p>Text");
    site.refused_to_demo(400, &CreatePage::new(space(), "Malformed", malformed.clone())).await;
    let next = site.ok(&GetPage::new(page.clone())).await.version_number().unwrap() + 1;
    let update = UpdatePage::new(page.clone(), "Glossary", malformed.clone(), next);
    site.refused_to_demo(400, &update).await;
    let target = CommentTarget::Page(page.clone());
    site.refused_to_demo(400, &CreateFooterComment { target, body: malformed }).await;
    let labels = vec![NewLabel { prefix: LabelPrefix::System, name: "label".to_owned() }];
    site.refused_to_demo(400, &AddLabels { id: page.clone(), labels }).await;
    let delete = DeletePage { purge: true, draft: true, ..DeletePage::new(page) };
    site.refused_to_demo(400, &delete).await;

    let value = "x".repeat(6 * 1024 * 1024);
    let body = NewBody { representation: Representation::Storage, value };
    site.refused_to_demo(413, &CreatePage::new(space(), "Too large", body)).await;
}

async fn unknown_cursor<E: List>(site: &mut Site, mut list: E) {
    list.set_cursor("no cursor of yours".to_owned());
    site.refused_to_demo(400, &list).await;
}

async fn forbidden_and_conflicting(site: &mut Site) {
    let page = site.page("Glossary").await;
    let labels = vec![NewLabel::global("label")];
    site.refused(GUEST, 403, &AddLabels { id: page.clone(), labels }).await;
    // v2 says of what may not be changed that it is not there.
    site.refused(GUEST, 404, &DeletePage::new(page.clone())).await;
    site.refused(GUEST, 404, &GetPage::new("196612".parse().unwrap())).await;
    site.refused(GUEST, 404, &GetAttachment::new("att1".parse().unwrap())).await;
    site.refused_to_demo(409, &UpdatePage::new(page, "Glossary", text(), 1)).await;
}

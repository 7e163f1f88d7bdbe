//! The twenty operations, and the client's endpoint behind each.

use confluence_api::{
    Endpoint,
    attachments::{GetAttachment, ListPageAttachments},
    body::NewBody,
    comments::{CommentTarget, CreateFooterComment, ListFooterComments, ListInlineComments},
    content::{ListAncestors, ListChildren, ListDescendants},
    id::PageId,
    labels::{AddLabels, ListPageLabels, NewLabel},
    pages::{CreatePage, DeletePage, GetPage, ListPages, UpdatePage},
    scope::Scope,
    search::SearchCql,
    spaces::{GetSpace, ListSpaces},
    users::GetCurrentUser,
    versions::ListPageVersions,
};
use http::Method;

/// What can be done with any of them.
pub(crate) trait Visitor {
    /// Told of one operation: its name, its id in Atlassian's document, and a request for it.
    async fn visit<E: Endpoint>(
        &mut self,
        name: &'static str,
        operation: &'static str,
        endpoint: &E,
    );
}

/// Shows all operations of the connector, and the one that probes a credential, to `visitor`.
///
/// The requests ask for things that are not there.
pub(crate) async fn visit_all(visitor: &mut impl Visitor) {
    let page = || -> PageId { "1".parse().unwrap() };
    let body = || NewBody::storage("<p>Text</p>");
    let target = CommentTarget::Page(page());
    let labels = vec![NewLabel::global("label")];
    visitor.visit("listPages", "getPages", &ListPages::default()).await;
    visitor.visit("getPage", "getPageById", &GetPage::new(page())).await;
    visitor.visit("getPageBody", "getPageById", &GetPage::new(page())).await;
    visitor
        .visit("createPage", "createPage", &CreatePage::new("1".parse().unwrap(), "A", body()))
        .await;
    visitor.visit("updatePage", "updatePage", &UpdatePage::new(page(), "A", body(), 2)).await;
    visitor.visit("deletePage", "deletePage", &DeletePage::new(page())).await;
    visitor.visit("listSpaces", "getSpaces", &ListSpaces::default()).await;
    visitor.visit("getSpace", "getSpaceById", &GetSpace::new("1".parse().unwrap())).await;
    visitor.visit("searchCql", "searchByCQL", &SearchCql::new("type = page")).await;
    visitor.visit("getPageChildren", "getPageDirectChildren", &ListChildren::new(page())).await;
    visitor.visit("getPageAncestors", "getPageAncestors", &ListAncestors::new(page())).await;
    visitor.visit("getPageDescendants", "getPageDescendants", &ListDescendants::new(page())).await;
    visitor
        .visit("getFooterComments", "getPageFooterComments", &ListFooterComments::new(page()))
        .await;
    let comment = CreateFooterComment { target, body: body() };
    visitor.visit("addFooterComment", "createFooterComment", &comment).await;
    visitor
        .visit("getInlineComments", "getPageInlineComments", &ListInlineComments::new(page()))
        .await;
    visitor.visit("getPageLabels", "getPageLabels", &ListPageLabels::new(page())).await;
    visitor.visit("addPageLabel", "addLabelsToContent", &AddLabels { id: page(), labels }).await;
    visitor
        .visit("getPageAttachments", "getPageAttachments", &ListPageAttachments::new(page()))
        .await;
    let attachment = GetAttachment::new("att1".parse().unwrap());
    visitor.visit("getAttachment", "getAttachmentById", &attachment).await;
    visitor.visit("getPageVersions", "getPageVersions", &ListPageVersions::new(page())).await;
    visitor.visit("currentUser", "getCurrentUser", &GetCurrentUser).await;
}

/// An operation of the connector.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// Its id in Atlassian's document.
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) scopes: &'static [Scope],
}

/// All operations of the connector, and the one that probes a credential.
pub(crate) async fn known() -> Vec<Known> {
    struct Collect(Vec<Known>);

    impl Visitor for Collect {
        async fn visit<E: Endpoint>(
            &mut self,
            name: &'static str,
            operation: &'static str,
            it: &E,
        ) {
            let (method, path, scopes) = (E::METHOD, it.path(), E::SCOPES);
            self.0.push(Known { name, operation, method, path, scopes });
        }
    }

    let mut known = Collect(Vec::new());
    visit_all(&mut known).await;
    known.0
}

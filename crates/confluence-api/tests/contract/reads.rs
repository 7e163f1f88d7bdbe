//! Reading, in every form that the client knows.

use confluence_api::{
    List,
    attachments::{AttachmentSort, GetAttachment, ListPageAttachments},
    body::{BodyFormat, PageBodyFormat},
    comments::{CommentSort, CommentStatus, ListFooterComments, ListInlineComments},
    content::{ChildSort, ListAncestors, ListChildren, ListDescendants},
    id::PageId,
    labels::{LabelPrefix, LabelSort, ListPageLabels},
    pages::{GetPage, ListPages, PageListStatus, PageSort},
    search::{Excerpt, SearchCql},
    spaces::{DescriptionFormat, GetSpace, ListSpaces, SpaceSort, SpaceStatus, SpaceType},
    users::GetCurrentUser,
    versions::{ListPageVersions, VersionSort},
};

use crate::site::Site;

/// Has labels, attachments, versions and comments of both kinds.
const RICH: &str = "Runbook: Sluice Payment Settlement";

/// Has children, one of which is a folder.
const TOP: &str = "Engineering";

/// Has nothing below it.
const LEAF: &str = "Glossary";

/// A draft that was never published.
pub(crate) const DRAFT: &str = "65896456";

impl Site {
    /// The id of the page with that title.
    pub(crate) async fn page(&mut self, title: &str) -> PageId {
        let titled = ListPages {
            title: Some(title.to_owned()),
            statuses: PageListStatus::ALL.to_vec(),
            ..ListPages::default()
        };
        self.ok(&titled).await.results.first().unwrap_or_else(|| panic!("no `{title}`")).id.clone()
    }

    /// Reads a list to its end, or five pages of it.
    async fn walk<E: List>(&mut self, mut endpoint: E) {
        let mut pages = 0;
        while pages < 5 {
            let page = self.ok(&endpoint).await;
            pages += 1;
            let Some(cursor) = page.next_cursor() else { break };
            endpoint.set_cursor(cursor);
        }
        assert!(pages > 1, "{} has one page only", endpoint.path());
    }

    async fn empty<E: List>(&mut self, endpoint: E) {
        let page = self.ok(&endpoint).await;
        assert!(page.results.is_empty(), "{} is not empty", endpoint.path());
    }
}

pub(crate) async fn all(site: &mut Site) {
    lists_of_pages(site).await;
    pages(site).await;
    spaces(site).await;
    searches(site).await;
    tree(site).await;
    comments(site).await;
    labels(site).await;
    attachments(site).await;
    versions(site).await;
    site.ok(&GetCurrentUser).await;
}

async fn lists_of_pages(site: &mut Site) {
    let few = || ListPages { limit: Some(3), ..ListPages::default() };
    site.ok(&ListPages::default()).await;
    for sort in PageSort::ALL {
        site.ok(&ListPages { sort: Some(*sort), ..few() }).await;
    }
    for format in BodyFormat::ALL {
        site.ok(&ListPages { body_format: Some(*format), ..few() }).await;
    }
    for status in PageListStatus::ALL {
        site.ok(&ListPages { statuses: vec![*status], ..few() }).await;
    }
    let everything = ListPages {
        ids: vec![site.page(RICH).await, site.page(TOP).await],
        space_ids: vec!["65538".parse().unwrap(), "98305".parse().unwrap()],
        statuses: PageListStatus::ALL.to_vec(),
        ..ListPages::default()
    };
    assert_eq!(site.ok(&everything).await.results.len(), 2);
    site.ok(&ListPages { limit: Some(250), ..few() }).await;
    site.walk(few()).await;
    site.empty(ListPages { title: Some("No such page".to_owned()), ..few() }).await;
}

async fn pages(site: &mut Site) {
    let rich = site.page(RICH).await;
    site.ok(&GetPage::new(rich.clone())).await;
    for format in PageBodyFormat::ALL {
        site.ok(&GetPage { body_format: Some(*format), ..GetPage::new(rich.clone()) }).await;
    }
    site.ok(&GetPage { version: Some(1), ..GetPage::new(rich.clone()) }).await;
    site.ok(&GetPage { include_labels: true, ..GetPage::new(rich.clone()) }).await;
    // Without unpublished changes: the page as it is.
    site.ok(&GetPage { get_draft: true, ..GetPage::new(rich) }).await;
    let draft = GetPage { get_draft: true, ..GetPage::new(DRAFT.parse().unwrap()) };
    assert_eq!(site.ok(&draft).await.status.as_deref(), Some("draft"));
    for title in ["Scratch: load test numbers", "Deploying with Capistrano", TOP] {
        let id = site.page(title).await;
        site.ok(&GetPage::new(id)).await;
    }
}

async fn spaces(site: &mut Site) {
    let few = || ListSpaces { limit: Some(2), ..ListSpaces::default() };
    for sort in SpaceSort::ALL {
        site.ok(&ListSpaces { sort: Some(*sort), ..few() }).await;
    }
    for kind in SpaceType::ALL {
        site.ok(&ListSpaces { kind: Some(*kind), ..few() }).await;
    }
    for status in SpaceStatus::ALL {
        site.ok(&ListSpaces { status: Some(*status), ..few() }).await;
    }
    let named = ListSpaces {
        ids: vec!["65538".parse().unwrap(), "98305".parse().unwrap()],
        keys: vec!["ENG".to_owned(), "PROD".to_owned()],
        ..ListSpaces::default()
    };
    assert_eq!(site.ok(&named).await.results.len(), 2);
    site.empty(ListSpaces { labels: vec!["none".to_owned(), "such".to_owned()], ..few() }).await;
    site.walk(few()).await;
    for space in site.ok(&ListSpaces::default()).await.results {
        site.ok(&GetSpace::new(space.id.clone())).await;
        for format in DescriptionFormat::ALL {
            let description_format = Some(*format);
            site.ok(&GetSpace { description_format, ..GetSpace::new(space.id.clone()) }).await;
        }
    }
}

async fn searches(site: &mut Site) {
    let pages =
        || SearchCql { limit: Some(3), ..SearchCql::new("type = page AND text ~ \"bank\"") };
    for excerpt in Excerpt::ALL {
        site.ok(&SearchCql { excerpt: Some(*excerpt), ..pages() }).await;
    }
    for kind in ["page", "comment", "attachment", "space"] {
        site.ok(&SearchCql::new(format!("type = {kind}"))).await;
    }
    let parts = [
        "content.space",
        "content.version",
        "content.metadata.labels",
        "content.ancestors",
        "content.body.storage",
    ];
    for part in parts {
        site.ok(&SearchCql { expand: vec![part.to_owned()], ..pages() }).await;
    }
    let all = parts.map(str::to_owned).to_vec();
    let found = site.ok(&SearchCql { expand: all, ..pages() }).await.results;
    assert!(found.iter().all(|it| it.content.as_ref().is_some_and(|it| it.space.is_some())));
    let context = r#"{"spaceKey":"ENG"}"#.to_owned();
    site.ok(&SearchCql { cql_context: Some(context), start: Some(5), ..pages() }).await;
    site.walk(pages()).await;
    site.empty(SearchCql::new("title = \"No such page\"")).await;
}

async fn tree(site: &mut Site) {
    let top = site.page(TOP).await;
    let children = || ListChildren { limit: Some(2), ..ListChildren::new(top.clone()) };
    let rows = site.ok(&ListChildren::new(top.clone())).await.results;
    assert!(rows.iter().any(|it| it.kind.as_deref() == Some("folder")), "no folder");
    for sort in ChildSort::ALL {
        site.ok(&ListChildren { sort: Some(*sort), ..children() }).await;
    }
    site.walk(children()).await;
    let leaf = site.page(RICH).await;
    let childless = site.page(LEAF).await;
    site.empty(ListChildren::new(childless.clone())).await;

    assert!(!site.ok(&ListAncestors::new(leaf.clone())).await.results.is_empty());
    site.ok(&ListAncestors { limit: Some(1), ..ListAncestors::new(leaf.clone()) }).await;
    assert!(site.ok(&ListAncestors::new(top.clone())).await.results.is_empty());

    let below = || ListDescendants { limit: Some(10), ..ListDescendants::new(top.clone()) };
    for depth in [1, 10] {
        site.ok(&ListDescendants { depth: Some(depth), ..below() }).await;
    }
    site.walk(below()).await;
    site.empty(ListDescendants::new(childless)).await;
}

async fn comments(site: &mut Site) {
    let (rich, bare) = (site.page(RICH).await, site.page("Webhooks").await);
    for format in BodyFormat::ALL {
        let body_format = Some(*format);
        site.ok(&ListFooterComments { body_format, ..ListFooterComments::new(rich.clone()) }).await;
        site.ok(&ListInlineComments { body_format, ..ListInlineComments::new(rich.clone()) }).await;
    }
    for sort in CommentSort::ALL {
        let sort = Some(*sort);
        site.ok(&ListFooterComments { sort, ..ListFooterComments::new(rich.clone()) }).await;
        site.ok(&ListInlineComments { sort, ..ListInlineComments::new(rich.clone()) }).await;
    }
    let statuses = || CommentStatus::ALL.to_vec();
    let footer =
        ListFooterComments { statuses: statuses(), ..ListFooterComments::new(rich.clone()) };
    let inline =
        ListInlineComments { statuses: statuses(), ..ListInlineComments::new(rich.clone()) };
    assert!(!site.ok(&footer).await.results.is_empty());
    assert!(!site.ok(&inline).await.results.is_empty());
    site.empty(ListFooterComments::new(bare.clone())).await;
    site.empty(ListInlineComments::new(bare)).await;
    site.walk(ListFooterComments { limit: Some(1), ..ListFooterComments::new(rich) }).await;
    let discussed = site.page("Spec: Slot Swap").await;
    site.walk(ListInlineComments { limit: Some(1), ..ListInlineComments::new(discussed) }).await;
}

async fn labels(site: &mut Site) {
    let rich = site.page(RICH).await;
    let few = || ListPageLabels { limit: Some(1), ..ListPageLabels::new(rich.clone()) };
    for prefix in LabelPrefix::ALL {
        site.ok(&ListPageLabels { prefix: Some(*prefix), ..few() }).await;
    }
    for sort in LabelSort::ALL {
        site.ok(&ListPageLabels { sort: Some(*sort), ..few() }).await;
    }
    site.walk(few()).await;
    let system = Some(LabelPrefix::System);
    site.empty(ListPageLabels { prefix: system, ..ListPageLabels::new(rich.clone()) }).await;
}

async fn attachments(site: &mut Site) {
    let rich = site.page(RICH).await;
    let list = || ListPageAttachments::new(rich.clone());
    for sort in AttachmentSort::ALL {
        site.ok(&ListPageAttachments { sort: Some(*sort), ..list() }).await;
    }
    site.walk(ListPageAttachments { limit: Some(1), ..list() }).await;
    let files = site.ok(&list()).await.results;
    let file = files.first().unwrap();
    let same = ListPageAttachments {
        media_type: file.media_type.clone(),
        filename: Some(file.title.clone()),
        ..list()
    };
    assert_eq!(site.ok(&same).await.results.len(), 1);
    site.empty(ListPageAttachments { filename: Some("none.txt".to_owned()), ..list() }).await;
    site.ok(&GetAttachment::new(file.id.clone())).await;
    site.ok(&GetAttachment { version: Some(1), ..GetAttachment::new(file.id.clone()) }).await;
}

async fn versions(site: &mut Site) {
    let id = site.page("Release Checklist").await;
    let list = || ListPageVersions { limit: Some(1), ..ListPageVersions::new(id.clone()) };
    for format in BodyFormat::ALL {
        site.ok(&ListPageVersions { body_format: Some(*format), ..list() }).await;
    }
    for sort in VersionSort::ALL {
        site.ok(&ListPageVersions { sort: Some(*sort), ..list() }).await;
    }
    site.walk(list()).await;
}

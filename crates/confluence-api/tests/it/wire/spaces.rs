use confluence_api::{
    search::{Excerpt, SearchCql},
    sites::{GetTenantInfo, ListAccessibleResources},
    spaces::{DescriptionFormat, GetSpace, ListSpaces, SpaceSort, SpaceStatus, SpaceType},
    users::GetCurrentUser,
};

use super::exchange;

#[tokio::test]
async fn list_spaces() {
    let all = ListSpaces {
        ids: vec!["65538".parse().unwrap(), "65799".parse().unwrap()],
        keys: vec!["ENG".to_owned(), "~71202011111111".to_owned()],
        kind: Some(SpaceType::KnowledgeBase),
        status: Some(SpaceStatus::Archived),
        labels: vec!["team a".to_owned(), "b".to_owned()],
        sort: Some(SpaceSort::NameDescending),
        limit: Some(2),
        cursor: Some("abc".to_owned()),
    };
    let (mut text, page) = exchange(&all, 200, "spaces/list.200").await;
    assert_eq!(page.results[1].key, "~71202011111111");
    assert_eq!(page.results[1].kind.as_deref(), Some("personal"));
    text.push_str(&exchange(&ListSpaces::default(), 200, "spaces/list.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn get_space() {
    let id = "65538".parse().unwrap();
    let all = GetSpace { id, description_format: Some(DescriptionFormat::Plain) };
    let (mut text, space) = exchange(&all, 200, "spaces/get.200").await;
    let description = space.description.unwrap().plain.unwrap().value.unwrap();
    assert_eq!(description, "How we build and run things");
    let bare = GetSpace::new(all.id);
    text.push_str(&exchange(&bare, 200, "spaces/get.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn search_cql() {
    let cql = "space = \"ENG\" AND text ~ \"50% + \\\"ä&b\\\"\" order by lastmodified";
    let all = SearchCql {
        cql: cql.to_owned(),
        cql_context: Some(r#"{"spaceKey":"ENG"}"#.to_owned()),
        excerpt: Some(Excerpt::HighlightUnescaped),
        expand: vec!["content.space".to_owned(), "content.version".to_owned()],
        limit: Some(100),
        start: Some(25),
        cursor: Some("_sa_WyJcdDk4NzY1IG1NM0JrL1hjIl0=".to_owned()),
    };
    let (mut text, page) = exchange(&all, 200, "search/cql.200").await;
    assert_eq!(page.next_cursor(), all.cursor);
    assert_eq!(page.total_size, Some(291));
    let hit = page.results[0].content.as_ref().unwrap();
    assert_eq!(hit.title.as_deref(), Some("On-call handbook"));
    assert_eq!(hit.space.as_ref().unwrap().key.as_deref(), Some("ENG"));
    assert!(page.results[1].content.is_none(), "a hit on a space");
    let bare = SearchCql::new("type=page");
    text.push_str(&exchange(&bare, 200, "search/cql.200").await.0);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn the_requests_around_the_operations() {
    let (mut text, user) = exchange(&GetCurrentUser, 200, "users/current.200").await;
    assert_eq!(user.display_name.as_deref(), Some("Ada Example"));
    let (tenant, info) = exchange(&GetTenantInfo, 200, "sites/tenant-info.200").await;
    assert_eq!(info.cloud_id.as_str(), "11111111-2222-4333-8444-555555555555");
    let (sites, list) =
        exchange(&ListAccessibleResources, 200, "sites/accessible-resources.200").await;
    assert_eq!(list[0].id, list[1].id, "a site is listed once per product");
    assert_eq!(list[1].scopes, ["read:jira-work"]);
    text.push_str(&tenant);
    text.push_str(&sites);
    insta::assert_snapshot!(text);
}

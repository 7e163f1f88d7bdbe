//! A big site out of nothing.

use crate::support::Site;

#[tokio::test]
async fn the_same_size_gives_the_same_site() {
    let one = Site::with(|it| it.generate(300)).await;
    let other = Site::with(|it| it.generate(300)).await;
    let path = "/wiki/api/v2/pages?limit=250&body-format=storage";
    assert_eq!(one.get(path).await.expect(200).text, other.get(path).await.expect(200).text);
}

#[tokio::test]
async fn every_page_is_there_once_and_has_a_text() {
    let site = Site::with(|it| it.generate(1203)).await;
    let mut next = Some("/wiki/api/v2/pages?limit=250&body-format=storage".to_owned());
    let mut seen = std::collections::BTreeSet::new();
    while let Some(path) = next {
        let reply = site.get(&path).await.expect(200);
        for page in reply.json()["results"].as_array().unwrap() {
            assert!(seen.insert(page["id"].as_str().unwrap().to_owned()));
            assert!(page["body"]["storage"]["value"].as_str().unwrap().len() > 100);
        }
        next = reply.next();
    }
    assert_eq!(seen.len(), 1203);
}

#[tokio::test]
async fn generated_pages_form_a_tree_and_can_be_found_and_changed() {
    let site = Site::with(|it| it.generate(1000)).await;
    let space = site.get("/wiki/api/v2/spaces").await.expect(200).json()["results"][0].clone();
    let home = space["homepageId"].as_str().unwrap().to_owned();
    let children =
        site.get(&format!("/wiki/api/v2/pages/{home}/direct-children")).await.expect(200);
    assert_eq!(children.column("id").len(), 20);
    let found = site.get("/wiki/rest/api/search?cql=text~certificate&limit=5").await.expect(200);
    let id = found.json()["results"][0]["content"]["id"].as_str().unwrap().to_owned();
    let path = format!("/wiki/api/v2/pages/{id}");
    site.put(&path, Site::update(&id, "Mine now", "<p>mine</p>", 2)).await.expect(200);
    let old = site.get(&format!("{path}?version=1&body-format=storage")).await.expect(200).json();
    assert!(old["body"]["storage"]["value"].as_str().unwrap().len() > 100);
}

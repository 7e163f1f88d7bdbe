use confluence_api::sites::AccessibleResource;
use serde_json::{Value, json};

use super::{choose, is_confluence, site};
use crate::connection::ConnectedSite;

fn resource(value: Value) -> AccessibleResource {
    serde_json::from_value(value).unwrap()
}

fn sites(hosts: &[&str]) -> Vec<ConnectedSite> {
    let of = |host: &&str| ConnectedSite {
        cloud_id: host.replace('.', "-").parse().unwrap(),
        url: format!("https://{host}").parse().unwrap(),
        name: (*host).to_owned(),
    };
    hosts.iter().map(of).collect()
}

#[track_caller]
fn check(hosts: &[&str], configured: Option<&str>, chosen: Option<&str>) {
    let configured = configured.map(|it| it.parse().unwrap());
    let result = choose(sites(hosts), configured.as_ref());
    assert_eq!(result.as_ref().map(|it| it.0.name.as_str()), chosen);
    if let Some((_, others)) = result {
        assert_eq!(others.len(), hosts.len() - 1);
    }
}

#[test]
fn another_site_than_the_configured_one_is_never_taken() {
    check(&[], None, None);
    check(&[], Some("acme"), None);
    check(&["beta.atlassian.net"], Some("acme"), None);
    check(&["acme.atlassian.net.evil.example"], Some("acme"), None);
    check(&["acme.jira.com"], Some("acme"), None);
}

#[test]
fn the_configured_site_is_taken_else_the_first() {
    let both = ["beta.atlassian.net", "acme.atlassian.net"];
    check(&both, Some("acme"), Some("acme.atlassian.net"));
    check(&both, Some("https://ACME.atlassian.net/wiki"), Some("acme.atlassian.net"));
    check(&both, None, Some("beta.atlassian.net"));
}

#[test]
fn the_scopes_tell_which_product_a_site_is_listed_for() {
    let with = |scopes: Value| is_confluence(&resource(json!({ "id": "1", "scopes": scopes })));
    assert!(with(json!(["read:page:confluence"])));
    assert!(with(json!(["read:jira-work", "read:confluence-content.all"])));
    assert!(with(json!(["search:confluence"])));
    assert!(!with(json!(["read:jira-work"])));
    assert!(!with(json!(["read:me"])));
    assert!(!with(json!([])));
    assert!(!with(json!(null)));
}

#[test]
fn a_site_without_an_address_for_people_is_left_out() {
    for url in ["", "acme", "javascript:alert(1)", "file:///etc/passwd"] {
        assert_eq!(site(resource(json!({ "id": "1", "url": url }))), None, "{url}");
    }
    let name = "\u{202e}a\n".repeat(900);
    let resource = json!({ "id": "1", "url": "https://acme.atlassian.net", "name": name });
    let name = site(self::resource(resource)).unwrap().name;
    assert!(name.len() <= 200 && !name.contains('\n'));
}

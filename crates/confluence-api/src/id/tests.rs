use super::{PageId, SiteName};

#[track_caller]
fn check_id(text: &str, accepted: bool) {
    assert_eq!(text.parse::<PageId>().is_ok(), accepted, "{text:?}");
}

#[test]
fn ids_are_safe_in_a_url_path() {
    check_id("98765", true);
    check_id("att42", true);
    check_id("", false);
    check_id("../admin", false);
    check_id("%2e%2e", false);
    check_id("1?x=y", false);
    check_id("1/2", false);
    check_id("1 2", false);
    check_id("١٢", false);
    check_id(&"1".repeat(129), false);
}

#[test]
fn ids_come_as_strings_or_integers() {
    let ids: Vec<PageId> = serde_json::from_str(r#"["98306", 98306]"#).unwrap();
    assert_eq!(ids[0], ids[1]);
    assert!(serde_json::from_str::<PageId>("-1.5").is_err());
    assert!(serde_json::from_str::<PageId>("true").is_err());
    assert!(serde_json::from_str::<PageId>("null").is_err());
}

#[test]
fn a_refused_id_is_shown_short_and_without_control_characters() {
    let text = format!("\u{1b}[31m{}", "x".repeat(500));
    let message = text.parse::<PageId>().unwrap_err().to_string();
    assert!(message.len() < 160 && !message.contains('\u{1b}'), "{message}");
}

#[track_caller]
fn check_site(text: &str, label: Option<&str>) {
    let site = text.parse::<SiteName>().ok();
    assert_eq!(site.as_ref().map(SiteName::as_str), label, "{text:?}");
}

#[test]
fn a_site_is_one_label_under_atlassian_net() {
    check_site("acme", Some("acme"));
    check_site("ACME", Some("acme"));
    check_site("acme.atlassian.net", Some("acme"));
    check_site(" acme.atlassian.net/ ", Some("acme"));
    check_site("https://acme.atlassian.net", Some("acme"));
    check_site("https://acme.atlassian.net/wiki/spaces/X?y#z", Some("acme"));
    check_site("a-1", Some("a-1"));
}

#[test]
fn anything_else_is_refused() {
    for text in [
        "",
        " ",
        "evil.com",
        "evil.com/",
        "evil.com/.atlassian.net",
        "acme.atlassian.net.evil.com",
        "https://acme.atlassian.net.evil.com/",
        "https://acme.atlassian.net@evil.com/",
        "a@b",
        "a@acme.atlassian.net",
        "acme.atlassian.net:8443",
        "https://acme.atlassian.net:8443/",
        "http://acme.atlassian.net",
        "ftp://acme.atlassian.net",
        "//acme.atlassian.net",
        "acme/../evil",
        "acme%2eevil",
        "a.b.atlassian.net",
        "-acme",
        "acme-",
        "acme\nevil",
        "acme\\evil.com",
        "аcme",
        ".atlassian.net",
    ] {
        check_site(text, None);
    }
    check_site(&"a".repeat(64), None);
}

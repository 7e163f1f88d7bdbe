//! Pages by the address in a browser.

use crate::process::{PAGE, Rig, program, run};

#[test]
fn a_page_can_be_named_by_its_address() {
    let rig = Rig::demo();
    let expected = rig.output(&["pages", "get", PAGE]);
    for address in [
        "https://example.atlassian.net/wiki/spaces/ENG/pages/65699842/On-Call+Handbook",
        "https://example.atlassian.net/wiki/pages/viewpage.action?pageId=65699842",
        "https://example.atlassian.net/wiki/x/AoDqAw",
        "/wiki/x/AoDqAw",
        &format!("{}/wiki/spaces/ENG/pages/65699842", rig.sandbox.site_url()),
    ] {
        assert_eq!(rig.output(&["pages", "get", address]), expected, "{address}");
    }
}

#[test]
fn an_address_of_another_site_is_refused() {
    let rig = Rig::demo();
    for address in [
        "https://other.atlassian.net/wiki/x/AoDqAw",
        "https://example.atlassian.net.evil.example/wiki/x/AoDqAw",
        "http://example.atlassian.net/wiki/x/AoDqAw",
        "https://example.atlassian.net:444/wiki/x/AoDqAw",
    ] {
        let (code, told) = rig.failure(&["pages", "get", address]);
        assert_eq!(code, 2, "{told}");
        assert!(told.contains("but https://example.atlassian.net is configured"), "{told}");
        let (code, told) = rig.failure(&["pages", "delete", address, "--yes"]);
        assert_eq!(code, 2, "{told}");
    }
    let parent = ["--parent-id", "https://other.atlassian.net/wiki/x/AoDqAw"];
    let create = ["pages", "create", "--space-id=1", "--title=T", "--body=x"];
    assert_eq!(rig.failure(&[&create[..], &parent].concat()).0, 2);
    assert_eq!(rig.sandbox.requests().len(), 0);
}

#[test]
fn a_cloud_id_alone_does_not_tell_the_site() {
    let mut command = program(&["pages", "get", "https://example.atlassian.net/wiki/x/AoDqAw"]);
    command.env("CONFLUENCE_CLOUD_ID", "c-1").env("CONFLUENCE_ACCESS_TOKEN", "t");
    let ended = run(&mut command);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("set --site (CONFLUENCE_SITE)"), "{}", ended.stderr);
}

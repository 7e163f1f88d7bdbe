use super::{BaseUrl, Endpoints, Hosts, InvalidBaseUrl};

#[track_caller]
fn refused(text: &str, hosts: Hosts, error: InvalidBaseUrl) {
    assert_eq!(BaseUrl::parse(text, hosts), Err(error), "{text}");
}

#[track_caller]
fn accepted(text: &str, hosts: Hosts, shown: &str) {
    assert_eq!(BaseUrl::parse(text, hosts).unwrap().to_string(), shown, "{text}");
}

#[test]
fn hosts_that_only_look_like_this_machine_are_refused() {
    for text in [
        "https://localhost.evil.example",
        "https://evil.example/localhost",
        "https://127.0.0.1.evil.example",
        "https://127.0.0.1.nip.io",
        "https://foo.localhost",
        "https://localhost.",
        r"https://evil.example\@127.0.0.1",
        "https://api.atlassian.com",
        "https://example.atlassian.net",
        "http://0.0.0.0:8080",
        "http://[::]:8080",
        "http://[::ffff:127.0.0.1]",
        "http://[fe80::1]",
        "http://169.254.169.254",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "https://ⅼocalhost.example",
    ] {
        refused(text, Hosts::Loopback, InvalidBaseUrl::NotLoopback);
    }
}

#[test]
fn a_user_name_never_hides_the_host() {
    for text in [
        "http://127.0.0.1@evil.example",
        "https://localhost:80@evil.example",
        "http://user:secret@localhost",
        "http://user@127.0.0.1",
    ] {
        refused(text, Hosts::Loopback, InvalidBaseUrl::UserInfo);
        refused(text, Hosts::Any, InvalidBaseUrl::UserInfo);
    }
}

#[test]
fn only_web_addresses_count() {
    for text in [
        "",
        "localhost",
        "localhost:8080",
        "127.0.0.1:8080",
        "//localhost",
        "/wiki",
        "ftp://localhost",
        "file:///etc/passwd",
        "unix:/run/x.sock",
        "javascript:alert(1)",
        "https://",
        "http://exa mple",
        "http://[::1",
        "http://localhost:99999",
    ] {
        refused(text, Hosts::Loopback, InvalidBaseUrl::NotAnAddress);
        refused(text, Hosts::Any, InvalidBaseUrl::NotAnAddress);
    }
}

#[test]
fn queries_fragments_and_the_clients_own_part_are_refused() {
    refused("http://localhost?x=1", Hosts::Any, InvalidBaseUrl::QueryOrFragment);
    refused("http://localhost/?", Hosts::Any, InvalidBaseUrl::QueryOrFragment);
    refused("http://localhost#x", Hosts::Any, InvalidBaseUrl::QueryOrFragment);
    refused("https://evil.example#@127.0.0.1", Hosts::Loopback, InvalidBaseUrl::QueryOrFragment);
    refused("http://localhost/wiki", Hosts::Any, InvalidBaseUrl::Wiki);
    refused("http://localhost/wiki/api/v2/", Hosts::Any, InvalidBaseUrl::Wiki);
}

#[test]
fn other_machines_need_permission_and_encryption() {
    refused("https://proxy.example", Hosts::Loopback, InvalidBaseUrl::NotLoopback);
    refused("http://proxy.example", Hosts::Any, InvalidBaseUrl::NotEncrypted);
    accepted("https://proxy.example/base/", Hosts::Any, "https://proxy.example/base");
}

#[test]
fn this_machine_is_allowed_however_it_is_spelled() {
    for (text, shown) in [
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://LOCALHOST:8080/", "http://localhost:8080"),
        ("https://localhost", "https://localhost"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://127.8.9.1:1", "http://127.8.9.1:1"),
        ("http://2130706433", "http://127.0.0.1"),
        ("http://[::1]:1", "http://[::1]:1"),
        (" http://localhost:1/a/../b/ ", "http://localhost:1/b"),
    ] {
        accepted(text, Hosts::Loopback, shown);
        assert!(text.parse::<BaseUrl>().unwrap().is_loopback(), "{text}");
    }
}

#[test]
fn the_gateway_keeps_a_path_of_its_own() {
    let cloud_id = "11111111-2222-4333-8444-555555555555".parse().unwrap();
    let root = Endpoints::default().gateway_root(&cloud_id);
    assert_eq!(
        root.as_str(),
        "https://api.atlassian.com/ex/confluence/11111111-2222-4333-8444-555555555555"
    );
    let gateway = Some("http://localhost:1/atlassian/".parse().unwrap());
    let root = Endpoints { gateway, ..Endpoints::default() }.gateway_root(&cloud_id);
    assert_eq!(
        root.as_str(),
        "http://localhost:1/atlassian/ex/confluence/11111111-2222-4333-8444-555555555555"
    );
}

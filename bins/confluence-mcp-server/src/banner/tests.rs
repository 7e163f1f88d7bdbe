use confluence_auth::{AuthMode, Location};

use super::{Banner, Reached};
use crate::config::{Account, Secret};

fn banner(reached: Reached) -> Banner {
    Banner {
        endpoint: "http://127.0.0.1:8080/mcp".to_owned(),
        configuration: "http://127.0.0.1:8080/apps/confluence-next".to_owned(),
        maintainer_key: "in `/data/maintainer.key`".to_owned(),
        reached,
        read_only: false,
        needs_key: false,
        program: "/usr/local/bin/confluence-mcp-server".to_owned(),
    }
}

fn sandbox(pages: Option<usize>) -> Reached {
    let web_address = "http://127.0.0.1:40000/wiki".to_owned();
    Reached::Sandbox { web_address, email: "demo@example.com".to_owned(), pages, sign_in: None }
}

#[test]
fn no_secret_and_no_address_of_a_person_is_shown() {
    let account = Account {
        mode: AuthMode::ApiToken,
        location: Location { site: Some("example".parse().unwrap()), ..Location::default() },
        email: Some("planted@example.com".to_owned()),
        token: Secret::Value("planted-token".into()),
    };
    let shown = banner(Reached::account(&account)).to_string();
    assert!(!shown.contains("planted"), "{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn the_sandbox_is_introduced() {
    insta::assert_snapshot!(banner(sandbox(None)));
}

#[test]
fn the_sandbox_says_how_to_sign_in() {
    let Reached::Sandbox { web_address, email, pages, .. } = sandbox(None) else { unreachable!() };
    let sign_in = Some(AuthMode::OAuthCentral);
    insta::assert_snapshot!(banner(Reached::Sandbox { web_address, email, pages, sign_in }));
}

#[test]
fn a_key_goes_into_the_configuration_by_name() {
    let account = Account {
        mode: AuthMode::AccessToken,
        location: Location { cloud_id: Some("c-1".parse().unwrap()), ..Location::default() },
        email: None,
        token: Secret::File("/run/secrets/token".into()),
    };
    let banner = Banner { needs_key: true, read_only: true, ..banner(Reached::account(&account)) };
    insta::assert_snapshot!(banner);
}

#[test]
fn the_endpoint_is_the_last_line() {
    let shown = banner(sandbox(Some(50))).to_string();
    assert_eq!(shown.lines().last(), Some("Endpoint: http://127.0.0.1:8080/mcp"));
    assert!(shown.contains("--sandbox-pages=50"), "{shown}");
}

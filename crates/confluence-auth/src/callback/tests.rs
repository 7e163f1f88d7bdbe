use secrecy::ExposeSecret;
use url::Url;

use super::{CallbackQuery, CallbackTarget, CallbackTargets, InvalidCallback, new_state};
use crate::{BaseUrl, Hosts};

const OWN: &str = "https://mcp.example/v2";

fn targets() -> CallbackTargets {
    let base = |text| BaseUrl::parse(text, Hosts::Any).unwrap();
    CallbackTargets::new(&base(OWN), &[base("https://tenant.example:8443")])
}

/// Packs a text that need not be an address.
fn query(packed: &str) -> CallbackQuery {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
    let (random, _) = new_state(None);
    let packed = BASE64_URL_SAFE_NO_PAD.encode(packed);
    CallbackQuery::parse(&format!("code=c&state={}.{packed}", random.expose_secret())).unwrap()
}

#[test]
fn nobody_is_sent_to_an_address_that_is_no_callback_of_ours() {
    let good = "https://mcp.example/v2/workspaces/slug:acme/webhooks/ConfluenceNext.oauthCallback";
    assert!(targets().target(&query(good)).is_ok());
    for evil in [
        "",
        "/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "//evil.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "javascript:alert(1)//workspaces/a/A.oauthCallback",
        "data:text/html,workspaces/a/A.oauthCallback",
        // Other hosts, and hosts that look alike.
        "https://evil.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example.evil.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://evil-mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example@evil.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example:x@mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://user@mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://evil.example\\@mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example\\.evil.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example./v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp。example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        // Another scheme or port, or a spelling that a parser would change.
        "http://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example:444/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example:443/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://tenant.example/workspaces/slug:acme/webhooks/A.oauthCallback",
        "HTTPS://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://MCP.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https:mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https:///mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        " https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauth\nCallback",
        "https://mcp.exa\tmple/v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        // Paths that are not below `/workspaces/`, or leave it again.
        "https://mcp.example/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example/v2/x/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example/v2/apps/A.oauthCallback",
        "https://mcp.example/v2workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example/v2/workspaces.evil/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example/v2/workspaces/../apps/A.oauthCallback",
        "https://mcp.example/v2/workspaces/./slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example/v2/workspaces/%2e%2e/apps/A.oauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme%2f..%2fapps/A.oauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme\\webhooks/A.oauthCallback",
        "https://mcp.example/v2/workspaces//evil.example/A.oauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks//A.oauthCallback",
        "https://mcp.example//v2/workspaces/slug:acme/webhooks/A.oauthCallback",
        "https://mcp.example/v2/workspaces/A.oauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback/",
        // The path has to end so, not the query or the fragment.
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthConnect",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallbackx",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthcallback",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/xoauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/.oauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthDisconnect?x=A.oauthCallback",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback?state=mine",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback#x",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback?",
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/A.oauthCallback#",
        // The core's own callback would send the browser round in a circle.
        "https://mcp.example/v2/workspaces/slug:confluence-next/webhooks/oauthCallback",
    ] {
        assert_eq!(targets().target(&query(evil)), Err(InvalidCallback), "{evil}");
    }
}

#[test]
fn code_and_state_go_on_as_they_came() {
    for own in [
        "https://mcp.example/v2/workspaces/slug:acme/webhooks/ConfluenceNext.oauthCallback",
        "https://tenant.example:8443/workspaces/slug:acme-2/webhooks/Wiki_2.oauthCallback",
    ] {
        let own: Url = own.parse().unwrap();
        let (state, _) = new_state(Some(&own));
        let state = state.expose_secret();
        for (name, value) in [("code", "a+b/c=&state=x é"), ("error", "access_denied")] {
            let text = url::form_urlencoded::Serializer::new(String::new())
                .append_pair(name, value)
                .append_pair("state", state)
                .finish();
            let query = CallbackQuery::parse(&text).unwrap();
            let CallbackTarget::Redirect(to) = targets().target(&query).unwrap() else {
                panic!("the sign-in was not started here")
            };
            let shown = format!("{to:?} {query:?}");
            assert!(!shown.contains(state) && !shown.contains("a%2Bb"), "{shown}");
            let mut to = to.as_url().clone();
            let pairs: Vec<_> = to.query_pairs().into_owned().collect();
            assert_eq!(
                pairs,
                [(name.to_owned(), value.to_owned()), ("state".to_owned(), state.to_owned())]
            );
            to.set_query(None);
            assert_eq!(to, own);
        }
    }
}

#[test]
fn a_state_without_an_address_belongs_here() {
    let (state, fingerprint) = new_state(None);
    let query = CallbackQuery::parse(&format!("code=c&state={}", state.expose_secret())).unwrap();
    assert_eq!(targets().target(&query), Ok(CallbackTarget::Here));
    assert_eq!(query.fingerprint(), &fingerprint);
}

#[test]
fn a_packed_state_is_found_by_its_random_part() {
    let own: Url = OWN.parse().unwrap();
    let (state, fingerprint) = new_state(Some(&own));
    let query = CallbackQuery::parse(&format!("state={}&code=c", state.expose_secret())).unwrap();
    assert_eq!(query.fingerprint(), &fingerprint);
    let (random, _) = state.expose_secret().split_once('.').unwrap();
    assert_eq!(random.len(), 43, "256 random bits");
    assert_ne!(new_state(None).1, fingerprint);
}

#[test]
fn nonsense_is_refused_before_anything_is_looked_up() {
    let (state, _) = new_state(None);
    let state = state.expose_secret();
    let long = "x".repeat(9_000);
    for query in [
        String::new(),
        "code=c".to_owned(),
        format!("state={state}"),
        format!("code=&state={state}"),
        format!("code={long}&state={state}"),
        format!("code=c&code=d&state={state}"),
        format!("code=c&state={state}&state={state}"),
        format!("code=c&error=access_denied&state={state}"),
        format!("error=&state={state}"),
        format!("error={long}&state={state}"),
        format!("error=%3Cscript%3E&state={state}"),
        format!("error=a%0ab&state={state}"),
        format!("code=c&state={}", &state[1..]),
        format!("code=c&state={state}x"),
        format!("code=c&state={}%00", &state[1..]),
        format!("code=c&state={state}.%25"),
        format!("code=c&state={state}._w"),
        format!("code=c&state={state}.{long}"),
        format!("code=c&state=.{state}"),
    ] {
        assert_eq!(CallbackQuery::parse(&query).unwrap_err(), InvalidCallback, "{query:.80}");
    }
}

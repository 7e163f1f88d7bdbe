//! What must not work, although somebody tries.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use confluence_auth::ticket::Ticket;
use confluence_sandbox::{Consent, IdentityRequest};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use url::{Url, form_urlencoded};

use super::{ACME, Acme, Browser, CORE, outcome};
use crate::support::{Answer, Server};

#[track_caller]
fn refused(page: &Answer) {
    assert_eq!((page.status, outcome(page)), (400, "invalid_state"), "{}", page.body);
    assert_eq!(page.header("location"), None);
}

fn exchanges(acme: &Acme) -> u64 {
    acme.sandbox.identity().tally(IdentityRequest::CodeExchange).granted
}

/// The same address with another value of a parameter.
pub(super) fn with(url: &str, name: &str, value: &str) -> String {
    let mut url: Url = url.parse().unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let pairs = pairs.into_iter().map(|(it, old)| {
        let new = if it == name { value.to_owned() } else { old };
        (it, new)
    });
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    url.set_query(Some(&query));
    url.into()
}

pub(super) fn parameter(url: &str, name: &str) -> String {
    let url: Url = url.parse().unwrap();
    url.query_pairs().find(|(it, _)| it == name).unwrap().1.into_owned()
}

#[tokio::test]
async fn a_callback_works_once() {
    let acme = Acme::with_own_client().await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let callback = browser.agree(&acme.sandbox, &acme.server, &link).await;
    let page = browser.come_back(&acme.server, None, &callback).await;
    assert_eq!(outcome(&page), "connected");
    refused(&browser.come_back(&acme.server, None, &callback).await);
    assert_eq!(exchanges(&acme), 1);
}

#[tokio::test]
async fn a_callback_of_another_browser_connects_nobody() {
    let acme = Acme::with_own_client().await;
    let (mut attacker, mut victim) = (Browser::default(), Browser::default());
    let link = acme.link("eve").await;
    let callback = attacker.agree(&acme.sandbox, &acme.server, &link).await;
    // The victim has no cookie, or one of its own.
    refused(&victim.open(&acme.server, &callback).await);
    let own = acme.link("ada").await;
    victim.confirm(&acme.server, &own).await;
    refused(&victim.open(&acme.server, &callback).await);
    assert_eq!(exchanges(&acme), 0);
    for user in ["ada", "eve"] {
        assert_eq!(acme.status(user).await["connected"], false, "{user}");
    }
}

#[tokio::test]
async fn a_code_with_the_state_of_another_sign_in_connects_nobody() {
    let acme = Acme::with_own_client().await;
    let (mut attacker, mut victim) = (Browser::default(), Browser::default());
    let links = (acme.link("eve").await, acme.link("ada").await);
    let theirs = attacker.agree(&acme.sandbox, &acme.server, &links.0).await;
    let own = victim.agree(&acme.sandbox, &acme.server, &links.1).await;
    // The code of the attacker's account in the victim's own sign-in: PKCE tells them apart.
    let mixed = with(&own, "code", &parameter(&theirs, "code"));
    let page = victim.open(&acme.server, &mixed).await;
    assert_ne!(outcome(&page), "connected", "{}", page.body);
    // The victim's code in the attacker's session.
    let mixed = with(&theirs, "code", &parameter(&own, "code"));
    let page = attacker.open(&acme.server, &mixed).await;
    assert_ne!(outcome(&page), "connected", "{}", page.body);
    assert_eq!(exchanges(&acme), 0);
}

#[tokio::test]
async fn a_state_of_one_workspace_is_no_state_of_another() {
    let acme = Acme::with_own_client().await;
    acme.server.rig().workspace("other", super::with_own_client(), "*").await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let callback = browser.agree(&acme.sandbox, &acme.server, &link).await;
    refused(&browser.open(&acme.server, &callback.replace("slug:acme", "slug:other")).await);
    assert_eq!(exchanges(&acme), 0);
}

#[tokio::test]
async fn states_that_make_no_sense_are_refused_without_asking_atlassian() {
    let acme = Acme::with_central_client().await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let callback = browser.agree(&acme.sandbox, &acme.server, &link).await;
    for path in [format!("{ACME}.oauthCallback"), format!("{CORE}/oauthCallback")] {
        for query in ["", "?code=a", "?state=b", "?code=a&state=b", "?code=a&state=b&state=c"] {
            refused(&browser.open(&acme.server, &format!("{path}{query}")).await);
        }
    }
    assert_eq!(exchanges(&acme), 0);
    // None of these has used up the real one.
    let page = browser.come_back(&acme.server, None, &callback).await;
    assert_eq!(outcome(&page), "connected");
}

#[tokio::test]
async fn the_core_redirects_to_callbacks_of_known_deployments_only() {
    let acme = Acme::with_core_elsewhere().await;
    let core = acme.core.as_ref().unwrap();
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let callback = browser.agree(&acme.sandbox, &acme.server, &link).await;
    let state = parameter(&callback, "state");
    let (random, _) = state.split_once('.').unwrap();
    let (own, tenant) = (core.address, acme.server.address);
    for evil in [
        "https://evil.example/workspaces/slug:acme/webhooks/ConfluenceNext.oauthCallback"
            .to_owned(),
        format!("http://{tenant}@evil.example/workspaces/slug:acme/webhooks/A.oauthCallback"),
        format!("http://{tenant}/workspaces/../evil/A.oauthCallback"),
        format!("http://{tenant}/elsewhere/slug:acme/webhooks/A.oauthCallback"),
        format!("http://{tenant}{ACME}.oauthConnect"),
        format!("http://{tenant}{ACME}.oauthCallback?next=https://evil.example"),
        format!("http://{own}{CORE}/oauthCallback"),
        "javascript:alert(1)//.oauthCallback".to_owned(),
    ] {
        let packed = BASE64_URL_SAFE_NO_PAD.encode(&evil);
        let forged = with(&callback, "state", &format!("{random}.{packed}"));
        refused(&Browser::default().open(core, &forged).await);
    }
    let sent = browser.open(core, &callback).await;
    assert_eq!(sent.status, 302, "{}", sent.body);
    let to = sent.header("location").unwrap().to_owned();
    assert!(to.starts_with(&format!("http://{tenant}{ACME}.oauthCallback?")));
    assert_eq!(outcome(&browser.open(&acme.server, &to).await), "connected");
}

#[tokio::test]
async fn a_deployment_whose_key_was_revoked_is_not_redirected_to() {
    let acme = Acme::with_core_elsewhere().await;
    let core = acme.core.as_ref().unwrap();
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let callback = browser.agree(&acme.sandbox, &acme.server, &link).await;
    let keyring = &core.rig().deployment.keyring;
    let keys = keyring.list(None).await.unwrap();
    assert!(keyring.revoke(None, &keys[0].id, Timestamp::now()).await.unwrap());
    refused(&browser.open(core, &callback).await);
}

#[tokio::test]
async fn a_link_works_once_and_in_the_browser_that_confirmed() {
    let acme = Acme::with_own_client().await;
    let (mut first, mut second) = (Browser::default(), Browser::default());
    let link = acme.link("ada").await;
    let page = second.open(&acme.server, &link).await;
    let callback = first.agree(&acme.sandbox, &acme.server, &link).await;
    for page in [second.press(&acme.server, &page).await, first.confirm(&acme.server, &link).await]
    {
        assert_eq!((page.status, outcome(&page)), (400, "invalid_ticket"), "{}", page.body);
    }
    let page = first.come_back(&acme.server, None, &callback).await;
    assert_eq!(outcome(&page), "connected");
}

#[tokio::test]
async fn links_that_are_forged_foreign_or_old_are_refused() {
    let acme = Acme::with_own_client().await;
    let rig = acme.server.rig();
    rig.workspace("other", super::with_own_client(), "*").await;
    let link = acme.link("ada").await;
    let ticket = parameter(&link, "ticket");
    let opened = rig.deployment.tickets.open(&ticket, Timestamp::now()).unwrap();
    let past = Timestamp::now() - SignedDuration::from_mins(11);
    let old = Ticket::new(opened.key, opened.agent, past);
    let old = rig.deployment.tickets.seal(&old).expose_secret().to_owned();
    let mut changed = ticket.clone();
    changed.replace_range(0..1, if ticket.starts_with('X') { "Y" } else { "X" });
    let other = link.replace("slug:acme", "slug:other");
    for bad in [
        with(&link, "ticket", &changed),
        with(&link, "ticket", &old),
        with(&link, "ticket", ""),
        other,
    ] {
        let page = Browser::default().open(&acme.server, &bad).await;
        assert_eq!((page.status, outcome(&page)), (400, "invalid_ticket"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_form_needs_the_page_and_the_cookie_of_the_same_browser() {
    let acme = Acme::with_own_client().await;
    let link = acme.link("ada").await;
    let (mut browser, mut other) = (Browser::default(), Browser::default());
    let page = browser.open(&acme.server, &link).await;
    other.open(&acme.server, &link).await;
    let ticket = parameter(&link, "ticket");
    let proof = super::browser::hidden(&page, "proof").unwrap();
    let path = format!("{ACME}.oauthConnect");
    let fields = [("proof", proof.as_str()), ("ticket", &ticket)];
    let mut bare = Browser::default();
    for answer in [
        bare.submit(&acme.server, &path, &fields).await,
        other.submit(&acme.server, &path, &fields).await,
        browser.submit(&acme.server, &path, &fields[1..]).await,
    ] {
        assert_eq!((answer.status, outcome(&answer)), (403, "invalid_form"), "{}", answer.body);
    }
    // A page elsewhere, in the very browser.
    let mut foreign = acme.server.request("POST", &path).header("cookie", &browser.cookie());
    foreign.body =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into();
    let foreign = foreign.header("content-type", "application/x-www-form-urlencoded");
    for origin in ["https://evil.example", "null"] {
        let answer = foreign.clone().header("origin", origin).send().await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    // The link is still good.
    assert_eq!(browser.press(&acme.server, &page).await.status, 303);
}

#[tokio::test]
async fn the_cookie_is_for_this_host_and_no_script() {
    let acme = Acme::with_own_client().await;
    let page = acme.server.request("GET", &format!("{ACME}.oauthConnect")).send().await;
    let cookie = page.header("set-cookie").unwrap();
    // Over plain HTTP on this machine, browsers refuse `__Host-` and `Secure`.
    assert!(cookie.starts_with("confluence-connect="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=1200; HttpOnly; SameSite=Lax"), "{cookie}");
    let sandbox = crate::support::confluence().await;
    let rig = crate::rig::Rig::new(&sandbox).await;
    let server = Server::of(rig, confluence_server::HttpOptions::default()).await;
    let page = server.request("GET", &format!("{ACME}.oauthConnect")).send().await;
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-confluence-connect="), "{cookie}");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_state_that_is_too_old_connects_nobody() {
    let acme = Acme::with_own_client().await;
    let deployment = &acme.server.rig().deployment;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    browser.open(&acme.server, &link).await;
    let ticket = deployment.tickets.open(&parameter(&link, "ticket"), Timestamp::now()).unwrap();
    let cookie = browser.cookie();
    let secret = cookie.split_once('=').unwrap().1.parse().unwrap();
    let instance = crate::rig::instance("acme");
    let client = deployment.connector.oauth_client(&instance).await.unwrap().unwrap();
    let own = deployment.addresses.callback(&instance);
    let request = confluence_auth::sign_in::SignInRequest {
        key: &ticket.key,
        agent: None,
        client: &client,
        callback: confluence_auth::sign_in::Callback::Own(&own),
        browser: &secret,
    };
    let past = Timestamp::now() - SignedDuration::from_mins(11);
    let consent = deployment.sign_in.start(&request, past).await.unwrap();
    let callback =
        acme.sandbox.consent(consent.as_url().as_str(), &Consent::accept()).await.unwrap();
    refused(&browser.open(&acme.server, &callback).await);
    assert_eq!(exchanges(&acme), 0);
}

#[tokio::test]
async fn secrets_are_in_no_page_answer_error_or_log() {
    let (log, _guard) = crate::logs::log();
    let acme = Acme::with_core_elsewhere().await;
    let elsewhere = acme.core.as_ref();
    let key = acme.server.rig().personal("acme", "ada", "agent-1").await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let ticket = parameter(&link, "ticket");
    let sent = browser.confirm(&acme.server, &link).await;
    let consent = sent.header("location").unwrap().to_owned();
    let callback = acme.sandbox.consent(&consent, &Consent::accept()).await.unwrap();
    let (state, code) = (parameter(&callback, "state"), parameter(&callback, "code"));
    let connected = browser.come_back(&acme.server, elsewhere, &callback).await;
    assert_eq!(outcome(&connected), "connected");
    let replayed = browser.come_back(&acme.server, elsewhere, &callback).await;
    let (_, listed) = acme.call("ada").await;
    let status = acme.status("ada").await.to_string();
    let path = format!("{ACME}.testAuth?user_id=ada");
    let probe = acme.ask("POST", &path).send().await;
    acme.sandbox.identity().revoke_all();
    acme.sandbox.identity().expire_access_tokens();
    let (_, lost) = acme.call("ada").await;
    let cookie = browser.cookie();
    let browser_secret = cookie.split_once('=').unwrap().1;
    let answers =
        [&connected.body, connected.head(), &replayed.body, replayed.head(), &listed, &status]
            .into_iter()
            .chain([probe.body.as_str(), &lost]);
    let logged = log.text();
    assert!(logged.contains("a user has connected"), "the log works: {logged}");
    let secrets = [
        super::OWN_SECRET,
        super::CENTRAL_SECRET,
        "sandbox-at-",
        "sandbox-rt-",
        &code,
        &state,
        &key,
        &acme.platform,
    ];
    for told in answers.chain([logged.as_str()]) {
        for secret in secrets {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
    }
    for secret in [ticket.as_str(), browser_secret] {
        assert!(!logged.contains(secret), "{secret}: {logged}");
    }
}

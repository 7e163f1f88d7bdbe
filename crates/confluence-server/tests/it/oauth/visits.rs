//! Pages: what they say, what they let a browser do, and what they change.

use confluence_sandbox::{Consent, Fault};

use super::{ACME, Acme, Browser, bearer, outcome};
use crate::support::Answer;

#[track_caller]
fn guarded(page: &Answer) {
    assert_eq!(page.header("cache-control"), Some("no-store"), "{}", page.head());
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let referrer = page.header("referrer-policy").unwrap();
    assert!(["no-referrer", "same-origin"].contains(&referrer), "{referrer}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http"
    ));
    assert!(!page.body.contains("<script") && !page.body.contains(" style="), "{}", page.body);
}

#[tokio::test]
async fn the_page_of_a_link_names_who_it_is_for_and_changes_nothing() {
    let acme = Acme::with_own_client().await;
    let link = acme.link("ada").await;
    for _ in 0..3 {
        let page = Browser::default().open(&acme.server, &link).await;
        assert_eq!(page.status, 200);
        guarded(&page);
        for shown in ["acme", "ada", "agent-1", "Continue to Atlassian", "Is this you?"] {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
    }
    let mut browser = Browser::default();
    let page = browser.connect(&acme.sandbox, &acme.server, None, &link).await;
    assert_eq!(outcome(&page), "connected");
    guarded(&page);
}

#[tokio::test]
async fn the_style_sheet_is_where_the_pages_say() {
    let acme = Acme::with_own_client().await;
    let page = Browser::default().open(&acme.server, &format!("{ACME}.oauthConnect")).await;
    let (_, rest) = page.body.split_once("rel=\"stylesheet\" href=\"/assets").unwrap();
    let path = format!("/assets{}", rest.split_once('"').unwrap().0);
    let sheet = acme.server.request("GET", &path).send().await;
    assert_eq!(
        (sheet.status, sheet.header("content-type")),
        (200, Some("text/css; charset=utf-8"))
    );
}

#[tokio::test]
async fn without_a_link_a_personal_key_says_who_is_there() {
    let acme = Acme::with_own_client().await;
    let path = format!("{ACME}.oauthConnect");
    let key = acme.server.rig().personal("acme", "bo", "agent-2").await;
    let mut browser = Browser::default();
    let page = browser.open(&acme.server, &path).await;
    guarded(&page);
    assert!(page.body.contains("Personal key"), "{}", page.body);
    let proof = super::browser::hidden(&page, "proof").unwrap();
    for wrong in ["cnx_guessed", &acme.platform] {
        let page = browser.submit(&acme.server, &path, &[("proof", &proof), ("key", wrong)]).await;
        assert_eq!(page.status, 401);
        assert!(!page.body.contains(wrong), "{}", page.body);
    }
    let sent = browser.submit(&acme.server, &path, &[("proof", &proof), ("key", &key)]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let link = sent.header("location").unwrap().to_owned();
    assert!(!link.contains(&key));
    let page = browser.open(&acme.server, &link).await;
    assert!(page.body.contains("bo") && page.body.contains("agent-2"), "{}", page.body);
    let page = browser.connect(&acme.sandbox, &acme.server, None, &link).await;
    assert_eq!(outcome(&page), "connected");
    assert_eq!(acme.status("bo").await["connected"], true);
}

#[tokio::test]
async fn who_declines_is_told_so_and_nothing_is_stored() {
    let acme = Acme::with_own_client().await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let sent = browser.confirm(&acme.server, &link).await;
    let consent = sent.header("location").unwrap();
    let callback = acme.sandbox.consent(consent, &Consent::deny()).await.unwrap();
    let page = browser.come_back(&acme.server, None, &callback).await;
    assert_eq!((page.status, outcome(&page)), (400, "access_denied"));
    assert_eq!(acme.status("ada").await["connected"], false);
}

#[tokio::test]
async fn disconnecting_is_confirmed_and_deletes_the_tokens() {
    let acme = Acme::with_central_client().await;
    let mut browser = Browser::default();
    let link = acme.link("ada").await;
    browser.connect(&acme.sandbox, &acme.server, None, &link).await;
    assert_eq!(acme.status("ada").await["connected"], true);
    let key = acme.server.rig().personal("acme", "ada", "agent-1").await;
    let link = parting(&acme, &mut browser, &key).await;
    let page = browser.open(&acme.server, &link).await;
    assert!(page.body.contains("Disconnect your Confluence account?"), "{}", page.body);
    assert_eq!(acme.status("ada").await["connected"], true, "looking changes nothing");
    let page = browser.press(&acme.server, &page).await;
    assert_eq!((page.status, outcome(&page)), (200, "disconnected"));
    assert_eq!(acme.status("ada").await["connected"], false);
    assert!(!acme.call("ada").await.0);
    // Again, there is nothing to disconnect.
    let link = parting(&acme, &mut browser, &key).await;
    let page = browser.confirm(&acme.server, &link).await;
    assert_eq!((page.status, outcome(&page)), (200, "disconnected"));
    let records = acme.server.into_rig().await.audit().await;
    let changes: Vec<_> = records
        .iter()
        .filter(|it| it.operation.as_ref().is_some_and(|it| it.starts_with("oauth")))
        .map(|it| {
            let (user, agent) = (it.user.as_ref().unwrap(), it.agent.as_ref().unwrap());
            let operation = it.operation.as_deref().unwrap();
            (operation, user.as_str(), agent.as_str(), it.outcome.as_str())
        })
        .collect();
    let expected = ["oauthConnect", "oauthDisconnect"].map(|it| (it, "ada", "agent-1", "ok"));
    assert_eq!(changes, expected);
}

/// The link to disconnect for whoever shows this key.
pub(super) async fn parting(acme: &Acme, browser: &mut Browser, key: &str) -> String {
    let path = format!("{ACME}.oauthDisconnect");
    let page = browser.open(&acme.server, &path).await;
    let proof = super::browser::hidden(&page, "proof").unwrap();
    let sent = browser.submit(&acme.server, &path, &[("proof", &proof), ("key", key)]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn the_status_is_for_keys_and_says_who_is_meant() {
    let acme = Acme::with_own_client().await;
    let path = format!("{ACME}.oauthStatus");
    let answer = acme.server.request("GET", &path).send().await;
    assert_eq!(answer.status, 401);
    assert_eq!(acme.ask("GET", &path).send().await.status, 400, "no user");
    let answer = acme.ask("GET", &path).header("user-id", "ada").send().await;
    assert_eq!((answer.status, &answer.json()["connected"]), (200, &false.into()));
    let answer = acme.ask("GET", &format!("{path}?user_id=eve")).header("user-id", "ada");
    assert_eq!(answer.send().await.status, 400, "two users");
    let key = acme.server.rig().personal("acme", "ada", "agent-1").await;
    let own = |path: &str| acme.server.request("GET", path).header("authorization", &bearer(&key));
    assert_eq!(own(&path).send().await.status, 200);
    assert_eq!(own(&format!("{path}?user_id=eve")).send().await.status, 403);
    let nowhere = path.replace("ConfluenceNext", "Nowhere");
    assert_eq!(acme.ask("GET", &nowhere).send().await.status, 404);
}

#[tokio::test]
async fn the_probe_tells_what_works() {
    let acme = Acme::with_own_client().await;
    let path = format!("{ACME}.testAuth?user_id=ada");
    assert_eq!(acme.server.request("POST", &path).send().await.status, 401);
    let answer = acme.ask("POST", &path).send().await.json();
    assert_eq!(answer["ok"], false);
    let error = answer["error"].as_str().unwrap();
    assert!(error.starts_with("Confluence is not connected for this user."), "{answer}");
    let link = acme.link("ada").await;
    Browser::default().connect(&acme.sandbox, &acme.server, None, &link).await;
    let answer = acme.ask("POST", &path).send().await.json();
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(answer["baseUrl"], acme.sandbox.gateway_url());
    let fault = Fault::Status { status: 400, retry_after: None }.on("GET", "/wiki/api/v2/spaces");
    acme.sandbox.faults().inject(fault);
    let answer = acme.ask("POST", &path).send().await.json();
    assert_eq!(answer["error"], "Authentication worked but the call failed (status 400).");
}

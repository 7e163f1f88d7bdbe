//! From a user who is not connected to one who has to connect again, in each set-up.

use std::time::Duration;

use confluence_sandbox::{Fault, IdentityRequest};
use serde_json::Value;

use super::{Acme, Browser, outcome};

async fn journey(acme: Acme) {
    let (core, identity) = (acme.core.as_ref(), acme.sandbox.identity());
    identity.change_policy(|it| it.access_token_lifetime = Duration::from_mins(1));
    assert_eq!(acme.status("ada").await["connected"], false);
    let mut browser = Browser::default();
    let link = acme.link("ada").await;
    let page = browser.connect(&acme.sandbox, &acme.server, core, &link).await;
    assert_eq!((page.status, outcome(&page)), (200, "connected"), "{}", page.body);
    assert_eq!(identity.grants().len(), 1);
    let status = acme.status("ada").await;
    assert_eq!(status["connected"], true, "{status}");
    let name = status["account"].as_str().unwrap();
    let site = status["site"]["url"].as_str().unwrap();
    assert!(page.body.contains(name), "{}", page.body);
    let host = url::Url::parse(site).unwrap();
    assert!(page.body.contains(host.host_str().unwrap()), "{}", page.body);

    let (ok, told) = acme.call("ada").await;
    assert!(ok && told.contains("SAND"), "{told}");
    // Another user of the workspace is not connected by this.
    assert!(!acme.call("eve").await.0);
    assert_eq!(acme.status("eve").await["connected"], false);

    // Each token is about to end when it comes, so that each call renews it, once.
    let refreshes = || identity.tally(IdentityRequest::TokenRefresh).granted;
    let before = refreshes();
    assert!(acme.call("ada").await.0);
    assert_eq!(refreshes(), before + 1);

    // A passing fault says so and drops nothing.
    let outage = Fault::unavailable(None).during(IdentityRequest::TokenRefresh);
    acme.sandbox.faults().inject(outage);
    let (ok, told) = acme.call("ada").await;
    assert!(!ok && told.contains("temporarily unavailable"), "{told}");
    assert_eq!(acme.status("ada").await["connected"], true);
    acme.sandbox.faults().clear();

    identity.revoke_all();
    let told = lost(&acme).await;
    assert!(told.contains("Confluence token refresh failed"), "{told}");
    assert!(told.contains("must reconnect"), "{told}");
    let status: Value = acme.status("ada").await;
    assert_eq!(status["connected"], false, "{status}");

    let link = acme.link("ada").await;
    let page = browser.connect(&acme.sandbox, &acme.server, core, &link).await;
    assert_eq!(outcome(&page), "connected", "{}", page.body);
    assert!(acme.call("ada").await.0);
}

/// What the model is told when the renewal is refused for good; the failure of the outage before
/// stands for a moment.
async fn lost(acme: &Acme) -> String {
    for _ in 0..100 {
        let (ok, told) = acme.call("ada").await;
        assert!(!ok);
        if !told.contains("temporarily unavailable") {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never ended");
}

#[tokio::test]
async fn with_the_workspaces_own_client() {
    journey(Acme::with_own_client().await).await;
}

#[tokio::test]
async fn with_the_central_client_in_the_same_process() {
    journey(Acme::with_central_client().await).await;
}

#[tokio::test]
async fn with_the_central_client_at_a_core_elsewhere() {
    journey(Acme::with_core_elsewhere().await).await;
}

#[tokio::test]
async fn a_good_token_is_not_renewed_and_one_that_ends_early_once() {
    let acme = Acme::with_own_client().await;
    let link = acme.link("ada").await;
    let page = Browser::default().connect(&acme.sandbox, &acme.server, None, &link).await;
    assert_eq!(outcome(&page), "connected");
    let before = acme.sandbox.request_count();
    for _ in 0..3 {
        assert_eq!(acme.status("ada").await["connected"], true);
    }
    assert_eq!(acme.sandbox.request_count(), before, "the status is answered from the store");
    acme.sandbox.identity().expire_access_tokens();
    let (ok, told) = acme.call("ada").await;
    assert!(ok, "{told}");
    assert_eq!(acme.sandbox.identity().tally(IdentityRequest::TokenRefresh).granted, 1);
}

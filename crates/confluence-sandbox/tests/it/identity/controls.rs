//! Taking hold of the sandbox from another process.

use confluence_sandbox::{Clock, SandboxBuilder};
use reqwest::Method;
use serde_json::{Value, json};

use super::{App, PAGES, Tokens, exchange, query, refresh};
use crate::support::{Reply, send};

impl App {
    async fn control(&self, method: Method, path: &str, body: Value) -> Reply {
        send(self.site.anonymous(method, &format!("/_sandbox/{path}")).json(&body)).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.control(Method::POST, path, body).await
    }

    async fn overview(&self) -> Value {
        send(self.site.anonymous(Method::GET, "/_sandbox/identity")).await.expect(200).json()
    }
}

#[tokio::test]
async fn without_leave_there_are_no_controls() {
    let app = App::start().await;
    send(app.site.anonymous(Method::GET, "/_sandbox/identity")).await.expect(404);
    let tokens = app.sign_in().await;
    app.post("identity/revoke", json!({})).await.expect(404);
    app.refresh(&tokens.refresh).await.expect(200);
}

#[tokio::test]
async fn pages_in_a_browser_are_kept_out() {
    let app = App::with(SandboxBuilder::controls).await;
    app.sign_in().await;
    let request = || app.site.anonymous(Method::POST, "/_sandbox/identity/revoke");
    send(request().header("origin", "http://evil.example").json(&json!({}))).await.expect(403);
    send(request().header("content-type", "text/plain").body("{}")).await.expect(415);
    send(request()).await.expect(415);
    send(app.site.anonymous(Method::GET, "/_sandbox/identity").header("origin", "null"))
        .await
        .expect(403);
    assert_eq!(app.site.sandbox.identity().grants().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_understood_changes_nothing() {
    let app = App::with(SandboxBuilder::controls).await;
    app.post("nothing", json!({})).await.expect(404);
    app.control(Method::DELETE, "identity", json!({})).await.expect(404);
    app.post("identity/revoke", json!({ "grnt": 1 })).await.expect(400);
    app.post("identity/revoke", json!({ "grant": 99 })).await.expect(404);
    let policy = json!({ "reuseLeeway": -1 });
    app.control(Method::PUT, "identity/policy", policy).await.expect(400);
    app.post("faults", json!({ "fault": "none", "during": "tokenRefresh" })).await.expect(400);
    app.post("faults", json!({ "fault": "disconnect", "during": "lunch" })).await.expect(400);
    app.post("identity/consent", json!({ "authorizeUrl": "x" })).await.expect(422);
    assert_eq!(app.site.sandbox.faults().pending(), 0);
    let app = App::with(|it| it.controls().clock(Clock::System)).await;
    app.post("clock/advance", json!({ "seconds": 5 })).await.expect(409);
}

#[tokio::test]
async fn a_whole_sign_in_is_played_from_outside() {
    let app = App::with(SandboxBuilder::controls).await;
    let client = json!({ "id": "late", "secret": "late-secret",
        "callbackUrl": "http://127.0.0.1:9/callback",
        "scopes": ["read:page:confluence", "offline_access"] });
    app.post("identity/clients", client).await.expect(204);
    let url = app.authorize_url(&[
        ("client_id", "late"),
        ("redirect_uri", "http://127.0.0.1:9/callback"),
        ("scope", "read:page:confluence offline_access"),
    ]);
    let denied = json!({ "authorizeUrl": url, "deny": true });
    let denied = app.post("identity/consent", denied).await.expect(200).json();
    assert_eq!(query(denied["callbackUrl"].as_str().unwrap())["error"], "access_denied");

    let [first, second] = app.cloud_ids();
    let decision = json!({ "authorizeUrl": url, "account": "guest@example.com",
        "sites": [first, second] });
    let reply = app.post("identity/consent", decision).await.expect(200).json();
    let code = query(reply["callbackUrl"].as_str().unwrap())["code"].clone();
    let late = |mut body: Value| {
        body["client_id"] = json!("late");
        body["client_secret"] = json!("late-secret");
        body
    };
    let mut body = late(exchange(&code));
    body["redirect_uri"] = json!("http://127.0.0.1:9/callback");
    let tokens = Tokens::of(&app.token(body).await.expect(200));

    let overview = app.overview().await;
    let grant = &overview["grants"][0];
    assert_eq!(grant["clientId"], "late");
    assert_eq!(grant["cloudIds"], json!([first, second]));
    assert_eq!(
        overview["tallies"]["consent"],
        json!({ "requests": 2, "granted": 1, "refused": 1 })
    );
    assert_eq!(overview["tallies"]["codeExchange"]["granted"], 1);
    assert_eq!(overview["policy"]["reuseLeeway"], 600);
    for secret in ["late-secret", &code, &tokens.access, &tokens.refresh] {
        assert!(!overview.to_string().contains(secret));
    }

    app.post("identity/expire-access-tokens", json!({ "grant": grant["id"] })).await.expect(204);
    app.get(&tokens.access, PAGES).await.expect(404);
    app.post("faults", json!({ "fault": "lostResponse", "during": "tokenRefresh", "times": 1 }))
        .await
        .expect(204);
    let request = app.token_request().json(&late(refresh(&tokens.refresh)));
    request.send().await.unwrap_err();
    let tokens = Tokens::of(&app.token(late(refresh(&tokens.refresh))).await.expect(200));
    let overview = app.overview().await;
    assert_eq!(overview["reusedRefreshes"], 1);
    assert_eq!(
        overview["tallies"]["tokenRefresh"],
        json!({ "requests": 2, "granted": 2, "refused": 0 })
    );
    app.control(Method::DELETE, "identity/tallies", json!({})).await.expect(204);
    assert_eq!(app.overview().await["tallies"]["tokenRefresh"]["requests"], 0);

    let policy = json!({ "reuseLeeway": 0, "deadToken": "documented" });
    app.control(Method::PUT, "identity/policy", policy).await.expect(204);
    app.post("clock/advance", json!({ "seconds": 3600 })).await.expect(204);
    app.get(&tokens.access, PAGES).await.expect(404);
    app.post("identity/remove-site", json!({ "cloudId": first })).await.expect(204);
    assert_eq!(app.overview().await["grants"][0]["cloudIds"], json!([second]));
    app.post("identity/expire-refresh-tokens", json!({})).await.expect(204);
    let reply = app.token(late(refresh(&tokens.refresh))).await.expect(403);
    assert_eq!(reply.json()["error"], "invalid_grant");
    app.post("identity/revoke", json!({})).await.expect(204);
    assert_eq!(app.overview().await["grants"], json!([]));
}

#[tokio::test]
async fn faults_are_ordered_and_called_off() {
    let app = App::with(SandboxBuilder::controls).await;
    let tokens = app.sign_in().await;
    let outage = json!({ "fault": { "status": { "status": 503, "retryAfter": 4 } },
        "method": "GET", "pathPrefix": PAGES, "after": 1 });
    app.post("faults", outage).await.expect(204);
    app.get(&tokens.access, PAGES).await.expect(200);
    let refused = app.get(&tokens.access, PAGES).await.expect(503);
    assert_eq!(refused.header("retry-after"), Some("4"));
    // Faults for everything do not lock the controls.
    let everything = json!({ "fault": "disconnect" });
    app.post("faults", everything).await.expect(204);
    app.control(Method::DELETE, "faults", json!({})).await.expect(204);
    app.get(&tokens.access, PAGES).await.expect(200);
    let late = json!({ "fault": { "lateAnswer": 1 }, "during": "tokenRefresh", "times": 1 });
    app.post("faults", late).await.expect(204);
    app.refresh(&tokens.refresh).await.expect(200);
    assert_eq!(app.site.sandbox.faults().pending(), 0);
}

//! The consent screen.

use std::time::Duration;

use confluence_sandbox::{Consent, ConsentError, Fault, IdentityRequest, OAuthClient, Tally};
use reqwest::Method;

use super::{App, CALLBACK, query};
use crate::support::{GUEST, Reply, send};

/// What a browser knows of the consent screen.
struct Screen {
    html: String,
    secret: String,
    cookie: String,
}

async fn screen(app: &App) -> Screen {
    let page = app.open(&app.authorize_url(&[])).await.expect(200);
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let (_, rest) = page.text.split_once("name=\"screen\" value=\"").unwrap();
    let secret = rest.split('"').next().unwrap().to_owned();
    Screen { html: page.text, secret, cookie }
}

/// Asserts an error page, from which nobody is sent anywhere.
#[track_caller]
fn check_page(reply: &Reply, error: &str, text: &str) {
    assert_eq!(reply.status, 400, "{}", reply.text);
    assert_eq!(reply.header("location"), None);
    assert_eq!(reply.header("set-cookie"), None);
    assert!(reply.header("content-type").unwrap().starts_with("text/html"));
    assert!(reply.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert!(reply.text.contains(error), "{}", reply.text);
    assert!(reply.text.contains(text), "{}", reply.text);
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let app = App::start().await;
    for redirect in [
        "",
        "https://evil.example/",
        "http://localhost:7000/workspaces/x/oauthCallback",
        "http://localhost:7000/workspaces/x/oauthCallback?instance=a&x=1",
        "http://localhost:7000/workspaces/x/../oauthCallback?instance=a",
        "HTTP://localhost:7000/workspaces/x/oauthCallback?instance=a",
    ] {
        // Even for mistakes that the application would be told of.
        for changes in [
            vec![("redirect_uri", redirect)],
            vec![("redirect_uri", redirect), ("scope", ""), ("response_type", "token")],
        ] {
            let reply = app.open(&app.authorize_url(&changes)).await;
            check_page(&reply, "unauthorized_client", "Callback URL mismatch");
        }
    }
    let repeated = format!("{}&redirect_uri=https://evil.example/", app.authorize_url(&[]));
    check_page(&app.open(&repeated).await, "unauthorized_client", "Callback URL mismatch");
    let tally = app.site.sandbox.identity().tally(IdentityRequest::Authorize);
    assert_eq!(tally, Tally { requests: 13, granted: 0, refused: 13 });
}

#[tokio::test]
async fn unknown_clients_and_missing_parameters_are_told_to_the_person() {
    let app = App::start().await;
    let cases = [
        (("client_id", ""), "unauthorized_client", "Unknown client"),
        (("client_id", "<script>"), "unauthorized_client", "Unknown client"),
        (("audience", ""), "invalid_request", "Missing required parameter: audience"),
        (("audience", "other"), "invalid_request", "Parameter audience has to be"),
        (("prompt", ""), "invalid_request", "Missing required parameter: prompt"),
        (("prompt", "none"), "invalid_request", "Parameter prompt has to be consent"),
    ];
    for (change, error, text) in cases {
        let reply = app.open(&app.authorize_url(&[change])).await;
        check_page(&reply, error, text);
        assert!(!reply.text.contains("<script>"));
    }
}

#[tokio::test]
async fn other_mistakes_are_told_to_the_application() {
    let app = App::start().await;
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "read:page:confluence manage:everything")], "invalid_scope"),
        (&[("code_challenge", "x"), ("code_challenge_method", "S512")], "invalid_request"),
        (&[("response_type", "")], "unsupported_response_type"),
    ];
    for (changes, error) in cases {
        let reply = app.open(&app.authorize_url(changes)).await.expect(303);
        let location = reply.header("location").unwrap();
        assert!(location.starts_with(&format!("{CALLBACK}&")), "{location}");
        let query = query(location);
        assert_eq!(query["error"], error);
        assert_eq!(query["state"], "a state/&=");
        assert_eq!(query["instance"], "a");
        assert!(!query.contains_key("code"));
    }
}

#[tokio::test]
async fn an_application_may_ask_for_its_own_scopes_only() {
    let app = App::start().await;
    let client = OAuthClient::new("app", "s", CALLBACK).scopes(&["read:page:confluence"]);
    app.site.sandbox.identity().register(client);
    let reply = app.open(&app.authorize_url(&[])).await.expect(303);
    assert_eq!(query(reply.header("location").unwrap())["error"], "invalid_scope");
    app.open(&app.authorize_url(&[("scope", "read:page:confluence")])).await.expect(200);
}

#[tokio::test]
async fn the_screen_can_be_used_without_scripts_and_by_everybody() {
    let app = App::start().await;
    let reply = app.open(&app.authorize_url(&[])).await.expect(200);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    // Browsers would hold it against the redirects that follow.
    assert!(!policy.contains("form-action"));
    let [first, second] = app.cloud_ids();
    for expected in [
        "<label for=\"account\">",
        "Dana Whitfield (demo@example.com)",
        "Greta Holm (guest@example.com)",
        "<legend>Use the app on</legend>",
        &format!("id=\"site-0\" name=\"site\" value=\"{first}\" checked"),
        &format!("id=\"site-1\" name=\"site\" value=\"{second}\">"),
        "<label for=\"site-1\">lab",
        "<code>offline_access</code>",
        "<button name=\"decision\" value=\"accept\">",
        "<button name=\"decision\" value=\"deny\"",
        "lang=\"en\"",
    ] {
        assert!(reply.text.contains(expected), "{expected}: {}", reply.text);
    }
    assert!(!reply.text.contains("<script"));
    let sheet = send(app.site.anonymous(Method::GET, "/wiki/sandbox.css")).await.expect(200);
    assert!(sheet.text.contains(":focus-visible"));
}

#[tokio::test]
async fn names_from_outside_are_text_on_the_screen() {
    let app = App::start().await;
    let mut client = OAuthClient::new("app", "s", CALLBACK).scopes(&["<i>scope"]);
    client.name = "<b>App</b> & \"Co\"".to_owned();
    app.site.sandbox.identity().register(client);
    let reply = app.open(&app.authorize_url(&[("scope", "<i>scope")])).await.expect(200);
    assert!(reply.text.contains("&lt;b&gt;App&lt;/b&gt; &amp; &quot;Co&quot;"));
    assert!(reply.text.contains("&lt;i&gt;scope"));
    assert!(!reply.text.contains("<b>App") && !reply.text.contains("<i>scope"));
}

#[tokio::test]
async fn a_form_of_another_site_decides_nothing() {
    let app = App::start().await;
    let Screen { secret, cookie, .. } = screen(&app).await;
    let other = screen(&app).await;
    let [site, _] = app.cloud_ids();
    let form = |screen| {
        [("screen", screen), ("account", GUEST.0), ("site", &site), ("decision", "accept")]
    };
    for (cookie, screen) in [
        // What a forged form comes with: the victim's cookie and the attacker's screen, or none.
        (other.cookie.as_str(), secret.as_str()),
        ("", &secret),
        ("sandbox-browser=", &secret),
        ("sandbox-browser=sandbox-browser-made-up", &secret),
        (&cookie, "sandbox-screen-made-up"),
        (&cookie, ""),
    ] {
        let reply = app.decide(cookie, &form(screen)).await;
        check_page(&reply, "invalid_request", "not valid any more");
    }
    assert!(app.site.sandbox.identity().grants().is_empty());
    app.decide(&cookie, &form(&secret)).await.expect(303);
}

#[tokio::test]
async fn a_screen_is_decided_on_once_and_in_time() {
    let app = App::start().await;
    let [site, _] = app.cloud_ids();
    for decision in ["accept", "deny"] {
        let Screen { secret, cookie, .. } = screen(&app).await;
        let form = [
            ("screen", secret.as_str()),
            ("account", GUEST.0),
            ("site", &site),
            ("decision", decision),
        ];
        app.decide(&cookie, &form).await.expect(303);
        check_page(&app.decide(&cookie, &form).await, "invalid_request", "Start again");
    }
    let Screen { secret, cookie, .. } = screen(&app).await;
    app.clock().advance(Duration::from_mins(10));
    let form = [("screen", secret.as_str()), ("decision", "deny")];
    check_page(&app.decide(&cookie, &form).await, "invalid_request", "Start again");
}

#[tokio::test]
async fn several_tabs_of_one_browser_do_not_disturb_each_other() {
    let app = App::start().await;
    let first = screen(&app).await;
    let request = app.site.anonymous(Method::GET, &app.authorize_url(&[]));
    let second = send(request.header("cookie", format!("a=b; {}; c=d", first.cookie))).await;
    assert!(second.header("set-cookie").unwrap().starts_with(&format!("{};", first.cookie)));
    let form = [("screen", first.secret.as_str()), ("decision", "deny")];
    app.decide(&first.cookie, &form).await.expect(303);
}

#[tokio::test]
async fn what_was_forgotten_can_be_chosen_on_the_same_screen() {
    let app = App::start().await;
    let Screen { secret, cookie, html } = screen(&app).await;
    assert!(!html.contains("role=\"alert\""));
    let [site, _] = app.cloud_ids();
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("account", GUEST.0)], "Choose at least one site."),
        (&[("account", GUEST.0), ("site", "unknown")], "Choose at least one site."),
        (&[("site", &site)], "Choose an account."),
        (&[("site", &site), ("account", "stranger@example.com")], "Choose an account."),
    ];
    for (fields, complaint) in cases {
        let form = [fields, &[("screen", secret.as_str()), ("decision", "accept")]].concat();
        let reply = app.decide(&cookie, &form).await.expect(422);
        assert!(reply.text.contains(&format!("<p role=\"alert\">{complaint}</p>")));
        assert!(reply.text.contains(&secret));
    }
    let no_decision = [("screen", secret.as_str()), ("account", GUEST.0), ("site", &site)];
    app.decide(&cookie, &no_decision).await.expect(400);
    assert!(app.site.sandbox.identity().grants().is_empty());
    let form = [no_decision.as_slice(), &[("decision", "accept")]].concat();
    let reply = app.decide(&cookie, &form).await.expect(303);
    assert_eq!(query(reply.header("location").unwrap())["state"], "a state/&=");
    assert_eq!(app.site.sandbox.identity().grants()[0].account_id, "557058:sandbox-guest");
}

#[tokio::test]
async fn a_denial_brings_no_code() {
    let app = App::start().await;
    let callback = app.site.sandbox.consent(&app.authorize_url(&[]), &Consent::deny()).await;
    let query = query(&callback.unwrap());
    assert_eq!(query["error"], "access_denied");
    assert_eq!(query["state"], "a state/&=");
    assert!(!query.contains_key("code"));
    let identity = app.site.sandbox.identity();
    assert!(identity.grants().is_empty());
    let tally = identity.tally(IdentityRequest::Consent);
    assert_eq!(tally, Tally { requests: 1, granted: 0, refused: 1 });
}

#[tokio::test]
async fn a_request_without_state_gets_none_back() {
    let app = App::start().await;
    let url = app.authorize_url(&[("state", "")]);
    let callback = app.site.sandbox.consent(&url, &Consent::accept()).await.unwrap();
    let query = query(&callback);
    assert!(query.contains_key("code") && !query.contains_key("state"));
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let app = App::start().await;
    for path in ["/authorize", "/oauth/token"] {
        send(app.site.anonymous(Method::DELETE, path)).await.expect(405);
    }
    send(app.site.anonymous(Method::GET, "/oauth/token")).await.expect(405);
}

#[tokio::test]
async fn the_person_says_what_stood_in_the_way() {
    let app = App::start().await;
    let consent = async |url: &str, consent: Consent| app.site.sandbox.consent(url, &consent).await;
    for url in ["https://evil.example/login", "nonsense", "http://x"] {
        let error = consent(url, Consent::accept()).await.unwrap_err();
        assert!(matches!(error, ConsentError::NotAuthorize(_)), "{error}");
    }
    let url = app.authorize_url(&[("redirect_uri", "https://evil.example/")]);
    let error = consent(&url, Consent::accept()).await.unwrap_err();
    assert_eq!(error.to_string(), "the authorize page answers 400: Callback URL mismatch");
    let good = app.authorize_url(&[]);
    let error = consent(&good, Consent::accept().account("nobody@example.com")).await.unwrap_err();
    assert_eq!(error.to_string(), "the authorize page answers 422: Choose an account.");
    let error = consent(&good, Consent::accept().sites(&["unknown"])).await.unwrap_err();
    assert_eq!(error.to_string(), "the authorize page answers 422: Choose at least one site.");
    let outage = Fault::HtmlPage { status: 502 }.during(IdentityRequest::Authorize).once();
    app.site.sandbox.faults().inject(outage);
    let error = consent(&good, Consent::accept()).await.unwrap_err();
    assert!(matches!(error, ConsentError::Refused { status: 502, .. }), "{error}");
    app.site.sandbox.faults().inject(Fault::LostResponse.during(IdentityRequest::Consent).once());
    let error = consent(&good, Consent::accept()).await.unwrap_err();
    assert!(matches!(error, ConsentError::Broken), "{error}");
    // What the application did wrong, it is told.
    let url = app.authorize_url(&[("scope", "")]);
    let callback = consent(&url, Consent::accept()).await.unwrap();
    assert_eq!(query(&callback)["error"], "invalid_scope");
}

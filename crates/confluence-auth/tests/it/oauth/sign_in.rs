//! Signing in: who may finish what, what is asked of Atlassian, and how each end is called.

use std::{collections::HashMap, sync::Arc, time::Duration};

use confluence_api::transport::TransportErrorKind;
use confluence_auth::{
    Endpoints,
    callback::CallbackQuery,
    connection::ConnectionKey,
    pending::SIGN_IN_TIME,
    scopes::Scopes,
    sign_in::{
        BrowserSecret, CONNECTED, Callback, Connected, SignIn, SignInCallback, SignInError,
        SignInRequest,
    },
    store::{ConnectionStore, SignInStore},
    ticket::Ticket,
};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    identity::{Odd, RESOURCES, TOKEN, resource},
    memory::{Memory, WriteFault},
    rig::{CLIENT_SECRET, Rig, key},
};

const OWN: &str =
    "https://mcp.example/workspaces/slug:default/webhooks/ConfluenceNext.oauthCallback";
const CORE: &str = "https://mcp.example/workspaces/slug:confluence-next/webhooks/oauthCallback";

/// A user with a browser.
struct User {
    rig: Rig,
    sign_in: SignIn,
    browser: BrowserSecret,
    key: ConnectionKey,
    now: Timestamp,
}

impl User {
    fn new() -> Self {
        let rig = Rig::empty();
        let store = &rig.memory;
        let (sign_ins, connections): (Arc<dyn SignInStore>, Arc<dyn ConnectionStore>) =
            (Arc::<Memory>::clone(store), Arc::<Memory>::clone(store));
        let transport = rig.identity.transport();
        let sign_in = SignIn::new(transport, Endpoints::default(), sign_ins, connections);
        let key = rig.key.clone();
        Self { rig, sign_in, browser: BrowserSecret::random(), key, now: Timestamp::now() }
    }

    /// Starts a sign-in; returns the parameters of the page at Atlassian's.
    async fn start(&self) -> HashMap<String, String> {
        self.start_with(Callback::Own(&OWN.parse().unwrap())).await
    }

    async fn start_with(&self, callback: Callback<'_>) -> HashMap<String, String> {
        let agent = "agent-1".parse().unwrap();
        let request = SignInRequest {
            key: &self.key,
            agent: Some(&agent),
            client: &self.rig.client,
            callback,
            browser: &self.browser,
        };
        let url = self.sign_in.start(&request, self.now).await.unwrap();
        let shown = format!("{url:?} {request:?}");
        assert!(!shown.contains("state=") && !shown.contains(self.browser.expose()), "{shown}");
        let url = url.as_url();
        assert_eq!(url.origin().ascii_serialization(), "https://auth.atlassian.com");
        assert_eq!(url.path(), "/authorize");
        url.query_pairs().into_owned().collect()
    }

    async fn finish(&self, query: &str) -> Result<Connected, SignInError> {
        self.finish_in(Some(&self.browser), query).await
    }

    async fn finish_in(
        &self,
        browser: Option<&BrowserSecret>,
        query: &str,
    ) -> Result<Connected, SignInError> {
        let query = CallbackQuery::parse(query)?;
        let callback = SignInCallback {
            query: &query,
            workspace: &self.key.workspace,
            instance: &self.key.instance,
            browser,
            client: &self.rig.client,
        };
        self.sign_in.finish(&callback, self.now).await
    }

    /// A whole sign-in; the outcome code.
    async fn code(&self) -> String {
        let page = self.start().await;
        match self.finish(&format!("code=c0de&state={}", page["state"])).await {
            Ok(_connected) => CONNECTED.to_owned(),
            Err(error) => error.code().into_owned(),
        }
    }
}

#[track_caller]
fn invalid(result: Result<Connected, SignInError>) {
    let error = result.unwrap_err();
    assert!(matches!(error, SignInError::InvalidState), "{error:?}");
    assert_eq!(error.code(), "invalid_state");
}

#[tokio::test(start_paused = true)]
async fn a_state_is_good_once() {
    let user = User::new();
    let page = user.start().await;
    let query = format!("code=c0de&state={}", page["state"]);
    user.finish(&query).await.unwrap();
    invalid(user.finish(&query).await);
    assert_eq!(user.rig.identity.asked(TOKEN).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_state_that_is_used_twice_at_once_is_good_for_one() {
    let user = User::new();
    let page = user.start().await;
    let query = format!("code=c0de&state={}", page["state"]);
    let (one, other) = futures::join!(user.finish(&query), user.finish(&query));
    assert!(one.is_ok() ^ other.is_ok());
    assert_eq!(user.rig.identity.asked(TOKEN).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_state_ends_after_ten_minutes() {
    let mut user = User::new();
    let page = user.start().await;
    user.now += SIGN_IN_TIME;
    invalid(user.finish(&format!("code=c0de&state={}", page["state"])).await);
    let page = user.start().await;
    user.now += Duration::from_secs(599);
    user.finish(&format!("code=c0de&state={}", page["state"])).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_browser_cannot_finish() {
    let user = User::new();
    let page = user.start().await;
    let query = format!("code=c0de&state={}", page["state"]);
    // Without a cookie nothing happens, not even to the state.
    invalid(user.finish_in(None, &query).await);
    invalid(user.finish_in(Some(&BrowserSecret::random()), &query).await);
    invalid(user.finish(&query).await);
    assert_eq!(user.rig.identity.all().len(), 0, "the code was not exchanged");
    assert!(user.rig.memory.get(&user.key).is_none());
}

#[tokio::test(start_paused = true)]
async fn an_attackers_code_does_not_fit_a_victims_sign_in() {
    // The attacker's state and code, opened in the victim's browser, which has a cookie of its own.
    let (attacker, victim) = (User::new(), User::new());
    let page = attacker.start().await;
    let _own = victim.start().await;
    let query = format!("code=attackers&state={}", page["state"]);
    invalid(attacker.finish_in(Some(&victim.browser), &query).await);
    invalid(victim.finish(&query).await);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_is_finished_where_it_was_started() {
    let user = User::new();
    let other = |workspace: &str, instance: &str| ConnectionKey {
        workspace: workspace.parse().unwrap(),
        instance: instance.parse().unwrap(),
        ..user.key.clone()
    };
    for key in [other("acme", "ConfluenceNext"), other("default", "Wiki2")] {
        let page = user.start().await;
        let query = CallbackQuery::parse(&format!("code=c&state={}", page["state"])).unwrap();
        let callback = SignInCallback {
            query: &query,
            workspace: &key.workspace,
            instance: &key.instance,
            browser: Some(&user.browser),
            client: &user.rig.client,
        };
        invalid(user.sign_in.finish(&callback, user.now).await);
    }
    assert_eq!(user.rig.identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_code_goes_to_no_other_client_than_the_one_that_was_agreed_to() {
    let mut user = User::new();
    let page = user.start().await;
    // Meanwhile the instance was switched from its own client to the central one, or its scopes
    // were changed.
    user.rig.client.id = "central".to_owned();
    invalid(user.finish(&format!("code=c&state={}", page["state"])).await);
    let page = user.start().await;
    user.rig.client.scopes = Scopes::read_only();
    invalid(user.finish(&format!("code=c&state={}", page["state"])).await);
    assert_eq!(user.rig.identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_declines_is_told_in_atlassians_word() {
    let user = User::new();
    let page = user.start().await;
    let query = format!("error=access_denied&error_description=x&state={}", page["state"]);
    let error = user.finish(&query).await.unwrap_err();
    assert_eq!(error.code(), "access_denied");
    invalid(user.finish(&query).await);
    let unknown = format!("error=access_denied&state={}", "A".repeat(43));
    invalid(user.finish(&unknown).await);
    assert_eq!(user.rig.identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn each_failed_exchange_has_its_code() {
    for (odd, code) in [
        (Odd::Answer(403, r#"{"error":"invalid_grant"}"#), "invalid_grant"),
        (Odd::Answer(401, r#"{"error":"access_denied"}"#), "access_denied"),
        (Odd::Answer(400, r#"{"error":"invalid_request"}"#), "invalid_request"),
        (
            Odd::Answer(400, r#"{"error":"central_client_not_configured"}"#),
            "oauth_client_not_configured",
        ),
        (Odd::Answer(401, ""), "token_exchange_failed_401"),
        (Odd::Answer(429, ""), "token_exchange_failed_429"),
        (Odd::Html(403), "token_exchange_failed_403"),
        (Odd::Html(503), "token_exchange_failed_503"),
        (Odd::Answer(500, r#"{"error":"server_error"}"#), "token_exchange_failed_500"),
        (Odd::Answer(200, "{}"), "token_exchange_failed_502"),
        (Odd::Fault(TransportErrorKind::Connect), "token_exchange_failed_502"),
        (Odd::Lost, "token_exchange_failed_502"),
        (Odd::Hang, "token_exchange_failed_504"),
    ] {
        let user = User::new();
        user.rig.identity.always(Some(odd.clone()));
        assert_eq!(user.code().await, code, "{odd:?}");
        assert_eq!(user.rig.identity.asked(TOKEN).len(), 1, "{odd:?}: a code is good once");
        assert!(user.rig.memory.get(&user.key).is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_right_site_nobody_is_connected() {
    let acme = resource("cloud-2", "https://acme.atlassian.net");
    let jira =
        json!({ "id": "cloud-3", "url": "https://j.atlassian.net", "scopes": ["read:jira-work"] });
    for (resources, site) in [
        (vec![], None),
        (vec![jira], None),
        (vec![acme.clone()], Some("example")),
        (vec![json!({ "id": "cloud-4", "scopes": ["search:confluence"] })], None),
    ] {
        let mut user = User::new();
        user.rig.identity.resources(resources);
        user.rig.client.site = site.map(|it| it.parse().unwrap());
        assert_eq!(user.code().await, "no_accessible_site");
        assert!(user.rig.memory.get(&user.key).is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn sites_that_cannot_be_listed_are_no_missing_site() {
    for (status, code) in [(503, "token_exchange_failed_503"), (200, "token_exchange_failed_502")] {
        let user = User::new();
        user.rig.identity.reject_all(Some((status, "{")));
        assert_eq!(user.code().await, code);
        assert!(user.rig.memory.get(&user.key).is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_for_a_moment_costs_the_user_nothing() {
    let user = User::new();
    user.rig.memory.fail_writes(WriteFault::Lost, 3);
    assert_eq!(user.code().await, CONNECTED);
    user.rig.memory.fail_writes(WriteFault::Lost, 1_000);
    assert_eq!(user.code().await, "token_exchange_failed_503");
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_was_deleted_meanwhile_is_said_to_be_gone() {
    let user = User::new();
    let page = user.start().await;
    *user.rig.memory.gone.lock().unwrap() = true;
    let error = user.finish(&format!("code=c0de&state={}", page["state"])).await.unwrap_err();
    assert_eq!(error.code(), "not_found", "{error:?}");
    assert!(error.to_string().contains("is gone"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_goes_away_after_agreeing_is_connected() {
    let user = User::new();
    let page = user.start().await;
    let query = format!("code=c0de&state={}", page["state"]);
    let patience = tokio::time::timeout(Duration::from_millis(10), user.finish(&query));
    assert!(patience.await.is_err());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(user.rig.memory.get(&user.key).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_name_that_cannot_be_found_out_does_not_prevent_the_connection() {
    for (status, body) in [
        (403, r#"{"message":"no"}"#),
        (401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#),
        (503, ""),
        (200, "{}"),
        (200, "<html>"),
    ] {
        let user = User::new();
        user.rig.identity.user(status, body);
        assert_eq!(user.code().await, CONNECTED, "{status} {body}");
        assert_eq!(user.rig.memory.get(&user.key).unwrap().connection.account, None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_page_at_atlassians_gets_all_that_it_demands() {
    let user = User::new();
    let page = user.start().await;
    let scopes = user.rig.client.scopes.to_string();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "client-1"),
        ("redirect_uri", OWN),
        ("scope", &scopes),
        ("audience", "api.atlassian.com"),
        ("prompt", "consent"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(page[name], value, "{name}");
    }
    assert_eq!(page.len(), 9, "{:?}", page.keys());
    assert!(page["state"].len() >= 22, "at least 128 bits");
}

#[tokio::test(start_paused = true)]
async fn the_exchange_proves_who_asked() {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
    let user = User::new();
    let page = user.start().await;
    user.finish(&format!("code=c0de%2F&state={}", page["state"])).await.unwrap();
    let [asked] = &user.rig.identity.asked(TOKEN)[..] else { panic!("one request") };
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "c0de/"),
        ("client_id", "client-1"),
        ("client_secret", CLIENT_SECRET),
        ("redirect_uri", OWN),
    ] {
        assert_eq!(asked.parameter(name).as_deref(), Some(value), "{name}");
    }
    let verifier = asked.parameter("code_verifier").unwrap();
    assert!(verifier.len() >= 43);
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    assert_eq!(challenge, page["code_challenge"]);
    let [sites] = &user.rig.identity.asked(RESOURCES)[..] else { panic!("one request") };
    assert_eq!(sites.authorization.as_deref(), Some("Bearer s3cret-access-1"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_says_whose_it_is_and_where() {
    let mut user = User::new();
    let sites = ["beta", "acme", "beta"]
        .map(|it| resource(&format!("cloud-{it}"), &format!("https://{it}.atlassian.net")));
    user.rig.identity.resources(sites.to_vec());
    user.rig.client.site = Some("acme".parse().unwrap());
    let page = user.start().await;
    let connected = user.finish(&format!("code=c&state={}", page["state"])).await.unwrap();
    let stored = user.rig.memory.get(&user.key).unwrap();
    assert_eq!(connected.revision, stored.revision);
    let connection = stored.connection;
    assert_eq!(connection.site.cloud_id.as_str(), "cloud-acme");
    let others: Vec<_> = connection.other_sites.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(others, ["cloud-beta"]);
    assert_eq!(connection.account.unwrap().name, "Ada Lovelace");
    assert_eq!(connection.agent.unwrap().as_str(), "agent-1");
    assert_eq!(connection.grant.access_token.expose_secret(), "s3cret-access-1");
    assert_eq!(connection.grant.scopes, ["read:page:confluence", "offline_access"]);
    user.rig.current().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn scopes_that_atlassian_does_not_name_are_those_that_were_asked_for() {
    let user = User::new();
    user.rig.identity.token_extra(json!({ "scope": null, "refresh_token": null }));
    assert_eq!(user.code().await, CONNECTED);
    let grant = user.rig.memory.get(&user.key).unwrap().connection.grant;
    assert_eq!(grant.scopes.join(" "), Scopes::all().to_string());
    assert!(grant.refresh_token.is_none());
}

#[tokio::test(start_paused = true)]
async fn through_the_core_atlassian_knows_one_callback_and_the_state_the_other() {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
    let user = User::new();
    let (core, own): (Url, Url) = (CORE.parse().unwrap(), OWN.parse().unwrap());
    let page = user.start_with(Callback::ThroughCore { core: &core, own: &own }).await;
    assert_eq!(page["redirect_uri"], CORE);
    let (_, packed) = page["state"].split_once('.').unwrap();
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(packed).unwrap(), OWN.as_bytes());
    user.finish(&format!("code=c&state={}", page["state"])).await.unwrap();
    let asked = &user.rig.identity.asked(TOKEN)[0];
    assert_eq!(asked.parameter("redirect_uri").as_deref(), Some(CORE), "as Atlassian was given");
}

#[tokio::test(start_paused = true)]
async fn a_new_sign_in_replaces_the_connection_and_ends_its_refreshes() {
    let user = User::new();
    assert_eq!(user.code().await, CONNECTED);
    user.rig.memory.leave_a_lease(&user.key, Duration::from_hours(1));
    assert_eq!(user.code().await, CONNECTED);
    assert!(!user.rig.memory.is_leased(&user.key));
    assert_eq!(user.rig.tokens().unwrap().0, "s3cret-access-2");
}

#[tokio::test(start_paused = true)]
async fn nothing_that_is_kept_meanwhile_can_be_used_by_who_reads_it() {
    let user = User::new();
    let page = user.start().await;
    let [pending] = &user.rig.memory.pending()[..] else { panic!("one sign-in") };
    let shown = format!("{pending:?} {} {}", pending.state, pending.browser);
    for secret in [&page["state"], user.browser.expose(), pending.code_verifier.expose_secret()] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(pending.expires_at.duration_since(pending.created_at).as_secs(), 600);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_good_once() {
    let user = User::new();
    let ticket = Ticket::new(key("ada@example.com"), None, user.now);
    let (one, other) = futures::join!(user.sign_in.redeem(&ticket), user.sign_in.redeem(&ticket));
    assert!(one.unwrap() ^ other.unwrap());
    assert!(!user.sign_in.redeem(&ticket).await.unwrap());
    let another = Ticket::new(key("ada@example.com"), None, user.now);
    assert!(user.sign_in.redeem(&another).await.unwrap());
}

#[test]
fn a_cookie_of_somebody_elses_making_is_not_taken() {
    for text in ["", "a", &"a".repeat(44), &"=".repeat(43), &format!("{}\n", "a".repeat(42))] {
        text.parse::<BrowserSecret>().unwrap_err();
    }
    let secret = BrowserSecret::random();
    assert_eq!(secret.expose().parse::<BrowserSecret>().unwrap().expose(), secret.expose());
}

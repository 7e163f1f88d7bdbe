//! The central client, from both sides: the deployment that asks, and the core that answers.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{Transport, TransportError};
use confluence_auth::{
    AuthMode, BaseUrl, ConnectionError, Endpoints, Hosts, Refresher,
    central::{ExchangeRefused, ExchangeRequest, RemoteCentral, exchange},
    client::{Central, ClientSettings, ClientUnresolved},
    connection::Connection,
    store::ConnectionStore,
};
use futures::future::join_all;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::{
    identity::{Asked, Identity, Odd, TOKEN},
    memory::Memory,
    rig::{CLIENT_SECRET, Rig, oauth_client},
};

const WEBHOOKS: &str = "https://core.example/workspaces/slug:confluence-next/webhooks";
const EXCHANGE: &str =
    "https://core.example/workspaces/slug:confluence-next/webhooks/centralTokenExchange";
const PUBLIC: &str =
    "https://core.example/workspaces/slug:confluence-next/webhooks/getOAuthClientPublic";
const CALLBACK: &str =
    "https://core.example/workspaces/slug:confluence-next/webhooks/oauthCallback";
const KEY: &str = "s3cret-deployment-key";

fn remote(identity: &Arc<Identity>) -> Arc<RemoteCentral> {
    let webhooks = BaseUrl::parse(WEBHOOKS, Hosts::Any).unwrap();
    let key = KEY.into();
    Arc::new(RemoteCentral::new(identity.transport(), &webhooks, Some(&key)).unwrap())
}

fn public() -> (u16, String) {
    let body = json!({
        "configured": true,
        "clientId": "central",
        "scopes": "read:page:confluence offline_access",
        "authorizeUrl": "https://evil.example/authorize",
    });
    (200, body.to_string())
}

/// A core that passes refreshes on by itself.
fn core(asked: &Asked) -> Option<(u16, String)> {
    match asked.url.as_str() {
        PUBLIC => Some(public()),
        EXCHANGE if asked.authorization.as_deref() != Some("Bearer s3cret-deployment-key") => {
            Some((401, r#"{"error":"unauthorized"}"#.to_owned()))
        }
        EXCHANGE => Some((
            200,
            json!({
                "access_token": "s3cret-access-of-core",
                "refresh_token": "s3cret-refresh-of-core",
                "expires_in": 3600,
                "token_type": "Bearer",
            })
            .to_string(),
        )),
        _ => None,
    }
}

fn settings() -> ClientSettings<'static> {
    ClientSettings { mode: AuthMode::OAuthCentral, own: None, scopes: None, site: None }
}

#[tokio::test(start_paused = true)]
async fn a_core_that_does_not_answer_properly_is_a_passing_fault() {
    for answer in [
        Some((500, String::new())),
        Some((404, String::new())),
        Some((302, String::new())),
        Some((200, String::new())),
        Some((200, "<html>".to_owned())),
        Some((200, "{}".to_owned())),
        Some((200, r#"{"configured":"yes"}"#.to_owned())),
        Some((200, r#"{"configured":true}"#.to_owned())),
        Some((200, r#"{"configured":true,"clientId":""}"#.to_owned())),
        Some((200, r#"{"configured":true,"clientId":"c","scopes":"\"x\""}"#.to_owned())),
        Some((200, r#"{"configured":true,"clientId":"c","scopes":7}"#.to_owned())),
        None,
    ] {
        let identity = Identity::new();
        let shown = format!("{answer:?}");
        identity.elsewhere(move |_| answer.clone());
        let central = Central::Remote(remote(&identity));
        let error = settings().resolve(&central).await.unwrap_err();
        assert!(matches!(error, ClientUnresolved::Unavailable(_)), "{shown}: {error:?}");
        // A failure stands for a moment: a core that is away is not asked by every call.
        settings().resolve(&central).await.unwrap_err();
        assert_eq!(identity.all().len(), 1, "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_core_that_goes_away_is_taken_to_have_the_client_that_it_had() {
    let identity = Identity::new();
    identity.elsewhere(core);
    let central = Central::Remote(remote(&identity));
    let before = settings().resolve(&central).await.unwrap();
    identity.elsewhere(|_| None);
    tokio::time::advance(Duration::from_secs(301)).await;
    let after = settings().resolve(&central).await.unwrap();
    assert_eq!(before.fingerprint(), after.fingerprint());
    assert_eq!(identity.all().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_core_without_client_is_not_configured() {
    let identity = Identity::new();
    identity.elsewhere(|_| Some((200, r#"{"configured":false}"#.to_owned())));
    let central = Central::Remote(remote(&identity));
    let error = settings().resolve(&central).await.unwrap_err();
    assert!(error.to_string().starts_with("Confluence OAuth is not configured."), "{error}");
}

#[tokio::test(start_paused = true)]
async fn everybody_shares_the_answer_for_five_minutes() {
    let identity = Identity::new();
    identity.elsewhere(core);
    let central = Central::Remote(remote(&identity));
    let settings = settings();
    let all = join_all((0..50).map(|_| settings.resolve(&central))).await;
    assert!(all.iter().all(|it| it.as_ref().unwrap().id == "central"));
    tokio::time::advance(Duration::from_secs(299)).await;
    settings.resolve(&central).await.unwrap();
    assert_eq!(identity.asked(PUBLIC).len(), 1);
    tokio::time::advance(Duration::from_secs(2)).await;
    settings.resolve(&central).await.unwrap();
    assert_eq!(identity.asked(PUBLIC).len(), 2);
    assert_eq!(central.callback().as_str(), CALLBACK);
}

async fn rig_with_core() -> Rig {
    let mut rig = Rig::empty();
    rig.identity.elsewhere(core);
    let central = Central::Remote(remote(&rig.identity));
    rig.client = settings().resolve(&central).await.unwrap();
    let connection = rig.connection(Duration::ZERO);
    rig.memory.put(&rig.key, connection);
    rig
}

#[tokio::test(start_paused = true)]
async fn a_refresh_through_the_core_shows_the_deployment_key_and_no_client_secret() {
    let rig = rig_with_core().await;
    let (_, old) = rig.tokens().unwrap();
    rig.current().await.unwrap();
    assert_eq!(rig.tokens().unwrap().0, "s3cret-access-of-core");
    let [asked] = &rig.identity.asked(EXCHANGE)[..] else { panic!("one request") };
    assert_eq!(asked.parameter("grant_type").as_deref(), Some("refresh_token"));
    assert_eq!(asked.parameter("refresh_token"), Some(old));
    assert_eq!(asked.parameter("client_secret"), None);
    // The key went to the exchange, and nowhere else.
    for asked in rig.identity.all() {
        let shown = asked.authorization.as_deref().is_some_and(|it| it.contains(KEY));
        assert_eq!(shown, asked.url == EXCHANGE, "{}", asked.url);
        assert!(!asked.body.contains(KEY) && !asked.url.contains(KEY));
    }
    assert_eq!(rig.identity.asked(TOKEN).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_core_answers_is_sorted_as_atlassians_own_answers() {
    type Check = fn(&ConnectionError) -> bool;
    let cases: [(u16, &str, Check); 6] = [
        (401, r#"{"error":"unauthorized"}"#, |it| {
            matches!(it, ConnectionError::ClientRefused { .. })
        }),
        (400, r#"{"error":"central_client_not_configured"}"#, |it| {
            matches!(it, ConnectionError::ClientRefused { .. })
        }),
        (403, r#"{"error":"invalid_grant"}"#, |it| matches!(it, ConnectionError::Refused { .. })),
        (502, r#"{"error":"temporarily_unavailable"}"#, |it| {
            matches!(it, ConnectionError::Unavailable(_))
        }),
        (429, "", |it| matches!(it, ConnectionError::Unavailable(_))),
        // A core that does not exist any more must not cost anybody a connection.
        (404, "<html>", |it| matches!(it, ConnectionError::Unavailable(_))),
    ];
    for (status, body, check) in cases {
        let rig = rig_with_core().await;
        rig.identity.elsewhere(move |_| Some((status, body.to_owned())));
        let error = rig.current().await.unwrap_err();
        assert!(check(&error), "{status} {body}: {error:?}");
        let kept = rig.memory.get(&rig.key).is_some();
        assert_eq!(kept, !matches!(error, ConnectionError::Refused { .. }), "{status}");
    }
}

#[test]
fn a_deployment_key_that_cannot_be_sent_is_refused_without_being_shown() {
    let webhooks = BaseUrl::parse(WEBHOOKS, Hosts::Any).unwrap();
    let key = "s3cret\r\nx".into();
    let transport = Identity::new().transport();
    let error = RemoteCentral::new(transport, &webhooks, Some(&key)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    assert!(!format!("{:?}", remote(&Identity::new())).contains("s3cret"));
    // Plain text over the network is refused before that.
    BaseUrl::parse("http://core.example/webhooks", Hosts::Any).unwrap_err();
}

fn parse(media: Option<&'static str>, body: &str) -> Result<ExchangeRequest, ExchangeRefused> {
    let media = media.map(HeaderValue::from_static);
    ExchangeRequest::parse(media.as_ref(), body.as_bytes(), &CALLBACK.parse().unwrap())
}

#[test]
fn the_core_passes_on_only_what_it_understands() {
    use ExchangeRefused::{InvalidRequest, UnsupportedGrantType};
    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
    const JSON: Option<&str> = Some("application/json; charset=utf-8");
    for (media, body, refused) in [
        (FORM, "", InvalidRequest),
        (FORM, "code=c", InvalidRequest),
        (FORM, "grant_type=password&username=a&password=b", UnsupportedGrantType),
        (FORM, "grant_type=client_credentials", UnsupportedGrantType),
        (FORM, "grant_type=", UnsupportedGrantType),
        (FORM, "grant_type=refresh_token", InvalidRequest),
        (FORM, "grant_type=refresh_token&refresh_token=", InvalidRequest),
        (FORM, "grant_type=refresh_token&refresh_token=a&refresh_token=b", InvalidRequest),
        (FORM, "grant_type=refresh_token&grant_type=password&refresh_token=a", InvalidRequest),
        (None, "grant_type=refresh_token&refresh_token=a", InvalidRequest),
        (Some("text/plain"), "grant_type=refresh_token&refresh_token=a", InvalidRequest),
        (JSON, "grant_type=refresh_token&refresh_token=a", InvalidRequest),
        (JSON, "", InvalidRequest),
        (JSON, "[]", InvalidRequest),
        (JSON, r#"{"grant_type":1}"#, InvalidRequest),
        (JSON, r#"{"grant_type":"password"}"#, UnsupportedGrantType),
        (
            JSON,
            r#"{"grant_type":"authorization_code","code":"c","code_verifier":"v"}"#,
            InvalidRequest,
        ),
        (
            JSON,
            r#"{"grant_type":"authorization_code","code":"c","code_verifier":"v","redirect_uri":"https://evil.example/workspaces/a/A.oauthCallback"}"#,
            InvalidRequest,
        ),
        (
            FORM,
            "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fcore.example%2Fworkspaces%2Fslug%3Aconfluence-next%2Fwebhooks%2FoauthCallback",
            InvalidRequest,
        ),
    ] {
        assert_eq!(parse(media, body).unwrap_err(), refused, "{media:?} {body}");
    }
    let answer = UnsupportedGrantType.answer();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body, r#"{"error":"unsupported_grant_type"}"#);
}

fn refresh(token: &str) -> ExchangeRequest {
    let body = json!({ "grant_type": "refresh_token", "refresh_token": token, "client_id": "x" });
    parse(Some("application/json"), &body.to_string()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_core_without_client_says_so_and_asks_nobody() {
    let identity = Identity::new();
    let transport = identity.transport();
    let callback: Url = CALLBACK.parse().unwrap();
    let request = refresh("s3cret");
    let answer =
        exchange(transport.as_ref(), &Endpoints::default(), None, &callback, &request).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body, r#"{"error":"central_client_not_configured"}"#);
    assert_eq!(identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn atlassians_answer_goes_back_unchanged() {
    let body = r#"{"error":"unauthorized_client", "error_description":"refresh_token is invalid"}"#;
    let identity = Identity::new();
    let transport = identity.transport();
    let callback: Url = CALLBACK.parse().unwrap();
    let client = oauth_client();
    for (odd, status, text) in [
        (Some(Odd::Answer(403, body)), 403, body),
        (Some(Odd::Html(502)), 502, "<!doctype html><h1>Bad gateway</h1>"),
        (Some(Odd::Hang), 504, r#"{"error":"temporarily_unavailable"}"#),
        (Some(Odd::Lost), 502, r#"{"error":"temporarily_unavailable"}"#),
    ] {
        identity.always(odd);
        let request = refresh(&identity.grant().1);
        let endpoints = Endpoints::default();
        let answer =
            exchange(transport.as_ref(), &endpoints, Some(&client), &callback, &request).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.body, text);
        assert!(!format!("{answer:?} {request:?}").contains("s3cret"));
    }
    identity.always(None);
    let (_, token) = identity.grant();
    let request = refresh(&token);
    let endpoints = Endpoints::default();
    let answer = exchange(transport.as_ref(), &endpoints, Some(&client), &callback, &request).await;
    let tokens: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(tokens["access_token"].as_str().unwrap().starts_with("s3cret-access"));
    let asked = identity.asked(TOKEN).pop().unwrap();
    assert_eq!(asked.parameter("client_id").as_deref(), Some("client-1"), "not the caller's");
    assert_eq!(asked.parameter("client_secret").as_deref(), Some(CLIENT_SECRET));
    assert_eq!(asked.parameter("refresh_token"), Some(token));
}

#[tokio::test(start_paused = true)]
async fn the_core_adds_its_own_callback_to_a_code() {
    let identity = Identity::new();
    let (transport, callback): (_, Url) = (identity.transport(), CALLBACK.parse().unwrap());
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", "c0de")
        .append_pair("code_verifier", "v")
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("client_secret", "mine")
        .finish();
    let request = parse(Some("application/x-www-form-urlencoded"), &body).unwrap();
    let client = oauth_client();
    let endpoints = Endpoints::default();
    let answer = exchange(transport.as_ref(), &endpoints, Some(&client), &callback, &request).await;
    assert_eq!(answer.status, StatusCode::OK);
    let asked = identity.asked(TOKEN).pop().unwrap();
    assert_eq!(asked.parameter("redirect_uri").as_deref(), Some(CALLBACK));
    assert_eq!(asked.parameter("code_verifier").as_deref(), Some("v"));
    assert_eq!(asked.parameter("client_secret").as_deref(), Some(CLIENT_SECRET));
}

/// A network with a core in it, which asks Atlassian.
#[derive(Debug)]
struct Network {
    atlassian: Arc<Identity>,
}

#[async_trait]
impl Transport for Network {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let transport = self.atlassian.transport();
        if request.uri() == PUBLIC {
            return Ok(http::Response::new(public().1.into()));
        }
        if request.uri() != EXCHANGE {
            return transport.send(request).await;
        }
        assert_eq!(request.headers()[header::AUTHORIZATION], format!("Bearer {KEY}"));
        let (media, callback) = (request.headers().get(header::CONTENT_TYPE), CALLBACK.parse());
        let (callback, client): (Url, _) = (callback.unwrap(), oauth_client());
        let asked = ExchangeRequest::parse(media, request.body(), &callback).unwrap();
        let endpoints = Endpoints::default();
        let answer =
            exchange(transport.as_ref(), &endpoints, Some(&client), &callback, &asked).await;
        let response = http::Response::builder().status(answer.status);
        let response = response.header(header::CONTENT_TYPE, answer.content_type.unwrap());
        Ok(response.body(answer.body).unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn two_hundred_callers_behind_a_core_make_one_request_to_atlassian() {
    let mut rig = Rig::empty();
    let network: Arc<dyn Transport> = Arc::new(Network { atlassian: Arc::clone(&rig.identity) });
    let webhooks = BaseUrl::parse(WEBHOOKS, Hosts::Any).unwrap();
    let remote = RemoteCentral::new(Arc::clone(&network), &webhooks, Some(&KEY.into())).unwrap();
    rig.client = settings().resolve(&Central::Remote(Arc::new(remote))).await.unwrap();
    rig.memory.put(&rig.key, rig.connection(Duration::ZERO));
    let store: Arc<dyn ConnectionStore> = Arc::<Memory>::clone(&rig.memory);
    rig.refresher = Refresher::new(network, Endpoints::default(), store);

    let calls = join_all((0..200).map(|_| rig.current())).await;
    assert!(calls.iter().all(Result::is_ok));
    let [asked] = &rig.identity.asked(TOKEN)[..] else { panic!("one request") };
    assert_eq!(asked.parameter("client_secret").as_deref(), Some(CLIENT_SECRET));
    assert!(rig.identity.honours(&rig.tokens().unwrap().1));

    // And the end of it: a refusal of Atlassian's reaches the user through the core.
    rig.identity.revoke();
    rig.memory.put(&rig.key, expired(&rig));
    let error = rig.current().await.unwrap_err();
    assert!(error.to_string().contains("403 unauthorized_client"), "{error}");
    assert!(rig.memory.get(&rig.key).is_none());
}

fn expired(rig: &Rig) -> Connection {
    let mut connection = rig.memory.get(&rig.key).unwrap().connection;
    connection.grant.expires_at = jiff::Timestamp::now();
    connection
}

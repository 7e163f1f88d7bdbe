//! Signing in with a platform's OAuth client: its core sends the browser on to this machine, and adds
//! the secret that nobody here has.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, Response, StatusCode, header},
    routing::{get, post},
};
use confluence_api::{HttpTransport, HttpTransportOptions};
use confluence_auth::{
    BaseUrl, Endpoints,
    callback::{CallbackQuery, CallbackTarget, CallbackTargets},
    central::{ExchangeRequest, exchange},
    client::OAuthClient,
};
use confluence_sandbox::OAuthClient as Registered;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::{
    browser::{decide, open},
    rig::{LoggingIn, Rig},
};
use crate::process::run;

const CENTRAL: &str = "planted-central";
const SECRET: &str = "planted-central-secret";
const KEY: &str = "planted-deployment-key";

/// A core, as far as signing in needs one: all that decides is the library's.
struct Core {
    webhooks: String,
    seen: Arc<Desk>,
    _runtime: Runtime,
}

struct Desk {
    callback: Url,
    targets: CallbackTargets,
    transport: HttpTransport,
    endpoints: Endpoints,
    client: OAuthClient,
    /// Exchanges that came without the deployment key.
    strangers: AtomicUsize,
    clients_asked: AtomicUsize,
}

impl Core {
    /// A core that sends browsers on to the port of `rig`, if `lists` says so.
    fn start(rig: &Rig, lists: bool) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let webhooks = format!("{own}/workspaces/slug:confluence-next/webhooks");
        let callback: Url = format!("{webhooks}/oauthCallback").parse().unwrap();
        rig.sandbox.identity().register(Registered::new(CENTRAL, SECRET, callback.as_str()));
        let own: BaseUrl = own.parse().unwrap();
        let this: BaseUrl = rig.callback.trim_end_matches("/callback").parse().unwrap();
        let listed = lists.then_some(this);
        let seen = Arc::new(Desk {
            callback,
            targets: CallbackTargets::new(&own, &listed),
            transport: HttpTransport::new(HttpTransportOptions::default()),
            endpoints: Endpoints {
                auth: Some(rig.sandbox.auth_base_url().parse().unwrap()),
                ..Endpoints::default()
            },
            client: OAuthClient { id: CENTRAL.to_owned(), secret: SECRET.into() },
            strangers: AtomicUsize::new(0),
            clients_asked: AtomicUsize::new(0),
        });
        let path = |name: &str| format!("/workspaces/slug:confluence-next/webhooks/{name}");
        let router = Router::new()
            .route(&path("getOAuthClientPublic"), get(public))
            .route(&path("oauthCallback"), get(called_back))
            .route(&path("centralTokenExchange"), post(exchanged))
            .with_state(Arc::clone(&seen));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { webhooks, seen, _runtime: runtime }
    }

    fn settings<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("CONFLUENCE_CENTRAL_URL", &self.webhooks);
        command.env("CONFLUENCE_DEPLOYMENT_KEY", KEY)
    }
}

async fn public(State(desk): State<Arc<Desk>>) -> Json<Value> {
    desk.clients_asked.fetch_add(1, Ordering::Relaxed);
    Json(json!({ "configured": true, "clientId": CENTRAL }))
}

async fn called_back(State(desk): State<Arc<Desk>>, RawQuery(query): RawQuery) -> Response<Body> {
    let query = CallbackQuery::parse(&query.unwrap_or_default());
    let answer = Response::builder();
    let answer = match query.and_then(|it| desk.targets.target(&it)) {
        Ok(CallbackTarget::Redirect(to)) => {
            answer.status(StatusCode::FOUND).header(header::LOCATION, to.as_url().as_str())
        }
        Ok(CallbackTarget::Here) | Err(_) => answer.status(StatusCode::BAD_REQUEST),
    };
    answer.body(Body::empty()).unwrap()
}

async fn exchanged(
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if headers.get(header::AUTHORIZATION).is_none_or(|it| it != &format!("Bearer {KEY}")) {
        desk.strangers.fetch_add(1, Ordering::Relaxed);
        return Response::builder().status(401).body(Body::empty()).unwrap();
    }
    let request = ExchangeRequest::parse(headers.get(header::CONTENT_TYPE), &body, &desk.callback);
    let Desk { transport, endpoints, client, callback, .. } = &*desk;
    let answer = exchange(transport, endpoints, Some(client), callback, &request.unwrap()).await;
    Response::builder()
        .status(answer.status)
        .header(header::CONTENT_TYPE, "application/json")
        .body(answer.body.into())
        .unwrap()
}

fn log_in(rig: &Rig, core: &Core) -> LoggingIn {
    let arguments = ["auth", "login", "--no-browser", "--callback-url", &rig.callback];
    let mut command = rig.command(&arguments);
    core.settings(&mut command);
    LoggingIn::start(command)
}

#[test]
fn the_core_sends_the_browser_here_and_adds_the_secret() {
    let rig = Rig::start();
    let core = Core::start(&rig, true);
    let login = log_in(&rig, &core);
    let to_core = decide(&login.address, true);
    assert!(to_core.starts_with(&core.webhooks), "{to_core}");
    let sent_on = open(&to_core);
    assert_eq!(sent_on.status, 302, "{sent_on:?}");
    let page = open(sent_on.header("location").unwrap());
    assert_eq!(page.status, 200, "{page:?}");
    let ended = login.ended();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!rig.kept().contains(SECRET), "nobody here has the secret");

    // The profile has all that is needed, and calls do not ask the core.
    let asked = core.seen.clients_asked.load(Ordering::Relaxed);
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    let status = rig.json(&["auth", "status"]);
    assert_eq!(
        (&status["authMethod"], &status["connected"]),
        (&"oauthCentral".into(), &true.into())
    );
    assert_eq!(core.seen.clients_asked.load(Ordering::Relaxed), asked);
    // A refresh goes through it, with the key.
    rig.sandbox.identity().expire_access_tokens();
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    assert_eq!(rig.refreshes().granted, 1);
    assert_eq!(core.seen.strangers.load(Ordering::Relaxed), 0);
    let told = rig.output(&["auth", "status"]);
    assert!(!told.contains("planted"), "{told}");
    rig.output(&["auth", "logout"]);
    assert!(!rig.kept().contains("planted"), "{}", rig.kept());
}

#[test]
fn a_core_that_does_not_know_this_machine_sends_nobody_here() {
    let rig = Rig::start();
    let core = Core::start(&rig, false);
    let mut command = rig.command(&[
        "auth",
        "login",
        "--no-browser",
        "--wait=1s",
        "--callback-url",
        &rig.callback,
    ]);
    let login = LoggingIn::start({
        core.settings(&mut command);
        command
    });
    assert_eq!(open(&decide(&login.address, true)).status, 400);
    let ended = login.ended();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!rig.file().exists());
}

#[test]
fn a_wrong_deployment_key_is_a_setting_to_correct() {
    let rig = Rig::start();
    let core = Core::start(&rig, true);
    let arguments = ["auth", "login", "--no-browser", "--callback-url", &rig.callback];
    let mut command = rig.command(&arguments);
    core.settings(&mut command).env("CONFLUENCE_DEPLOYMENT_KEY", "planted-other");
    let login = LoggingIn::start(command);
    let sent_on = open(&decide(&login.address, true));
    open(sent_on.header("location").unwrap());
    let ended = login.ended();
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(!ended.stderr.contains("planted-other"), "{ended:?}");
    assert_eq!(core.seen.strangers.load(Ordering::Relaxed), 1);

    let mut command = rig.command(&["auth", "login", "--auth-mode=oauthCentral"]);
    let ended = run(&mut command);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("--central-url"), "{ended:?}");
}

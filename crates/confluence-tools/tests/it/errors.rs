//! One case per row of the error table: what Confluence answers, and what the model is told.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use confluence_api::{
    Authorized, Client, Credentials, CredentialsError, HttpTransport, LoginLink, Rejected,
    RejectedAnswer, scope::Scope,
};
use confluence_sandbox::{Fault, FaultRule};
use confluence_tools::{CredentialKind, FailureKind, Reader};
use serde_json::{Value, json};

use crate::rig::{Rig, client, demo, empty};

const PAGE: &str = "65699842";

fn get() -> Value {
    json!({ "action": "get", "id": PAGE })
}

fn update(number: u64) -> Value {
    let body = json!({
        "title": "On-Call Handbook",
        "body": { "representation": "storage", "value": "<p>New</p>" },
        "version": { "number": number },
    });
    json!({ "action": "update", "id": PAGE, "body": body, "allowLoss": true })
}

/// What a read and a write are told when `fault` strikes.
async fn told(rig: &Rig, fault: impl Fn() -> FaultRule) -> String {
    let mut told = Vec::new();
    for (tool, arguments) in [("pages", get()), ("pages", update(6))] {
        rig.sandbox.faults().clear();
        rig.sandbox.faults().inject(fault());
        let failure = rig.failure(tool, arguments).await;
        told.push(format!("{:?}: {}", failure.kind, without_trace(&failure.text)));
    }
    told.join("\n")
}

/// Trace ids differ from run to run.
fn without_trace(text: &str) -> &str {
    text.split(" (Atlassian trace id").next().unwrap()
}

#[tokio::test]
async fn a_bad_request_names_the_argument() {
    let rig = demo().await;
    let failure = rig.failure("pages", json!({ "action": "get", "id": "ENG" })).await;
    assert_eq!(failure.kind, FailureKind::Arguments);
    insta::assert_snapshot!(failure.text);
}

#[tokio::test]
async fn a_bad_request_names_the_argument_as_the_caller_did() {
    let mut rig = demo().await;
    let list = json!({ "action": "list", "spaceId": "ENG" });
    let told = rig.failure("pages", list.clone()).await.text;
    assert!(told.contains("`spaceId` must be a number: a space's number comes from"), "{told}");
    rig.options.reader = Reader::Person;
    let told = rig.failure("pages", list).await.text;
    assert!(told.contains("`--space-id` must be a number"), "{told}");
}

#[tokio::test]
async fn what_is_not_in_the_trash_cannot_be_purged() {
    let rig = demo().await;
    let purge = json!({ "action": "delete", "id": PAGE, "purge": true });
    let told = rig.failure("pages", purge).await.text;
    assert!(told.ends_with("delete the page without purge first."), "{told}");
}

#[tokio::test]
async fn people_are_not_told_to_ask_whoever_runs_the_connector() {
    let rig = demo().await;
    let mut dead = Rig { client: client(&rig.sandbox, "revoked"), ..rig };
    dead.options.reader = Reader::Person;
    for (credential, advice) in [
        (CredentialKind::ApiToken, "set another API token."),
        (CredentialKind::AccessToken, "set a fresh access token."),
    ] {
        dead.options.credential = credential;
        let told = dead.failure("pages", get()).await.text;
        assert!(told.ends_with(advice), "{told}");
        assert!(!told.contains("whoever"), "{told}");
    }
}

#[tokio::test]
async fn malformed_cql_shows_where() {
    let rig = demo().await;
    let failure =
        rig.failure("search", json!({ "action": "cql", "cql": "type = page AND (" })).await;
    insta::assert_snapshot!(failure.text);
}

#[tokio::test]
async fn a_taken_title_and_malformed_storage_say_what_to_do() {
    let rig = demo().await;
    let page = |title: &str, value: &str| {
        let body = json!({ "representation": "storage", "value": value });
        json!({ "action": "create", "body": { "spaceId": "65538", "title": title, "body": body } })
    };
    let taken = rig.failure("pages", page("On-Call Handbook", "<p/>")).await;
    let malformed = rig.failure("pages", page("New", "<p>open <b>bold</p>")).await;
    insta::assert_snapshot!(format!("{}\n{}", taken.text, malformed.text));
}

#[tokio::test]
async fn a_rejected_credential_is_told_from_a_missing_page() {
    let rig = demo().await;
    let missing = rig.failure("pages", json!({ "action": "get", "id": "999" })).await;
    assert_eq!(missing.kind, FailureKind::NotFound);

    let dead = Rig { client: client(&rig.sandbox, "revoked"), ..rig };
    let page = dead.failure("pages", get()).await;
    assert_eq!(page.kind, FailureKind::Unauthenticated);
    let search = dead.failure("search", json!({ "action": "cql", "cql": "type = page" })).await;
    assert_eq!(search.kind, FailureKind::Unauthenticated);
    insta::assert_snapshot!(format!("{}\n{}\n{}", missing.text, page.text, search.text));
}

#[tokio::test]
async fn the_advice_on_a_rejected_credential_fits_its_kind() {
    let rig = demo().await;
    let mut dead = Rig { client: client(&rig.sandbox, "revoked"), ..rig };
    let mut told = Vec::new();
    for credential in [
        CredentialKind::ApiToken,
        CredentialKind::AccessToken,
        CredentialKind::OAuth,
        CredentialKind::Profile,
    ] {
        dead.options.credential = credential;
        told.push(dead.failure("pages", get()).await.text);
    }
    insta::assert_snapshot!(told.join("\n"));
}

/// A user who has to connect first.
#[derive(Debug)]
struct Unconnected(Option<&'static str>);

#[async_trait]
impl Credentials for Unconnected {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        let reason = "Confluence is not connected for this user.".to_owned();
        let link = self.0.map(|it| LoginLink(it.parse().unwrap()));
        Err(CredentialsError::LoginRequired { reason, link })
    }

    async fn rejected(&self, _: &Authorized, _: RejectedAnswer) -> Rejected {
        unreachable!("nothing is sent")
    }
}

#[tokio::test]
async fn who_has_to_connect_is_given_the_link() {
    let rig = demo().await;
    let link = "https://mcp.example/workspaces/slug:acme/webhooks/A.oauthConnect?ticket=t1";
    for (given, text) in [
        (None, "Confluence is not connected for this user.".to_owned()),
        (
            Some(link),
            format!(
                "Confluence is not connected for this user. Give the user this link to connect, then repeat the call: {link}"
            ),
        ),
    ] {
        let credentials = Arc::new(Unconnected(given));
        let client = Client::new(Arc::new(HttpTransport::default()), credentials);
        let unconnected = Rig { client, ..demo().await };
        let failure = unconnected.failure("pages", get()).await;
        assert_eq!(failure.kind, FailureKind::Unauthenticated);
        assert_eq!(failure.text, text);
        assert_eq!(failure.login.map(|it| it.0.to_string()).as_deref(), given);
    }
    let other = rig.failure("pages", json!({ "action": "get", "id": "999" })).await;
    assert_eq!(other.login, None);
}

#[tokio::test]
async fn a_missing_scope_is_named_and_not_retried() {
    let rig = demo().await;
    let email = rig.sandbox.credentials().email.clone();
    rig.sandbox.tokens().add_scoped_api_token(&email, "narrow", &["read:space:confluence"]);
    let mut narrow = Rig { client: client(&rig.sandbox, "narrow"), ..rig };
    // The scoped token is refused on the site, and the gateway is found.
    narrow.text("spaces", json!({ "action": "list", "limit": 1 })).await;
    narrow.sandbox.reset_requests();
    let mut told = Vec::new();
    for credential in [CredentialKind::ApiToken, CredentialKind::OAuth, CredentialKind::Profile] {
        narrow.options.credential = credential;
        for (tool, arguments) in [
            ("pages", get()),
            ("pages", update(6)),
            ("labels", json!({ "action": "addToPage", "id": PAGE, "body": [{ "name": "x" }] })),
        ] {
            let failure = narrow.failure(tool, arguments).await;
            assert_eq!(failure.kind, FailureKind::Forbidden);
            told.push(failure.text);
        }
    }
    assert_eq!(narrow.sandbox.requests().len(), 9);
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn an_action_outside_the_surface_is_refused_before_sending() {
    let mut rig = demo().await;
    rig.options.surface.read_only = true;
    let read_only = rig.refused("pages", update(6)).await;
    let unknown = rig.refused("pages", json!({ "action": "write" })).await;
    rig.options.surface.read_only = false;
    rig.options.surface.granted = Some(vec![Scope::ReadPage]);
    rig.options.credential = CredentialKind::OAuth;
    let scope = rig.refused("spaces", json!({ "action": "list" })).await;
    insta::assert_snapshot!(format!("{read_only}\n{unknown}\n{scope}"));
}

#[tokio::test]
async fn a_view_only_account_cannot_label() {
    let rig = demo().await;
    let fault = Fault::Status { status: 403, retry_after: None };
    rig.sandbox.faults().inject(fault.on("POST", "/wiki/rest/api/content"));
    let arguments = json!({ "action": "addToPage", "id": PAGE, "body": [{ "name": "x" }] });
    let failure = rig.failure("labels", arguments).await;
    assert_eq!(failure.kind, FailureKind::Forbidden);
    insta::assert_snapshot!(without_trace(&failure.text));
}

#[tokio::test]
async fn a_conflict_tells_the_version_its_author_and_the_number_to_send() {
    let rig = demo().await;
    let current = rig.page("On-Call Handbook").await["version"]["number"].as_u64().unwrap();
    rig.sandbox.reset_requests();
    let failure = rig.failure("pages", update(current)).await;
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert_eq!(rig.sandbox.requests().len(), 2, "the write and one extra read");
    insta::assert_snapshot!(failure.text);
    // The number that is advised works.
    let (_, advised) = failure.text.rsplit_once("send version.number ").unwrap();
    let number = advised.trim_end_matches('.').parse().unwrap();
    rig.text("pages", update(number)).await;
}

#[tokio::test]
async fn a_conflict_is_reported_even_if_the_page_cannot_be_read_again() {
    let rig = demo().await;
    let read = Fault::internal_error().on("GET", "/wiki/api/v2/pages/");
    rig.sandbox.faults().inject(read);
    let failure = rig.failure("pages", update(1)).await;
    assert_eq!(failure.kind, FailureKind::Conflict);
    insta::assert_snapshot!(failure.text);
}

#[tokio::test]
async fn an_update_that_only_restores_a_page_is_no_success() {
    let rig = demo().await;
    rig.text("pages", json!({ "action": "delete", "id": PAGE })).await;
    let number =
        1 + rig.raw("getPage", json!({ "id": PAGE })).await["version"]["number"].as_u64().unwrap();
    let arguments = update(number + 1);
    let failure = rig.failure("pages", arguments.clone()).await;
    assert_eq!(failure.kind, FailureKind::Conflict);
    insta::assert_snapshot!(failure.text);
    // An instruction does not hide it, either.
    rig.text("pages", json!({ "action": "delete", "id": PAGE })).await;
    let mut object = arguments.as_object().unwrap().clone();
    object.remove("action");
    let outcome =
        confluence_tools::call_instruction(&rig.client, "updatePage", object, &rig.options).await;
    assert!(outcome.result.is_err());
}

#[tokio::test]
async fn throttling_tells_the_seconds_to_wait() {
    let rig = demo().await;
    let limited = |retry_after| Fault::TooManyRequests { retry_after };
    let far = told(&rig, || limited(Some(1_800)).on("*", "/wiki/")).await;
    insta::assert_snapshot!(far.lines().next().unwrap());
}

#[tokio::test]
async fn an_upstream_that_only_throttles_is_given_up_within_the_deadline() {
    for retry_after in [Some(1), Some(60), None] {
        let rig = demo().await;
        let short = Rig { client: rig.client.clone().with_timeout(Duration::from_secs(3)), ..rig };
        short.sandbox.faults().inject(Fault::TooManyRequests { retry_after }.everywhere());
        let start = Instant::now();
        let failure = short.failure("pages", get()).await;
        assert!(start.elapsed() < Duration::from_secs(4));
        assert_eq!(failure.kind, FailureKind::Throttled, "{}", failure.text);
        assert!(failure.text.starts_with("Throttled by Confluence while getPage"));
        assert!(failure.text.contains("second"), "{}", failure.text);
    }
}

#[tokio::test]
async fn each_write_of_unknown_outcome_says_how_to_find_out() {
    let body = json!({ "representation": "storage", "value": "<p/>" });
    let page = json!({ "spaceId": "65538", "title": "Once", "body": body });
    let comment = json!({ "pageId": PAGE, "body": body });
    for (tool, arguments, advice) in [
        ("pages", json!({ "action": "create", "body": page }), "`pages list` (title)"),
        ("pages", update(5), "read the page again"),
        ("pages", json!({ "action": "delete", "id": PAGE }), "`pages get`"),
        ("comments", json!({ "action": "addFooter", "body": comment }), "`comments getFooter`"),
        (
            "labels",
            json!({ "action": "addToPage", "id": PAGE, "body": [{ "name": "x" }] }),
            "repeating the call does no harm",
        ),
    ] {
        for fault in [Fault::LostResponse, Fault::internal_error(), Fault::TruncatedJson] {
            // Its answer has no body that could be too short.
            if fault == Fault::TruncatedJson && arguments["action"] == "delete" {
                continue;
            }
            let rig = demo().await;
            rig.sandbox.faults().inject(fault.clone().everywhere());
            let failure = rig.failure(tool, arguments.clone()).await;
            assert_eq!(failure.kind, FailureKind::Upstream, "{fault:?}: {}", failure.text);
            assert!(failure.text.contains(advice), "{fault:?}: {}", failure.text);
            assert_eq!(rig.sandbox.requests().len(), 1, "{fault:?}: sent again");
        }
    }
}

#[tokio::test]
async fn server_errors_are_transient_and_a_write_may_have_happened() {
    let rig = empty().await;
    let json = told(&rig, || Fault::internal_error().everywhere()).await;
    let html = told(&rig, || Fault::HtmlPage { status: 502 }.everywhere()).await;
    let away = told(&rig, || Fault::unavailable(Some(600)).everywhere()).await;
    insta::assert_snapshot!(format!("{json}\n\n{html}\n\n{away}"));
}

#[tokio::test]
async fn broken_connections_and_nonsense_are_explained() {
    let rig = demo().await;
    let cut = told(&rig, || Fault::Disconnect.everywhere()).await;
    let half = told(&rig, || Fault::CutBody.everywhere()).await;
    let json = told(&rig, || Fault::TruncatedJson.everywhere()).await;
    let away =
        told(&rig, || Fault::Redirect { location: "https://example.com/".into() }.everywhere())
            .await;
    let mut all = format!("{cut}\n\n{half}\n\n{json}\n\n{away}");
    let address = rig.sandbox.address().unwrap().ip().to_string();
    all = all.replace(&address, "HOST");
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn a_slow_answer_is_given_up_at_the_deadline() {
    let rig = demo().await;
    let short = Rig { client: rig.client.clone().with_timeout(Duration::from_millis(300)), ..rig };
    let late = told(&short, || Fault::Latency(Duration::from_secs(5)).everywhere()).await;
    insta::assert_snapshot!(late);
}

#[tokio::test]
async fn an_unreachable_site_is_named() {
    let rig = empty().await;
    let Rig { sandbox, client, options } = rig;
    let port = sandbox.address().unwrap().port();
    sandbox.shutdown().await;
    let call = confluence_tools::call_tool(
        &client,
        "spaces",
        json!({ "action": "list" }).as_object().unwrap().clone(),
        &options,
    );
    let failure = call.await.result.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Upstream);
    assert!(!failure.text.contains(&port.to_string()));
    insta::assert_snapshot!(failure.text);
}

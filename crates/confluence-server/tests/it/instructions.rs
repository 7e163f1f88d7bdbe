//! Instructions over HTTP: JSON in, Confluence's JSON out.

use confluence_connector::AuthSettings;
use confluence_sandbox::{Fault, Sandbox};
use confluence_server::HttpOptions;
use serde_json::{Value, json};

use crate::{
    rig::{API, Rig, shared_account},
    support::{Answer, Request, Server, confluence},
};

struct Instructions {
    sandbox: Sandbox,
    server: Server,
    key: String,
}

impl Instructions {
    /// Workspace `acme`, whose list lets no agent in: there is none.
    async fn open() -> Self {
        let sandbox = confluence().await;
        let rig = Rig::new(&sandbox).await;
        rig.workspace("acme", shared_account(&sandbox), "").await;
        rig.workspace("other", shared_account(&sandbox), "").await;
        let key = rig.instruction("acme").await;
        let server = Server::of(rig, HttpOptions::default()).await;
        Self { sandbox, server, key }
    }

    fn request(&self, name: &str, body: impl ToString) -> Request {
        let path = format!("/workspaces/slug:acme/instructions/ConfluenceNext.{name}");
        self.server
            .post(body)
            .to(&path)
            .without("accept")
            .header("authorization", &format!("Bearer {}", self.key))
    }

    async fn call(&self, name: &str, arguments: Value) -> Answer {
        self.request(name, arguments).send().await
    }
}

/// The text of a failure, with the status that it must have.
#[track_caller]
fn failure(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    let mut json = answer.json();
    let text = json["error"]["content"][0]["text"].take();
    let shape =
        json!({ "error": { "isError": true, "content": [{ "type": "text", "text": null }] } });
    assert_eq!(json, shape);
    text.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn only_an_instruction_key_of_the_workspace_opens() {
    let it = Instructions::open().await;
    let rig = it.server.rig();
    let keys = [
        rig.platform("acme").await,
        rig.personal("acme", "ada", "agent-1").await,
        rig.instruction("other").await,
        "guessed".to_owned(),
    ];
    for key in keys {
        let request = it.request("listSpaces", json!({})).without("authorization");
        let answer = request.clone().send().await;
        failure(&answer, 401);
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer "));
        failure(&request.header("authorization", &format!("Bearer {key}")).send().await, 401);
    }
    assert_eq!(it.sandbox.request_count(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let it = Instructions::open().await;
    let get = it.request("getPage", json!({}));
    for name in
        ["ConfluenceNext.nonsense", "ConfluenceNext.pages", "Second.listSpaces", "listSpaces"]
    {
        let path = format!("/workspaces/slug:acme/instructions/{name}");
        let status = get.clone().to(&path).send().await.status;
        assert_eq!(status, 404, "{name}");
    }
    let unknown = get.clone().to("/workspaces/slug:nowhere/instructions/ConfluenceNext.listSpaces");
    failure(&unknown.send().await, 401);
    let method =
        it.server.request("GET", "/workspaces/slug:acme/instructions/ConfluenceNext.getPage");
    let method = method.header("authorization", &format!("Bearer {}", it.key)).send().await;
    failure(&method, 405);
    assert_eq!(method.header("allow"), Some("POST"));
}

#[tokio::test]
async fn a_body_that_is_no_object_is_refused() {
    let it = Instructions::open().await;
    for body in ["[]", "7", "{", "\u{0}", "null", "{\"a\": 1} x"] {
        let text = failure(&it.request("listSpaces", body).send().await, 400);
        assert!(text.starts_with("Bad request: the body must be a JSON object"), "{text}");
    }
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    failure(&it.request("listSpaces", deep).send().await, 400);
    assert_eq!(it.sandbox.request_count(), 0);
}

#[tokio::test]
async fn a_failure_has_a_fitting_status() {
    let it = Instructions::open().await;
    let missing = failure(&it.call("getPage", json!({})).await, 400);
    assert_eq!(
        missing,
        "Confluence request build failed for getPage: Missing required path param: id."
    );
    let gone = failure(&it.call("getPage", json!({ "id": "404404" })).await, 404);
    assert!(gone.starts_with("Resource not found while getPage"), "{gone}");
    it.sandbox.faults().inject(Fault::internal_error().on("GET", "/wiki/api/v2/spaces"));
    let broken = failure(&it.call("listSpaces", json!({})).await, 502);
    assert!(broken.starts_with("Confluence server error while listSpaces"), "{broken}");
}

#[tokio::test]
async fn the_answer_is_confluences_own() {
    let it = Instructions::open().await;
    let answer = it.call("listSpaces", json!({ "limit": 1 })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let json = answer.json();
    assert_eq!(json["results"][0]["key"], "SAND");
    assert!(json["_links"].is_object(), "untouched: {json}");
    let empty = it.request("listSpaces", "").send().await;
    assert_eq!(empty.json()["results"][0]["key"], "SAND");
}

#[tokio::test]
async fn the_user_is_named_by_the_header() {
    let sandbox = confluence().await;
    let rig = Rig::new(&sandbox).await;
    rig.workspace("acme", AuthSettings::default(), "").await;
    rig.central_client().await;
    let key = rig.instruction("acme").await;
    let server = Server::of(rig, HttpOptions::default()).await;
    let call = |arguments: Value| {
        server
            .post(arguments)
            .to("/workspaces/slug:acme/instructions/ConfluenceNext.listSpaces")
            .header("authorization", &format!("Bearer {key}"))
    };
    let nobody = failure(&call(json!({})).send().await, 401);
    assert!(nobody.starts_with("The calling user could not be identified."), "{nobody}");
    let ada = failure(&call(json!({})).header("user-id", "ada").send().await, 401);
    assert!(ada.starts_with("Confluence is not connected for this user."), "{ada}");
    assert!(ada.contains(&format!("{API}/workspaces/slug:acme/webhooks/")), "{ada}");
    for (header, argument) in [(Some("ada"), "eve"), (None, "eve")] {
        let mut request = call(json!({ "user_id": argument }));
        if let Some(header) = header {
            request = request.header("user-id", header);
        }
        let text = failure(&request.send().await, 403);
        assert!(text.starts_with("This call names another user"), "{text}");
    }
    assert_eq!(sandbox.request_count(), 0);
    let records = server.into_rig().await.audit().await;
    let seen: Vec<_> = records
        .iter()
        .map(|it| (it.user.as_ref().map(ToString::to_string), it.outcome.as_str()))
        .collect();
    let ada = || Some("ada".to_owned());
    assert_eq!(
        seen,
        [
            (None, "missing_user_id"),
            (ada(), "not_connected"),
            (None, "other_identity"),
            (None, "other_identity")
        ]
    );
}

#[tokio::test]
async fn headers_can_only_tighten() {
    let it = Instructions::open().await;
    let delete = it.request("deletePage", json!({ "id": "1" }));
    let text = failure(&delete.header("x-confluence-read-only", "1").send().await, 403);
    assert!(text.starts_with("deletePage is not available"), "{text}");
    let list = it.request("listPages", json!({})).header("x-confluence-tools", "spaces");
    failure(&list.send().await, 403);
    assert_eq!(it.sandbox.request_count(), 0);
}

#[tokio::test]
async fn hosts_and_origins_are_checked_first() {
    let it = Instructions::open().await;
    let list = it.request("listSpaces", json!({}));
    failure(&list.clone().set("host", "evil.example.com").send().await, 403);
    failure(&list.clone().header("origin", "https://evil.example.com").send().await, 403);
    assert_eq!(list.header("x-request-id", "t-1").send().await.header("x-request-id"), Some("t-1"));
}

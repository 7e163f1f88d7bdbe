//! A thin HTTP client, so that tests see bytes and headers and not another client's opinion.

use std::sync::Once;

use confluence_sandbox::{Account, Clock, Role, Sandbox, SandboxBuilder};
use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};

/// A site with a space, a guest who only reads, and a clock that stands still.
pub(crate) struct Site {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Clock,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|it| panic!("{it}: {}", self.text))
    }

    /// The title of the first v2 error.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        self.json()["errors"][0]["title"].as_str().expect("a v2 error").to_owned()
    }

    /// The message of a v1 error.
    #[track_caller]
    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().expect("a v1 error").to_owned()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|it| it.to_str().unwrap())
    }

    /// One field of every row.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        let json = self.json();
        let rows = json["results"].as_array().unwrap_or_else(|| panic!("{json}"));
        rows.iter().map(|it| it[name].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn next(&self) -> Option<String> {
        self.json()["_links"]["next"].as_str().map(str::to_owned)
    }
}

pub(crate) const GUEST: (&str, &str) = ("guest@example.com", "guest-token");
pub(crate) const ADMIN: (&str, &str) = ("root@example.com", "root-token");
pub(crate) const OTHER: (&str, &str) = ("other@example.com", "other-token");

/// When the clock of the tests stands.
pub(crate) const NOW: &str = "2026-11-02T10:20:30.456Z";

pub(crate) fn builder() -> (SandboxBuilder, Clock) {
    let clock = Clock::manual(NOW.parse().unwrap());
    let builder = Sandbox::builder()
        .empty()
        .clock(clock.clone())
        .account(Account::new("557058:other", OTHER.0, "Olga Other"))
        .account(Account::new("557058:root", ADMIN.0, "Rita Root").role(Role::Administrator))
        .api_token(GUEST.0, GUEST.1)
        .api_token(OTHER.0, OTHER.1)
        .api_token(ADMIN.0, ADMIN.1);
    (builder, clock)
}

impl Site {
    pub(crate) async fn empty() -> Self {
        Self::with(|it| it).await
    }

    pub(crate) async fn demo() -> Self {
        Self::with(SandboxBuilder::demo).await
    }

    pub(crate) async fn with(options: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let (builder, clock) = builder();
        let sandbox = options(builder).start().await.unwrap();
        Self { sandbox, clock, http: http() }
    }

    /// A request with the default account's unscoped token at the site.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let credentials = self.sandbox.credentials();
        self.anonymous(method, path).basic_auth(&credentials.email, Some(&credentials.api_token))
    }

    /// A request without a credential.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.sandbox.site_url())
        };
        self.http.request(method, url)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn get_as(&self, who: (&str, &str), path: &str) -> Reply {
        send(self.anonymous(Method::GET, path).basic_auth(who.0, Some(who.1))).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        send(self.request(Method::PUT, path).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn send_as(
        &self,
        who: (&str, &str),
        method: Method,
        path: &str,
        body: Value,
    ) -> Reply {
        send(self.anonymous(method, path).basic_auth(who.0, Some(who.1)).json(&body)).await
    }

    /// Id of the space with that key.
    pub(crate) async fn space(&self, key: &str) -> String {
        let reply = self.get(&format!("/wiki/api/v2/spaces?keys={key}")).await.expect(200);
        reply.column("id").remove(0)
    }

    /// Creates a page below the home page and gives its id.
    pub(crate) async fn page(&self, title: &str, body: &str) -> String {
        self.page_below(title, body, None).await
    }

    pub(crate) async fn page_below(&self, title: &str, body: &str, parent: Option<&str>) -> String {
        let space = self.space("SAND").await;
        let mut request = json!({
            "spaceId": space,
            "status": "current",
            "title": title,
            "body": { "representation": "storage", "value": body },
        });
        if let Some(parent) = parent {
            request["parentId"] = json!(parent);
        }
        let reply = self.post("/wiki/api/v2/pages", request).await.expect(200);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// The update of a page that says everything it has to.
    pub(crate) fn update(id: &str, title: &str, body: &str, number: i64) -> Value {
        json!({
            "id": id,
            "status": "current",
            "title": title,
            "body": { "representation": "storage", "value": body },
            "version": { "number": number, "message": "changed" },
        })
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    Reply {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

pub(crate) fn http() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().unwrap();
    });
    reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .build()
        .unwrap()
}

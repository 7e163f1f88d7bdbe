//! The identity service: an application, as a client of it sees what happens.

mod authorize;
mod controls;
mod exchange;
mod faults;
mod handles;
mod refresh;
mod sites;

use std::collections::HashMap;

use confluence_sandbox::{Clock, Consent, OAuthClient, SandboxBuilder};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Reply, Site, send};

const CALLBACK: &str = "http://localhost:7000/workspaces/x/oauthCallback?instance=a";
const SECRET: &str = "app-secret";
const SCOPES: &str = "read:page:confluence read:content-details:confluence offline_access";

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A sandbox with a second site, and an application that people sign in to.
struct App {
    site: Site,
}

/// Tokens as the application has got them.
struct Tokens {
    access: String,
    refresh: String,
}

impl App {
    async fn start() -> Self {
        Self::with(|it| it).await
    }

    async fn with(options: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let site = Site::with(|it| {
            options(it.further_site("lab").oauth_client(OAuthClient::new("app", SECRET, CALLBACK)))
        });
        Self { site: site.await }
    }

    fn clock(&self) -> &Clock {
        &self.site.clock
    }

    /// Parameters of a good authorize request, with changes: an empty value takes one away.
    fn authorize_url(&self, changes: &[(&str, &str)]) -> String {
        let mut parameters = vec![
            ("audience", "api.atlassian.com"),
            ("client_id", "app"),
            ("scope", SCOPES),
            ("redirect_uri", CALLBACK),
            ("state", "a state/&="),
            ("response_type", "code"),
            ("prompt", "consent"),
        ];
        for (name, value) in changes {
            parameters.retain(|(it, _)| it != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        let base = format!("{}/authorize", self.site.sandbox.auth_base_url());
        Url::parse_with_params(&base, parameters).unwrap().to_string()
    }

    async fn open(&self, url: &str) -> Reply {
        send(self.site.anonymous(Method::GET, url)).await
    }

    /// Sends the consent form.
    async fn decide(&self, cookie: &str, form: &[(&str, &str)]) -> Reply {
        let request = self.site.anonymous(Method::POST, "/authorize").header("cookie", cookie);
        send(request.form(form)).await
    }

    async fn code(&self, changes: &[(&str, &str)], consent: &Consent) -> String {
        let url = self.authorize_url(changes);
        let callback = self.site.sandbox.consent(&url, consent).await.unwrap();
        query(&callback)["code"].clone()
    }

    fn token_request(&self) -> RequestBuilder {
        let url = format!("{}/oauth/token", self.site.sandbox.auth_base_url());
        self.site.anonymous(Method::POST, &url)
    }

    async fn token(&self, body: Value) -> Reply {
        send(self.token_request().json(&body)).await
    }

    async fn exchange(&self, code: &str) -> Reply {
        self.token(exchange(code)).await
    }

    async fn refresh(&self, token: &str) -> Reply {
        self.token(refresh(token)).await
    }

    async fn sign_in(&self) -> Tokens {
        self.sign_in_with(&[], &Consent::accept()).await
    }

    async fn sign_in_with(&self, changes: &[(&str, &str)], consent: &Consent) -> Tokens {
        let code = self.code(changes, consent).await;
        Tokens::of(&self.exchange(&code).await.expect(200))
    }

    async fn get(&self, token: &str, path: &str) -> Reply {
        self.get_at(self.site.sandbox.cloud_id(), token, path).await
    }

    async fn get_at(&self, cloud_id: &str, token: &str, path: &str) -> Reply {
        let base = self.site.sandbox.api_base_url();
        let url = format!("{base}/ex/confluence/{cloud_id}{path}");
        send(self.site.anonymous(Method::GET, &url).bearer_auth(token)).await
    }

    async fn resources(&self, token: &str) -> Reply {
        let path = "/oauth/token/accessible-resources";
        send(self.site.anonymous(Method::GET, path).bearer_auth(token)).await
    }

    fn cloud_ids(&self) -> [String; 2] {
        let sites = self.site.sandbox.sites();
        [sites[0].cloud_id.clone(), sites[1].cloud_id.clone()]
    }
}

impl Tokens {
    fn of(reply: &Reply) -> Self {
        let json = reply.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

fn exchange(code: &str) -> Value {
    json!({ "grant_type": "authorization_code", "client_id": "app", "client_secret": SECRET,
        "code": code, "redirect_uri": CALLBACK })
}

fn refresh(token: &str) -> Value {
    json!({ "grant_type": "refresh_token", "client_id": "app", "client_secret": SECRET,
        "refresh_token": token })
}

fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// Asserts a refusal of the token endpoint, word for word.
#[track_caller]
fn check_refused(reply: &Reply, status: u16, error: &str, description: &str) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.json(), json!({ "error": error, "error_description": description }));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

const ME: &str = "/wiki/rest/api/user/current";
const PAGES: &str = "/wiki/api/v2/pages";
const SEARCH: &str = "/wiki/rest/api/search?cql=type%3Dpage";

//! Trying out how users sign in, without an account: `serve --sandbox --auth-mode …`.

use std::collections::BTreeMap;

use serde_json::json;
use url::{Position, Url, form_urlencoded};

use super::{
    ask,
    person::{link, outcome},
};
use crate::process::{Answer, Served, program, request};

/// Everything that a newcomer's browser does, at both servers: nothing here knows the sandbox from
/// inside.
#[derive(Default)]
struct Browser(BTreeMap<String, String>);

impl Browser {
    async fn send(&mut self, method: &str, url: &Url, form: &str) -> Answer {
        let cookies: Vec<_> = self.0.iter().map(|(name, it)| format!("{name}={it}")).collect();
        let (cookie, origin) = (cookies.join("; "), url.origin().ascii_serialization());
        let mut headers = vec![("Cookie", cookie.as_str())];
        if method == "POST" {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
            headers.push(("Origin", &origin));
        }
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let path = &url[Position::BeforePath..];
        let answer = request(authority, method, path, &headers, form).await.unwrap();
        if let Some(set) = answer.header("set-cookie") {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.0.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Presses a page's button, with what is filled in or chosen already and `more`.
    async fn press(&mut self, url: &Url, page: &Answer, more: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for input in page.body.split("<input ").skip(1) {
            let tag = input.split('>').next().unwrap();
            let of = |name: &str| {
                let (_, rest) = tag.split_once(&format!("{name}=\""))?;
                rest.split_once('"').map(|it| it.0)
            };
            let is_given = of("type") == Some("hidden") || tag.contains("checked");
            if let (Some(name), Some(value), true) = (of("name"), of("value"), is_given) {
                form.append_pair(name, value);
            }
        }
        form.extend_pairs(more);
        let (_, rest) = page.body.split_once("action=\"").expect("a form");
        let action = url.join(rest.split_once('"').unwrap().0).unwrap();
        self.send("POST", &action, &form.finish()).await
    }
}

#[track_caller]
fn next(answer: &Answer) -> Url {
    answer.header("location").unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap()
}

async fn a_newcomer_signs_in(mode: &str) {
    let served = Served::start(&mut program(&["serve", "--sandbox", "--auth-mode", mode])).await;
    assert!(served.banner.contains(&format!("each user signs in (mode {mode})")));
    assert!(served.banner.contains("To connect: call a tool"), "{}", served.banner);
    let authority = served.authority();
    let (ok, told) = ask(authority, "ada").await.unwrap();
    assert!(!ok && told.starts_with("Confluence is not connected for this user."), "{told}");

    let mut browser = Browser::default();
    let link = link(&told);
    let page = browser.send("GET", &link, "").await;
    let consent = next(&browser.press(&link, &page, &[]).await);
    assert_ne!(consent.port(), link.port(), "the sandbox asks, not the connector");
    let page = browser.send("GET", &consent, "").await;
    assert!(page.body.contains("demo@example.com"), "{}", page.body);
    let decided = [("account", "mara.lindqvist@example.com"), ("decision", "accept")];
    let back = next(&browser.press(&consent, &page, &decided).await);
    let mut page = browser.send("GET", &back, "").await;
    if page.status == 302 {
        let to = next(&page);
        page = browser.send("GET", &to, "").await;
    }
    assert_eq!(outcome(&page), "connected", "{}", page.body);
    assert!(page.body.contains("Mara Lindqvist"), "{}", page.body);

    let (ok, told) = ask(authority, "ada").await.unwrap();
    assert!(ok && told.contains("ENG"), "{told}");
    let (ok, _) = ask(authority, "eve").await.unwrap();
    assert!(!ok, "each user for himself");
}

#[tokio::test]
async fn a_newcomer_signs_in_with_the_central_client() {
    a_newcomer_signs_in("oauthCentral").await;
}

#[tokio::test]
async fn a_newcomer_signs_in_with_a_client_of_the_workspace() {
    a_newcomer_signs_in("oauth").await;
}

#[tokio::test]
async fn other_modes_are_those_of_an_account_that_is_left_alone() {
    let mut command = program(&["serve", "--sandbox"]);
    let served = Served::start(command.env("CONFLUENCE_AUTH_MODE", "accessToken")).await;
    assert!(served.banner.contains("used as demo@example.com"), "{}", served.banner);
    let (status, answer) = served.call(None, "spaces", json!({ "action": "list" })).await;
    assert_eq!((status, &answer["result"]["isError"]), (200, &json!(false)), "{answer}");
}

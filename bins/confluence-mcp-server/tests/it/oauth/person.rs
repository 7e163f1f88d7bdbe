//! A person with a browser, who follows the link that an agent was given.

use confluence_sandbox::{Consent, Sandbox};
use url::{Position, Url, form_urlencoded};

use super::ask;
use crate::process::{Answer, request};

/// The code on the last page of a visit.
#[track_caller]
pub(crate) fn outcome(page: &Answer) -> &str {
    between(&page.body, "<code id=\"outcome\">", "</code>").unwrap_or_else(|| panic!("{page:?}"))
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|it| it.0)
}

/// The link in what a model is told.
#[track_caller]
pub(crate) fn link(told: &str) -> Url {
    let start = told.find("http://").unwrap_or_else(|| panic!("no link: {told}"));
    let link: String = told[start..].chars().take_while(|it| !it.is_whitespace()).collect();
    link.trim_end_matches(['.', ')', ',']).parse().unwrap()
}

/// Opens an address.
pub(crate) async fn open(url: &Url, cookie: &str) -> Answer {
    request(authority(url), "GET", &url[Position::BeforePath..], &[("Cookie", cookie)], "")
        .await
        .unwrap()
}

fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

/// How far a visit has come: agreed, and about to be sent back.
pub(crate) struct Agreed {
    pub(crate) callback: Url,
    pub(crate) cookie: String,
}

/// Opens a link, confirms, and agrees at Atlassian's.
pub(crate) async fn agree(sandbox: &Sandbox, link: &Url) -> Agreed {
    let page = open(link, "").await;
    assert_eq!(page.status, 200, "{}", page.body);
    let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let hidden = |name: &str| between(&page.body, &format!("name=\"{name}\" value=\""), "\"");
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("proof", hidden("proof").unwrap())
        .append_pair("ticket", hidden("ticket").unwrap())
        .finish();
    let origin = link.origin().ascii_serialization();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", &origin),
        ("Cookie", &cookie),
    ];
    let action = between(&page.body, "action=\"", "\"").unwrap();
    let sent = request(authority(link), "POST", action, &headers, &form).await.unwrap();
    assert_eq!(sent.status, 303, "{}", sent.body);
    let consent = sent.header("location").unwrap();
    let callback = sandbox.consent(consent, &Consent::accept()).await.unwrap();
    Agreed { callback: callback.parse().unwrap(), cookie }
}

/// Follows a callback to the last page, by way of the core where that is in between.
pub(crate) async fn come_back(agreed: &Agreed) -> Answer {
    let page = open(&agreed.callback, &agreed.cookie).await;
    match page.header("location") {
        Some(next) => open(&next.parse().unwrap(), &agreed.cookie).await,
        None => page,
    }
}

/// All of it: from the call of a user who is not connected to the last page.
pub(crate) async fn connect(sandbox: &Sandbox, authority: &str, user: &str) -> Answer {
    let (ok, told) = ask(authority, user).await.unwrap();
    assert!(!ok, "{user} is connected: {told}");
    come_back(&agree(sandbox, &link(&told)).await).await
}

//! A browser: keeps cookies, fills in forms, and goes where it is sent.

use std::collections::BTreeMap;

use confluence_sandbox::{Consent, Sandbox};
use url::{Url, form_urlencoded};

use super::outcome;
use crate::support::{Answer, Server};

#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &Answer, name: &str) -> Option<String> {
    let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|it| it.0.to_owned())
}

impl Browser {
    pub(crate) fn cookie(&self) -> String {
        let pairs: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Has a cookie from somewhere.
    pub(crate) fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    async fn send(&mut self, request: crate::support::Request) -> Answer {
        let cookie = self.cookie();
        let request = if cookie.is_empty() { request } else { request.header("cookie", &cookie) };
        let answer = request.send().await;
        if let Some(set) = answer.header("set-cookie") {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Opens an address.
    pub(crate) async fn open(&mut self, server: &Server, url: &str) -> Answer {
        let url: Url = server_url(server).join(url).unwrap();
        assert_eq!(url.port(), Some(server.address.port()), "another server");
        let path = &url[url::Position::BeforePath..];
        self.send(server.request("GET", path)).await
    }

    /// Sends a form.
    pub(crate) async fn submit(
        &mut self,
        server: &Server,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let mut request = server
            .request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", server_url(server).as_str().trim_end_matches('/'));
        request.body = form.finish().into_bytes();
        self.send(request).await
    }

    /// Opens a link and presses the button.
    pub(crate) async fn confirm(&mut self, server: &Server, link: &str) -> Answer {
        let page = self.open(server, link).await;
        assert_eq!(page.status, 200, "{}", page.body);
        self.press(server, &page).await
    }

    /// Presses the button of a page.
    pub(crate) async fn press(&mut self, server: &Server, page: &Answer) -> Answer {
        let (_, rest) = page.body.split_once("action=\"").expect("a form");
        let action = rest.split_once('"').unwrap().0;
        let (proof, ticket) = (hidden(page, "proof").unwrap(), hidden(page, "ticket").unwrap());
        self.submit(server, action, &[("proof", &proof), ("ticket", &ticket)]).await
    }

    /// Opens a link, confirms, and agrees at Atlassian's: the callback, not opened yet.
    pub(crate) async fn agree(&mut self, sandbox: &Sandbox, server: &Server, link: &str) -> String {
        let sent = self.confirm(server, link).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        sandbox.consent(sent.header("location").unwrap(), &Consent::accept()).await.unwrap()
    }

    /// All of it, to the last page. `core` is where the central client's callback is.
    pub(crate) async fn connect(
        &mut self,
        sandbox: &Sandbox,
        server: &Server,
        core: Option<&Server>,
        link: &str,
    ) -> Answer {
        let callback = self.agree(sandbox, server, link).await;
        self.come_back(server, core, &callback).await
    }

    /// Follows a callback to the last page.
    pub(crate) async fn come_back(
        &mut self,
        server: &Server,
        core: Option<&Server>,
        callback: &str,
    ) -> Answer {
        let at =
            if callback.contains("slug:confluence-next") { core.unwrap_or(server) } else { server };
        let answer = self.open(at, callback).await;
        let Some(next) = answer.header("location") else {
            outcome(&answer);
            return answer;
        };
        self.open(server, next).await
    }
}

pub(crate) fn server_url(server: &Server) -> Url {
    format!("http://{}", server.address).parse().unwrap()
}

//! The configuration app, as browsers use it and as others try to.

mod forms;
mod maintainer;
mod platform;
mod sessions;
mod sign_in;
mod workspace;

use confluence_connector::{AuthSettings, Instance, KeyKind};
use confluence_sandbox::Sandbox;
use tokio::net::TcpListener;

use crate::{
    oauth::{Browser, hidden},
    rig::{Rig, instance},
    support::{Answer, Server, confluence},
};

pub(crate) const APP: &str = "/apps/confluence-next";

/// A server with the workspaces `acme` and `other`, which know nobody yet.
pub(crate) struct App {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
}

/// Where a workspace is configured.
pub(crate) fn at(workspace: &str) -> String {
    below("", workspace)
}

/// Where a form of a workspace goes.
pub(crate) fn below(action: &str, workspace: &str) -> String {
    format!("{APP}{action}?workspaceSlug={workspace}&appInstance=ConfluenceNext")
}

impl App {
    pub(crate) async fn open() -> Self {
        Self::with(|rig| rig).await
    }

    /// The same with a deployment that `change` has been at.
    pub(crate) async fn with(change: impl FnOnce(Rig) -> Rig) -> Self {
        let sandbox = confluence().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let rig = change(Rig::at(&sandbox, &url, None).await);
        for workspace in ["acme", "other"] {
            rig.workspace(workspace, AuthSettings::default(), "").await;
        }
        Self { sandbox, server: Server::public(listener, rig) }
    }

    pub(crate) async fn editor(&self, workspace: &str) -> Browser {
        let workspace = workspace.parse().unwrap();
        self.person(KeyKind::Editor { workspace }).await
    }

    pub(crate) async fn maintainer(&self) -> Browser {
        self.person(KeyKind::Maintainer).await
    }

    /// Somebody who has signed in.
    pub(crate) async fn person(&self, kind: KeyKind) -> Browser {
        let key = self.server.rig().key(kind).await.1;
        let mut browser = Browser::default();
        let answer = self.sign_in(&mut browser, &key).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    /// Shows a key on the page that asks for it.
    pub(crate) async fn sign_in(&self, browser: &mut Browser, key: &str) -> Answer {
        let page = browser.open(&self.server, APP).await;
        let proof = hidden(&page, "proof").expect("a form");
        let fields = [("proof", proof.as_str()), ("key", key)];
        browser.submit(&self.server, &format!("{APP}/sign-in"), &fields).await
    }

    /// Sends a form from the page of a workspace.
    pub(crate) async fn act(
        &self,
        browser: &mut Browser,
        action: &str,
        workspace: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let page = browser.open(&self.server, &at(workspace)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        self.send(browser, &page, &below(action, workspace), fields).await
    }

    /// Sends a form from the page of the deployment.
    pub(crate) async fn maintain(
        &self,
        browser: &mut Browser,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let page = browser.open(&self.server, APP).await;
        assert_eq!(page.status, 200, "{}", page.body);
        self.send(browser, &page, &format!("{APP}{action}"), fields).await
    }

    async fn send(
        &self,
        browser: &mut Browser,
        page: &Answer,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let proof = hidden(page, "proof").expect("a form");
        let fields = [&[("proof", proof.as_str())], fields].concat();
        browser.submit(&self.server, path, &fields).await
    }

    /// What is stored of a workspace's instance.
    pub(crate) async fn stored(&self, workspace: &str) -> Instance {
        let instances = &self.server.rig().deployment.instances;
        instances.load(&instance(workspace)).await.unwrap().unwrap().value
    }
}

/// Opens the page that an answer leads to.
pub(crate) async fn follow(app: &App, browser: &mut Browser, answer: &Answer) -> Answer {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = browser.open(&app.server, answer.header("location").unwrap()).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page
}

//! From a user who is not connected to one who has to connect again: processes, databases, and both
//! modes; with the core in the same process, and in one of its own.

use std::time::Duration;

use confluence_connector::{Key, KeyKind, KeyStore};
use confluence_sandbox::{IdentityRequest, OAuthClient, Sandbox};
use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    CLIENT_SECRET, CORE, Deployment, Mode, ask,
    database::Database,
    person::{self, outcome},
    towards,
};
use crate::process::{Served, program};

/// What the core knows the other deployment by.
pub(super) const DEPLOYMENT_KEY: &str = "planted-deployment-key-0123456789";

/// Two deployments: one of workspaces, and one that holds the central client.
pub(super) struct Two {
    pub(super) sandbox: Sandbox,
    pub(super) database: Database,
    pub(super) cores_database: Database,
    pub(super) tenant: Served,
    pub(super) core: Served,
}

impl Two {
    /// `with` sees each command before it starts.
    pub(super) async fn start(
        database: Database,
        cores_database: Database,
        with: impl Fn(&mut tokio::process::Command),
    ) -> Self {
        let sandbox = Sandbox::builder().demo().start().await.unwrap();
        let mut command = program(&["serve"]);
        towards(cores_database.give(&mut command), &sandbox)
            .env("CONFLUENCE_OAUTH_CLIENT_ID", "client-1")
            .env("CONFLUENCE_OAUTH_CLIENT_SECRET", CLIENT_SECRET);
        with(&mut command);
        let core = Served::start(&mut command).await;
        let webhooks = format!("http://{}{CORE}", core.authority());
        let callback = format!("{webhooks}/oauthCallback");
        sandbox.identity().register(OAuthClient::new("client-1", CLIENT_SECRET, &callback));
        let mut command = program(&["serve"]);
        towards(database.give(&mut command), &sandbox)
            .env("CONFLUENCE_AUTH_MODE", "oauthCentral")
            .env("CONFLUENCE_CENTRAL_URL", webhooks)
            .env("CONFLUENCE_DEPLOYMENT_KEY", DEPLOYMENT_KEY);
        with(&mut command);
        let tenant = Served::start(&mut command).await;
        Self { sandbox, database, cores_database, tenant, core }
    }

    /// Lets the core know the other deployment.
    pub(super) async fn introduce(&self) {
        let store = self.cores_database.open().await;
        let api = format!("http://{}", self.tenant.authority()).parse().unwrap();
        let secret = SecretString::from(DEPLOYMENT_KEY);
        let key = Key::from_secret(&secret, KeyKind::Deployment { api }, "test", Timestamp::now());
        assert!(KeyStore::add(&store, &key).await.unwrap());
        store.close().await;
    }
}

/// A call that works.
async fn works(authority: &str) -> String {
    let (ok, told) = ask(authority, "ada").await.unwrap();
    assert!(ok && told.contains("ENG"), "{told}");
    told
}

/// A call that does not.
async fn fails(authority: &str, start: &str) -> String {
    let (ok, told) = ask(authority, "ada").await.unwrap();
    assert!(!ok && told.starts_with(start), "{told}");
    told
}

/// From the first call to the one after the user has connected again.
pub(super) async fn journey(sandbox: &Sandbox, authority: &str) {
    let identity = sandbox.identity();
    let refreshes = || identity.tally(IdentityRequest::TokenRefresh).granted;
    identity.change_policy(|it| it.access_token_lifetime = Duration::from_mins(1));
    let page = person::connect(sandbox, authority, "ada").await;
    assert_eq!(outcome(&page), "connected", "{}", page.body);
    assert!(page.body.contains("Dana Whitfield"), "{}", page.body);
    // About to end when it comes: renewed before it is used.
    identity.change_policy(|it| it.access_token_lifetime = Duration::from_hours(1));
    let told = works(authority).await;
    assert!(told.contains("the Atlassian account \"Dana Whitfield\""), "{told}");
    assert_eq!(refreshes(), 1);
    assert!(!works(authority).await.contains("Newly connected"));
    assert_eq!(refreshes(), 1);
    // Ended although its time has not come. What comes in its place is about to end, and is renewed
    // in turn before it is used.
    identity.change_policy(|it| it.access_token_lifetime = Duration::from_mins(1));
    identity.expire_access_tokens();
    works(authority).await;
    assert_eq!(refreshes(), 3);
    identity.revoke_all();
    let told = fails(authority, "Confluence token refresh failed").await;
    assert!(told.contains("must reconnect"), "{told}");
    fails(authority, "Confluence is not connected for this user.").await;
    let page = person::connect(sandbox, authority, "ada").await;
    assert_eq!(outcome(&page), "connected", "{}", page.body);
    works(authority).await;
}

/// All of it, and then in a process that knows nothing but the database.
async fn in_one_process(mode: Mode, database: Database) {
    let mut deployment = Deployment::start(mode, database).await;
    let first = deployment.servers.remove(0);
    journey(&deployment.sandbox, first.authority()).await;
    first.running.signal("TERM").await;
    let ended = first.running.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    deployment.add_server().await;
    works(deployment.servers[0].authority()).await;
}

#[tokio::test]
async fn with_a_client_of_its_own_on_a_file() {
    in_one_process(Mode::Own, Database::sqlite()).await;
}

#[tokio::test]
async fn with_the_central_client_on_a_file() {
    in_one_process(Mode::Central, Database::sqlite()).await;
}

#[tokio::test]
async fn with_a_client_of_its_own_on_postgres() {
    let Some(database) = Database::postgres() else { return };
    in_one_process(Mode::Own, database).await;
}

#[tokio::test]
async fn with_the_central_client_on_postgres() {
    let Some(database) = Database::postgres() else { return };
    in_one_process(Mode::Central, database).await;
}

#[tokio::test]
async fn with_the_core_in_another_process_on_files() {
    let two = Two::start(Database::sqlite(), Database::sqlite(), |_| ()).await;
    two.introduce().await;
    journey(&two.sandbox, two.tenant.authority()).await;
}

#[tokio::test]
async fn with_the_core_in_another_process_on_postgres() {
    let (Some(own), Some(cores)) = (Database::postgres(), Database::postgres()) else { return };
    let two = Two::start(own, cores, |_| ()).await;
    two.introduce().await;
    journey(&two.sandbox, two.tenant.authority()).await;
}

#[tokio::test]
async fn a_deployment_that_the_core_does_not_know_connects_nobody() {
    let two = Two::start(Database::sqlite(), Database::sqlite(), |_| ()).await;
    let told = fails(two.tenant.authority(), "Confluence is not connected for this user.").await;
    let agreed = person::agree(&two.sandbox, &person::link(&told)).await;
    // The core does not send the browser on to it.
    let page = person::come_back(&agreed).await;
    assert_eq!((page.status, outcome(&page)), (400, "invalid_state"), "{}", page.body);
    // It would not exchange the code either.
    let (core, tenant) = (two.core.authority(), two.tenant.authority());
    let own = agreed.callback.as_str().replace(core, tenant);
    let own = own.replace(&format!("{CORE}/"), &format!("{}.", super::DEFAULT));
    let page = person::open(&own.parse().unwrap(), &agreed.cookie).await;
    assert_ne!(outcome(&page), "connected", "{}", page.body);
    assert_eq!(two.sandbox.identity().tally(IdentityRequest::CodeExchange).requests, 0);
}

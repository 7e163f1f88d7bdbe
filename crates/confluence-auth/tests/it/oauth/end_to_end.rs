//! Over HTTP, against the sandbox's identity service: from the link to the last refresh.

use std::{sync::Arc, time::Duration};

use confluence_api::{
    Client, Credentials, CredentialsError, Error, HttpTransport, Transport, pages::ListPages,
};
use confluence_auth::{
    AuthMode, ConnectionError, Endpoints, OAuthConnection, Refresher,
    callback::CallbackQuery,
    client::{Central, ClientSettings, OAuthClient, ResolvedClient},
    connection::ConnectionKey,
    sign_in::{
        BrowserSecret, Callback, Connected, SignIn, SignInCallback, SignInError, SignInRequest,
    },
    status::ConnectionStatus,
    store::{ConnectionStore, SignInStore},
};
use confluence_sandbox::{
    Consent, DeadToken, Fault, IdentityRequest, OAuthClient as Application, Sandbox,
};
use futures::future::join_all;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use url::Url;

use super::{
    memory::{Memory, WriteFault},
    rig::key,
};

const CALLBACK: &str = "http://localhost:7000/callback";
const REFRESH: IdentityRequest = IdentityRequest::TokenRefresh;

/// A deployment whose Atlassian is the sandbox.
struct Deployment {
    sandbox: Sandbox,
    transport: Arc<dyn Transport>,
    endpoints: Endpoints,
    memory: Arc<Memory>,
    refresher: Refresher,
    sign_in: SignIn,
    client: ResolvedClient,
    key: ConnectionKey,
    browser: BrowserSecret,
}

impl Deployment {
    async fn start() -> Self {
        let application = Application::new("app", "s3cret-app", CALLBACK);
        let sandbox = Sandbox::builder().demo().further_site("lab").oauth_client(application);
        Self::with(sandbox.start().await.unwrap()).await
    }

    async fn with(sandbox: Sandbox) -> Self {
        let endpoints = Endpoints {
            auth: Some(sandbox.auth_base_url().parse().unwrap()),
            gateway: Some(sandbox.api_base_url().parse().unwrap()),
            ..Endpoints::default()
        };
        let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
        let memory = Memory::new();
        let (sign_ins, connections): (Arc<dyn SignInStore>, Arc<dyn ConnectionStore>) =
            (Arc::<Memory>::clone(&memory), Arc::<Memory>::clone(&memory));
        let refresher =
            Refresher::new(Arc::clone(&transport), endpoints.clone(), Arc::clone(&connections));
        let sign_in = SignIn::new(Arc::clone(&transport), endpoints.clone(), sign_ins, connections);
        let own = OAuthClient { id: "app".to_owned(), secret: "s3cret-app".into() };
        let settings =
            ClientSettings { mode: AuthMode::OAuth, own: Some(&own), scopes: None, site: None };
        let nobody = Central::Here { client: None, callback: CALLBACK.parse().unwrap() };
        let client = settings.resolve(&nobody).await.unwrap();
        let (key, browser) = (key("ada@example.com"), BrowserSecret::random());
        Self { sandbox, transport, endpoints, memory, refresher, sign_in, client, key, browser }
    }

    /// Another process on the same store.
    fn another_process(&self) -> Refresher {
        let store: Arc<dyn ConnectionStore> = Arc::<Memory>::clone(&self.memory);
        Refresher::new(Arc::clone(&self.transport), self.endpoints.clone(), store)
    }

    async fn connect(&self, consent: &Consent) -> Result<Connected, SignInError> {
        let own: Url = CALLBACK.parse().unwrap();
        let request = SignInRequest {
            key: &self.key,
            agent: None,
            client: &self.client,
            callback: Callback::Own(&own),
            browser: &self.browser,
        };
        let page = self.sign_in.start(&request, Timestamp::now()).await.unwrap();
        let back = self.sandbox.consent(page.as_url().as_str(), consent).await.unwrap();
        let back: Url = back.parse().unwrap();
        assert!(back.as_str().starts_with(CALLBACK));
        let query = CallbackQuery::parse(back.query().unwrap()).unwrap();
        let callback = SignInCallback {
            query: &query,
            workspace: &self.key.workspace,
            instance: &self.key.instance,
            browser: Some(&self.browser),
            client: &self.client,
        };
        self.sign_in.finish(&callback, Timestamp::now()).await
    }

    /// A client as a call makes one.
    fn api(&self, refresher: &Refresher) -> Client {
        let (key, client) = (self.key.clone(), self.client.clone());
        let credentials = OAuthConnection::new(refresher.clone(), key, client, Box::new(|| None));
        let credentials: Arc<dyn Credentials> = Arc::new(credentials);
        Client::new(Arc::clone(&self.transport), credentials)
    }

    async fn call(&self) -> Result<(), Error> {
        self.api(&self.refresher).send(&ListPages::default()).await.map(|_pages| ())
    }

    /// The access token has ended, and the store knows it.
    fn expire(&self) {
        self.sandbox.identity().expire_access_tokens();
        let mut connection = self.memory.get(&self.key).unwrap().connection;
        connection.grant.expires_at = Timestamp::now();
        self.memory.put(&self.key, connection);
    }

    fn refreshes(&self) -> u64 {
        self.sandbox.identity().tally(REFRESH).granted
    }
}

#[tokio::test]
async fn connect_call_expire_refresh_revoke_reconnect() {
    let deployment = Deployment::start().await;
    let error = deployment.call().await.unwrap_err();
    assert!(matches!(error, Error::Credentials(CredentialsError::LoginRequired { .. })));

    let declined = deployment.connect(&Consent::deny()).await.unwrap_err();
    assert_eq!(declined.code(), "access_denied");

    let connected = deployment.connect(&Consent::accept()).await.unwrap();
    assert!(connected.connection.account.is_some(), "the account is named");
    deployment.call().await.unwrap();
    assert_eq!(deployment.refreshes(), 0);

    deployment.expire();
    deployment.call().await.unwrap();
    assert_eq!(deployment.refreshes(), 1);

    // Ended at Atlassian's, though not by our clock: a bare 404, a refresh, and on.
    deployment.sandbox.identity().expire_access_tokens();
    deployment.call().await.unwrap();
    assert_eq!(deployment.refreshes(), 2);
    deployment.expire();
    deployment.call().await.unwrap();

    deployment.sandbox.identity().revoke_all();
    let error = deployment.call().await.unwrap_err();
    let Error::Credentials(CredentialsError::LoginRequired { reason, .. }) = error else {
        unreachable!("{error:?}")
    };
    assert!(reason.starts_with("Confluence token refresh failed"), "{reason}");
    assert!(reason.contains("must reconnect"), "{reason}");

    deployment.connect(&Consent::accept()).await.unwrap();
    deployment.call().await.unwrap();
}

#[tokio::test]
async fn two_hundred_calls_of_four_processes_make_one_request() {
    let deployment = Deployment::start().await;
    deployment.connect(&Consent::accept()).await.unwrap();
    deployment.expire();
    let processes: Vec<_> = (0..4).map(|_| deployment.another_process()).collect();
    let clients: Vec<_> =
        (0..200).map(|call| deployment.api(&processes[call % processes.len()])).collect();
    let endpoint = ListPages::default();
    let calls = join_all(clients.iter().map(|client| client.send(&endpoint))).await;
    let failed: Vec<_> = calls.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(deployment.sandbox.identity().tally(REFRESH).requests, 1);
}

#[tokio::test]
async fn an_answer_that_was_lost_after_the_rotation_costs_nobody_the_connection() {
    let deployment = Deployment::start().await;
    deployment.connect(&Consent::accept()).await.unwrap();
    deployment.expire();
    deployment.sandbox.faults().inject(Fault::LostResponse.during(REFRESH).once());
    deployment.call().await.unwrap();
    assert_eq!(deployment.refreshes(), 2, "once lost, once within the reuse window");
    assert_eq!(deployment.sandbox.identity().reused_refreshes(), 1);
    deployment.expire();
    deployment.call().await.unwrap();
}

#[tokio::test]
async fn a_store_that_fails_while_saving_costs_nobody_the_connection() {
    let deployment = Deployment::start().await;
    deployment.connect(&Consent::accept()).await.unwrap();
    deployment.expire();
    deployment.memory.fail_writes(WriteFault::Lost, 2);
    deployment.call().await.unwrap();
    deployment.expire();
    deployment.call().await.unwrap();
    assert_eq!(deployment.refreshes(), 2);
    assert_eq!(deployment.sandbox.identity().reused_refreshes(), 0);
}

#[tokio::test]
async fn outages_and_dead_tokens_are_told_apart_as_the_sandbox_puts_them() {
    let deployment = Deployment::start().await;
    let current = || deployment.refresher.current(&deployment.key, &deployment.client);
    for dead in [DeadToken::Measured, DeadToken::Documented] {
        deployment.connect(&Consent::accept()).await.unwrap();
        deployment.expire();
        let outage = Fault::Status { status: 503, retry_after: None };
        deployment.sandbox.faults().inject(outage.during(REFRESH));
        let error = current().await.unwrap_err();
        assert!(matches!(error, ConnectionError::Unavailable(_)), "{error:?}");
        deployment.sandbox.faults().clear();

        deployment.sandbox.identity().change_policy(|policy| policy.dead_token = dead);
        deployment.sandbox.identity().expire_refresh_tokens();
        let error = current().await.unwrap_err();
        assert!(matches!(error, ConnectionError::Refused { .. }), "{dead:?}: {error:?}");
        assert!(deployment.memory.get(&deployment.key).is_none());
    }
}

#[tokio::test]
async fn a_client_whose_secret_was_changed_drops_nobody() {
    let deployment = Deployment::start().await;
    deployment.connect(&Consent::accept()).await.unwrap();
    deployment.expire();
    deployment.sandbox.identity().register(Application::new("app", "s3cret-new", CALLBACK));
    let error = deployment.refresher.current(&deployment.key, &deployment.client).await;
    let error = error.unwrap_err();
    assert!(matches!(error, ConnectionError::ClientRefused { .. }), "{error:?}");
    assert!(error.to_string().contains("401 access_denied"), "{error}");
    deployment.sandbox.identity().register(Application::new("app", "s3cret-app", CALLBACK));
    deployment.call().await.unwrap();
}

#[tokio::test]
async fn pkce_is_checked_where_it_is_checked() {
    let deployment = Deployment::start().await;
    assert!(deployment.sandbox.identity().policy().verify_pkce);
    deployment.connect(&Consent::accept()).await.unwrap();
    assert_eq!(deployment.sandbox.identity().tally(IdentityRequest::CodeExchange).granted, 1);
}

#[tokio::test]
async fn of_several_sites_the_configured_one_is_used() {
    let mut deployment = Deployment::start().await;
    let sites = deployment.sandbox.sites();
    let ids: Vec<_> = sites.iter().map(|it| it.cloud_id.as_str()).collect();
    deployment.sandbox.identity().change_policy(|policy| policy.lists_jira = true);
    deployment.client.site = Some("lab".parse().unwrap());

    let only_the_other = Consent::accept().sites(&ids[..1]);
    let error = deployment.connect(&only_the_other).await.unwrap_err();
    assert_eq!(error.code(), "no_accessible_site");

    let connected = deployment.connect(&Consent::accept().sites(&ids)).await.unwrap();
    assert_eq!(connected.connection.site.cloud_id.as_str(), ids[1]);
    assert_eq!(connected.connection.other_sites.len(), 1);
    let mode = AuthMode::OAuth;
    let status =
        ConnectionStatus::of(&deployment.refresher, &deployment.key, mode, &deployment.client);
    let summary = status.await.unwrap().connection.unwrap();
    assert_eq!(summary.site.url.host_str(), Some("lab.atlassian.net"));
}

#[tokio::test]
async fn a_token_that_ends_within_two_minutes_is_renewed_before_it_is_used() {
    let deployment = Deployment::start().await;
    let lifetime = Duration::from_mins(1);
    deployment.sandbox.identity().change_policy(|it| it.access_token_lifetime = lifetime);
    let connected = deployment.connect(&Consent::accept()).await.unwrap();
    let before = connected.connection.grant.access_token.expose_secret().to_owned();
    deployment.call().await.unwrap();
    assert_eq!(deployment.refreshes(), 1);
    let after = deployment.memory.get(&deployment.key).unwrap().connection.grant.access_token;
    assert_ne!(after.expose_secret(), before);
}

//! A sandbox, a connector before it, and callers.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use confluence_api::{HttpTransport, Transport};
use confluence_auth::{BaseUrl, Endpoints, Hosts, Refresher, ticket::TicketKey};
use confluence_connector::{
    Addresses, Allowlist, AuditTrail, AuditWriter, AuthSettings, CallRate, Caller, CentralSource,
    Connector, Instance, InstanceKey, Limits, Parts, Policy, SpaceRef, Way,
};
use confluence_sandbox::{Clock, Sandbox};
use confluence_tools::{Failure, Success};
use secrecy::SecretBox;
use serde_json::{Map, Value, json};

use crate::memory::Memory;

/// The moment at which the sandbox stands.
const NOW: &str = "2026-11-20T10:00:00Z";

pub(crate) const API: &str = "https://connector.example/v2";

pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    pub(crate) memory: Arc<Memory>,
    pub(crate) connector: Connector,
    pub(crate) writer: AuditWriter,
}

pub(crate) fn instance(workspace: &str) -> InstanceKey {
    let name = "ConfluenceNext".parse().unwrap();
    InstanceKey { workspace: workspace.parse().unwrap(), name }
}

pub(crate) fn caller(workspace: &str) -> Caller {
    Caller {
        instance: instance(workspace),
        way: Way::Agent,
        user: Some("ada".parse().unwrap()),
        agent: Some("agent-1".parse().unwrap()),
        key: None,
    }
}

pub(crate) fn spaces(keys: &[(&str, Option<&str>)]) -> std::collections::BTreeSet<SpaceRef> {
    let of = |(key, id): &(&str, Option<&str>)| SpaceRef {
        key: key.parse().unwrap(),
        id: id.map(|it| it.parse().unwrap()),
    };
    keys.iter().map(of).collect()
}

/// Limits that close these spaces.
pub(crate) fn closing(keys: &[(&str, Option<&str>)]) -> Limits<SpaceRef> {
    Limits { denied: spaces(keys), ..Limits::default() }
}

/// Limits that open only these spaces.
pub(crate) fn opening(keys: &[(&str, Option<&str>)]) -> Limits<SpaceRef> {
    Limits { allowed: Some(spaces(keys)), ..Limits::default() }
}

/// The demo site, before it a connector that lets workspace `acme` in with its account.
pub(crate) async fn start() -> Rig {
    with(|_| {}).await
}

pub(crate) async fn with(change: impl FnOnce(&mut Parts)) -> Rig {
    let clock = Clock::manual(NOW.parse().unwrap());
    let sandbox = Sandbox::builder().demo().clock(clock).start().await.unwrap();
    let memory = Arc::new(Memory::default());
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
    let base: BaseUrl = sandbox.site_url().parse().unwrap();
    let endpoints =
        Endpoints { site: Some(base.clone()), gateway: Some(base), ..Endpoints::default() };
    let port = || Arc::<Memory>::clone(&memory);
    let (audit, writer) = AuditTrail::start(port());
    let mut parts = Parts {
        transport: Arc::clone(&transport),
        endpoints: endpoints.clone(),
        instances: port(),
        central: CentralSource::Store(port()),
        seen: port(),
        refresher: Refresher::new(transport, endpoints, port()),
        tickets: Arc::new(TicketKey::derive(&SecretBox::new(Box::new([7; 32])))),
        audit,
        addresses: Addresses::new(&BaseUrl::parse(API, Hosts::Any).unwrap()),
        ceiling: Policy::default(),
        rate: CallRate {
            per_minute: NonZeroU32::new(60_000).unwrap(),
            burst: NonZeroU32::new(60_000).unwrap(),
        },
        timeout: Duration::from_secs(20),
    };
    change(&mut parts);
    let connector = Connector::new(parts);
    let rig = Rig { sandbox, memory, connector, writer };
    rig.admit("acme");
    rig
}

impl Rig {
    /// Adds a workspace that every agent may use, with the sandbox's account.
    pub(crate) fn admit(&self, workspace: &str) {
        let credentials = self.sandbox.credentials();
        let auth = AuthSettings::ApiToken {
            email: Some(credentials.email.clone()),
            token: Some(credentials.api_token.clone().into()),
            site: None,
            cloud_id: None,
        };
        let instance =
            Instance { auth, allowlist: Allowlist::Everyone, ..Instance::new(instance(workspace)) };
        self.memory.put(instance);
    }

    /// Sets the policy on spaces of workspace `acme`.
    pub(crate) fn limit(&self, limits: Limits<SpaceRef>) {
        self.memory.change(&instance("acme"), |it| it.policies.everyone.spaces = limits);
    }

    pub(crate) async fn call(
        &self,
        caller: &Caller,
        tool: &str,
        arguments: Value,
    ) -> Result<Success, Failure> {
        self.connector.call_tool(caller, &Policy::default(), tool, object(arguments)).await
    }

    /// The text of a call that fails, of workspace `acme`.
    pub(crate) async fn failure(&self, tool: &str, arguments: Value) -> String {
        match self.call(&caller("acme"), tool, arguments).await {
            Err(failure) => failure.text,
            Ok(success) => panic!("succeeded: {}", success.text),
        }
    }

    /// The text of a call that succeeds, of workspace `acme`.
    pub(crate) async fn text(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(&caller("acme"), tool, arguments).await;
        result.unwrap_or_else(|failure| panic!("{}", failure.text)).text
    }

    /// What an instruction answers that succeeds, of workspace `acme`.
    pub(crate) async fn raw(&self, name: &str, arguments: Value) -> Value {
        let (caller, limits) = (caller("acme"), Policy::default());
        let result = self.connector.call_instruction(&caller, &limits, name, object(arguments));
        let success = result.await.unwrap_or_else(|failure| panic!("{}", failure.text));
        serde_json::from_slice(&success.raw.unwrap()).unwrap()
    }

    /// What has been sent since this was last asked: method and path.
    pub(crate) fn sent(&self) -> Vec<String> {
        let requests = self.sandbox.requests();
        self.sandbox.reset_requests();
        requests.iter().map(|it| format!("{} {}", it.method, it.path)).collect()
    }

    /// The id of a space.
    pub(crate) async fn space_id(&self, key: &str) -> String {
        let found = self.raw("listSpaces", json!({ "keys": key })).await;
        found["results"][0]["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("arguments are an object") };
    object
}

//! Calls of many tenants, each in the order of the contract: key, allowlist, credentials, operation,
//! Confluence. The key is checked before a [`Caller`] there is; the rest is here.

use std::{fmt, sync::Arc, time::Duration};

use confluence_api::{Client, LoginLink, Transport, id::PageId};
use confluence_auth::{
    Endpoints, OAuthConnection, Refresher,
    central::RemoteCentral,
    client::{Central, ClientSettings, ResolvedClient},
    connection::ConnectionKey,
    scopes::Granted,
    ticket::{Ticket, TicketKey},
};
use confluence_tools::{
    Failure, Gate, Operation, Options, Outcome, Reader, Success, Surface, call_instruction,
    call_tool,
};
use jiff::Timestamp;
use moka::sync::Cache;
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use crate::{
    Addresses, AgentId, Allowlist, AuditRecord, AuditTrail, AuthSettings, CallRate, Caller,
    CentralClientStore, Denial, Instance, InstanceKey, InstanceStore, Policy, SeenAgent,
    SeenAgents, StoreError, UserId, Versioned, Way,
    clients::{ClientKey, Clients, Resolved},
    limits::CallRates,
    spaces::{SpaceGate, Whereabouts},
    trail::AuditLine,
};

mod connections;

pub use connections::ConnectionChange;
use connections::{Newcomer, User, answers_with_text};

/// How many agents are remembered as seen, so that each is written down now and then only.
const SIGHTINGS: u64 = 50_000;

/// How often an agent that calls is written down as seen.
const SIGHTING_TIME: Duration = Duration::from_mins(10);

/// What a connector is made of.
#[derive(Debug)]
pub struct Parts {
    /// Sends requests.
    pub transport: Arc<dyn Transport>,
    /// Addresses instead of Atlassian's.
    pub endpoints: Endpoints,
    /// Keeps instances.
    pub instances: Arc<dyn InstanceStore>,
    /// Keeps the central client, where that is held here.
    pub central: CentralSource,
    /// Keeps which agents have called.
    pub seen: Arc<dyn SeenAgents>,
    /// Renews users' tokens.
    pub refresher: Refresher,
    /// Signs the links by which users connect.
    pub tickets: Arc<TicketKey>,
    /// Takes the records of calls.
    pub audit: AuditTrail,
    /// The connector's own addresses.
    pub addresses: Addresses,
    /// What nobody may do, whatever a workspace says.
    pub ceiling: Policy,
    /// How often a workspace may call.
    pub rate: CallRate,
    /// Time that a call has.
    pub timeout: Duration,
}

/// Where the central OAuth client is.
#[derive(Debug, Clone)]
pub enum CentralSource {
    /// In this deployment's store.
    Store(Arc<dyn CentralClientStore>),
    /// With the core of another deployment.
    Remote(Arc<RemoteCentral>),
}

/// Performs calls on behalf of callers of many workspaces.
///
/// Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Connector {
    inner: Arc<Inner>,
}

struct Inner {
    instances: Arc<dyn InstanceStore>,
    central: CentralSource,
    seen: Arc<dyn SeenAgents>,
    refresher: Refresher,
    tickets: Arc<TicketKey>,
    audit: AuditTrail,
    addresses: Addresses,
    ceiling: Policy,
    rates: CallRates,
    clients: Clients,
    whereabouts: Arc<Whereabouts>,
    sightings: Cache<(InstanceKey, AgentId, bool), ()>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("instances", &self.inner.instances)
            .finish_non_exhaustive()
    }
}

/// What a caller gets to use.
#[derive(Debug, Clone)]
pub struct Access {
    /// Confluence, as the account that the caller stands for.
    pub client: Client,
    /// What of it the caller may use.
    pub options: Options,
    newcomer: Option<Newcomer>,
}

impl Connector {
    /// A connector of `parts`.
    pub fn new(parts: Parts) -> Self {
        let Parts { transport, endpoints, instances, central, seen, refresher, tickets, .. } =
            parts;
        let Parts { audit, addresses, ceiling, rate, timeout, .. } = parts;
        let clients = Clients::new(transport, endpoints, timeout);
        let sightings =
            Cache::builder().max_capacity(SIGHTINGS).time_to_live(SIGHTING_TIME).build();
        let (rates, whereabouts) = (CallRates::new(rate), Arc::default());
        let inner = Inner {
            instances,
            central,
            seen,
            refresher,
            tickets,
            audit,
            addresses,
            ceiling,
            rates,
            clients,
            whereabouts,
            sightings,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Calls a tool for `caller`, within what `limits` of the request itself leave.
    ///
    /// Whatever comes of it is in the audit.
    ///
    /// # Errors
    ///
    /// Fails with what the caller is told.
    pub async fn call_tool(
        &self,
        caller: &Caller,
        limits: &Policy,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let operation = named_operation(name, &arguments);
        let line = self.open_line(caller, operation, &arguments).await?;
        let access = self.access(caller, limits).await;
        let newcomer = access.as_ref().ok().and_then(|it| it.newcomer.clone());
        let newcomer = newcomer.filter(|_| answers_with_text(&arguments));
        let performed = async |access: &Access| {
            call_tool(&access.client, name, arguments, &access.options).await
        };
        let result = finish(line, access, performed).await;
        match newcomer {
            Some(newcomer) => self.introduced(&newcomer, result).await,
            None => result,
        }
    }

    /// Calls an instruction for `caller`, within what `limits` of the request itself leave.
    ///
    /// Whatever comes of it is in the audit.
    ///
    /// # Errors
    ///
    /// Fails with what the caller is told.
    pub async fn call_instruction(
        &self,
        caller: &Caller,
        limits: &Policy,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let operation = Operation::by_instruction(name);
        let line = self.open_line(caller, operation, &arguments).await?;
        let access = self.access(caller, limits).await;
        let performed = async |access: &Access| {
            call_instruction(&access.client, name, arguments, &access.options).await
        };
        finish(line, access, performed).await
    }

    /// Writes down a call that was turned away before anything of it was looked at. `caller` is
    /// whose key it showed.
    pub async fn turn_away(
        &self,
        caller: &Caller,
        denial: Denial,
        name: &str,
        arguments: &Map<String, Value>,
    ) -> Failure {
        match self.open_line(caller, named_operation(name, arguments), arguments).await {
            Ok(line) => {
                line.finish(denial.reason.as_str());
                *denial.failure
            }
            Err(failure) => failure,
        }
    }

    /// The operations that `caller` gets to see. Who is not let in, or not connected yet, sees those
    /// that the policy leaves, and is told the rest by a call.
    ///
    /// # Errors
    ///
    /// Fails when there is no such instance, or nobody can tell.
    pub async fn surface(&self, caller: &Caller, limits: &Policy) -> Result<Surface, Denial> {
        let stored = self.instance(&caller.instance).await?;
        let policy = self.policy(&stored.value, caller, limits);
        Ok(match self.resolved(caller, &stored).await {
            Ok((_, user)) => policy.surface(user.granted.as_ref()),
            Err(_) => policy.surface(None),
        })
    }

    /// What `caller` gets to use, once it is let in. Asks Confluence nothing.
    ///
    /// # Errors
    ///
    /// Fails when the caller is turned away.
    pub async fn access(&self, caller: &Caller, limits: &Policy) -> Result<Access, Denial> {
        self.inner.rates.admit(&caller.instance.workspace)?;
        let stored = self.instance(&caller.instance).await?;
        self.let_in(caller, &stored.value).await?;
        let (resolved, User { granted, newcomer }) = self.resolved(caller, &stored).await?;
        let policy = self.policy(&stored.value, caller, limits);
        let options = self.options(&resolved, granted.as_ref(), &policy);
        Ok(Access { client: resolved.client, options, newcomer })
    }

    async fn instance(&self, key: &InstanceKey) -> Result<Versioned<Instance>, Denial> {
        let loaded = self.inner.instances.load(key).await;
        loaded.map_err(|error| told(&error))?.ok_or_else(Denial::no_instance)
    }

    /// Whether the instance lets the caller's agent in.
    async fn let_in(&self, caller: &Caller, instance: &Instance) -> Result<(), Denial> {
        if caller.way == Way::Instruction {
            return Ok(());
        }
        let everyone =
            instance.allowlist == Allowlist::Everyone || self.is_core_endpoint(caller).await?;
        let verdict = match (everyone, &caller.agent, &instance.allowlist) {
            (true, _, _) => Ok(()),
            (false, None, _) => Err(Denial::missing_agent()),
            (false, Some(agent), Allowlist::Only(agents)) if agents.contains(agent) => Ok(()),
            (false, Some(agent), _) => {
                let app = self.inner.addresses.configuration_app(&instance.key);
                Err(Denial::not_allowlisted(agent, app.as_str()))
            }
        };
        if let Some(agent) = &caller.agent {
            self.note(&instance.key, agent, verdict.is_ok()).await;
        }
        verdict
    }

    /// The core's endpoint serves every agent, as soon as there is a central client.
    async fn is_core_endpoint(&self, caller: &Caller) -> Result<bool, Denial> {
        if !caller.instance.workspace.is_core() {
            return Ok(false);
        }
        Ok(match &self.inner.central {
            CentralSource::Store(store) => {
                store.load().await.map_err(|error| told(&error))?.is_some()
            }
            // The core is elsewhere.
            CentralSource::Remote(_) => false,
        })
    }

    /// Writes down that an agent has called. It is for people's convenience, so that a store that
    /// does not take it stops nobody.
    async fn note(&self, instance: &InstanceKey, agent: &AgentId, allowed: bool) {
        let sighting = (instance.clone(), agent.clone(), allowed);
        if self.inner.sightings.contains_key(&sighting) {
            return;
        }
        self.inner.sightings.insert(sighting, ());
        let seen = SeenAgent { agent: agent.clone(), last_seen: Timestamp::now(), allowed };
        if let Err(error) = self.inner.seen.record(&[(instance.clone(), seen)]).await {
            tracing::warn!(%error, "an agent that called was not written down");
        }
    }

    fn policy(&self, instance: &Instance, caller: &Caller, limits: &Policy) -> Policy {
        let own = instance.policies.of(caller.agent.as_ref());
        self.inner.ceiling.narrowed(&own).narrowed(limits)
    }

    async fn client_of(&self, instance: &Instance) -> Result<Option<ResolvedClient>, Denial> {
        let (own, scopes, site) = match &instance.auth {
            AuthSettings::OAuthCentral { scopes, site } => (None, scopes, site),
            AuthSettings::OAuth { client, scopes, site } => (client.as_ref(), scopes, site),
            AuthSettings::ApiToken { .. } | AuthSettings::AccessToken { .. } => return Ok(None),
        };
        let (mode, scopes, site) = (instance.auth.mode(), scopes.as_ref(), site.as_ref());
        let settings = ClientSettings { mode, own, scopes, site };
        let client = settings.resolve(&self.central().await?).await;
        client.map(Some).map_err(|error| Denial::client(&error))
    }

    /// The client for the caller, and what is known of the user whose own connection it uses.
    async fn resolved(
        &self,
        caller: &Caller,
        stored: &Versioned<Instance>,
    ) -> Result<(Resolved, User), Denial> {
        let Versioned { value: instance, revision } = stored;
        let auth = &instance.auth;
        if matches!(auth, AuthSettings::OAuthCentral { .. } | AuthSettings::OAuth { .. })
            && caller.user.is_none()
        {
            return Err(Denial::missing_user());
        }
        let (Some(client), Some(user)) = (self.client_of(instance).await?, caller.user.clone())
        else {
            return Ok((self.inner.clients.shared(instance, *revision)?, User::default()));
        };
        let connection = connection_key(&instance.key, user.clone());
        let agent = caller.agent.clone();
        let link = self.link_maker(instance.key.clone(), connection.clone(), agent.clone());
        let key = ClientKey {
            instance: instance.key.clone(),
            revision: *revision,
            user: Some((user, agent, client.fingerprint())),
        };
        let is_central = matches!(auth, AuthSettings::OAuthCentral { .. });
        let refresher = self.inner.refresher.clone();
        let make_link = Box::new(link.clone());
        let newcomer = Newcomer { key: connection.clone(), client: client.clone() };
        let (resolved, connection) = self.inner.clients.of_user(key, is_central, || {
            OAuthConnection::new(refresher, connection, client, make_link)
        });
        match connection.connection().await {
            Ok(connection) => {
                let newcomer = (!connection.introduced).then_some(newcomer);
                let scopes = Some(connection.grant).filter(|it| !it.scopes.is_empty());
                Ok((resolved, User { granted: scopes.map(|it| it.granted()), newcomer }))
            }
            Err(error) => Err(Denial::connection(&error, link)),
        }
    }

    /// The central client as it is now.
    async fn central(&self) -> Result<Central, Denial> {
        match &self.inner.central {
            CentralSource::Remote(remote) => Ok(Central::Remote(Arc::clone(remote))),
            CentralSource::Store(store) => {
                let stored = store.load().await.map_err(|error| told(&error))?;
                let client = stored.map(|it| it.value);
                Ok(Central::Here { client, callback: self.inner.addresses.core_callback() })
            }
        }
    }

    /// Makes links by which a user can connect: each is good once, and for a short time.
    fn link_maker(
        &self,
        instance: InstanceKey,
        connection: ConnectionKey,
        agent: Option<AgentId>,
    ) -> impl Fn() -> Option<LoginLink> + Clone + Send + Sync + 'static {
        let (tickets, addresses) = (Arc::clone(&self.inner.tickets), self.inner.addresses.clone());
        move || {
            let ticket = Ticket::new(connection.clone(), agent.clone(), Timestamp::now());
            let mut url = addresses.connect(&instance);
            let ticket = tickets.seal(&ticket);
            url.query_pairs_mut().append_pair("ticket", ticket.expose_secret());
            Some(LoginLink(url))
        }
    }

    /// How the caller's calls are made. The scopes of a user's connection are known, those of other
    /// credentials are not.
    fn options(&self, resolved: &Resolved, granted: Option<&Granted>, policy: &Policy) -> Options {
        let spaces = &policy.spaces;
        let gate = (!spaces.is_open()).then(|| -> Arc<dyn Gate> {
            let known = Arc::clone(&self.inner.whereabouts);
            Arc::new(SpaceGate::new(spaces.clone(), resolved.id, known))
        });
        let (surface, credential) = (policy.surface(granted), resolved.kind);
        Options { surface, credential, reader: Reader::Model, gate }
    }

    async fn open_line(
        &self,
        caller: &Caller,
        operation: Option<&'static Operation>,
        arguments: &Map<String, Value>,
    ) -> Result<AuditLine, Failure> {
        let InstanceKey { workspace, name } = caller.instance.clone();
        let record = AuditRecord {
            at: Timestamp::now(),
            workspace,
            instance: name,
            key: caller.key.clone(),
            user: caller.user.clone(),
            agent: caller.agent.clone(),
            operation: operation.map(|it| it.instruction.to_owned()),
            target: target(arguments),
            outcome: String::new(),
            duration: Duration::ZERO,
        };
        let line = self.inner.audit.open(record).await;
        line.map_err(|error| *Denial::unavailable(&error.to_string()).failure)
    }
}

fn connection_key(instance: &InstanceKey, user: UserId) -> ConnectionKey {
    let InstanceKey { workspace, name } = instance.clone();
    ConnectionKey { workspace, instance: name, user }
}

/// Performs a call that was let in, and ends its line in the audit.
async fn finish(
    line: AuditLine,
    access: Result<Access, Denial>,
    perform: impl AsyncFnOnce(&Access) -> Outcome,
) -> Result<Success, Failure> {
    let result = match access {
        Ok(access) => perform(&access).await.result,
        Err(denial) => {
            line.finish(denial.reason.as_str());
            return Err(*denial.failure);
        }
    };
    line.finish(result.as_ref().map_or_else(|failure| failure.kind.as_str(), |_| "ok"));
    result
}

/// The store's error is for the operator; the caller is told what to do.
fn told(error: &StoreError) -> Denial {
    tracing::error!(error = error as &dyn std::error::Error, "the store failed");
    Denial::store(error)
}

/// What a call of a tool means, before it is looked at closely.
fn named_operation(name: &str, arguments: &Map<String, Value>) -> Option<&'static Operation> {
    let action = arguments.get("action").and_then(Value::as_str);
    let of_tool = action.and_then(|action| Operation::of(name, action));
    of_tool.or_else(|| Operation::by_instruction(name))
}

/// Id of what a call is about, if it says one that is safe to write down.
fn target(arguments: &Map<String, Value>) -> Option<String> {
    let body = arguments.get("body").and_then(Value::as_object);
    let in_body = ["pageId", "parentCommentId", "spaceId"].iter().find_map(|it| body?.get(*it));
    let value = arguments.get("id").or(in_body).or_else(|| arguments.get("spaceId"))?;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    // What is an id of a page is written like any other.
    text.parse::<PageId>().ok().map(|id| id.to_string())
}

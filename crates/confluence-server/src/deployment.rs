//! A deployment: everything that its faces work with, behind ports.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use confluence_api::Transport;
use confluence_auth::{Endpoints, Refresher, sign_in::SignIn, ticket::TicketKey};
use confluence_connector::{
    Addresses, Administration, Asserted, AuditLog, Caller, CentralSource, ConnectionDirectory,
    Connector, Denial, Door, InstanceKey, InstanceStore, Key, KeyError, Keyring, LoginFailures,
    SeenAgents, SessionStore, WorkspaceSlug, WorkspaceStore,
};
use confluence_tools::{Failure, Success, Surface};
use jiff::Timestamp;
use secrecy::{SecretBox, SecretString};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::{AgentPlatform, CallContext, Calls, Refused};

/// How long the store may take to show that it answers.
const READY: Duration = Duration::from_secs(3);

/// Who calls where no key is needed, unless the call says more: there is one user.
const ONLY_USER: &str = "local";

/// Many workspaces on one store.
///
/// Each face takes what it needs. None of the fields is a cache that another process would have to
/// know of: any replica answers any request.
#[derive(Debug)]
pub struct Deployment {
    /// Sends requests.
    pub transport: Arc<dyn Transport>,
    /// Addresses instead of Atlassian's.
    pub endpoints: Endpoints,
    /// Performs calls.
    pub connector: Connector,
    /// Checks and makes keys.
    pub keyring: Keyring,
    /// Looks after workspaces, for people and programs.
    pub administration: Administration,
    /// Keeps workspaces.
    pub workspaces: Arc<dyn WorkspaceStore>,
    /// Keeps instances.
    pub instances: Arc<dyn InstanceStore>,
    /// Where the central OAuth client is.
    pub central: CentralSource,
    /// Who is connected.
    pub connections: Arc<dyn ConnectionDirectory>,
    /// What has been done.
    pub audit: Arc<dyn AuditLog>,
    /// Which agents have called.
    pub seen: Arc<dyn SeenAgents>,
    /// Sessions of the configuration app.
    pub sessions: Arc<dyn SessionStore>,
    /// Failed attempts to start one.
    pub login_failures: Arc<dyn LoginFailures>,
    /// Signs users in at Atlassian's.
    pub sign_in: SignIn,
    /// Renews users' tokens, and knows who is connected.
    pub refresher: Refresher,
    /// Signs the links by which users connect.
    pub tickets: Arc<TicketKey>,
    /// The connector's own addresses.
    pub addresses: Addresses,
    /// The agent platform, if its API is configured.
    pub platform: Option<AgentPlatform>,
    /// Signs what clients give back when they repeat a call that had to wait for a user.
    pub request_states: SecretBox<[u8; 32]>,
}

impl Deployment {
    /// Who makes a call, as far as its key vouches for it.
    ///
    /// # Errors
    ///
    /// Fails with what the caller is told, once that is in the audit.
    async fn caller(
        &self,
        context: &CallContext,
        name: &str,
        arguments: &Map<String, Value>,
    ) -> Result<Caller, Failure> {
        match (caller(context), &context.key) {
            (Ok(caller), _) => Ok(caller),
            (Err(denial), None) => Err(*denial.failure),
            (Err(denial), Some(key)) => {
                let instance = context.instance.clone();
                let owner = Caller::with_key(key, instance, &Asserted::default());
                let owner = owner.map_err(|denial| *denial.failure)?;
                Err(self.connector.turn_away(&owner, denial, name, arguments).await)
            }
        }
    }

    /// Calls an instruction.
    ///
    /// # Errors
    ///
    /// Fails with what the caller is told.
    pub(crate) async fn call_instruction(
        &self,
        context: &CallContext,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let caller = self.caller(context, name, &arguments).await?;
        self.connector.call_instruction(&caller, &context.limits, name, arguments).await
    }

    /// The key in `shown`, if it opens `door`.
    pub(crate) async fn unlock(
        &self,
        shown: &SecretString,
        door: Door<'_>,
    ) -> Result<Key, Refused> {
        self.keyring.check(Some(shown), door, Timestamp::now()).await.map_err(|error| match error {
            KeyError::Unauthorized => Refused::Unauthorized,
            KeyError::Store(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a key was not checked");
                Refused::Unavailable
            }
        })
    }

    /// Makes sure that there is an instance.
    pub(crate) async fn find(&self, instance: &InstanceKey) -> Result<(), Refused> {
        match self.instances.load(instance).await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(Refused::NoInstance),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an instance is unknown");
                Err(Refused::Unavailable)
            }
        }
    }
}

fn caller(context: &CallContext) -> Result<Caller, Denial> {
    let instance = context.instance.clone();
    if let Some(key) = &context.key {
        return Caller::with_key(key, instance, &context.asserted);
    }
    let mut caller = Caller::local(instance, &context.asserted);
    let only = || ONLY_USER.parse().expect("the literal is a user id");
    caller.user.get_or_insert_with(only);
    Ok(caller)
}

#[async_trait]
impl Calls for Deployment {
    async fn admit(
        &self,
        instance: &InstanceKey,
        shown: Option<&SecretString>,
    ) -> Result<Option<Arc<Key>>, Refused> {
        let key = match shown {
            Some(shown) => Some(Arc::new(self.unlock(shown, Door::Mcp(instance)).await?)),
            None => None,
        };
        self.find(instance).await?;
        Ok(key)
    }

    async fn surface(&self, context: &CallContext) -> Surface {
        let Ok(caller) = caller(context) else { return Surface::default() };
        self.connector.surface(&caller, &context.limits).await.unwrap_or_default()
    }

    async fn call_tool(
        &self,
        context: &CallContext,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let caller = self.caller(context, name, &arguments).await?;
        self.connector.call_tool(&caller, &context.limits, name, arguments).await
    }

    async fn is_ready(&self) -> bool {
        let default = WorkspaceSlug::default();
        let asked = self.workspaces.load(&default);
        matches!(timeout(READY, asked).await, Ok(Ok(_)))
    }
}

//! The port behind every face: who may call, what they see, and calls themselves.

use std::sync::Arc;

use async_trait::async_trait;
use confluence_connector::{Asserted, InstanceKey, Key, Policy, WorkspaceSlug};
use confluence_tools::{Failure, Success, Surface};
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::RequestId;

mod single_user;

pub use single_user::SingleUser;

/// What is known of a request besides what it asks for.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// The instance that it was sent to.
    pub instance: InstanceKey,
    /// The key that it showed, already checked; `None` where none is needed: over standard input,
    /// and on loopback for the workspace of a single user.
    pub key: Option<Arc<Key>>,
    /// What it says about its caller. Nothing of it is believed yet.
    pub asserted: Asserted,
    /// The conversation that it belongs to, as an agent platform calls it.
    pub conversation: Option<String>,
    /// What its headers ask to leave out.
    pub limits: Policy,
    /// The request's name in logs, over HTTP.
    pub request: Option<RequestId>,
}

impl CallContext {
    /// A request to `instance` of which nothing else is known.
    pub fn new(instance: InstanceKey) -> Self {
        Self {
            instance,
            key: None,
            asserted: Asserted::default(),
            conversation: None,
            limits: Policy::default(),
            request: None,
        }
    }

    /// A request to the workspace of a single user.
    pub fn single_user() -> Self {
        Self::new(single_user_instance())
    }
}

/// The instance of a set-up with one user: workspace `default`, instance `ConfluenceNext`.
pub fn single_user_instance() -> InstanceKey {
    InstanceKey {
        workspace: WorkspaceSlug::default(),
        name: confluence_connector::InstanceName::default(),
    }
}

/// Why a request is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The key that was shown does not open the instance, or there is no such key.
    Unauthorized,
    /// There is no such instance. Told only to those who may know.
    NoInstance,
    /// It cannot be told now.
    Unavailable,
}

/// Performs the calls of one user, or of a whole deployment.
#[async_trait]
pub trait Calls: Send + Sync + std::fmt::Debug {
    /// The key in `shown`, if it opens the MCP endpoint of `instance`. Without one, a caller who
    /// needs none: whether that is so has been decided before.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    async fn admit(
        &self,
        instance: &InstanceKey,
        shown: Option<&SecretString>,
    ) -> Result<Option<Arc<Key>>, Refused>;

    /// The operations that the caller gets to see. Whoever is not let in, or not connected yet, sees
    /// what may be seen, and is told the rest by a call.
    async fn surface(&self, context: &CallContext) -> Surface;

    /// Calls a tool. What platforms inject has been taken out of `arguments`.
    ///
    /// # Errors
    ///
    /// Fails with what the caller is told.
    async fn call_tool(
        &self,
        context: &CallContext,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure>;

    /// Whether calls can be performed now. Confluence itself is not asked, or its troubles would
    /// take every replica out of service.
    async fn is_ready(&self) -> bool;
}

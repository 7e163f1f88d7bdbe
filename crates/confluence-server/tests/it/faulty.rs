//! Stand-ins for what performs calls: one that watches, one that refuses, one that is broken.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use confluence_connector::{InstanceKey, Key};
use confluence_server::{CallContext, Calls, Refused};
use confluence_tools::{Failure, FailureKind, Success, Surface};
use secrecy::SecretString;
use serde_json::{Map, Value};

type Arguments = Map<String, Value>;

/// Lets everybody in and remembers who came; the call is another's.
#[derive(Debug)]
pub(crate) struct Watching {
    calls: Arc<dyn Calls>,
    contexts: Mutex<Vec<CallContext>>,
}

impl Watching {
    pub(crate) fn new(calls: Arc<dyn Calls>) -> Self {
        Self { calls, contexts: Mutex::default() }
    }

    pub(crate) fn last(&self) -> CallContext {
        self.contexts.lock().unwrap().last().cloned().expect("somebody came")
    }
}

#[async_trait]
impl Calls for Watching {
    async fn admit(
        &self,
        instance: &InstanceKey,
        shown: Option<&SecretString>,
    ) -> Result<Option<Arc<Key>>, Refused> {
        self.calls.admit(instance, shown).await
    }

    async fn surface(&self, context: &CallContext) -> Surface {
        self.calls.surface(context).await
    }

    async fn call_tool(
        &self,
        context: &CallContext,
        name: &str,
        arguments: Arguments,
    ) -> Result<Success, Failure> {
        self.contexts.lock().unwrap().push(context.clone());
        self.calls.call_tool(context, name, arguments).await
    }

    async fn is_ready(&self) -> bool {
        self.calls.is_ready().await
    }
}

pub(crate) const REFUSAL: &str = "Confluence is not connected for this user.";

/// Admits everybody and serves nobody.
#[derive(Debug)]
pub(crate) enum Faulty {
    /// Not ready.
    Refusing,
    /// Has a bug.
    Panicking,
    /// Needs that long to find out that nobody may come in, unless an agent asks.
    Slow(Duration),
}

pub(crate) use Faulty::{Panicking, Refusing, Slow};

#[async_trait]
impl Calls for Faulty {
    async fn admit(
        &self,
        _instance: &InstanceKey,
        _shown: Option<&SecretString>,
    ) -> Result<Option<Arc<Key>>, Refused> {
        Ok(None)
    }

    async fn surface(&self, _context: &CallContext) -> Surface {
        Surface::default()
    }

    async fn call_tool(
        &self,
        context: &CallContext,
        _name: &str,
        _arguments: Arguments,
    ) -> Result<Success, Failure> {
        match self {
            Refusing => {}
            Panicking => panic!("a bug in what performs calls"),
            Slow(time) => {
                if context.asserted.agent_argument.is_none() {
                    tokio::time::sleep(*time).await;
                }
            }
        }
        Err(Failure::new(FailureKind::Unauthenticated, REFUSAL))
    }

    async fn is_ready(&self) -> bool {
        false
    }
}

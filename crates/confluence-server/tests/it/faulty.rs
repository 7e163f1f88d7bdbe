//! Stand-ins for what finds clients: one that watches, one that refuses, one that is broken.

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use confluence_api::Client;
use confluence_server::{Access, Caller, ClientForCaller};
use confluence_tools::{Failure, FailureKind, Options};

/// Lets everybody in and remembers who came.
#[derive(Debug)]
pub(crate) struct Watching {
    client: Client,
    callers: Mutex<Vec<Caller>>,
}

impl Watching {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, callers: Mutex::default() }
    }

    pub(crate) fn last(&self) -> Caller {
        self.callers.lock().unwrap().last().cloned().expect("somebody came")
    }
}

#[async_trait]
impl ClientForCaller for Watching {
    async fn access(&self, caller: &Caller) -> Result<Access, Failure> {
        self.callers.lock().unwrap().push(caller.clone());
        Ok(Access { client: self.client.clone(), options: Options::default() })
    }
}

/// Lets nobody in.
#[derive(Debug)]
pub(crate) struct Refusing;

pub(crate) const REFUSAL: &str = "Confluence is not connected for this user.";

#[async_trait]
impl ClientForCaller for Refusing {
    async fn access(&self, _caller: &Caller) -> Result<Access, Failure> {
        Err(Failure::new(FailureKind::Unauthenticated, REFUSAL))
    }
}

/// Has a bug.
#[derive(Debug)]
pub(crate) struct Panicking;

#[async_trait]
impl ClientForCaller for Panicking {
    async fn access(&self, _caller: &Caller) -> Result<Access, Failure> {
        panic!("a bug in the client for a caller")
    }
}

/// Needs that long to find out that nobody may come in, unless an agent asks.
#[derive(Debug)]
pub(crate) struct Slow(pub(crate) Duration);

#[async_trait]
impl ClientForCaller for Slow {
    async fn access(&self, caller: &Caller) -> Result<Access, Failure> {
        if caller.agent.is_none() {
            tokio::time::sleep(self.0).await;
        }
        Refusing.access(caller).await
    }
}

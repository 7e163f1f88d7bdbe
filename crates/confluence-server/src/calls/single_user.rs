//! One user for every caller.

use std::sync::Arc;

use async_trait::async_trait;
use confluence_api::Client;
use confluence_connector::{InstanceKey, Key};
use confluence_tools::{Failure, Options, Success, Surface, call_tool};
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{CallContext, Calls, Refused, single_user_instance};

/// Everybody calls as the same user, with the same options.
#[derive(Debug, Clone)]
pub struct SingleUser {
    client: Client,
    options: Options,
}

impl SingleUser {
    /// Lets every caller use `client` as `options` say.
    pub fn new(client: Client, options: Options) -> Self {
        Self { client, options }
    }
}

#[async_trait]
impl Calls for SingleUser {
    async fn admit(
        &self,
        instance: &InstanceKey,
        shown: Option<&SecretString>,
    ) -> Result<Option<Arc<Key>>, Refused> {
        match shown {
            // There are no keys but that of the workspace, which the gate knows.
            Some(_) => Err(Refused::Unauthorized),
            None if *instance == single_user_instance() => Ok(None),
            None => Err(Refused::NoInstance),
        }
    }

    async fn surface(&self, _context: &CallContext) -> Surface {
        self.options.surface.clone()
    }

    async fn call_tool(
        &self,
        _context: &CallContext,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        call_tool(&self.client, name, arguments, &self.options).await.result
    }

    async fn is_ready(&self) -> bool {
        true
    }
}

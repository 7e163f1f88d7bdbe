//! Who calls, and what a caller gets to use.

use async_trait::async_trait;
use confluence_api::Client;
use confluence_tools::{Failure, Options};

/// On whose behalf a call is made, as far as the call says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The agent: the header `agent-id`, else what its platform added to the arguments.
    pub agent: Option<String>,
    /// The person.
    pub user: Option<String>,
    /// The conversation.
    pub context: Option<String>,
}

/// What a caller gets to use.
#[derive(Debug, Clone)]
pub struct Access {
    /// Confluence, as the user that the caller stands for.
    pub client: Client,
    /// What of it the caller may use.
    pub options: Options,
}

/// Finds the Confluence client that acts for a caller.
#[async_trait]
pub trait ClientForCaller: Send + Sync + std::fmt::Debug {
    /// What `caller` gets to use. It makes no request to Confluence where none is due.
    ///
    /// # Errors
    ///
    /// Fails with the text that the caller is told: not authorized, not connected.
    async fn access(&self, caller: &Caller) -> Result<Access, Failure>;
}

/// One user for every caller.
#[derive(Debug, Clone)]
pub struct SingleUser {
    access: Access,
}

impl SingleUser {
    /// Lets every caller use `client` as `options` say.
    pub fn new(client: Client, options: Options) -> Self {
        Self { access: Access { client, options } }
    }
}

#[async_trait]
impl ClientForCaller for SingleUser {
    async fn access(&self, _caller: &Caller) -> Result<Access, Failure> {
        Ok(self.access.clone())
    }
}

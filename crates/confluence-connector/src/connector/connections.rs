//! Users who connect: the next answer says as whom, and the audit that they did.

use std::time::Duration;

use confluence_auth::{
    client::ResolvedClient,
    connection::{Connection, ConnectionKey},
    scopes::Granted,
    status::ConnectionStatus,
};
use confluence_tools::{Failure, Success, line};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Connector, connection_key};
use crate::{AgentId, AuditRecord, Caller, Denial, InstanceKey, trail::AuditFull};

/// A user whose account nobody has named since the sign-in.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    pub(super) key: ConnectionKey,
    pub(super) client: ResolvedClient,
}

/// What is known of a user from the connection.
#[derive(Default)]
pub(super) struct User {
    /// The scopes, where Atlassian says them.
    pub(super) granted: Option<Granted>,
    pub(super) newcomer: Option<Newcomer>,
}

/// What a user did with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionChange {
    /// Signed in at Atlassian's.
    Connected,
    /// Had the tokens deleted.
    Disconnected,
}

impl ConnectionChange {
    /// What the audit calls it: by the webhook.
    const fn operation(self) -> &'static str {
        match self {
            Self::Connected => "oauthConnect",
            Self::Disconnected => "oauthDisconnect",
        }
    }
}

/// Whether there is text in which a sentence can stand: JSON has no place for one.
pub(super) fn answers_with_text(arguments: &Map<String, Value>) -> bool {
    arguments.get("outputFormat").is_none_or(|it| it != "structured")
}

impl Connector {
    /// Whether the caller's user is connected, as platforms ask before each call: answered from the
    /// store unless a token has to be renewed. Modes without sign-in are always connected.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be told.
    pub async fn status(&self, caller: &Caller) -> Result<ConnectionStatus, Denial> {
        let instance = self.instance(&caller.instance).await?.value;
        let mode = instance.auth.mode();
        let Some(client) = self.client_of(&instance).await? else {
            return Ok(ConnectionStatus::shared(mode));
        };
        let user = caller.user.clone().ok_or_else(Denial::missing_user)?;
        let key = connection_key(&instance.key, user);
        let status = ConnectionStatus::of(&self.inner.refresher, &key, mode, &client).await;
        status.map_err(|error| Denial::connection(&error, || None))
    }

    /// The OAuth client with which users of an instance sign in; `None` in a mode without sign-in.
    ///
    /// # Errors
    ///
    /// Fails when there is no such instance, or no client for it.
    pub async fn oauth_client(
        &self,
        instance: &InstanceKey,
    ) -> Result<Option<ResolvedClient>, Denial> {
        self.client_of(&self.instance(instance).await?.value).await
    }

    /// Writes down that a user has connected or disconnected.
    ///
    /// # Errors
    ///
    /// Fails when the audit cannot take it.
    pub async fn record(
        &self,
        change: ConnectionChange,
        key: &ConnectionKey,
        agent: Option<&AgentId>,
    ) -> Result<(), AuditFull> {
        let ConnectionKey { workspace, instance, user } = key.clone();
        let record = AuditRecord {
            at: Timestamp::now(),
            workspace,
            instance,
            // A ticket says who it is, or a key that is not in the form any more.
            key: None,
            user: Some(user),
            agent: agent.cloned(),
            operation: Some(change.operation().to_owned()),
            target: None,
            outcome: String::new(),
            duration: Duration::ZERO,
        };
        self.inner.audit.open(record).await?.finish("ok");
        Ok(())
    }

    /// The answer to a call, and with it the name of the account that was connected: whoever signed
    /// in as somebody else finds out before anything is written in that name.
    ///
    /// One answer says it, whichever replica gives it. That it cannot be said now stops nobody.
    pub(super) async fn introduced(
        &self,
        newcomer: &Newcomer,
        result: Result<Success, Failure>,
    ) -> Result<Success, Failure> {
        let Newcomer { key, client } = newcomer;
        let connection = match self.inner.refresher.introduce(key, client).await {
            Ok(Some(connection)) => connection,
            Ok(None) => return result,
            // It has ended with this very call, which says so.
            Err(error) if error.needs_sign_in() => return result,
            Err(error) => {
                tracing::warn!(%error, "an account that was connected is not named yet");
                return result;
            }
        };
        let said = introduction(&connection, client);
        match result {
            Ok(mut success) => {
                success.text = format!("{}\n\n{said}", success.text);
                Ok(success)
            }
            Err(mut failure) => {
                failure.text = format!("{}\n\n{said}", failure.text);
                Err(failure)
            }
        }
    }
}

fn introduction(connection: &Connection, client: &ResolvedClient) -> String {
    let site = connection.site_for(client.site.as_ref()).unwrap_or(&connection.site);
    let account = match &connection.account {
        Some(account) => format!("the Atlassian account \"{}\"", line(&account.name)),
        None => "an Atlassian account that hides its name".to_owned(),
    };
    format!(
        "Newly connected: from now on these tools act in Confluence as {account}, at {}. Tell the \
         user, who can disconnect if that is not the right one.",
        site.url.as_str().trim_end_matches('/')
    )
}

//! Tickets: links by which a user who was asked to connect starts a sign-in.
//!
//! A ticket proves that its bearer has seen the link, not who that is: it names the user it was
//! made for, is signed, works once and for ten minutes, and holds nothing secret but itself.

use std::{fmt, time::Duration};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{connection::ConnectionKey, ids::AgentId, store::TicketId};

/// How long a ticket works.
pub const TICKET_TIME: Duration = Duration::from_mins(10);

/// The longest ticket that is looked at, in bytes: the longest ids there are, twice encoded.
const MAX_LENGTH: usize = 4_096;

/// Separates this use of the master key from all others.
const PURPOSE: &[u8] = b"confluence connect ticket, version 1";

/// A key that signs tickets: the same in all processes of a deployment.
pub struct TicketKey(SecretBox<[u8; 32]>);

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketKey")
    }
}

/// Leave to connect one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Makes it work once: see [`SignInStore::spend`](crate::store::SignInStore::spend).
    pub id: TicketId,
    /// Whose connection it is for.
    pub key: ConnectionKey,
    /// The agent on whose behalf the user is asked.
    pub agent: Option<AgentId>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a ticket does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTicket {
    /// It is not one of ours, or was changed.
    #[error("the link is not valid")]
    Forged,
    /// Its time is over.
    #[error("the link has expired")]
    Expired,
}

/// A ticket's content, in the order of its fields: short, as it stands in an address.
#[derive(Serialize, Deserialize)]
struct Content(String, ConnectionParts, Option<AgentId>, i64);

type ConnectionParts = (crate::ids::WorkspaceSlug, crate::ids::InstanceName, crate::ids::UserId);

impl TicketKey {
    /// Derives the key from the deployment's master key.
    pub fn derive(master: &SecretBox<[u8; 32]>) -> Self {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, master.expose_secret())
            .expand(PURPOSE, &mut key)
            .expect("32 bytes are one block of SHA-256");
        Self(SecretBox::new(Box::new(key)))
    }

    fn mac(&self, content: &str) -> Hmac<Sha256> {
        let mut mac =
            Hmac::new_from_slice(self.0.expose_secret()).expect("a key of any length fits");
        mac.update(content.as_bytes());
        mac
    }

    /// The ticket as text that is safe in an address.
    pub fn seal(&self, ticket: &Ticket) -> SecretString {
        let Ticket { id, key, agent, expires_at } = ticket;
        let ConnectionKey { workspace, instance, user } = key.clone();
        let parts = (workspace, instance, user);
        let content = Content(id.to_string(), parts, agent.clone(), expires_at.as_second());
        let content = serde_json::to_vec(&content).expect("texts and numbers make JSON");
        let content = BASE64_URL_SAFE_NO_PAD.encode(content);
        let mac = self.mac(&content).finalize().into_bytes();
        format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac)).into()
    }

    /// Reads a ticket, if it is ours and its time is not over.
    ///
    /// # Errors
    ///
    /// See [`InvalidTicket`].
    pub fn open(&self, text: &str, now: Timestamp) -> Result<Ticket, InvalidTicket> {
        let forged = InvalidTicket::Forged;
        if text.len() > MAX_LENGTH {
            return Err(forged);
        }
        let (content, mac) = text.split_once('.').ok_or(forged)?;
        let decode = |text| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_error| forged);
        // In constant time.
        self.mac(content).verify_slice(&decode(mac)?).map_err(|_error| forged)?;
        let content = decode(content)?;
        let content: Content = serde_json::from_slice(&content).map_err(|_error| forged)?;
        let Content(id, (workspace, instance, user), agent, end) = content;
        let expires_at = Timestamp::from_second(end).map_err(|_error| forged)?;
        if expires_at <= now {
            return Err(InvalidTicket::Expired);
        }
        let id = id.parse().map_err(|_error| forged)?;
        let key = ConnectionKey { workspace, instance, user };
        Ok(Ticket { id, key, agent, expires_at })
    }
}

impl Ticket {
    /// A new ticket.
    pub fn new(key: ConnectionKey, agent: Option<AgentId>, now: Timestamp) -> Self {
        let expires_at = now.saturating_add(TICKET_TIME).unwrap_or(Timestamp::MAX);
        Self { id: TicketId::random(), key, agent, expires_at }
    }
}

#[cfg(test)]
mod tests;

//! Who has shown wrong keys too often, and may not try again for a while.
//!
//! Keys that are made here cannot be guessed; one that an operator chose may be weaker. Failures are
//! counted in the store, so that replicas share them, per network address and per beginning of a key:
//! neither many keys from one place nor one key from many places gets further than a few.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use confluence_connector::{Fingerprint, LoginFailures, StoreError};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::sync::{Mutex, MutexGuard};

use crate::{sessions::beginning, web::connection::Peer};

/// How many failures of one source there may be in [`WINDOW`].
const LIMIT: u64 = 10;

/// How long a failure counts.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Where the nearest proxy writes who asked it, as the last of a list.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Counts failures.
#[derive(Debug)]
pub(super) struct Lockout {
    failures: Arc<dyn LoginFailures>,
    /// Attempts are looked at one by one: else many at once would all pass before the first of them
    /// counts.
    turnstile: Mutex<()>,
}

/// An attempt that may be made.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    lockout: &'a Lockout,
    sources: [String; 2],
    now: Timestamp,
    _turn: MutexGuard<'a, ()>,
}

impl Lockout {
    pub(super) fn new(failures: Arc<dyn LoginFailures>) -> Self {
        Self { failures, turnstile: Mutex::default() }
    }

    /// Leave to try `key`; `None` while the place or the key is locked out.
    pub(super) async fn attempt(
        &self,
        address: Option<IpAddr>,
        key: &SecretString,
        now: Timestamp,
    ) -> Result<Option<Attempt<'_>>, StoreError> {
        let turn = self.turnstile.lock().await;
        let sources = [of_address(address), of_key(key)];
        let since = now.saturating_sub(WINDOW).unwrap_or(Timestamp::MIN);
        for source in &sources {
            if self.failures.count(source, since).await? >= LIMIT {
                return Ok(None);
            }
        }
        Ok(Some(Attempt { lockout: self, sources, now, _turn: turn }))
    }
}

impl Attempt<'_> {
    /// The key was wrong. What is too old to count makes room for it.
    pub(super) async fn failed(self) -> Result<(), StoreError> {
        let failures = &self.lockout.failures;
        let before = self.now.saturating_sub(WINDOW).unwrap_or(Timestamp::MIN);
        failures.sweep(before).await?;
        for source in &self.sources {
            failures.note(source, self.now).await?;
        }
        Ok(())
    }

    /// The key was right. Its place stays under suspicion: it may have tried others.
    pub(super) async fn succeeded(self) -> Result<(), StoreError> {
        let [_, key] = &self.sources;
        self.lockout.failures.forget(key).await
    }
}

/// How long somebody is locked out at most, in seconds.
pub(super) fn longest_wait() -> u64 {
    WINDOW.as_secs().unsigned_abs()
}

fn of_address(address: Option<IpAddr>) -> String {
    match address {
        Some(IpAddr::V4(address)) => format!("address {address}"),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => format!("address {address}"),
            None => format!("address {}/64", network(address)),
        },
        None => "address unknown".to_owned(),
    }
}

/// Whoever has one address of IPv6 has all that begin like it.
fn network(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))
}

fn of_key(key: &SecretString) -> String {
    format!("key {}", Fingerprint::of(beginning(key)))
}

/// Where a request comes from: the peer, or what a proxy next to this server says of it.
///
/// Only the entry that the nearest proxy added counts, and only if that is on this machine or in a
/// private network: whoever comes from elsewhere can write what it likes.
pub(super) fn address(peer: Option<&Peer>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer?.0.ip();
    if !is_near(peer) {
        return Some(peer);
    }
    let last = headers.get_all(FORWARDED_FOR).iter().next_back();
    let last = last.and_then(|it| it.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}

fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let peer = Peer(format!("{peer}:1").parse().unwrap());
        assert_eq!(of_address(address(Some(&peer), &headers)), format!("address {expected}"));
    }

    #[test]
    fn a_proxy_nearby_is_believed_who_asked_it() {
        check("127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("10.0.0.2", &["203.0.113.1, 198.51.100.7"], "198.51.100.7");
        check("10.0.0.2", &["203.0.113.1", "198.51.100.7"], "198.51.100.7");
        check("10.0.0.2", &["unknown"], "10.0.0.2");
        check("[::ffff:10.0.0.2]", &["198.51.100.7"], "198.51.100.7");
    }

    #[test]
    fn others_are_not() {
        check("203.0.113.1", &["198.51.100.7"], "203.0.113.1");
        check("[2001:db8::1]", &["198.51.100.7"], "2001:db8::/64");
    }

    #[test]
    fn neighbours_in_ipv6_are_one_source() {
        check("[2001:db8:1:2:3:4:5:6]", &[], "2001:db8:1:2::/64");
        check("[::ffff:203.0.113.1]", &[], "203.0.113.1");
        assert_eq!(of_address(None), "address unknown");
    }

    #[test]
    fn what_is_stored_of_a_key_is_not_its_beginning() {
        let source = of_key(&"cnx_planted-secret".into());
        assert!(!source.contains("planted"), "{source}");
        assert_eq!(source, of_key(&"cnx_planted-another".into()));
        assert_ne!(source, of_key(&"cnx_plante".into()));
    }
}

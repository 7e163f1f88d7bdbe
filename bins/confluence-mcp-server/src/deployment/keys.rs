//! The maintainer key that the configuration gives, or that is made and kept.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use confluence_connector::{CONFIGURED_MAINTAINER as LABEL, Fingerprint, Key, KeyKind, KeyStore};
use confluence_store::{DatabaseUrl, Store, kept_secret};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::{below, read};
use crate::{config, wiring::Failure};

/// Name of the file in the data folder with a maintainer key that nobody configured.
const FILE: &str = "maintainer.key";

/// The shortest maintainer key, in bytes: below it, guessing is a matter of time.
const SHORTEST: usize = 16;

/// Where the maintainer key is.
#[derive(Debug)]
pub(crate) enum MaintainerKey {
    /// Whoever configured it knows it.
    Configured,
    /// In this file.
    InFile(PathBuf),
    /// Nowhere else: what it opens ends with the process.
    Passing(SecretString),
}

impl MaintainerKey {
    /// Where it is, for people. One that ends with the process is shown itself: there is no other
    /// way to know it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Configured => "the one in CONFLUENCE_MAINTAINER_KEY".to_owned(),
            Self::InFile(file) => format!("in `{}`", file.display()),
            Self::Passing(secret) => {
                format!("{} (until this process ends)", secret.expose_secret())
            }
        }
    }
}

/// Makes sure that the maintainer key opens what it should, and that one of an earlier configuration
/// does not.
pub(super) async fn maintainer(
    given: &config::Deployment,
    store: &Store,
) -> Result<MaintainerKey, Failure> {
    let now = Timestamp::now();
    let make = || Key::generate(KeyKind::Maintainer, LABEL, now).secret;
    let (secret, place) = match read(given.maintainer_key.as_ref())? {
        Some(secret) => (secret, MaintainerKey::Configured),
        None if matches!(given.database, DatabaseUrl::Memory) => {
            let secret = make();
            (secret.clone(), MaintainerKey::Passing(secret))
        }
        None => {
            let file = below(given, FILE);
            let cannot = || format!("cannot keep the maintainer key in `{}`", file.display());
            let secret = kept_secret(&file, make).with_context(cannot).map_err(Failure::Run)?;
            (secret, MaintainerKey::InFile(file))
        }
    };
    if secret.expose_secret().len() < SHORTEST {
        return Err(Failure::Configuration(anyhow!(
            "the maintainer key has fewer than {SHORTEST} characters, which can be guessed; \
             `openssl rand -hex 32` makes a good one"
        )));
    }
    let entered = enter(store, &secret, now).await;
    entered.context("cannot enter the maintainer key").map_err(Failure::Run)??;
    Ok(place)
}

async fn enter(
    store: &Store,
    secret: &SecretString,
    now: Timestamp,
) -> Result<Result<(), Failure>, confluence_connector::StoreError> {
    let hash = Fingerprint::of(secret.expose_secret());
    match KeyStore::find(store, &hash).await? {
        Some(key) if key.kind != KeyKind::Maintainer || !key.is_valid(now) => {
            return Ok(Err(Failure::Configuration(anyhow!(
                "the maintainer key was revoked, or belongs to something else: set another \
                 CONFLUENCE_MAINTAINER_KEY"
            ))));
        }
        Some(_) => {}
        None => {
            let key = Key::from_secret(secret, KeyKind::Maintainer, LABEL, now);
            KeyStore::add(store, &key).await?;
        }
    }
    for key in KeyStore::list(store, None).await? {
        if key.label == LABEL && key.hash != hash && key.is_valid(now) {
            KeyStore::end(store, None, &key.id, now).await?;
        }
    }
    Ok(Ok(()))
}

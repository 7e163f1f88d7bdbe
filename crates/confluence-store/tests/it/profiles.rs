//! Profiles in a file, with and without a vault.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use confluence_auth::AuthMode;
use confluence_auth::store::{ConnectionStore, Lease, LeaseHolder, Precondition, StoreError};
use confluence_store::{Profile, ProfileSecrets, ProfileStore, Vault};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use crate::suite::{self, PLANTED, connection};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A keyring that can be locked.
#[derive(Debug, Default)]
struct FakeVault {
    secrets: Mutex<BTreeMap<String, String>>,
    is_locked: AtomicBool,
}

impl FakeVault {
    fn open(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, String>>, Failure> {
        let is_locked = self.is_locked.load(Ordering::Relaxed);
        if is_locked { Err("it is locked".into()) } else { Ok(self.secrets.lock().unwrap()) }
    }

    fn len(&self) -> usize {
        self.secrets.lock().unwrap().len()
    }
}

impl Vault for FakeVault {
    fn get(&self, name: &str) -> Result<Option<SecretString>, Failure> {
        Ok(self.open()?.get(name).map(|it| it.as_str().into()))
    }

    fn put(&self, name: &str, secret: &SecretString) -> Result<(), Failure> {
        let before = self.open()?.insert(name.to_owned(), secret.expose_secret().to_owned());
        assert!(before.is_none(), "no secret is overwritten: a crash would lose it");
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), Failure> {
        self.open()?.remove(name);
        Ok(())
    }
}

/// A folder, and the profiles in it as one process sees them.
struct Profiles {
    folder: TempDir,
    vault: Option<Arc<FakeVault>>,
    store: ProfileStore,
}

impl Profiles {
    fn in_file() -> Self {
        Self::with(None)
    }

    fn in_vault() -> Self {
        Self::with(Some(Arc::new(FakeVault::default())))
    }

    fn with(vault: Option<Arc<FakeVault>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = another(&folder.path().join("new"), vault.as_ref());
        Self { folder, vault, store }
    }

    /// As another process sees them.
    fn another(&self) -> ProfileStore {
        another(&self.folder.path().join("new"), self.vault.as_ref())
    }

    fn content(&self) -> String {
        fs::read_to_string(self.store.file()).unwrap()
    }
}

fn another(folder: &Path, vault: Option<&Arc<FakeVault>>) -> ProfileStore {
    ProfileStore::new(folder, vault.map(|it| Arc::clone(it) as Arc<dyn Vault>))
}

fn name(name: &str) -> confluence_auth::ids::UserId {
    name.parse().unwrap()
}

fn profile() -> Profile {
    Profile {
        mode: Some(AuthMode::ApiToken),
        site: Some("example".parse().unwrap()),
        cloud_id: Some("11111111-2222-4333-8444-555555555555".parse().unwrap()),
        email: Some("ada@example.com".to_owned()),
        client_id: Some("client".to_owned()),
        scopes: Some("read:page:confluence offline_access".parse().unwrap()),
        central_url: Some("http://localhost:9000/webhooks".parse().unwrap()),
        secrets: ProfileSecrets {
            api_token: Some(format!("{PLANTED}-api").into()),
            access_token: Some(format!("{PLANTED}-access").into()),
            client_secret: Some(format!("{PLANTED}-client").into()),
            deployment_key: Some(format!("{PLANTED}-deployment").into()),
        },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_keeps_connections() {
    let profiles = Profiles::in_file();
    suite::connections::all(Arc::new(profiles.store.clone())).await;
    assert!(profiles.content().contains(PLANTED));
    let left = fs::read_dir(profiles.store.file().parent().unwrap()).unwrap().count();
    assert_eq!(left, 3, "the file, its lock, and the mark of who has had a lease");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vault_keeps_connections() {
    let profiles = Profiles::in_vault();
    suite::connections::all(Arc::new(profiles.store.clone())).await;
    let content = profiles.content();
    assert!(!content.contains(PLANTED));
    let named = content.matches("\"vault\"").count();
    assert_eq!(profiles.vault.unwrap().len(), named, "nothing stays that is not used");
}

#[tokio::test]
async fn a_profile_is_read_as_it_was_written() {
    for profiles in [Profiles::in_file(), Profiles::in_vault()] {
        assert!(profiles.store.load(&name("work")).await.unwrap().is_none());
        profiles.store.save(&name("work"), &profile()).await.unwrap();
        profiles.store.save(&name("bare"), &Profile::default()).await.unwrap();
        let other = profiles.another();
        let found = other.load(&name("work")).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", profile()));
        let secrets = |it: Profile| {
            let ProfileSecrets { api_token, access_token, client_secret, deployment_key } =
                it.secrets;
            [api_token, access_token, client_secret, deployment_key]
                .map(|it| it.map(|it| it.expose_secret().to_owned()))
        };
        assert_eq!(secrets(found), secrets(profile()));
        let bare = other.load(&name("bare")).await.unwrap().unwrap();
        assert_eq!(secrets(bare), [const { None }; 4]);
    }
}

#[tokio::test]
async fn the_first_profile_is_current_until_another_is_chosen() {
    let profiles = Profiles::in_file();
    let store = &profiles.store;
    let current = async || store.current().await.unwrap().map(|it| it.to_string());
    assert_eq!(current().await, None);
    assert!(!store.switch(&name("work")).await.unwrap());
    assert!(store.list().await.unwrap().is_empty());
    assert!(!store.file().exists(), "looking makes no file");
    for it in ["work", "home"] {
        store.save(&name(it), &profile()).await.unwrap();
    }
    assert_eq!(current().await.as_deref(), Some("work"));
    assert!(store.switch(&name("home")).await.unwrap());
    assert!(!store.switch(&name("nowhere")).await.unwrap());
    assert_eq!(current().await.as_deref(), Some("home"));
    let listed = store.list().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|it| (it.name.as_str(), it.is_current)).collect();
    assert_eq!(listed, [("home", true), ("work", false)]);
    assert!(store.remove(&name("home")).await.unwrap());
    assert!(!store.remove(&name("home")).await.unwrap());
    assert_eq!(current().await, None, "nobody is someone else by accident");
}

#[tokio::test]
async fn a_list_says_who_is_signed_in_and_opens_nothing() {
    let profiles = Profiles::in_vault();
    let store = &profiles.store;
    store.save(&name("work"), &profile()).await.unwrap();
    let key = ProfileStore::connection_key(&name("work"));
    store.replace(&key, Precondition::Any, &connection("work")).await.unwrap();
    profiles.vault.as_ref().unwrap().is_locked.store(true, Ordering::Relaxed);
    let listed = store.list().await.unwrap();
    let signed_in = listed[0].signed_in.as_ref().unwrap();
    assert_eq!(signed_in.account.as_ref().unwrap().name, "Ada");
    assert_eq!(signed_in.site, "https://example.atlassian.net/");
    assert!(!format!("{listed:?}").contains(PLANTED));
}

#[tokio::test]
async fn a_removed_profile_leaves_no_secret() {
    for profiles in [Profiles::in_file(), Profiles::in_vault()] {
        let store = &profiles.store;
        for _ in 0..2 {
            store.save(&name("work"), &profile()).await.unwrap();
        }
        let key = ProfileStore::connection_key(&name("work"));
        store.replace(&key, Precondition::Any, &connection("work")).await.unwrap();
        if let Some(vault) = &profiles.vault {
            assert_eq!(vault.len(), 2, "the profile's and the connection's");
        }
        assert!(store.remove(&name("work")).await.unwrap());
        assert!(ConnectionStore::load(store, &key).await.unwrap().is_none());
        assert!(!profiles.content().contains(PLANTED));
        assert_eq!(profiles.vault.as_ref().map_or(0, |it| it.len()), 0);
    }
}

#[tokio::test]
async fn a_lease_ends_with_its_process() {
    let profiles = Profiles::in_file();
    let key = ProfileStore::connection_key(&name("work"));
    let store = &profiles.store;
    store.replace(&key, Precondition::Any, &connection("work")).await.unwrap();
    let revision = ConnectionStore::load(store, &key).await.unwrap().unwrap().revision;
    let lease = async |store: &ProfileStore| {
        let hour = Duration::from_hours(1);
        store.lease(&key, &revision, &LeaseHolder::random(), hour).await.unwrap()
    };
    let other = profiles.another();
    assert_eq!(lease(&other).await, Lease::Granted);
    assert!(matches!(lease(store).await, Lease::Held { .. }), "it lives");
    assert!(
        matches!(lease(&other).await, Lease::Held { .. }),
        "its own other attempts wait as well"
    );
    drop(other);
    assert_eq!(lease(store).await, Lease::Granted);

    // Killed, it leaves its mark, which nobody has locked.
    let folder = store.file().parent().unwrap();
    let dead = folder.join("profiles.00ff.alive");
    let left = profiles.content();
    let mark = |content: &str| {
        let (_, rest) = content.split_once("\"process\":\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    fs::write(&dead, "").unwrap();
    fs::write(store.file(), left.replace(&mark(&left), "00ff")).unwrap();
    let other = profiles.another();
    assert_eq!(lease(&other).await, Lease::Granted);
    assert!(!dead.exists(), "swept");
    // What is no mark says nothing.
    let left = profiles.content();
    fs::write(store.file(), left.replace(&mark(&left), "../00ff")).unwrap();
    assert!(matches!(lease(store).await, Lease::Held { .. }));
}

#[tokio::test]
async fn signing_in_replaces_profile_and_connection_together() {
    for profiles in [Profiles::in_file(), Profiles::in_vault()] {
        let store = &profiles.store;
        let key = ProfileStore::connection_key(&name("work"));
        let kept = async || ConnectionStore::load(store, &key).await.unwrap();
        store.sign_in(&name("work"), &profile(), Some(&connection("work"))).await.unwrap();
        assert_eq!(store.current().await.unwrap(), Some(name("work")));
        let first = kept().await.unwrap();
        store.sign_in(&name("work"), &profile(), Some(&connection("new"))).await.unwrap();
        assert_ne!(kept().await.unwrap().revision, first.revision);
        if let Some(vault) = &profiles.vault {
            assert_eq!(vault.len(), 2, "nothing stays of the first");
            let before = profiles.content();
            vault.is_locked.store(true, Ordering::Relaxed);
            store
                .sign_in(&name("work"), &Profile::default(), Some(&connection("x")))
                .await
                .unwrap_err();
            assert_eq!(profiles.content(), before, "both or neither");
            vault.is_locked.store(false, Ordering::Relaxed);
        }
        // Another way to sign in leaves no connection of the one before.
        let bare = Profile { email: Some("ada@example.com".to_owned()), ..Profile::default() };
        store.sign_in(&name("work"), &bare, None).await.unwrap();
        assert!(kept().await.is_none());
        assert!(!profiles.content().contains(PLANTED));
        assert_eq!(profiles.vault.as_ref().map_or(0, |it| it.len()), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_do_not_overwrite_each_other() {
    let profiles = Profiles::in_file();
    let mut tasks = tokio::task::JoinSet::new();
    for process in 0..4 {
        let store = profiles.another();
        tasks.spawn(async move {
            for index in 0..8 {
                let name = name(&format!("{process}-{index}"));
                store.save(&name, &profile()).await.unwrap();
                assert!(store.load(&name).await.unwrap().is_some());
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(profiles.store.list().await.unwrap().len(), 32);
}

#[tokio::test]
async fn a_locked_vault_changes_nothing() {
    let profiles = Profiles::in_vault();
    let (store, vault) = (&profiles.store, profiles.vault.as_ref().unwrap());
    let key = ProfileStore::connection_key(&name("work"));
    store.replace(&key, Precondition::Any, &connection("work")).await.unwrap();
    let before = profiles.content();
    vault.is_locked.store(true, Ordering::Relaxed);
    let error = store.replace(&key, Precondition::Any, &connection("new")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = ConnectionStore::load(store, &key).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert_eq!(profiles.content(), before);

    // As a process that has no keyring sees it.
    let without = another(store.file().parent().unwrap(), None);
    let error = ConnectionStore::load(&without, &key).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");

    vault.is_locked.store(false, Ordering::Relaxed);
    let found = ConnectionStore::load(store, &key).await.unwrap().unwrap();
    let expected = connection("work").grant.access_token;
    assert_eq!(found.connection.grant.access_token.expose_secret(), expected.expose_secret());
}

#[tokio::test]
async fn what_was_in_the_file_is_read_when_there_is_a_vault() {
    let profiles = Profiles::in_file();
    profiles.store.save(&name("work"), &profile()).await.unwrap();
    let vault = Arc::new(FakeVault::default());
    let store = another(profiles.store.file().parent().unwrap(), Some(&vault));
    let found = store.load(&name("work")).await.unwrap().unwrap();
    store.save(&name("work"), &found).await.unwrap();
    assert!(!profiles.content().contains(PLANTED), "the next write moves it");
    assert_eq!(vault.len(), 1);
}

#[tokio::test]
async fn a_damaged_file_is_left_alone() {
    let profiles = Profiles::in_file();
    let store = &profiles.store;
    store.save(&name("work"), &profile()).await.unwrap();
    let whole = profiles.content();
    for damaged in [
        whole[..whole.len() - 2].to_owned(),
        whole.replace("\"version\":1", "\"version\":2"),
        whole.replace("\"profiles\":{", "\"profiles\":[").replace("}}}", "}}]"),
        format!("\"{PLANTED}\""),
        String::new(),
    ] {
        assert_ne!(damaged, whole);
        fs::write(store.file(), &damaged).unwrap();
        for error in [
            store.load(&name("work")).await.unwrap_err(),
            store.save(&name("home"), &profile()).await.unwrap_err(),
            store.switch(&name("work")).await.unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
            assert!(!format!("{error:?}").contains(PLANTED), "{error:?}");
        }
        assert_eq!(profiles.content(), damaged);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let profiles = Profiles::in_file();
    let store = &profiles.store;
    store.save(&name("work"), &profile()).await.unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(store.file()), 0o600);
    assert_eq!(mode(store.file().parent().unwrap()), 0o700);
    fs::set_permissions(store.file(), fs::Permissions::from_mode(0o644)).unwrap();
    store.load(&name("work")).await.unwrap();
    assert_eq!(mode(store.file()), 0o600, "repaired");
}

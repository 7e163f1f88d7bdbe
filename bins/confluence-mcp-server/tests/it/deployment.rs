//! `serve` over a database: what the configuration puts there, what is kept, and what is not.

use std::path::Path;

use confluence_connector::{
    AuditFilter, AuditLog, AuditRecord, Door, InstanceKey, InstanceStore, KeyKind, KeyStore,
    Keyring,
};
use confluence_sandbox::Sandbox;
use confluence_store::{DatabaseUrl, Settings, Store};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use crate::process::{Served, account, call_at, program, run, text};

/// Who may read a file, as far as that can be told.
#[cfg(unix)]
fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}

fn serve(data: &TempDir) -> Command {
    let mut command = program(&["serve"]);
    command.env("CONFLUENCE_DATA_DIR", data.path());
    command
}

/// The database of a server that has ended.
async fn store(data: &TempDir) -> Store {
    let settings = Settings {
        url: DatabaseUrl::File(data.path().join("connector.db")),
        master_key: None,
        previous_master_key: None,
        key_file: data.path().join("master.key"),
    };
    Store::open(&settings).await.unwrap()
}

fn default() -> InstanceKey {
    InstanceKey { workspace: "default".parse().unwrap(), name: "ConfluenceNext".parse().unwrap() }
}

async fn end(served: Served) -> String {
    served.running.signal("TERM").await;
    let ended = served.running.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended.stderr
}

async fn opens_everything(store: &Store, secret: &str) -> bool {
    let keyring = Keyring::new(std::sync::Arc::new(store.clone()));
    let secret = SecretString::from(secret);
    keyring.check(Some(&secret), Door::Maintenance, Timestamp::now()).await.is_ok()
}

#[tokio::test]
async fn without_an_account_nobody_gets_in_without_a_key() {
    let data = TempDir::new().unwrap();
    let served = Served::start(&mut serve(&data)).await;
    let endpoint = "/workspaces/slug:confluence-next/webhooks/mcp";
    assert!(served.endpoint.ends_with(endpoint), "{}", served.banner);
    for path in ["/mcp", endpoint] {
        let list = json!({ "action": "list" });
        let (status, _) = call_at(path, served.authority(), None, "spaces", list).await;
        assert_eq!(status, 401, "{path}");
    }
    let file = data.path().join("maintainer.key");
    assert!(served.banner.contains(&format!("Maintainer key: in `{}`", file.display())));
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(!served.banner.contains(secret.trim()));
    #[cfg(unix)]
    for name in ["maintainer.key", "master.key", "connector.db"] {
        assert_eq!(mode(&data.path().join(name)), 0o600, "{name}");
    }
    let log = end(served).await;
    assert!(!log.contains(secret.trim()), "{log}");
    let store = store(&data).await;
    assert!(opens_everything(&store, secret.trim()).await);
    // The next start takes the same.
    let served = Served::start(&mut serve(&data)).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), secret);
    end(served).await;
}

#[tokio::test]
async fn a_maintainer_key_of_the_configuration_ends_with_it() {
    let data = TempDir::new().unwrap();
    let (first, second) = ("planted-first-maintainer-key", "planted-second-maintainer-key");
    for key in [first, second] {
        let served = Served::start(serve(&data).env("CONFLUENCE_MAINTAINER_KEY", key)).await;
        assert!(served.banner.contains("Maintainer key: the one in CONFLUENCE_MAINTAINER_KEY"));
        assert!(!end(served).await.contains(key));
    }
    let store = store(&data).await;
    assert!(!opens_everything(&store, first).await);
    assert!(opens_everything(&store, second).await);
    assert!(!data.path().join("maintainer.key").exists());
    let ended = run(serve(&data).env("CONFLUENCE_MAINTAINER_KEY", first)).await;
    assert_eq!(ended.code, Some(2), "what was ended does not come back");
    assert!(ended.stderr.contains("was revoked"), "{}", ended.stderr);
}

#[tokio::test]
async fn an_account_of_the_configuration_is_encrypted_and_goes_with_it() {
    let data = TempDir::new().unwrap();
    let sandbox = Sandbox::builder().demo().start().await.unwrap();
    let served = Served::start(account(&mut serve(&data), &sandbox)).await;
    let (status, answer) = served.call(None, "spaces", json!({ "action": "list" })).await;
    assert_eq!(status, 200, "{answer}");
    assert!(text(&answer).contains("ENG"), "{answer}");
    end(served).await;
    let token = &sandbox.credentials().api_token;
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(token.len()).any(|it| it == token.as_bytes()));
    }
    let kept = store(&data).await;
    let stored = InstanceStore::load(&kept, &default()).await.unwrap().unwrap();
    assert!(stored.value.auth.to_secret_json().expose_secret().contains(token.as_str()));
    kept.close().await;
    // Without it in the configuration, nobody calls as that account any more.
    let served = Served::start(&mut serve(&data)).await;
    assert_eq!(served.call(None, "spaces", json!({ "action": "list" })).await.0, 401);
    end(served).await;
    let kept = store(&data).await;
    let stored = InstanceStore::load(&kept, &default()).await.unwrap().unwrap();
    assert!(!stored.value.auth.to_secret_json().expose_secret().contains(token.as_str()));
}

#[tokio::test]
async fn whatever_was_called_before_the_end_is_in_the_audit() {
    let data = TempDir::new().unwrap();
    let sandbox = Sandbox::builder().demo().start().await.unwrap();
    let served = Served::start(account(&mut serve(&data), &sandbox)).await;
    for agent in ["agent-1", "agent-2", "agent-3"] {
        let arguments = json!({ "action": "list", "agent_id": agent });
        assert_eq!(served.call(None, "spaces", arguments).await.0, 200);
    }
    end(served).await;
    let store = store(&data).await;
    let (mut records, _): (Vec<AuditRecord>, _) =
        AuditLog::read(&store, &AuditFilter::default(), None, 10).await.unwrap();
    records.reverse();
    let agents: Vec<_> = records.iter().map(|it| it.agent.as_ref().unwrap().as_str()).collect();
    assert_eq!(agents, ["agent-1", "agent-2", "agent-3"]);
}

#[tokio::test]
async fn a_workspace_is_served_beside_the_single_user() {
    let data = TempDir::new().unwrap();
    let sandbox = Sandbox::builder().demo().start().await.unwrap();
    end(Served::start(account(&mut serve(&data), &sandbox)).await).await;
    let store = store(&data).await;
    let workspace = || "default".parse().unwrap();
    let keyring = Keyring::new(std::sync::Arc::new(store.clone()));
    let key = keyring
        .issue(KeyKind::Platform { workspace: workspace() }, "test", Timestamp::now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(KeyStore::list(&store, Some(&workspace())).await.unwrap().len(), 1);
    store.close().await;
    let served = Served::start(account(&mut serve(&data), &sandbox)).await;
    let list = || json!({ "action": "list" });
    let own = "/workspaces/slug:default/webhooks/ConfluenceNext.mcp";
    let core = "/workspaces/slug:confluence-next/webhooks/mcp";
    for (path, expected) in [(own, 200), (core, 401)] {
        let key = Some(key.secret.expose_secret());
        let (status, answer) = call_at(path, served.authority(), key, "spaces", list()).await;
        assert_eq!(status, expected, "{path}: {answer}");
    }
    end(served).await;
}

#[tokio::test]
async fn another_master_key_opens_nothing_and_changes_nothing() {
    let data = TempDir::new().unwrap();
    end(Served::start(&mut serve(&data)).await).await;
    let before = std::fs::read(data.path().join("connector.db")).unwrap();
    let mut command = serve(&data);
    command.env("CONFLUENCE_LISTEN", "127.0.0.1:0");
    let ended = run(command.env("CONFLUENCE_MASTER_KEY", "ab".repeat(32))).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("nothing was changed"), "{}", ended.stderr);
    assert_eq!(std::fs::read(data.path().join("connector.db")).unwrap(), before);
}

#[tokio::test]
async fn a_previous_master_key_is_needed_until_all_is_encrypted_again() {
    let data = TempDir::new().unwrap();
    let sandbox = Sandbox::builder().demo().start().await.unwrap();
    let (old, new) = ("ab".repeat(32), "cd".repeat(32));
    let mut command = serve(&data);
    end(Served::start(account(&mut command, &sandbox).env("CONFLUENCE_MASTER_KEY", &old)).await)
        .await;
    let with_new = || {
        let mut command = serve(&data);
        account(&mut command, &sandbox).env("CONFLUENCE_MASTER_KEY", &new);
        command
    };
    let mut alone = with_new();
    let ended = run(alone.env("CONFLUENCE_LISTEN", "127.0.0.1:0")).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    let mut both = with_new();
    let served = Served::start(both.env("CONFLUENCE_PREVIOUS_MASTER_KEY", &old)).await;
    assert_eq!(served.call(None, "spaces", json!({ "action": "list" })).await.0, 200);
    // It is done beside the calls, so its end is looked for in the log.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let log = end(served).await;
    assert!(log.contains("the previous master key is needed no more"), "{log}");
    let served = Served::start(&mut with_new()).await;
    assert_eq!(served.call(None, "spaces", json!({ "action": "list" })).await.0, 200);
    end(served).await;
}

#[tokio::test]
async fn a_user_who_has_to_sign_in_is_told_so() {
    let data = TempDir::new().unwrap();
    let mut command = serve(&data);
    let served = Served::start(command.env("CONFLUENCE_AUTH_MODE", "oauthCentral")).await;
    let list = || json!({ "action": "list" });
    let (_, answer) = served.call(None, "spaces", list()).await;
    assert!(text(&answer).starts_with("Confluence OAuth is not configured."), "{answer}");
    end(served).await;
    let mut command = serve(&data);
    command
        .env("CONFLUENCE_AUTH_MODE", "oauth")
        .env("CONFLUENCE_OAUTH_CLIENT_ID", "client-1")
        .env("CONFLUENCE_OAUTH_CLIENT_SECRET", "planted-client-secret");
    let served = Served::start(&mut command).await;
    let (_, answer) = served.call(None, "spaces", list()).await;
    assert!(text(&answer).starts_with("Confluence is not connected for this user."), "{answer}");
    assert!(text(&answer).contains("/slug:default/webhooks/ConfluenceNext.oauthConnect?ticket="));
    let log = end(served).await;
    assert!(!log.contains("planted-client-secret"), "{log}");
}

#[tokio::test]
async fn trying_out_leaves_nothing_behind() {
    let data = TempDir::new().unwrap();
    let mut command = program(&["serve", "--sandbox"]);
    let served = Served::start(command.env("CONFLUENCE_DATA_DIR", data.path())).await;
    assert!(served.banner.contains("(until this process ends)"), "{}", served.banner);
    assert_eq!(served.call(None, "spaces", json!({ "action": "list" })).await.0, 200);
    end(served).await;
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

//! Changing the master key under connections that are in use.

use std::time::Duration;

use super::{
    Deployment, Mode, ask,
    database::{Database, MASTER_KEY},
};
use crate::process::{Ended, Served, program, run};

const NEW: &str = "6e65772d6d61737465722d6b65792d6e65772d6d61737465722d6b65792d6e65";

fn user() -> [String; 1] {
    ["ada".to_owned()]
}

/// What a server keeps its data in, with these keys.
fn keys<'c>(
    command: &'c mut tokio::process::Command,
    key: &str,
    previous: Option<&str>,
) -> &'c mut tokio::process::Command {
    command.env("CONFLUENCE_MASTER_KEY", key);
    if let Some(previous) = previous {
        command.env("CONFLUENCE_PREVIOUS_MASTER_KEY", previous);
    }
    command
}

async fn rotate(database: &Database, key: &str, previous: Option<&str>) -> Ended {
    let mut command = program(&["rotate-master-key"]);
    run(keys(database.give(&mut command), key, previous)).await
}

async fn works(served: &Served) {
    let (ok, told) = ask(served.authority(), "ada").await.unwrap();
    assert!(ok, "{told}");
}

async fn a_key_is_changed(database: Database) {
    let mut deployment = Deployment::start(Mode::Own, database).await;
    // Each call renews its token, and so writes.
    deployment.tokens_last(Duration::from_mins(1));
    deployment.connect(&user()).await;
    works(&deployment.servers[0]).await;
    // The running server gets the new key first to read with, then to write with.
    drop(deployment.servers.pop());
    let both = Served::start(keys(&mut deployment.command(), NEW, Some(MASTER_KEY))).await;
    works(&both).await;
    let ended = rotate(&deployment.database, NEW, Some(MASTER_KEY)).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("The old one opens nothing any more"), "{}", ended.stdout);
    works(&both).await;
    drop(both);
    let served = Served::start(keys(&mut deployment.command(), NEW, None)).await;
    works(&served).await;
    drop(served);
    let mut command = deployment.command();
    let ended = run(keys(&mut command, MASTER_KEY, None)).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    // Again, there is nothing to do.
    let ended = rotate(&deployment.database, NEW, None).await;
    assert!(ended.stdout.starts_with("0 secrets were encrypted"), "{ended:?}");
}

#[tokio::test]
async fn a_key_is_changed_on_a_file() {
    a_key_is_changed(Database::sqlite()).await;
}

#[tokio::test]
async fn a_key_is_changed_on_postgres() {
    let Some(database) = Database::postgres() else { return };
    a_key_is_changed(database).await;
}

#[tokio::test]
async fn without_the_old_key_nothing_is_changed() {
    let deployment = Deployment::start(Mode::Own, Database::sqlite()).await;
    deployment.connect(&user()).await;
    let ended = rotate(&deployment.database, NEW, None).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    for key in [NEW, MASTER_KEY] {
        assert!(!ended.stderr.contains(key), "{}", ended.stderr);
    }
    works(&deployment.servers[0]).await;
}

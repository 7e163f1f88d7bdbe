//! One refresh for any number of calls, in one process and in several.

use std::time::{Duration, Instant};

use confluence_sandbox::{Fault, IdentityRequest};
use futures::future::join_all;

use super::{Deployment, Mode, ask, database::Database, is_long, say};

/// How many calls come at once.
fn calls() -> usize {
    if is_long() { 200 } else { 60 }
}

/// Makes all calls at once, spread over the servers; how many refreshes that took.
async fn refreshes(deployment: &Deployment, what: &str) -> u64 {
    let identity = deployment.sandbox.identity();
    identity.reset_tallies();
    let (count, started) = (calls(), Instant::now());
    let servers = deployment.servers.iter().cycle().take(count);
    let answers = join_all(servers.map(|it| ask(it.authority(), "ada"))).await;
    let mut good = 0;
    for answer in answers {
        let (ok, told) = answer.unwrap();
        assert!(ok, "{told}");
        good += 1;
    }
    let asked = identity.tally(IdentityRequest::TokenRefresh).requests;
    say(&format!(
        "{what}: {good} calls at {} servers made {asked} refresh requests in {:?}",
        deployment.servers.len(),
        started.elapsed()
    ));
    assert_eq!(good, count);
    asked
}

async fn one_refresh(mut deployment: Deployment, servers: usize) {
    while deployment.servers.len() < servers {
        deployment.add_server().await;
    }
    // About to end when it comes, so that the next call renews it; what comes then is good.
    deployment.tokens_last(Duration::from_mins(1));
    deployment.connect(&["ada".to_owned()]).await;
    deployment.tokens_last(Duration::from_hours(1));
    // Long enough that others find the token stale while one asks.
    let slow = Fault::LateAnswer(Duration::from_millis(400)).during(IdentityRequest::TokenRefresh);
    deployment.sandbox.faults().inject(slow);
    assert_eq!(refreshes(&deployment, "a token that has expired").await, 1);
    assert_eq!(refreshes(&deployment, "a token that is good").await, 0);
    // Atlassian does not accept it any more, although its time has not come.
    deployment.sandbox.identity().expire_access_tokens();
    assert_eq!(refreshes(&deployment, "a token that is rejected").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_one_process_make_one_refresh() {
    one_refresh(Deployment::start(Mode::Own, Database::sqlite()).await, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_four_processes_on_one_file_make_one_refresh() {
    one_refresh(Deployment::start(Mode::Central, Database::sqlite()).await, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_four_processes_on_one_postgres_make_one_refresh() {
    let Some(database) = Database::postgres() else { return };
    one_refresh(Deployment::start(Mode::Central, database).await, 4).await;
}

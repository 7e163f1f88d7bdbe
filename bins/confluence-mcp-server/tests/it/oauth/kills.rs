//! Processes that are killed in the middle of refreshes.

use std::time::{Duration, Instant};

use confluence_sandbox::{Fault, IdentityRequest};
use futures::future::join_all;
use tokio::time::{sleep, timeout};

use super::{Deployment, Mode, ask, database::Database, is_long, say};

/// How often a process is killed, and how many refreshes it has under way then.
///
/// Whatever a process leaves behind, its successor waits until the lease has run out: half a minute
/// each time, for all users at once.
fn extent() -> (usize, usize) {
    if is_long() { (16, 13) } else { (1, 6) }
}

/// Longer than the refreshes take on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(45);

/// What became of the refreshes of all rounds.
#[derive(Debug, Default)]
struct Counts {
    /// Rotated by the identity before the kill.
    rotated: u64,
    /// Answered to the caller before the kill.
    answered: usize,
    /// Rotated for the process that was killed, and not saved: the next one used the old token.
    recovered: u64,
}

/// Kills the second server while it refreshes; then the first one has to manage for every user.
async fn round(deployment: &mut Deployment, users: &[String], counts: &mut Counts) {
    let identity = deployment.sandbox.identity();
    identity.reset_tallies();
    // The token has been rotated; what is new exists nowhere else until the answer arrives.
    let late = Duration::from_millis(fastrand::u64(50..500));
    let late = Fault::LateAnswer(late).during(IdentityRequest::TokenRefresh);
    deployment.sandbox.faults().inject(late);
    let mut victim = deployment.servers.pop().unwrap();
    let authority = victim.authority().to_owned();
    let calls: Vec<_> = users
        .iter()
        .map(|user| {
            let (authority, user) = (authority.clone(), user.clone());
            let pause = Duration::from_millis(fastrand::u64(0..400));
            tokio::spawn(async move {
                sleep(pause).await;
                ask(&authority, &user).await
            })
        })
        .collect();
    let granted = || identity.tally(IdentityRequest::TokenRefresh).granted;
    let enough = fastrand::u64(1..=users.len() as u64);
    let waiting = async {
        while granted() < enough {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it refreshes");
    victim.running.kill();
    drop(victim.running.ended().await);
    let rotated = granted();
    let mut answered = 0;
    for call in calls {
        if let Ok((ok, told)) = call.await.unwrap() {
            assert!(ok, "{told}");
            answered += 1;
        }
    }
    deployment.sandbox.faults().clear();
    let started = Instant::now();
    let survivor = deployment.servers[0].authority();
    for (user, answer) in users.iter().zip(join_all(users.iter().map(|it| ask(survivor, it))).await)
    {
        let (ok, told) = answer.unwrap();
        assert!(ok, "{user} is lost, killed after {enough} of {}: {told}", users.len());
    }
    let recovered = identity.reused_refreshes();
    say(&format!(
        "killed after {enough} of {} refreshes: {rotated} rotated, {answered} answered before; \
         {recovered} recovered within {:?}",
        users.len(),
        started.elapsed()
    ));
    counts.rotated += rotated;
    counts.answered += answered;
    counts.recovered += recovered;
}

async fn nobody_is_lost(mut deployment: Deployment) {
    let (kills, refreshes) = extent();
    let users: Vec<_> = (0..refreshes).map(|it| format!("user-{it}")).collect();
    // Each token is about to end when it comes, so that every call refreshes.
    deployment.tokens_last(Duration::from_mins(1));
    deployment.connect(&users).await;
    let mut counts = Counts::default();
    for _ in 0..kills {
        deployment.add_server().await;
        round(&mut deployment, &users, &mut counts).await;
    }
    say(&format!(
        "{kills} kills, {} refreshes under way: {counts:?}, nobody lost",
        kills * refreshes
    ));
    // The kill came while at least the last of them was on its way back.
    assert!(counts.recovered >= 1, "no kill came between a rotation and its saving: {counts:?}");
    // Everybody once more, and nobody waits for anything.
    let authority = deployment.servers[0].authority();
    for answer in join_all(users.iter().map(|it| ask(authority, it))).await {
        let (ok, told) = answer.unwrap();
        assert!(ok, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_while_it_refreshes_loses_nobody_on_a_file() {
    nobody_is_lost(Deployment::start(Mode::Own, Database::sqlite()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_while_it_refreshes_loses_nobody_on_postgres() {
    let Some(database) = Database::postgres() else { return };
    nobody_is_lost(Deployment::start(Mode::Central, database).await).await;
}

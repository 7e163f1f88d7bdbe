//! Processes that are killed (`SIGKILL`) while a token is renewed.
//!
//! Atlassian takes a rotated token once more for ten minutes, and so does the sandbox: what is lost
//! with a process can be asked for again, if the next one does so with what is on the disk.

use std::{
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use confluence_sandbox::{Fault, IdentityRequest};

use super::rig::Rig;

/// How many refreshes are tried: few for every change, many where properties are tried with many
/// inputs, too (`cargo xtask ci --full`).
fn refreshes() -> usize {
    #[expect(clippy::disallowed_methods, reason = "how thorough tests are, is said there")]
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse::<usize>().ok());
    if cases.is_some_and(|it| it >= 1_000) { 200 } else { 12 }
}

/// Profiles that are looked at side by side.
const PROFILES: usize = 4;

/// How late the identity service answers: the token is rotated by then, and nobody has it.
const LATE: Duration = Duration::from_millis(150);

/// Numbers that are as good as random, the same ones each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// How long the program takes when nobody kills it.
fn usual(rig: &Rig, profile: &str) -> Duration {
    let start = Instant::now();
    assert_eq!(rig.run(&["spaces", "list", "--profile", profile]).code, Some(0));
    start.elapsed()
}

#[test]
fn no_connection_is_lost_that_could_still_be_honoured() {
    let rig = Rig::start();
    rig.tokens_are_always_stale();
    let names: Vec<String> = (0..PROFILES).map(|it| format!("p{it}")).collect();
    for name in &names {
        rig.signed_in(&["--profile", name]);
    }
    rig.sandbox.faults().inject(Fault::LateAnswer(LATE).during(IdentityRequest::TokenRefresh));
    let usual = usual(&rig, &names[0]);
    let rounds = refreshes().div_ceil(PROFILES);
    let before = rig.refreshes().granted;
    let killed: usize = thread::scope(|scope| {
        let running: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let rig = &rig;
                scope.spawn(move || {
                    let mut numbers = Numbers(index as u64 + 1);
                    (0..rounds).filter(|_| round(rig, name, usual, &mut numbers)).count()
                })
            })
            .collect();
        running.into_iter().map(|it| it.join().unwrap()).sum()
    });
    let seen = rig.refreshes();
    let again = rig.sandbox.identity().reused_refreshes();
    // Shown with --nocapture, and when it fails.
    eprintln!(
        "{} rounds: {killed} processes killed, {} refreshes, {again} of them with a token that had \
         been rotated",
        rounds * PROFILES,
        seen.granted - before,
    );
    assert!(killed > 0, "somebody has to be killed");
    assert_eq!(seen.refused, 0, "{seen:?}");
    if rounds * PROFILES >= 100 {
        assert!(again > 0, "none was killed between the rotation and the file");
    }
}

/// Kills a process at some point of a refresh; the next one goes on. Whether it was in time.
fn round(rig: &Rig, profile: &str, usual: Duration, numbers: &mut Numbers) -> bool {
    let arguments = ["spaces", "list", "--profile", profile];
    let mut command = rig.command(&arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let most = u64::try_from(usual.as_micros()).unwrap();
    thread::sleep(Duration::from_micros(numbers.next(most)));
    let in_time = child.try_wait().unwrap().is_none();
    // SIGKILL: nothing of it can be caught.
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = rig.run(&arguments);
    assert_eq!(ended.code, Some(0), "profile {profile} is lost: {ended:?}");
    in_time
}

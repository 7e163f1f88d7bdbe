//! Several processes that find the token stale at the same time.

use std::thread;

use confluence_sandbox::{Fault, IdentityRequest};
use serde_json::json;

use super::{rig::Rig, stdio::Agent};

#[test]
fn three_agents_and_the_command_line_make_one_request() {
    let rig = Rig::start();
    rig.tokens_are_always_stale();
    rig.signed_in(&[]);
    // From now on tokens last: the one that is there is stale, the next one is not.
    rig.sandbox.identity().change_policy(|it| {
        it.access_token_lifetime = std::time::Duration::from_hours(1);
    });
    // Long enough for all of them to come while the first one asks.
    let late = Fault::LateAnswer(std::time::Duration::from_millis(1_500));
    rig.sandbox.faults().inject(late.during(IdentityRequest::TokenRefresh));
    let mut agents: Vec<_> = (0..3).map(|_| Agent::start(&rig, &[])).collect();
    let answers: Vec<(bool, String)> = thread::scope(|scope| {
        let line = scope.spawn(|| rig.run(&["spaces", "list"]));
        let asked: Vec<_> = agents
            .iter_mut()
            .map(|agent| {
                scope.spawn(move || {
                    for _ in 0..5 {
                        agent.ask("spaces", &json!({ "action": "list" }));
                    }
                    (0..5).map(|_| agent.answer()).collect::<Vec<_>>()
                })
            })
            .collect();
        let line = line.join().unwrap();
        assert_eq!(line.code, Some(0), "{line:?}");
        asked.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(answers.len(), 15);
    assert!(answers.iter().all(|(failed, text)| !failed && text.contains("ENG")), "{answers:?}");
    let seen = rig.refreshes();
    assert_eq!((seen.requests, seen.granted), (1, 1), "one refresh for four processes: {seen:?}");
    for agent in agents {
        assert_eq!(agent.end().0, Some(0));
    }
}

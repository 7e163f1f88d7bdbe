use std::collections::BTreeSet;

use confluence_tools::OPERATIONS;
use proptest::prelude::*;

use super::{
    Action, Limits, MAX_AGENTS, MAX_SPACES, Policies, Policy, PolicyTooLarge, SpaceKey, SpaceRef,
};
use crate::AgentId;

fn space(key: &str, id: Option<&str>) -> SpaceRef {
    SpaceRef { key: key.parse().unwrap(), id: id.map(|it| it.parse().unwrap()) }
}

fn any_limits() -> impl Strategy<Value = Limits<Action>> {
    let actions = || {
        let all: Vec<_> = OPERATIONS.iter().map(Action::of).collect();
        let some = prop::sample::subsequence(all, 0..6);
        some.prop_map(|it| it.into_iter().collect::<BTreeSet<_>>())
    };
    (prop::option::of(actions()), actions())
        .prop_map(|(allowed, denied)| Limits { allowed, denied })
}

proptest! {
    #[test]
    fn what_one_forbids_none_of_the_others_opens(one in any_limits(), two in any_limits()) {
        let both = one.narrowed(&two);
        prop_assert_eq!(&both, &two.narrowed(&one));
        for action in OPERATIONS.iter().map(Action::of) {
            let open = one.permits(&action) && two.permits(&action);
            prop_assert_eq!(both.permits(&action), open, "{}", action);
        }
    }
}

#[test]
fn nothing_said_leaves_everything_and_nothing_allowed_leaves_nothing() {
    let open = Limits::<Action>::default();
    assert!(open.is_open() && open.permits(&"getPage".parse().unwrap()));
    let shut = Limits::<Action> { allowed: Some(BTreeSet::new()), ..Limits::default() };
    assert!(!shut.is_open() && !shut.permits(&"getPage".parse().unwrap()));
    assert_eq!(open.narrowed(&shut), shut);
}

#[test]
fn spaces_are_the_same_by_their_keys() {
    let one = Limits {
        allowed: Some([space("ENG", None), space("HR", Some("2"))].into()),
        denied: [space("FIN", None)].into(),
    };
    let two = Limits {
        allowed: Some([space("eng", Some("1")), space("FIN", None)].into()),
        denied: BTreeSet::new(),
    };
    let spaces = |spaces| Policy { spaces, ..Policy::default() };
    for both in
        [spaces(one.clone()).narrowed(&spaces(two.clone())), spaces(two).narrowed(&spaces(one))]
    {
        // With the id of whoever knows it.
        assert_eq!(both.spaces.allowed, Some([space("eng", Some("1"))].into()));
        assert_eq!(both.spaces.denied, [space("FIN", None)].into());
    }
}

#[test]
fn an_agent_has_its_own_policy_below_the_one_for_everyone() {
    let agent: AgentId = "a".parse().unwrap();
    let mut policies = Policies::default();
    policies.everyone.read_only = true;
    policies.agents.insert(agent.clone(), Policy::default());
    assert!(policies.of(Some(&agent)).read_only && policies.of(None).read_only);
    policies.everyone.read_only = false;
    policies.agents.get_mut(&agent).unwrap().read_only = true;
    assert!(policies.of(Some(&agent)).read_only);
    assert!(!policies.of(Some(&"b".parse().unwrap())).read_only && !policies.of(None).read_only);
}

#[test]
fn what_is_stored_is_read_back_or_refused() {
    let json = r#"{"everyone":{"readOnly":true,"actions":{"denied":["deletePage"]},"spaces":{"allowed":[{"key":"ENG","id":"1"}]}},"agents":{"a":{"readOnly":false,"actions":{},"spaces":{}}}}"#;
    let policies: Policies = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&policies).unwrap(), json);
    assert_eq!(serde_json::from_str::<Policies>("{}").unwrap(), Policies::default());
    // A word that is not understood might have closed something.
    for unreadable in [
        r#"{"everyone":{"readonly":true}}"#,
        r#"{"everyone":{"actions":{"denied":["getpage"]}}}"#,
        r#"{"everyone":{"actions":{"forbidden":["getPage"]}}}"#,
        r#"{"everyone":{"spaces":{"denied":[{"key":"a b"}]}}}"#,
        r#"{"everyone":{"spaces":{"denied":["ENG"]}}}"#,
    ] {
        serde_json::from_str::<Policies>(unreadable).expect_err(unreadable);
    }
}

#[test]
fn a_word_means_an_instruction_an_action_or_a_tool() {
    let means = |word| Action::meant_by(word).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(means(" getPage "), ["getPage"]);
    assert_eq!(means("spaces.get"), ["getSpace"]);
    assert_eq!(means("labels"), ["getPageLabels", "addPageLabel"]);
    for nothing in ["", "get", "pages.", ".get", "pages.get.x", "PAGES", "*"] {
        assert_eq!(means(nothing), [""; 0], "{nothing}");
    }
}

#[test]
fn keys_of_spaces_are_safe_to_write_down() {
    for key in ["ENG", "~5b10ac8d82e05b22cc7d4ef5", "~dana.k", "a-b_c"] {
        assert_eq!(key.parse::<SpaceKey>().unwrap().to_string(), key);
    }
    for wrong in ["", "a b", "a\"", "a)", "é", "a\n", &"x".repeat(256)] {
        wrong.parse::<SpaceKey>().expect_err(wrong);
    }
}

#[test]
fn policies_are_bounded() {
    let of = |count: usize| (0..count).map(|it| space(&it.to_string(), None)).collect();
    let mut policies = Policies::default();
    policies.everyone.spaces.denied = of(MAX_SPACES);
    assert_eq!(policies.check(), Ok(()));
    let agent = policies.agents.entry("a".parse().unwrap()).or_default();
    agent.spaces.allowed = Some(of(MAX_SPACES + 1));
    assert_eq!(policies.check(), Err(PolicyTooLarge::Spaces));
    policies.agents =
        (0..=MAX_AGENTS).map(|it| (it.to_string().parse().unwrap(), Policy::default())).collect();
    assert_eq!(policies.check(), Err(PolicyTooLarge::Agents));
}

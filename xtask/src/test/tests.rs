//! What becomes of a part, by what is there and what is asked for.

use super::*;

/// A part that is never found.
const ABSENT: Part = Part {
    name: "absent",
    proves: "nothing",
    takes_filter: false,
    speaks_mcp: false,
    missing: |_| Some("no such program".to_owned()),
    is_promised: |_| false,
    install: None,
    run: |_| Ok(()),
};

#[track_caller]
fn check(part: &Part, options: &Options, expected: &str) {
    let workspace = Workspace::this();
    let run = Run { workspace: &workspace, filter: None, openapi: None };
    let mut summary = Summary::default();
    summary.push(outcome(part, &run, options));
    let table = summary.table();
    let words: Vec<_> = table.split_whitespace().filter(|it| *it != "0.0").collect();
    assert_eq!(words.join(" "), expected);
}

fn requiring(name: &str) -> Options {
    Options { require: vec![name.to_owned()], ..Options::default() }
}

#[test]
fn a_part_that_is_missing_is_skipped_and_says_why() {
    check(&ABSENT, &Options::default(), "absent skipped s no such program");
    check(&ABSENT, &requiring("rust"), "absent skipped s no such program");
}

#[test]
fn a_required_part_that_is_missing_fails() {
    let failed = "absent FAILED s required, but could not run: no such program";
    check(&ABSENT, &requiring("all"), failed);
    check(&ABSENT, &requiring("absent"), failed);
}

#[test]
fn a_part_that_was_promised_is_not_skipped() {
    let part = Part { is_promised: |_| true, ..ABSENT };
    let failed = "absent FAILED s required, but could not run: no such program";
    check(&part, &Options::default(), failed);
}

#[test]
fn what_can_be_installed_is_installed_only_when_asked_for() {
    let part = Part { install: Some(|_| bail!("the network is down")), ..ABSENT };
    check(
        &part,
        &Options::default(),
        "absent skipped s no such program: run `cargo xtask test --install`",
    );
    check(
        &part,
        &Options { install: true, ..Options::default() },
        "absent FAILED s cannot install what is missing: the network is down",
    );
}

#[test]
fn an_installation_that_changes_nothing_is_no_success() {
    let part = Part { install: Some(|_| Ok(())), ..ABSENT };
    let options = Options { install: true, ..requiring("all") };
    check(&part, &options, "absent FAILED s required, but could not run: no such program");
}

#[test]
fn a_part_that_is_there_runs() {
    let part = Part { missing: |_| None, ..ABSENT };
    check(&part, &Options::default(), "absent passed s");
    let part = Part { missing: |_| None, run: |_| bail!("one test failed"), ..ABSENT };
    check(&part, &Options::default(), "absent FAILED s one test failed");
}

#[test]
fn an_unknown_part_is_refused_before_anything_runs() {
    let error = run(&Workspace::this(), &requiring("rusty")).unwrap_err();
    assert!(error.to_string().starts_with("there is no part `rusty`"), "{error}");
}

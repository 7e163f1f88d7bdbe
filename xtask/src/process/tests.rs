//! Programs that end well, badly, or were never there.

use super::*;

fn shell(script: &str) -> Command {
    let mut command = program(&Workspace::this(), "sh");
    command.args(["-c", script]);
    command
}

#[test]
fn a_failed_program_is_named_and_its_exit_code_is_ours() {
    let error = run(&mut shell("exit 3")).unwrap_err().context("test failed");
    assert_eq!(format!("{error:#}"), "test failed: `sh -c 'exit 3'` ended with exit code 3");
    assert_eq!(exit_code(&error), ExitCode::from(3));
}

#[test]
fn an_error_of_our_own_is_exit_code_1() {
    assert_eq!(exit_code(&anyhow::anyhow!("stale")), ExitCode::FAILURE);
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let error = run(&mut program(&Workspace::this(), "no-such-program")).unwrap_err();
    assert!(error.to_string().starts_with("cannot start `no-such-program`"), "{error}");
    assert_eq!(version("no-such-program"), None);
}

#[test]
fn a_program_has_nothing_to_read() {
    assert_eq!(output(&mut shell("cat; echo done")).unwrap(), "done\n");
}

#[test]
fn what_describes_xtask_is_not_passed_on() {
    let names = output(&mut shell("env")).unwrap();
    assert!(!names.contains("CARGO_PKG_NAME="), "{names}");
    assert!(names.contains("PATH="), "{names}");
}

#[test]
fn a_command_is_shown_as_one_would_type_it() {
    let workspace = Workspace::this();
    let mut command = program(&workspace, workspace.join("target/tools/x"));
    command.env("FLAGS", "-D warnings").args(["a b", "it's", ""]);
    let line = shown(&command);
    let end = line.find("FLAGS=").map(|at| &line[at..]);
    assert_eq!(end, Some(r"FLAGS='-D warnings' target/tools/x 'a b' 'it'\''s' ''"));
}

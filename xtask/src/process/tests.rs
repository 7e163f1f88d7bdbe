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

#[test]
fn a_program_that_takes_too_long_is_ended() {
    let limit = Duration::from_millis(50);
    let started = Instant::now();
    let error = run_within(&mut shell("exec sleep 600"), limit).unwrap_err();
    assert!(format!("{error:#}").ends_with("ended, as it took longer than 0 s"), "{error:#}");
    let error = output_within(&mut shell("echo; exec sleep 600"), limit).unwrap_err();
    assert!(format!("{error:#}").ends_with("ended, as it took longer than 0 s"), "{error:#}");
    assert!(started.elapsed() < Duration::from_mins(5), "it was waited for");
}

#[test]
fn what_a_program_has_started_is_heard_too() {
    let mut command = shell("{ sleep 1; echo late; } & echo soon");
    let (status, output) = output_within(&mut command, Duration::from_mins(1)).unwrap();
    assert_eq!((status.code(), output.as_str()), (Some(0), "soon\nlate\n"));
}

#[test]
fn what_a_program_says_is_returned_however_it_ends() {
    let minute = Duration::from_mins(1);
    let (status, output) = output_within(&mut shell("echo no; exit 3"), minute).unwrap();
    assert_eq!((status.code(), output.as_str()), (Some(3), "no\n"));
    let error = run_within(&mut shell("exit 3"), minute).unwrap_err();
    assert_eq!(exit_code(&error), ExitCode::from(3));
}

#[test]
fn an_old_version_is_not_taken() {
    for version in ["v20.20.2", "v22.18.0", "22", "unknown", ""] {
        assert!(!is_at_least(version, (22, 19)), "{version}");
    }
    for version in ["v22.19.0", "22.19", "v24.0.1"] {
        assert!(is_at_least(version, (22, 19)), "{version}");
    }
}

#[test]
fn a_program_is_spoken_with() {
    let mut command = shell("echo hello; while read line; do echo \"<$line>\"; done; exit 3");
    let mut piped = Piped::start(&mut command, Duration::from_mins(1)).unwrap();
    assert_eq!(piped.line().unwrap().as_deref(), Some("hello"));
    piped.say("one").unwrap();
    assert_eq!(piped.line().unwrap().as_deref(), Some("<one>"));
    assert_eq!(piped.end().unwrap().code(), Some(3));
    assert_eq!(piped.line().unwrap(), None);
    assert!(piped.say("two").is_err());
}

#[test]
fn a_program_that_says_nothing_is_not_waited_for() {
    let mut command = shell("exec sleep 600");
    let piped = Piped::start(&mut command, Duration::from_millis(50)).unwrap();
    let error = piped.line().unwrap_err();
    assert!(error.to_string().contains("it says nothing"), "{error}");
}

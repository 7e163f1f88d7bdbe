//! What is made from the definition of the command line.

use crate::process::{program, run};

#[test]
fn help_shows_every_command_and_no_value() {
    let snapshot = |name: &str, arguments: &[&str]| {
        let mut command = program(arguments);
        command.env("CONFLUENCE_SITE", "planted").env("CONFLUENCE_API_TOKEN", "planted");
        let ended = run(&mut command);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        assert!(!ended.stdout.contains("planted"), "{}", ended.stdout);
        insta::assert_snapshot!(name, ended.stdout);
    };
    snapshot("help", &["--help"]);
    snapshot("help-short", &["-h"]);
    snapshot("help-pages", &["pages", "-h"]);
    snapshot("help-pages-update", &["pages", "update", "-h"]);
    snapshot("help-pages-create", &["pages", "create", "-h"]);
    snapshot("help-api", &["api", "-h"]);
    snapshot("help-keys-issue", &["keys", "issue", "-h"]);
    snapshot("help-auth-mode-set", &["auth-mode", "set", "-h"]);
}

#[test]
fn the_version_is_told() {
    let short = run(&mut program(&["-V"]));
    assert_eq!((short.code, short.stderr.as_str()), (Some(0), ""));
    assert_eq!(short.stdout, concat!("confluence-cli ", env!("CARGO_PKG_VERSION"), "\n"));
    let long = run(&mut program(&["--version"]));
    assert_eq!((long.code, long.stderr.as_str()), (Some(0), ""));
    let lines: Vec<_> = long.stdout.lines().collect();
    let [first, commit, target, rustc] = lines.as_slice() else { panic!("{}", long.stdout) };
    assert_eq!(*first, short.stdout.trim_end());
    assert!(commit.starts_with("commit: "), "{commit}");
    assert!(target.contains(std::env::consts::ARCH), "{target}");
    assert!(rustc.starts_with("rustc: 1."), "{rustc}");
}

#[test]
fn nothing_to_do_is_a_mistake_that_shows_help() {
    for arguments in [&[][..], &["pages"]] {
        let ended = run(&mut program(arguments));
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
        assert!(ended.stderr.contains("Usage: confluence-cli"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("error:"), "{}", ended.stderr);
    }
    let ended = run(&mut program(&["--output=json"]));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.starts_with("{\"error\":"), "{}", ended.stderr);
}

#[test]
fn every_shell_is_completed() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ended = run(&mut program(&["completions", shell]));
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ended.stdout.contains("list-for-page"), "{shell}");
    }
    assert_eq!(run(&mut program(&["completions", "sh"])).code, Some(2));
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("man");
    let ended = run(&mut program(&["man", path.to_str().unwrap()]));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let pages: Vec<_> = std::fs::read_dir(&path).unwrap().map(|it| it.unwrap().path()).collect();
    assert!(pages.len() >= 31, "{pages:?}");
    let page = std::fs::read_to_string(path.join("confluence-cli-pages-get-body.1")).unwrap();
    assert!(page.contains("body\\-format"), "{page}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let ended = run(&mut program(&["man", "/dev/null/man"]));
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("`/dev/null/man`"), "{}", ended.stderr);
}

//! `docs/operator.md`: its commands work, in the order in which they stand there.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use super::served::Served;
use crate::process::run;

/// What the guide's blocks in the shell's language hold.
fn commands(guide: &str) -> String {
    let mut script = vec!["set -eu"];
    let mut is_block = false;
    for line in guide.lines() {
        match line {
            "```sh" => is_block = true,
            "```" => is_block = false,
            line if is_block => script.push(line),
            _ => {}
        }
    }
    script.join("\n")
}

#[test]
fn the_guide_for_operators_can_be_followed() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operator.md");
    let script = commands(&std::fs::read_to_string(guide).unwrap());
    assert!(script.matches("confluence-cli ").count() >= 15, "{script}");
    let (served, key) = Served::sandbox();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "planted-token\n").unwrap();
    std::fs::write(folder.path().join("key"), key).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_confluence-cli")).parent().unwrap();
    let mut shell = Command::new("/bin/sh");
    shell
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .env("CONFLUENCE_SERVER_URL", &served.url)
        .env("CONFLUENCE_SERVER_KEY_FILE", folder.path().join("key"))
        .current_dir(folder.path())
        .args(["-c", &script])
        .stdin(Stdio::null());
    let ended = run(&mut shell);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.ends_with("deleted workspace acme\n"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("planted"), "{}", ended.stdout);
}

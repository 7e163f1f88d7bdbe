//! What whoever packs the program needs.

use std::fs;

use crate::process::{program, run};

#[tokio::test]
async fn every_shell_is_completed() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ended = run(&mut program(&["completions", shell])).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ended.stdout.contains("workspace-key-file"), "{shell}");
    }
    assert_eq!(run(&mut program(&["completions", "sh"])).await.code, Some(2));
}

#[tokio::test]
async fn there_is_a_manual_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("man");
    let ended = run(&mut program(&["man", path.to_str().unwrap()])).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for name in ["", "-stdio", "-serve", "-healthcheck"] {
        let page = fs::read_to_string(path.join(format!("confluence-mcp-server{name}.1"))).unwrap();
        assert!(!page.contains("rustc"), "{name}: a manual is of a version, not of a build");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let ended = run(&mut program(&["man", "/dev/null/man"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("`/dev/null/man`"), "{}", ended.stderr);
}

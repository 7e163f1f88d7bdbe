//! Writes: shown instead of sent, read from files, and asked about.

use std::io::Write;

use serde_json::{Value, json};

use crate::process::{PAGE, Rig, run_with};

/// Every write with `--dry-run`; nothing is sent.
#[track_caller]
fn shown(arguments: &[&str]) -> String {
    let rig = Rig::demo();
    let arguments = [arguments, &["--dry-run"]].concat();
    let text = rig.output(&arguments);
    let json = rig.json(&arguments);
    assert_eq!(json["dryRun"], true);
    assert_eq!(rig.sandbox.requests().len(), 0, "nothing is sent");
    format!("$ confluence-cli {}\n{text}\n{json:#}", arguments.join(" "))
}

#[test]
fn every_write_can_be_shown() {
    insta::assert_snapshot!(
        "dry-runs",
        [
            shown(&[
                "pages",
                "create",
                "--space-id=1",
                "--title=T",
                "--body=<p/>",
                "--parent-id=2"
            ]),
            shown(&["pages", "update", "7", "--title=T", "--body=<p/>", "--version-number=4"]),
            shown(&["pages", "delete", "7", "--purge"]),
            shown(&["comments", "add-footer", "--parent-comment-id=5", "--body=<p/>"]),
            shown(&["labels", "add-to-page", "7", "a", "team:b"]),
            shown(&["api", "delete", "/wiki/api/v2/pages/7", "-f", "draft=true"]),
        ]
        .join("\n\n")
    );
}

#[test]
fn a_request_that_cannot_be_made_cannot_be_shown() {
    let rig = Rig::demo();
    let (code, told) = rig.failure(&["pages", "update", "7", "--title=T", "--dry-run"]);
    assert_eq!(code, 2, "{told}");
    let edit = r#"{"op":"findReplace","find":"a","replace":"b"}"#;
    let (code, told) =
        rig.failure(&["pages", "edit", "7", "--version=1", "--edit", edit, "--dry-run"]);
    assert_eq!((code, rig.sandbox.requests().len()), (2, 0), "{told}");
    assert!(told.contains("editPage reads the page"), "{told}");
    let (code, told) = rig.failure(&["pages", "delete", "7", "--dry-run", "--read-only"]);
    assert_eq!(code, 6, "{told}");
}

#[test]
fn a_body_comes_from_a_file_or_from_standard_input() {
    let rig = Rig::demo();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"<p>from a file</p>\n").unwrap();
    let path = file.path().to_str().unwrap();
    let create = ["pages", "create", "--space-id=65538"];
    let page = rig.json(&[&create[..], &["--title=File", "--body-file", path]].concat());
    let body = |page: &Value| rig.output(&["pages", "get-body", page["id"].as_str().unwrap()]);
    assert_eq!(body(&page), "<p>from a file</p>\n");
    let arguments = [&create[..], &["--title=Pipe", "--body-file=-", "--output=json"]].concat();
    let ended = run_with(&mut rig.command(&arguments), "<p>é</p>".as_bytes());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let page: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(body(&page), "<p>é</p>\n");
}

#[test]
fn a_page_can_be_read_changed_and_sent_back() {
    let rig = Rig::demo();
    let body = rig.output(&["pages", "get-body", PAGE]);
    let arguments = ["pages", "update", PAGE, "--title=T", "--body-file=-", "--version-number=5"];
    let ended = run_with(&mut rig.command(&arguments), body.as_bytes());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(rig.output(&["pages", "get-body", PAGE]), body);
}

#[test]
fn a_body_that_cannot_be_read_is_named() {
    let rig = Rig::demo();
    let create = ["pages", "create", "--space-id=65538", "--title=T", "--body-file"];
    let (code, told) = rig.failure(&[&create[..], &["/nowhere/body"]].concat());
    assert_eq!(code, 2);
    assert!(told.contains("cannot read --body-file `/nowhere/body`"), "{told}");
    let ended = run_with(&mut rig.command(&[&create[..], &["-"]].concat()), b"\xff\xfe");
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("no text in UTF-8"), "{}", ended.stderr);
    assert_eq!(rig.sandbox.requests().len(), 0);
}

#[test]
fn nothing_is_deleted_unasked() {
    let rig = Rig::demo();
    for arguments in
        [&["pages", "delete", PAGE][..], &["api", "DELETE", "/wiki/api/v2/pages/65699842"]]
    {
        let (code, told) = rig.failure(arguments);
        assert_eq!(code, 2, "{told}");
        assert!(told.contains("give --yes"), "{told}");
        // An answer that does not come from a terminal is none.
        let ended = run_with(&mut rig.command(arguments), b"y\n");
        assert_eq!(ended.code, Some(2));
    }
    assert_eq!(rig.sent("DELETE"), 0);
    let deleted = rig.json(&["pages", "delete", PAGE, "--yes"]);
    assert_eq!(deleted, json!({ "operation": "deletePage", "id": PAGE, "empty": true }));
    assert_eq!(rig.sent("DELETE"), 1);
}

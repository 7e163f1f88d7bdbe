//! Every operation, in text and in JSON, as people see it.

use crate::process::{PAGE, Rig};

/// Shows a command and its output in both forms.
#[track_caller]
fn check(name: &str, arguments: &[&str]) {
    let rig = Rig::demo();
    let text = rig.output(arguments);
    // A write is done a second time by nobody: each form has a site of its own.
    let json = Rig::demo().json(arguments);
    let line = arguments.join(" ");
    insta::assert_snapshot!(name, format!("$ confluence-cli {line}\n{text}\n{json:#}"));
}

#[test]
fn pages_list() {
    check("pages-list", &["pages", "list", "--space-id=65538", "--limit=2", "--sort=title"]);
}

#[test]
fn pages_get() {
    check("pages-get", &["pages", "get", PAGE, "--include-labels"]);
}

#[test]
fn pages_get_body() {
    check("pages-get-body", &["pages", "get-body", "65732613"]);
}

#[test]
fn pages_create() {
    check(
        "pages-create",
        &["pages", "create", "--space-id=65538", "--title=New", "--body=<p>x</p>"],
    );
}

#[test]
fn pages_update() {
    let update = ["pages", "update", PAGE, "--title=T", "--body=<p/>", "--version-number=5"];
    let rig = Rig::demo();
    let (code, told) = rig.failure(&update);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("- macro removed: ") && told.contains("--allow-loss"), "{told}");
    check("pages-update", &[&update[..], &["--message=shorter", "--allow-loss"]].concat());
}

#[test]
fn pages_edit() {
    let change = r#"{"op":"appendToSection","content":"**Last** words."}"#;
    check("pages-edit", &["pages", "edit", PAGE, "--version=4", "--edit", change]);
}

#[test]
fn pages_delete() {
    check("pages-delete", &["pages", "delete", PAGE, "--yes"]);
}

#[test]
fn spaces_list() {
    check("spaces-list", &["spaces", "list", "--keys=ENG,PROD"]);
}

#[test]
fn spaces_get() {
    check("spaces-get", &["spaces", "get", "65538", "--description-format=plain"]);
}

#[test]
fn search_cql() {
    check("search-cql", &["search", "cql", "title ~ \"on-call\"", "--limit=2"]);
}

#[test]
fn content_children() {
    check("content-children", &["content", "children", PAGE]);
}

#[test]
fn content_ancestors() {
    check("content-ancestors", &["content", "ancestors", "65732611"]);
}

#[test]
fn content_descendants() {
    check("content-descendants", &["content", "descendants", PAGE, "--depth=1", "--limit=2"]);
}

#[test]
fn comments_get_footer() {
    check("comments-get-footer", &["comments", "get-footer", PAGE]);
}

#[test]
fn comments_add_footer() {
    check(
        "comments-add-footer",
        &["comments", "add-footer", "--page-id", PAGE, "--body=<p>+1</p>"],
    );
}

#[test]
fn comments_get_inline() {
    check("comments-get-inline", &["comments", "get-inline", PAGE]);
}

#[test]
fn labels_get_for_page() {
    check("labels-get-for-page", &["labels", "get-for-page", PAGE]);
}

#[test]
fn labels_add_to_page() {
    check("labels-add-to-page", &["labels", "add-to-page", PAGE, "reviewed", "my:later"]);
}

#[test]
fn attachments_list_for_page() {
    check("attachments-list-for-page", &["attachments", "list-for-page", PAGE]);
}

#[test]
fn attachments_get() {
    check("attachments-get", &["attachments", "get", "att66715649"]);
}

#[test]
fn versions_list_for_page() {
    check("versions-list-for-page", &["versions", "list-for-page", PAGE]);
}

#[test]
fn a_body_is_written_as_it_is_and_whole() {
    let rig = Rig::demo();
    let text = rig.output(&["pages", "get-body", PAGE]);
    let json = rig.json(&["pages", "get-body", PAGE]);
    assert!(text.len() > 20_500, "longer than what a model is given");
    assert_eq!(text.trim_end(), json["body"]["storage"]["value"].as_str().unwrap().trim_end());
}

//! `workspace`.

use serde_json::json;

use super::served::Served;
use crate::pty::{On, run};

#[test]
fn a_workspace_is_made_shown_and_deleted() {
    let served = Served::start();
    let session = served.session(&[
        &["workspace", "list"][..],
        &["workspace", "create", "acme", "--name", "Acme Inc."],
        &["workspace", "create", "other"],
        &["workspace", "list"],
        &["workspace", "show", "acme"],
        &["workspace", "delete", "acme", "--yes"],
        &["workspace", "list"],
    ]);
    insta::assert_snapshot!(session);
}

#[test]
fn scripts_get_json() {
    let served = Served::start();
    let made = served.json(&["workspace", "create", "acme"]);
    assert_eq!((&made[0]["slug"], &made[0]["name"]), (&json!("acme"), &json!("acme")));
    let list = served.json(&["workspace", "list"]);
    let slugs: Vec<_> = list.iter().map(|it| it["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["acme", "confluence-next"]);
    let shown = served.json(&["workspace", "show", "acme"]);
    let first = &shown[0]["instances"][0];
    let auth = json!({
        "mode": "oauthCentral", "clientId": null, "email": null, "secretIsSet": false,
        "site": null, "cloudId": null, "scopes": null,
    });
    assert_eq!((&first["name"], &first["auth"]), (&json!("ConfluenceNext"), &auth));
    let deleted = served.json(&["workspace", "delete", "acme", "-y"]);
    assert_eq!(deleted, [json!({ "deleted": "acme" })]);
}

#[test]
fn what_cannot_be_is_told_with_an_exit_code() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    served.fails(&["workspace", "create", "acme"], 5, "there is a workspace `acme` already");
    served.fails(&["workspace", "create", "Acme"], 2, "is not a workspace slug");
    served.fails(&["workspace", "create", "x", "--name", ""], 2, "the name of a workspace has 1");
    served.fails(&["workspace", "show", "nowhere"], 4, "there is no such workspace");
    served.fails(&["workspace", "delete", "nowhere", "-y"], 4, "there is no such workspace");
    served.fails(&["workspace", "delete", "confluence-next", "-y"], 5, "cannot be deleted");
    served.fails(&["workspace", "delete", "acme"], 2, "give --yes to go on");
    assert_eq!(served.json(&["workspace", "list"]).len(), 2);
}

#[test]
fn deleting_is_asked_about_on_a_terminal() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    let delete = ["workspace", "delete", "acme"];
    let seen = run(served.command(&delete), On { stdout: true }, "n\n");
    assert_eq!(seen.code, 1, "{}", seen.screen);
    assert!(seen.screen.contains("workspace acme (acme): instances (1)"), "{}", seen.screen);
    assert!(seen.screen.contains("nothing was deleted"), "{}", seen.screen);
    assert_eq!(served.json(&["workspace", "list"]).len(), 2);
    let seen = run(served.command(&delete), On { stdout: true }, "y\n");
    assert_eq!(seen.code, 0, "{}", seen.screen);
    assert_eq!(served.json(&["workspace", "list"]).len(), 1);
    // What is not there is told before anybody is asked.
    let seen = run(served.command(&delete), On { stdout: true }, "y\n");
    assert_eq!(seen.code, 4, "{}", seen.screen);
    assert!(!seen.screen.contains("[y/N]"), "{}", seen.screen);
}

#[test]
fn long_lists_are_written_to_the_end() {
    let served = Served::start();
    served.change(|store| async move {
        use confluence_connector::{
            Instance, InstanceKey, InstanceName, Workspace, WorkspaceStore,
        };
        for index in 0..450 {
            let slug: confluence_connector::WorkspaceSlug = format!("w{index:03}").parse().unwrap();
            let key = InstanceKey { workspace: slug.clone(), name: InstanceName::default() };
            let created_at = "2026-11-20T10:00:00Z".parse().unwrap();
            let workspace = Workspace { slug, name: "w".to_owned(), created_at };
            WorkspaceStore::create(&store, &workspace, &Instance::new(key)).await.unwrap();
        }
    });
    let list = served.json(&["workspace", "list"]);
    assert_eq!(list.len(), 451);
    let text = served.output(&["workspace", "list"]);
    assert_eq!(text.lines().count(), 452);
    assert_eq!(text.matches("SLUG").count(), 1);
}

//! The program on a terminal.

use confluence_sandbox::Sandbox;

use crate::{
    process::{PAGE, Rig},
    pty::{On, Seen, on_terminal},
};

const WHOLE: On = On { stdout: true };

#[test]
fn deleting_is_asked_about() {
    let rig = Rig::demo();
    let delete = ["pages", "delete", PAGE];
    for typed in ["n\n", "\n", "yep\n", "\u{4}"] {
        let Seen { screen, code, .. } = on_terminal(&rig, &delete, WHOLE, typed, false);
        assert_eq!(code, 1, "{screen}");
        assert!(screen.contains("DELETE /wiki/api/v2/pages/65699842"), "{screen}");
        assert!(screen.contains("nothing was deleted"), "{screen}");
    }
    assert_eq!(rig.sent("DELETE"), 0);
    let Seen { screen, code, .. } = on_terminal(&rig, &delete, WHOLE, "y\n", false);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(rig.sent("DELETE"), 1);
    let Seen { screen, code, .. } =
        on_terminal(&rig, &["pages", "delete", "65732613", "-y"], WHOLE, "", false);
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("[y/N]"), "{screen}");
}

#[test]
fn content_cannot_command_the_terminal() {
    let rig = Rig::start(Sandbox::builder().empty());
    let space = rig.json(&["spaces", "list"])["results"][0]["id"].as_str().unwrap().to_owned();
    let evil = "<p>\u{9b}31m\u{7f}evil</p>";
    let page =
        rig.json(&["pages", "create", "--title=T\u{9b}2J", "--space-id", &space, "--body", evil]);
    let id = page["id"].as_str().unwrap();
    for arguments in [
        &["pages", "get-body", id][..],
        &["pages", "get", id, "--body-format=storage"],
        &["pages", "get-body", id, "--output=json"],
        &["pages", "list", "--all", "--body-format=storage"],
        &["api", "GET", &format!("/wiki/api/v2/pages/{id}?body-format=storage")],
    ] {
        let Seen { screen, code, .. } = on_terminal(&rig, arguments, WHOLE, "", true);
        assert_eq!(code, 0, "{screen}");
        assert!(screen.contains("evil"), "{screen}");
        assert!(!screen.contains(['\u{9b}', '\u{7f}', '\u{1b}']), "{screen:?}");
    }
    // What a script gets is what Confluence has.
    let raw = rig.json(&["pages", "get-body", id]);
    assert!(raw["body"]["storage"]["value"].as_str().unwrap().contains('\u{7f}'), "{raw}");
    assert!(!rig.output(&["pages", "get-body", id]).contains('\u{7f}'));
}

#[test]
fn progress_is_shown_to_people_only() {
    let rig = Rig::start(Sandbox::builder().generate(50));
    let list = ["pages", "list", "--all", "--limit=20"];
    let Seen { screen, stdout, .. } = on_terminal(&rig, &list, On { stdout: false }, "", true);
    assert!(screen.contains("rows, 3 pages of results"), "{screen}");
    assert!(stdout.lines().all(|it| it.starts_with('{')), "{stdout}");
    let Seen { screen, .. } = on_terminal(&rig, &list, WHOLE, "", true);
    assert!(!screen.contains("pages of results"), "rows and progress would mix: {screen}");
}

#[test]
fn colours_can_be_switched_off() {
    let rig = Rig::demo();
    let Seen { screen, code, .. } = on_terminal(&rig, &["doctor"], WHOLE, "", true);
    assert_eq!(code, 0);
    assert!(screen.contains("\u{1b}[32m✓\u{1b}[0m"), "{screen:?}");
    let Seen { screen, .. } = on_terminal(&rig, &["doctor"], WHOLE, "", false);
    assert!(!screen.contains('\u{1b}'), "{screen:?}");
}

//! `keys`.

use std::thread::sleep;
use std::time::Duration;

use super::served::Served;

/// How long a server may go by a key that it has looked at before: see the connector's cache.
const STANDS: Duration = Duration::from_millis(2_100);

#[test]
fn a_new_key_is_all_that_is_written() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    let issue = ["keys", "issue", "editor", "--workspace", "acme", "--label", "Ada's"];
    let ended = served.run(&issue);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let key = ended.stdout.strip_suffix('\n').unwrap();
    assert!(key.starts_with("cnx_") && !key.contains(char::is_whitespace), "{key}");
    assert!(ended.stderr.starts_with("editor key "), "{}", ended.stderr);
    assert!(ended.stderr.ends_with(" of workspace acme: it cannot be shown again\n"));
    assert!(!ended.stderr.contains(key));
    // It opens its own workspace, and no other.
    let own = served.with_key(key, &["workspace", "show", "acme"]);
    assert_eq!(own.code, Some(0), "{}", own.stderr);
    let core = served.with_key(key, &["workspace", "show", "confluence-next"]);
    assert_eq!(core.code, Some(4), "{}", core.stderr);
    let keys = served.with_key(key, &["keys", "list", "-w", "acme"]);
    assert_eq!(
        (keys.code, keys.stderr.as_str()),
        (Some(6), "error: only maintainers may do this\n")
    );
    let list = served.run(&["keys", "list", "-w", "acme"]);
    assert!(list.stdout.contains("Ada's"), "{}", list.stdout);
    assert!(!list.stdout.contains(key), "{}", list.stdout);
}

#[test]
fn a_rotated_key_goes_on_for_the_overlap_and_no_longer() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    let issue = ["keys", "issue", "editor", "--workspace", "acme", "--label", "editor"];
    let (id, old) = served.new_key(&issue);
    let opens = |key: &str| match served.with_key(key, &["workspace", "list"]).code {
        Some(0) => true,
        Some(3) => false,
        code => panic!("{code:?}"),
    };
    let rotate = ["keys", "rotate", &id, "--workspace", "acme", "--overlap"];
    let ended = served.run(&[&rotate[..], &["1d"]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let new = ended.stdout.trim().to_owned();
    assert!(ended.stderr.contains("goes on for 86400s"), "{}", ended.stderr);
    assert!(opens(&old) && opens(&new));
    let (_, newer) = served.new_key(&[&rotate[..], &["0s"]].concat());
    assert!(!opens(&old) && opens(&new) && opens(&newer));
    served.fails(&[&rotate[..], &["1h"]].concat(), 4, "there is no such key");
    served.fails(&[&rotate[..], &["soon"]].concat(), 2, "expected a duration such as");
    served.fails(&["keys", "rotate", &id], 4, "there is no such key");
    served.fails(&["keys", "rotate", "../x"], 2, "not the id of a key");
}

#[test]
fn a_revoked_key_opens_nothing() {
    let served = Served::start();
    let (id, key) = served.new_key(&["keys", "issue", "maintainer", "--label", "second"]);
    assert_eq!(served.with_key(&key, &["workspace", "list"]).code, Some(0));
    served.fails(&["keys", "revoke", &id], 2, "give --yes to go on");
    assert_eq!(served.output(&["keys", "revoke", &id, "-y"]), format!("revoked key {id}\n"));
    let ended = served.with_key(&key, &["workspace", "list"]);
    assert_eq!(ended.code, Some(3));
    assert_eq!(ended.stderr, "error: the key is not valid here (CONFLUENCE_SERVER_KEY)\n");
    let list = served.json(&["keys", "list"]);
    let ended = list.iter().find(|it| it["id"] == id.as_str()).unwrap();
    assert_eq!(ended["valid"], false);
}

#[test]
fn the_key_of_the_configuration_is_looked_after_there() {
    let served = Served::start();
    let list = served.json(&["keys", "list"]);
    let [own] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!(own["label"], "maintainer key of the configuration");
    let id = own["id"].as_str().unwrap();
    served.fails(&["keys", "revoke", id, "-y"], 5, "comes from the server's own configuration");
    served.fails(&["keys", "rotate", id], 5, "comes from the server's own configuration");
}

#[test]
fn each_kind_is_asked_for_what_belongs_to_it() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    let issue = |kind: &'static str, more: &[&'static str]| {
        [&["keys", "issue", kind, "--label", "x"][..], more].concat()
    };
    served.fails(&issue("personal", &["-w", "acme", "--user", "ada"]), 2, "--agent");
    served.fails(&issue("deployment", &[]), 2, "--api");
    served.fails(&issue("platform", &[]), 2, "keys of this kind belong to a workspace");
    served.fails(&issue("maintainer", &["-w", "acme"]), 2, "keys of this kind belong to no");
    served.fails(&issue("platform", &["-w", "nowhere"]), 4, "there is no such workspace");
    served.fails(&["keys", "issue", "platform", "-w", "acme"], 2, "--label");
    served.fails(&["keys", "issue", "master", "--label", "x"], 2, "invalid value 'master'");
    for (kind, more) in [
        ("platform", &["-w", "acme"][..]),
        ("instruction", &["-w", "acme"]),
        ("personal", &["-w", "acme", "--user", "ada", "--agent", "agent-1"]),
        ("deployment", &["--api", "https://other.example/v2"]),
    ] {
        served.new_key(&issue(kind, more));
    }
    let list = served.output(&["keys", "list", "-w", "acme"]);
    assert!(list.contains("ada with agent-1"), "{list}");
    assert!(served.output(&["keys", "list"]).contains("https://other.example/v2"));
}

#[test]
fn a_deleted_workspace_takes_its_keys_along() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    let issue = ["keys", "issue", "editor", "--workspace", "acme", "--label", "editor"];
    let (_, key) = served.new_key(&issue);
    assert_eq!(served.with_key(&key, &["workspace", "list"]).code, Some(0));
    served.output(&["workspace", "delete", "acme", "-y"]);
    sleep(STANDS);
    assert_eq!(served.with_key(&key, &["workspace", "list"]).code, Some(3));
}

//! Signing in to the embedded Confluence, as somebody does who tries it out.

use serde_json::Value;

use super::{
    browser::{decide, open},
    rig::{LoggingIn, Rig},
};

#[test]
fn a_sign_in_can_be_walked_through_without_an_account() {
    let rig = Rig::start();
    for json in [false, true] {
        let format = if json { "--output=json" } else { "--output=text" };
        let login = LoggingIn::start(rig.command(&[
            "--sandbox",
            "auth",
            "login",
            "--no-browser",
            format,
            "--callback-url",
            &rig.callback,
        ]));
        assert!(login.address.contains("code_challenge_method=S256"), "{}", login.address);
        let page = open(&decide(&login.address, true));
        assert_eq!(page.status, 200, "{page:?}");
        let ended = login.ended();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        if json {
            let json: Value = serde_json::from_str(&ended.stdout).unwrap();
            assert_eq!((&json["connected"], &json["saved"]), (&true.into(), &false.into()));
            assert_eq!(json["account"], "Dana Whitfield", "{json}");
        } else {
            assert!(ended.stdout.starts_with("Connected: Dana Whitfield at http"), "{ended:?}");
            assert!(ended.stdout.contains("nothing is kept"), "{ended:?}");
        }
    }
    assert!(!rig.file().exists());
}

#[test]
fn the_registered_callback_is_the_one_that_is_documented() {
    let help = crate::process::run(&mut crate::process::program(&["auth", "login", "--help"]));
    assert!(help.stdout.contains("[default: http://localhost:9400/callback]"), "{}", help.stdout);
    let demo = confluence_sandbox::OAuthClient::demo();
    assert_eq!(demo.callback_url, "http://localhost:9400/callback");
}

#[test]
fn there_are_no_profiles_in_a_sandbox() {
    let rig = Rig::start();
    for command in [&["auth", "status"][..], &["auth", "logout"], &["auth", "switch", "x"]] {
        let (code, told) = rig.failure(&[&["--sandbox"], command].concat());
        assert_eq!(code, 2, "{told}");
        assert!(told.contains("the sandbox ends with each command"), "{told}");
    }
    let (code, told) = rig.failure(&["--sandbox", "auth", "login", "--api-token"]);
    assert_eq!(code, 2, "{told}");
}

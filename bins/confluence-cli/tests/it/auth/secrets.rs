//! Nothing of a sign-in that is secret is told: not to people, not to scripts, not to a log at its
//! loudest.

use std::process::Command;

use url::Url;

use super::{
    browser::{decide, open},
    rig::{CLIENT, LoggingIn, Rig, SECRET},
};
use crate::process::{Ended, run};

const LOUDEST: &str = "trace,hyper=trace,hyper_util=trace,reqwest=trace,h2=trace,rustls=trace,\
                       axum=trace,tower=trace,tokio=trace,mio=trace,want=trace,oauth2=trace";

/// Every token that the file has, and what made them.
fn secrets(rig: &Rig, callback: &str) -> Vec<String> {
    let url: Url = callback.parse().unwrap();
    let code = url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let kept = rig.kept().replace('\\', "");
    let mut secrets = vec![SECRET.to_owned(), code];
    for name in ["access_token", "refresh_token"] {
        let (_, rest) = kept.split_once(&format!("\"{name}\":\"")).expect("the file has it");
        secrets.push(rest.split_once('"').unwrap().0.to_owned());
    }
    assert!(secrets.iter().all(|it| it.len() > 8), "{secrets:?}");
    secrets
}

#[track_caller]
fn quiet(ended: &Ended, secrets: &[String]) {
    for secret in secrets {
        for told in [&ended.stdout, &ended.stderr] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
}

#[test]
fn no_secret_is_told() {
    let rig = Rig::start();
    for (format, log) in [("text", "text"), ("json", "json")] {
        let loud = |command: &mut Command| {
            command.env("CONFLUENCE_LOG", LOUDEST).env("CONFLUENCE_LOG_FORMAT", log);
        };
        let output = format!("--output={format}");
        let mut command = rig.command(&[
            "auth",
            "login",
            "--no-browser",
            &output,
            "--callback-url",
            &rig.callback,
        ]);
        command.env("CONFLUENCE_OAUTH_CLIENT_ID", CLIENT);
        command.env("CONFLUENCE_OAUTH_CLIENT_SECRET", SECRET);
        loud(&mut command);
        let login = LoggingIn::start(command);
        let callback = decide(&login.address, true);
        let page = open(&callback);
        let ended = login.ended();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stderr.contains("a user has connected"), "it has logged: {ended:?}");
        let mut planted = secrets(&rig, &callback);
        quiet(&ended, &planted);
        assert!(planted.iter().all(|it| !page.body.contains(it)), "{page:?}");

        rig.sandbox.identity().expire_access_tokens();
        let every = [
            &["auth", "status"][..],
            &["spaces", "list"],
            &["doctor"],
            &["auth", "switch", "default"],
        ];
        for arguments in every {
            let mut command = rig.command(&[arguments, &[&output]].concat());
            loud(&mut command);
            let ended = run(&mut command);
            assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
            planted.extend(secrets(&rig, &callback));
            quiet(&ended, &planted);
        }
        rig.sandbox.identity().revoke_all();
        rig.sandbox.identity().expire_access_tokens();
        for arguments in
            [&["spaces", "list"][..], &["doctor"], &["auth", "status"], &["auth", "logout"]]
        {
            let mut command = rig.command(&[arguments, &[&output]].concat());
            loud(&mut command);
            quiet(&run(&mut command), &planted);
        }
        assert!(planted.iter().all(|it| !rig.kept().contains(it)), "{}", rig.kept());
    }
}

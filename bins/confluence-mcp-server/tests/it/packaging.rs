//! The Dockerfile and the systemd unit: the server does what they tell it.

use std::{collections::BTreeMap, fs, path::Path};

use confluence_sandbox::Sandbox;
use serde_json::json;
use tokio::process::Command;

use crate::process::{Served, account, program, run, text};

const KEY: &str = "planted-workspace-key";

/// A file of the checkout.
fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    fs::read_to_string(root.join(path)).unwrap()
}

/// The instructions of the image that is shipped, that of the last stage: name and arguments.
fn instructions() -> Vec<(String, String)> {
    let text = file("Dockerfile").replace("\\\n", " ");
    let lines = text.lines().filter(|it| !it.starts_with('#'));
    let all: Vec<_> = lines.filter_map(|it| it.split_once(' ')).collect();
    let last = all.iter().rposition(|it| it.0 == "FROM").unwrap();
    all[last..].iter().map(|it| (it.0.to_owned(), it.1.trim().to_owned())).collect()
}

/// The arguments of the only instruction of that name.
fn instruction(name: &str) -> String {
    let mut found: Vec<_> = instructions().into_iter().filter(|it| it.0 == name).collect();
    let (Some((_, arguments)), true) = (found.pop(), found.is_empty()) else {
        panic!("not one {name}")
    };
    arguments
}

/// The words of a command that no shell reads, without those that start the program.
fn words(command: &str) -> Vec<String> {
    let start = command.find('[').expect("no shell is there to read it");
    let words: Vec<String> = serde_json::from_str(&command[start..]).unwrap();
    words.into_iter().filter(|it| it != "/usr/bin/confluence-mcp-server").collect()
}

/// The server as the image starts it.
fn image(command: &[String]) -> Command {
    let entry = words(&instruction("ENTRYPOINT"));
    let words: Vec<_> = entry.iter().chain(command).map(String::as_str).collect();
    let mut command = program(&words);
    let variables = instruction("ENV");
    let variables = variables.split_whitespace().map(|it| it.split_once('=').unwrap());
    let variables: BTreeMap<_, _> = variables.collect();
    assert_eq!(variables["CONFLUENCE_DATA_DIR"], instruction("VOLUME"), "what is kept, is");
    command.env("CONFLUENCE_LISTEN", variables["CONFLUENCE_LISTEN"]);
    command
}

#[test]
fn the_image_is_the_program_alone_and_nobody() {
    assert_eq!(instruction("FROM"), "scratch");
    let user = instruction("USER");
    let (user, group) = user.split_once(':').unwrap();
    // By number: without a list of users, no name means anything.
    assert!(user.parse::<u32>().unwrap() > 0 && group.parse::<u32>().unwrap() > 0);
    let copies = instructions().into_iter().filter(|it| it.0 == "COPY");
    let targets: Vec<_> = copies.map(|it| it.1.rsplit(' ').next().unwrap().to_owned()).collect();
    let licences = "/usr/share/licenses/confluence-mcp-server/";
    assert_eq!(targets, ["/etc/ssl/certs/", licences, "/usr/bin/", "/data/"]);
    let data = instructions().into_iter().find(|it| it.1.ends_with(" /data/")).unwrap().1;
    assert!(data.contains(&format!("--chown={} ", instruction("USER"))), "{data}");
    assert!(instructions().iter().all(|it| it.0 != "RUN" && it.0 != "ADD"));
}

#[test]
fn the_image_is_built_by_the_pinned_toolchain() {
    let toolchain: toml::Table = file("rust-toolchain.toml").parse().unwrap();
    let version = toolchain["toolchain"]["channel"].as_str().unwrap();
    let expected = format!("FROM rust:{version}-");
    assert!(file("Dockerfile").lines().any(|it| it.starts_with(&expected)), "{expected}");
}

#[tokio::test]
async fn the_image_lets_nobody_in_without_a_key() {
    let mut command = image(&words(&instruction("CMD")));
    let ended = run(command.env("CONFLUENCE_SANDBOX", "true")).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("CONFLUENCE_WORKSPACE_KEY"), "{}", ended.stderr);
}

#[tokio::test]
async fn the_image_serves_and_is_found_well() {
    let mut command = image(&words(&instruction("CMD")));
    command.env("CONFLUENCE_SANDBOX", "true").env("CONFLUENCE_WORKSPACE_KEY", KEY);
    let served = Served::start(&mut command).await;

    let check = instruction("HEALTHCHECK");
    let (_, check) = check.split_once("CMD ").unwrap();
    let mut check = program(&words(check).iter().map(String::as_str).collect::<Vec<_>>());
    let ended = run(check.env("CONFLUENCE_LISTEN", served.authority())).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

/// The settings of the unit's service: all values of each.
fn unit() -> BTreeMap<String, Vec<String>> {
    let text = file("packaging/systemd/confluence-mcp-server.service");
    let mut settings = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in
        text.lines().filter(|it| !it.starts_with('#')).filter_map(|it| it.split_once('='))
    {
        settings.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    settings
}

/// The server as the unit starts it, with its credentials in this folder.
fn service(credentials: &Path) -> Command {
    let unit = unit();
    let [start] = unit["ExecStart"].as_slice() else { panic!("not one command") };
    let words: Vec<_> = start.split(' ').skip(1).collect();
    let mut command = program(&words);
    for variable in &unit["Environment"] {
        let (name, value) = variable.split_once('=').unwrap();
        let value = value.replace("%d", credentials.to_str().unwrap());
        let state = credentials.join("state");
        command.env(name, value.replace("%S", state.to_str().unwrap()));
    }
    command
}

#[tokio::test]
async fn the_service_takes_its_secrets_from_credentials() {
    let confluence = Sandbox::builder().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = confluence.credentials().api_token.clone();
    for credential in &unit()["LoadCredential"] {
        let (name, from) = credential.split_once(':').unwrap();
        assert!(from.starts_with("/etc/confluence-mcp-server/"), "{from}");
        let secret = match name {
            "api-token" => &token,
            "workspace-key" => KEY,
            other => panic!("{other}"),
        };
        fs::write(folder.path().join(name), format!("{secret}\n")).unwrap();
    }
    let mut command = service(folder.path());
    account(&mut command, &confluence).env_remove("CONFLUENCE_API_TOKEN");
    let served = Served::start(&mut command).await;
    assert_eq!(served.call(None, "spaces", json!({ "action": "list" })).await.0, 401);
    let (status, answer) = served.call(Some(KEY), "spaces", json!({ "action": "list" })).await;
    assert_eq!(status, 200, "{answer}");
    assert!(text(&answer).contains("ENG"), "{answer}");
    let [state] = unit()["StateDirectory"].clone().try_into().unwrap();
    assert!(folder.path().join("state").join(state).join("connector.db").exists());
}

#[tokio::test]
async fn a_service_with_a_setting_to_correct_is_not_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(&mut service(folder.path())).await;
    let code = ended.code.unwrap().to_string();
    assert_eq!(unit()["RestartPreventExitStatus"], [code], "{}", ended.stderr);
}

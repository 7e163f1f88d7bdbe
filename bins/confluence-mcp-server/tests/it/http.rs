//! `serve`: who is let in, and what people are told.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::process::{Served, program, text};

const KEY: &str = "planted-workspace-key";

#[tokio::test]
async fn callers_present_the_key() {
    let mut command = program(&["serve", "--sandbox"]);
    let served = Served::start(command.env("CONFLUENCE_WORKSPACE_KEY", KEY)).await;
    let list = || json!({ "action": "list" });
    assert_eq!(served.call(None, "spaces", list()).await.0, 401);
    assert_eq!(served.call(Some("planted-workspace-keys"), "spaces", list()).await.0, 401);
    let (status, answer) = served.call(Some(KEY), "spaces", list()).await;
    assert_eq!(status, 200, "{answer}");
    assert!(text(&answer).contains("ENG"), "{answer}");
    assert!(!served.banner.contains(KEY), "{}", served.banner);
}

#[tokio::test]
async fn read_only_leaves_out_what_writes() {
    let served = Served::start(&mut program(&["serve", "--sandbox", "--read-only"])).await;
    let (_, answer) = served.call(None, "pages", json!({ "action": "delete", "id": "1" })).await;
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert!(text(&answer).contains("read-only"), "{answer}");
    assert!(served.banner.contains("Read-only"), "{}", served.banner);
}

#[tokio::test]
async fn the_sandbox_can_be_big() {
    let served =
        Served::start(&mut program(&["serve", "--sandbox", "--sandbox-pages", "500"])).await;
    let (_, answer) = served.call(None, "pages", json!({ "action": "list", "limit": 2 })).await;
    assert_eq!(answer["result"].get("isError"), Some(&json!(false)), "{answer}");
    assert!(served.banner.contains("500 generated pages"), "{}", served.banner);
}

#[tokio::test]
async fn the_command_to_try_does_what_it_says() {
    let served = Served::start(&mut program(&["serve", "--sandbox"])).await;
    let shown = served.banner.split("-d '").nth(1).unwrap().split("'\n").next().unwrap();
    let call: Value = serde_json::from_str(shown).unwrap();
    let (name, arguments) = (&call["params"]["name"], &call["params"]["arguments"]);
    let (status, answer) = served.call(None, name.as_str().unwrap(), arguments.clone()).await;
    assert_eq!(status, 200, "{answer}");
    assert!(text(&answer).contains("On-Call Handbook"), "{}", text(&answer));
}

#[tokio::test]
async fn pages_of_the_sandbox_open_in_a_browser() {
    let served = Served::start(&mut program(&["serve", "--sandbox"])).await;
    let line = served.banner.lines().find_map(|it| it.strip_prefix("Its pages in a browser: "));
    let authority = line.unwrap().split('/').nth(2).unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let request = format!("GET /wiki HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("<html"), "{answer}");
}

#[tokio::test]
async fn the_configuration_shown_is_json() {
    let served = Served::start(&mut program(&["serve", "--sandbox"])).await;
    let parts: Vec<Value> = served
        .banner
        .split("\n\n")
        .filter(|it| it.starts_with('{'))
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let [http, stdio] = parts.as_slice() else { panic!("{}", served.banner) };
    assert_eq!(http["mcpServers"]["confluence"]["url"], served.endpoint.as_str());
    let program = stdio["mcpServers"]["confluence"]["command"].as_str().unwrap();
    assert_eq!(program, env!("CARGO_BIN_EXE_confluence-mcp-server"));
}

#[tokio::test]
async fn what_stays_on_this_machine_goes_through_no_proxy() {
    let mut command = program(&["serve", "--sandbox"]);
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"] {
        // Nobody listens there: what goes to the proxy fails.
        command.env(variable, "http://127.0.0.1:9");
    }
    let served = Served::start(&mut command).await;
    let (_, answer) = served.call(None, "spaces", json!({ "action": "list" })).await;
    assert!(text(&answer).contains("ENG"), "{answer}");
}

//! Servers that cannot be used, and where the key goes.

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Command,
    sync::mpsc::{Receiver, channel},
    thread,
};

use super::served::Served;
use crate::process::{Rig, program, run};

fn list(url: &str) -> Command {
    let mut command = program(&["workspace", "list"]);
    command.env("CONFLUENCE_SERVER_URL", url).env("CONFLUENCE_SERVER_KEY", "planted-key");
    command
}

#[track_caller]
fn ends(command: &mut Command, code: i32, expected: &str) {
    let ended = run(command);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""), "{}", ended.stderr);
    assert!(ended.stderr.contains(expected), "{}", ended.stderr);
    assert!(!ended.stderr.contains("planted"), "{}", ended.stderr);
}

/// Answers each request with the same bytes; what was asked comes out of the channel.
fn stand_in(answer: String) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).unwrap();
            request.truncate(length);
            stream.write_all(answer.as_bytes()).unwrap();
            if sender.send(String::from_utf8(request).unwrap()).is_err() {
                return;
            }
        }
    });
    (url, receiver)
}

fn answer(status: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n{body}"
    )
}

#[test]
fn without_a_server_or_a_key_it_is_told_what_to_set() {
    ends(&mut program(&["workspace", "list"]), 2, "--server-url (CONFLUENCE_SERVER_URL)");
    ends(&mut program(&["workspace", "list"]), 2, "set CONFLUENCE_SERVER_KEY, or name a file");
    ends(list("https://a.example").env("CONFLUENCE_SERVER_KEY_FILE", "/x"), 2, "remove one");
    let mut on_line = program(&["workspace", "list", "--server-key", "planted"]);
    ends(&mut on_line, 2, "a secret on the command line");
    let mut file = list("http://127.0.0.1:9");
    file.env_remove("CONFLUENCE_SERVER_KEY").env("CONFLUENCE_SERVER_KEY_FILE", "/nowhere/key");
    ends(&mut file, 2, "/nowhere/key");
    ends(list("http://127.0.0.1:9").env("CONFLUENCE_SERVER_KEY", "planted\nkey"), 2, "characters");
}

#[test]
fn the_key_goes_over_tls_or_nowhere() {
    for url in ["http://server.example", "http://192.0.2.1:8080", "http://127.0.0.1.example"] {
        ends(&mut list(url), 2, "an address on another machine needs `https`");
    }
    ends(&mut list("ftp://server.example"), 2, "not an address");
    ends(&mut list("https://user:planted@server.example"), 2, "with a user name or password");
}

#[test]
fn the_key_goes_to_the_configured_host_and_to_no_other() {
    let (other, asked) = stand_in(answer("200 OK", "", "{\"items\":[],\"next\":null}"));
    let location = format!("location: {other}/admin/v1/workspaces\r\n");
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let (url, first) = stand_in(answer(status, &location, ""));
        ends(&mut list(&url), 1, "sends elsewhere");
        assert!(first.recv().unwrap().contains("Bearer planted-key"));
    }
    assert!(asked.try_recv().is_err());
}

#[test]
fn a_server_is_asked_below_the_path_of_its_address() {
    let (url, asked) = stand_in(answer("200 OK", "", "{\"items\":[],\"next\":null}"));
    let ended = run(&mut list(&format!("{url}/v2/")));
    assert_eq!(ended.stdout, "there is no workspace\n", "{}", ended.stderr);
    let request = asked.recv().unwrap();
    assert!(request.starts_with("GET /v2/admin/v1/workspaces?limit=200 "), "{request}");
}

#[test]
fn what_is_no_admin_api_is_told() {
    let rig = Rig::demo();
    ends(&mut list(&rig.sandbox.site_url()), 1, "what answers is no admin API");
    let (url, _asked) = stand_in(answer("200 OK", "", "<html>"));
    ends(&mut list(&url), 1, "what answers is no admin API");
    let (url, _asked) = stand_in(answer("200 OK", "", "{}"));
    ends(&mut list(&url), 1, "what answers is no admin API");
    let (url, _asked) = stand_in(answer("500 Oops", "", "<html>planted</html>"));
    ends(&mut list(&url), 1, "the server answered with status 500");
    ends(&mut list("http://127.0.0.1:9"), 1, "the server could not be reached");
}

#[test]
fn reading_is_tried_again_and_writing_is_not() {
    let (url, asked) = stand_in(answer("503 Not now", "", ""));
    ends(&mut list(&url), 1, "the server answered with status 503");
    assert_eq!(asked.try_iter().count(), 3);
    let mut create = program(&["workspace", "create", "acme"]);
    create.env("CONFLUENCE_SERVER_URL", &url).env("CONFLUENCE_SERVER_KEY", "planted-key");
    ends(&mut create, 1, "the server answered with status 503");
    assert_eq!(asked.try_iter().count(), 1);
}

#[test]
fn a_wrong_key_is_not_authenticated() {
    let served = Served::start();
    ends(&mut list(&served.url), 3, "the key is not valid here (CONFLUENCE_SERVER_KEY)");
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    ends(list(&url).env("CONFLUENCE_TIMEOUT", "1s"), 1, "did not answer in time");
}

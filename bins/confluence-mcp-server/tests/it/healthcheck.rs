//! `healthcheck`: what it takes for a server that is well.

use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::process::{Ended, Served, program, run};

async fn ask(listen: &str) -> Ended {
    run(program(&["healthcheck"]).env("CONFLUENCE_LISTEN", listen)).await
}

#[tokio::test]
async fn nobody_there_is_not_well() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let ended = ask(&address).await;
    assert_eq!(ended.code, Some(1));
    let start = format!("error: {address} does not answer");
    assert!(ended.stderr.starts_with(&start), "{}", ended.stderr);
}

#[tokio::test]
async fn one_who_answers_otherwise_is_not_well() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let other = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").await.unwrap();
    });
    let ended = ask(&address).await;
    other.await.unwrap();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.ends_with("answers `HTTP/1.1 503 `\n"), "{}", ended.stderr);
}

#[tokio::test]
async fn one_who_takes_the_question_and_is_silent_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ended = ask(&listener.local_addr().unwrap().to_string()).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("does not answer within 3 s"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_port_that_nobody_knows_is_a_mistake() {
    let ended = ask("127.0.0.1:0").await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("port 0 is any free one"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_server_is_well_and_needs_no_key_to_say_so() {
    let mut command = program(&["serve", "--sandbox"]);
    let served =
        Served::start(command.env("CONFLUENCE_WORKSPACE_KEY", "planted-workspace-key")).await;
    let listening = served.authority();
    // What listens everywhere is asked here.
    let everywhere = listening.replace("127.0.0.1", "0.0.0.0");
    for listen in [listening, &everywhere] {
        let ended = ask(listen).await;
        let told = (ended.code, ended.stdout.as_str(), ended.stderr.as_str());
        assert_eq!(told, (Some(0), "", ""), "{listen}");
    }
}

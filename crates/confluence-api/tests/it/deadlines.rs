//! Calls that take too long, servers that hang up, callers who do.

use std::time::{Duration, Instant};

use confluence_api::{
    Error,
    pages::{DeletePage, GetPage, ListPages},
    transport::TransportErrorKind,
};
use tokio::time::sleep;

use crate::support::{Play, Replay, client, raw_server, write};

const SOON: Duration = Duration::from_millis(400);

/// Far more than a call may take, far less than a test run.
const NEVER: Duration = Duration::from_secs(30);

const PAGE: &str = r#"{"results":[]}"#;

fn delete() -> DeletePage {
    DeletePage { id: "98765".parse().unwrap(), purge: false, draft: false }
}

#[track_caller]
fn is_deadline(error: &Error, start: Instant) {
    assert!(matches!(error, Error::Deadline { .. }), "{error:?}");
    assert!(error.is_transient());
    assert!(start.elapsed() < SOON * 5, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_says_nothing_does_not_hold_the_caller() {
    let (root, _) = raw_server(|stream| async move {
        sleep(NEVER).await;
        drop(stream);
    })
    .await;
    let start = Instant::now();
    let client = client(&root).with_timeout(SOON);
    let error = client.send(&ListPages::default()).await.unwrap_err();
    is_deadline(&error, start);
    assert_eq!(error.to_string(), "no answer to GET /wiki/api/v2/pages within 400ms");
    assert!(!error.may_have_acted());
    assert!(client.send(&delete()).await.unwrap_err().may_have_acted());
}

#[tokio::test]
async fn a_body_that_drips_does_not_hold_the_caller() {
    let (root, _) = raw_server(|mut stream| async move {
        let head =
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
        let mut open = write(&mut stream, head).await;
        while open {
            open = write(&mut stream, b" ").await;
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let start = Instant::now();
    let error = client(&root).with_timeout(SOON).send(&ListPages::default()).await.unwrap_err();
    is_deadline(&error, start);
}

#[tokio::test]
async fn headers_that_drip_do_not_hold_the_caller() {
    let (root, _) = raw_server(|mut stream| async move {
        let mut open = write(&mut stream, b"HTTP/1.1 200 OK\r\n").await;
        while open {
            open = write(&mut stream, b"x-more: y\r\n").await;
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let start = Instant::now();
    let error = client(&root).with_timeout(SOON).send(&ListPages::default()).await.unwrap_err();
    is_deadline(&error, start);
}

#[tokio::test]
async fn a_refused_connection_is_tried_four_times_also_for_writes() {
    // Bound and dropped: nobody listens there.
    let root = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let error = client(&root).send(&delete()).await.unwrap_err();
    let Error::Transport { source, .. } = &error else { panic!("{error:?}") };
    assert_eq!(source.kind, TransportErrorKind::Connect);
    assert!(!error.may_have_acted());
    assert_eq!(source.host, "127.0.0.1");
}

/// Servers that hang up after `part`: a read is tried again, a write is not.
async fn cut(part: &'static [u8]) {
    let serve = move |mut stream| async move {
        write(&mut stream, part).await;
    };
    let (root, connections) = raw_server(serve).await;
    let get = GetPage::new("98765".parse().unwrap());
    let error = client(&root).send(&get).await.unwrap_err();
    let Error::Transport { source, .. } = &error else { panic!("{error:?}") };
    assert_eq!(source.kind, TransportErrorKind::Interrupted, "{part:?}");
    assert_eq!(*connections.lock().unwrap(), 4, "{part:?}");

    let (root, connections) = raw_server(serve).await;
    let error = client(&root).send(&delete()).await.unwrap_err();
    assert!(error.may_have_acted(), "{error:?}");
    assert_eq!(*connections.lock().unwrap(), 1, "{part:?}");
}

#[tokio::test]
async fn a_cut_connection_is_tried_again_for_reads_only() {
    let parts = [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"results\":",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"res",
        b"\x00\x01garbage\r\n\r\n",
    ];
    futures::future::join_all(parts.map(cut)).await;
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_the_client_usable() {
    let (root, connections) = raw_server(|mut stream| async move {
        sleep(Duration::from_millis(50)).await;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{PAGE}", PAGE.len());
        write(&mut stream, head.as_bytes()).await;
    })
    .await;
    let client = client(&root);
    let delete = delete();
    for _ in 0..5 {
        let call = tokio::time::timeout(Duration::from_millis(5), client.send(&delete));
        call.await.unwrap_err();
    }
    client.send(&ListPages::default()).await.unwrap();
    assert!(*connections.lock().unwrap() <= 6, "a dropped call is not repeated");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_not_repeated_behind_the_callers_back() {
    let replay = Replay::new([Play::status(503), Play::json(200, PAGE)]);
    let client = replay.client();
    let endpoint = ListPages::default();
    let call = client.send(&endpoint);
    tokio::time::timeout(Duration::from_millis(100), call).await.unwrap_err();
    sleep(NEVER).await;
    assert_eq!(replay.count(), 1);
    client.send(&endpoint).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_default_deadline_is_a_minute_and_covers_everything() {
    let replay =
        Replay::new([Play::status(503), Play::Fault(TransportErrorKind::Connect), Play::Never]);
    let client = replay.client();
    assert_eq!(client.timeout(), Duration::from_mins(1));
    let start = tokio::time::Instant::now();
    let error = client.send(&ListPages::default()).await.unwrap_err();
    assert!(matches!(error, Error::Deadline { .. }));
    assert_eq!(start.elapsed().as_secs(), 60);
    assert_eq!(replay.count(), 3);
}

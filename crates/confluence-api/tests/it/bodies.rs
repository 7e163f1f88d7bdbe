//! Large answers and compressed ones.

use std::{
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use confluence_api::{
    Client, Error, HttpTransport, HttpTransportOptions, Rejected, pages::ListPages,
    transport::TransportErrorKind,
};
use flate2::{Compression, write::GzEncoder};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::support::{Fixed, fixture, raw_server, write};

const LIMIT: usize = 64 * 1024;

fn bounded(root: &str) -> Client {
    let mut options = HttpTransportOptions::default();
    options.max_response_bytes = LIMIT;
    let transport = Arc::new(HttpTransport::new(options));
    Client::new(transport, Fixed::new(root, Rejected::Unrelated))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 1, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters).unwrap();
    compressed
}

async fn answers(body: Vec<u8>, encoding: Option<&str>) -> MockServer {
    let server = MockServer::start().await;
    let mut response = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    if let Some(encoding) = encoding {
        response = response.insert_header("content-encoding", encoding);
    }
    Mock::given(any()).respond_with(response).expect(1).mount(&server).await;
    server
}

#[track_caller]
fn is_too_large(error: &Error) {
    let Error::Transport { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind, TransportErrorKind::TooLarge { limit: LIMIT });
}

#[tokio::test]
async fn an_answer_is_bounded_by_the_length_it_declares() {
    let (root, connections) = raw_server(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n";
        write(&mut stream, head).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    let start = Instant::now();
    is_too_large(&bounded(&root).send(&ListPages::default()).await.unwrap_err());
    assert!(start.elapsed() < Duration::from_secs(5), "refused before the body");
    assert_eq!(*connections.lock().unwrap(), 1, "not repeated");
}

#[tokio::test]
async fn an_answer_is_bounded_without_a_declared_length() {
    for head in
        [&b"HTTP/1.1 200 OK\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"]
    {
        let (root, _) = raw_server(move |mut stream| async move {
            let mut open = write(&mut stream, head).await;
            while open {
                let mut chunk = b"400\r\n".to_vec();
                chunk.resize(5 + 0x400, b' ');
                chunk.extend(b"\r\n");
                open = write(&mut stream, &chunk).await;
            }
        })
        .await;
        is_too_large(&bounded(&root).send(&ListPages::default()).await.unwrap_err());
    }
}

#[tokio::test]
async fn an_error_is_bounded_as_well() {
    let (root, _) = raw_server(|mut stream| async move {
        let mut open = write(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        while open {
            open = write(&mut stream, &[b'x'; 1024]).await;
        }
    })
    .await;
    is_too_large(&bounded(&root).send(&ListPages::default()).await.unwrap_err());
}

#[tokio::test]
async fn a_bomb_is_bounded_by_what_it_unfolds_to() {
    let blanks = vec![b' '; 8 * 1024 * 1024];
    for (bomb, encoding) in [(gzip(&blanks), "gzip"), (brotli(&blanks), "br")] {
        let small = bomb.len();
        let server = answers(bomb, Some(encoding)).await;
        is_too_large(&bounded(&server.uri()).send(&ListPages::default()).await.unwrap_err());
        assert!(small < LIMIT, "{encoding}: {small}");
    }
}

#[tokio::test]
async fn an_answer_of_exactly_the_bound_is_taken() {
    let mut body = br#"{"results":[]}"#.to_vec();
    body.resize(LIMIT, b' ');
    let server = answers(body.clone(), None).await;
    let answer = bounded(&server.uri()).json(&ListPages::default()).await.unwrap();
    assert_eq!(answer.body().len(), LIMIT);
    body.push(b' ');
    let server = answers(body, None).await;
    is_too_large(&bounded(&server.uri()).json(&ListPages::default()).await.unwrap_err());
}

#[tokio::test]
async fn compressed_answers_are_unfolded() {
    let text = fixture("pages/list.200");
    for (body, encoding) in [(gzip(text.as_bytes()), "gzip"), (brotli(text.as_bytes()), "br")] {
        let server = answers(body, Some(encoding)).await;
        let answer = bounded(&server.uri()).json(&ListPages::default()).await.unwrap();
        assert_eq!(answer.body(), text.as_str(), "{encoding}");
    }
}

#[tokio::test]
async fn what_is_not_what_its_encoding_says_is_a_broken_answer() {
    for encoding in ["gzip", "br"] {
        let server = MockServer::start().await;
        let response = ResponseTemplate::new(200)
            .set_body_raw("not compressed at all", "application/json")
            .insert_header("content-encoding", encoding);
        Mock::given(any()).respond_with(response).mount(&server).await;
        let error = bounded(&server.uri()).send(&ListPages::default()).await.unwrap_err();
        let Error::Transport { source, .. } = error else { panic!("{error:?}") };
        assert_eq!(source.kind, TransportErrorKind::Interrupted, "{encoding}");
    }
}

#[tokio::test]
async fn the_user_agent_can_be_chosen() {
    let server = answers(br#"{"results":[]}"#.to_vec(), None).await;
    let mut options = HttpTransportOptions::default();
    "acme-bot/1".clone_into(&mut options.user_agent);
    let transport = Arc::new(HttpTransport::new(options));
    let client = Client::new(transport, Fixed::new(&server.uri(), Rejected::Unrelated));
    client.send(&ListPages::default()).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["user-agent"], "acme-bot/1");
}

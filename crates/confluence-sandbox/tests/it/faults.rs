//! Faults to order.

use std::time::{Duration, Instant};

use confluence_sandbox::Fault;
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Site, send};

const SPACES: &str = "/wiki/api/v2/spaces";
const PAGES: &str = "/wiki/api/v2/pages";

#[tokio::test]
async fn a_rule_strikes_its_method_and_path_as_often_as_told() {
    let site = Site::empty().await;
    let faults = site.sandbox.faults();
    faults.inject(Fault::internal_error().on("get", SPACES).after(1).times(2));
    site.get(PAGES).await.expect(200);
    site.post(SPACES, serde_json::json!({})).await.expect(405);
    site.get(SPACES).await.expect(200);
    site.get(&format!("{SPACES}/1")).await.expect(500);
    assert_eq!(faults.pending(), 1);
    site.get(SPACES).await.expect(500);
    assert_eq!(faults.pending(), 0);
    site.get(SPACES).await.expect(200);
    faults.inject(Fault::internal_error());
    site.get(PAGES).await.expect(500);
    faults.clear();
    site.get(PAGES).await.expect(200);
}

#[tokio::test]
async fn a_rule_strikes_through_the_gateway_too() {
    let site = Site::empty().await;
    site.sandbox.faults().inject(Fault::internal_error().on("*", SPACES).once());
    let url = format!("{}{SPACES}", site.sandbox.gateway_url());
    send(site.request(Method::GET, &url)).await.expect(500);
}

#[tokio::test]
async fn statuses_come_with_and_without_a_time_to_wait() {
    let site = Site::empty().await;
    let cases = [
        (Fault::TooManyRequests { retry_after: Some(7) }, 429, Some("7")),
        (Fault::TooManyRequests { retry_after: None }, 429, None),
        (Fault::Status { status: 502, retry_after: None }, 502, None),
        (Fault::unavailable(Some(3)), 503, Some("3")),
        (Fault::unavailable(None), 503, None),
    ];
    for (fault, status, retry_after) in cases {
        site.sandbox.faults().inject(fault.on("GET", SPACES).once());
        let reply = site.get(SPACES).await.expect(status);
        assert_eq!(reply.header("retry-after"), retry_after);
        reply.json();
    }
    site.sandbox.faults().inject(Fault::HtmlPage { status: 502 }.on("GET", SPACES).once());
    let reply = site.get(SPACES).await.expect(502);
    assert_eq!(reply.header("content-type"), Some("text/html"));
    assert!(reply.text.contains("502 Bad Gateway"));
}

#[tokio::test]
async fn latency_delays_and_changes_nothing() {
    let site = Site::empty().await;
    site.sandbox.faults().inject(Fault::Latency(Duration::from_millis(120)).everywhere().once());
    let start = Instant::now();
    site.get(SPACES).await.expect(200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn a_cut_connection_gives_no_answer_and_does_nothing() {
    let site = Site::empty().await;
    let id = site.page("Untouched", "").await;
    let path = format!("{PAGES}/{id}");
    site.sandbox.faults().inject(Fault::Disconnect.on("DELETE", &path).once());
    let error = site.request(Method::DELETE, &path).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(site.sandbox.requests().last().unwrap().status, None);
    assert_eq!(site.get(&path).await.expect(200).json()["status"], "current");
}

#[tokio::test]
async fn a_lost_response_leaves_the_write_done() {
    let site = Site::empty().await;
    let id = site.page("Before", "").await;
    let path = format!("{PAGES}/{id}");
    site.sandbox.faults().inject(Fault::LostResponse.on("PUT", &path).once());
    let update = Site::update(&id, "After", "<p>x</p>", 2);
    site.request(Method::PUT, &path).json(&update).send().await.unwrap_err();
    assert_eq!(site.get(&path).await.expect(200).json()["title"], "After");
    // A retry now looks like a conflict, though it was ours.
    site.put(&path, update).await.expect(409);
}

#[tokio::test]
async fn nothing_at_all_is_sent_before_a_cut() {
    let site = Site::empty().await;
    site.sandbox.faults().inject(Fault::Disconnect.everywhere().once());
    let mut stream = TcpStream::connect(site.sandbox.address().unwrap()).await.unwrap();
    stream.write_all(b"GET /wiki HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut received = Vec::new();
    // Closed or reset, but silent.
    let _ = stream.read_to_end(&mut received).await;
    assert_eq!(received, b"");
}

#[tokio::test]
async fn a_body_can_be_cut_or_end_too_early() {
    let site = Site::empty().await;
    site.sandbox.faults().inject(Fault::CutBody.on("GET", SPACES).once());
    let response = site.request(Method::GET, SPACES).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.text().await.is_err());
    site.sandbox.faults().inject(Fault::TruncatedJson.on("GET", SPACES).once());
    let reply = site.get(SPACES).await.expect(200);
    assert_eq!(reply.header("content-length").unwrap(), reply.text.len().to_string());
    assert!(serde_json::from_str::<serde_json::Value>(&reply.text).is_err());
}

#[tokio::test]
async fn a_slow_body_arrives_whole() {
    let site = Site::empty().await;
    let whole = site.get(SPACES).await.expect(200).text;
    let pause = Duration::from_millis(5);
    site.sandbox.faults().inject(Fault::SlowBody { chunk: 64, pause }.on("GET", SPACES).once());
    let start = Instant::now();
    assert_eq!(site.get(SPACES).await.expect(200).text, whole);
    let chunks = u32::try_from(whole.len().div_ceil(64)).unwrap();
    assert!(start.elapsed() >= pause * chunks);
}

#[tokio::test]
async fn an_endless_body_does_not_end() {
    let site = Site::empty().await;
    site.sandbox.faults().inject(Fault::EndlessBody.on("GET", SPACES).once());
    let mut response = site.request(Method::GET, SPACES).send().await.unwrap();
    let mut received = 0;
    while received < 20 * 1024 * 1024 {
        received += response.chunk().await.unwrap().expect("never the end").len();
    }
}

#[tokio::test]
async fn gzip_comes_unasked() {
    let site = Site::empty().await;
    site.sandbox.faults().inject(Fault::Gzip.on("GET", SPACES).once());
    let response =
        site.request(Method::GET, SPACES).header("accept-encoding", "identity").send().await;
    let response = response.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let bytes = response.bytes().await.unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*bytes), &mut text).unwrap();
    assert!(text.contains("SAND"), "{text}");
}

#[tokio::test]
async fn a_redirect_leads_elsewhere() {
    let site = Site::empty().await;
    let location = "http://elsewhere.invalid/".to_owned();
    site.sandbox.faults().inject(Fault::Redirect { location }.on("GET", SPACES).once());
    let reply = site.get(SPACES).await.expect(302);
    assert_eq!(reply.header("location"), Some("http://elsewhere.invalid/"));
}

#[tokio::test]
async fn a_next_link_can_point_to_a_stranger() {
    let site = Site::with(|it| it.space("TWO", "Second")).await;
    let origin = "https://stranger.invalid".to_owned();
    site.sandbox.faults().inject(Fault::ForeignNextLink { origin }.on("GET", SPACES).once());
    let reply = site.get(&format!("{SPACES}?limit=1")).await.expect(200);
    let next = reply.next().unwrap();
    assert!(next.starts_with("https://stranger.invalid/wiki/api/v2/spaces?limit=1&cursor="));
    assert!(reply.header("link").is_none());
}

#[tokio::test]
async fn an_empty_page_can_come_before_the_rows() {
    let site = Site::empty().await;
    let id = site.page("Rows", "").await;
    let path = format!("/wiki/rest/api/content/{id}/label");
    let labels = serde_json::json!([{ "prefix": "global", "name": "red" }]);
    site.post(&path, labels).await.expect(200);
    for (path, root) in [
        (PAGES.to_owned(), ""),
        (SPACES.to_owned(), ""),
        (format!("{PAGES}/{id}/labels"), ""),
        (format!("{PAGES}/{id}/versions"), ""),
        ("/wiki/rest/api/search?cql=type%3Dpage".to_owned(), "/wiki"),
    ] {
        site.sandbox.faults().inject(Fault::EmptyPage.everywhere().once());
        let empty = site.get(&path).await.expect(200);
        assert_eq!(empty.column("id").len(), 0, "{path}");
        let next = empty.next().expect("a next page");
        let rows = site.get(&format!("{root}{next}")).await.expect(200);
        assert!(!rows.column("id").is_empty(), "{path}");
    }
}

//! The log of requests, starting and stopping.

use std::time::Duration;

use confluence_sandbox::{Authorization, Fault, Sandbox};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;

use crate::support::{Site, http, send};

#[tokio::test]
async fn requests_are_remembered_without_their_credential() {
    let site = Site::empty().await;
    let request = site.request(Method::POST, "/wiki/api/v2/pages?private=true");
    send(request.header("x-probe", "7").header("cookie", "a=b").json(&json!({ "a": 1 }))).await;
    let seen = site.sandbox.requests();
    assert_eq!(seen.len(), 1);
    let seen = &seen[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/wiki/api/v2/pages"));
    assert_eq!(seen.query, "private=true");
    assert_eq!(seen.authorization, Authorization::Basic);
    assert_eq!(seen.header("X-Probe"), Some("7"));
    assert_eq!(seen.body, "{\"a\":1}");
    assert_eq!(seen.status, Some(400));
    assert!(!seen.through_gateway);
    assert!(seen.header("authorization").is_none() && seen.header("cookie").is_none());
}

#[tokio::test]
async fn forgetting_requests_does_not_uncount_them() {
    let site = Site::empty().await;
    site.get("/wiki/api/v2/spaces").await;
    site.get("/wiki/api/v2/spaces").await;
    site.sandbox.reset_requests();
    assert!(site.sandbox.requests().is_empty());
    assert_eq!(site.sandbox.request_count(), 2);
    site.get("/wiki/api/v2/pages").await;
    assert_eq!(site.sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_shutdown_closes_the_port_even_while_a_body_drips() {
    let site = Site::empty().await;
    let address = site.sandbox.address().unwrap();
    let pause = Duration::from_secs(1);
    site.sandbox.faults().inject(Fault::SlowBody { chunk: 1, pause });
    let url = format!("{}/wiki", site.sandbox.site_url());
    let mut response = http().get(url).send().await.unwrap();
    tokio::time::timeout(Duration::from_secs(8), site.sandbox.shutdown()).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    while let Ok(Some(_)) = response.chunk().await {}
}

#[tokio::test]
async fn a_dropped_sandbox_frees_its_port() {
    let site = Site::empty().await;
    let address = site.sandbox.address().unwrap();
    drop(site);
    for _ in 0..100 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the port is still open");
}

#[tokio::test]
async fn an_address_in_use_is_an_error() {
    let site = Site::empty().await;
    let taken = site.sandbox.address().unwrap();
    assert!(Sandbox::builder().empty().address(taken).start().await.is_err());
}

#[tokio::test]
async fn it_can_be_called_without_a_port() {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    let sandbox = Sandbox::builder().empty().cloud_id("c1").embed();
    assert_eq!(sandbox.address(), None);
    assert_eq!(sandbox.gateway_url(), "http://sandbox.invalid/ex/confluence/c1");
    let request = Request::get("/_edge/tenant_info").body(Body::empty()).unwrap();
    let response = sandbox.router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
}

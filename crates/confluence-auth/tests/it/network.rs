//! `Client` with these credentials, over real connections.

use std::sync::Arc;

use confluence_api::{Client, Credentials, HttpTransport, pages::ListPages};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{basic_auth, bearer_token, path},
};

use crate::{
    atlassian::{EMAIL, TOKEN},
    directory::{access_token, api_token, at},
};

const PAGE: &str = r#"{"results":[{"id":"98765","title":"Handbook"}],"_links":{}}"#;

fn client(credentials: Arc<dyn Credentials>) -> Client {
    Client::new(Arc::new(HttpTransport::default()), credentials)
}

async fn tenant(site: &MockServer) {
    Mock::given(path("/_edge/tenant_info"))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"cloudId":"cloud-1"}"#))
        .expect(1)
        .mount(site)
        .await;
}

#[tokio::test]
async fn a_scoped_api_token_arrives_at_the_gateway() {
    let (site, gateway) = (MockServer::start().await, MockServer::start().await);
    tenant(&site).await;
    let page = ResponseTemplate::new(401).set_body_raw("<html>HTTP Status 401</html>", "text/html");
    Mock::given(path("/wiki/api/v2/pages")).respond_with(page).expect(1).mount(&site).await;
    Mock::given(path("/ex/confluence/cloud-1/wiki/api/v2/pages"))
        .and(basic_auth(EMAIL, TOKEN))
        .respond_with(ResponseTemplate::new(200).set_body_raw(PAGE, "application/json"))
        .expect(2)
        .mount(&gateway)
        .await;
    let client = client(api_token(&at(&site, &gateway)));
    for _ in 0..2 {
        let pages = client.send(&ListPages::default()).await.unwrap();
        assert_eq!(pages.results[0].title, "Handbook");
    }
}

#[tokio::test]
async fn an_access_token_arrives_at_the_gateway_and_nowhere_else() {
    let (site, gateway) = (MockServer::start().await, MockServer::start().await);
    tenant(&site).await;
    Mock::given(path("/ex/confluence/cloud-1/wiki/api/v2/pages"))
        .and(bearer_token(TOKEN))
        .respond_with(ResponseTemplate::new(200).set_body_raw(PAGE, "application/json"))
        .expect(1)
        .mount(&gateway)
        .await;
    let client = client(access_token(&at(&site, &gateway)));
    client.send(&ListPages::default()).await.unwrap();
    assert_eq!(site.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_dead_token_is_told_without_showing_it() {
    let (site, gateway) = (MockServer::start().await, MockServer::start().await);
    tenant(&site).await;
    let body = format!(r#"{{"code":401,"message":"Unauthorized"}} {TOKEN}"#);
    Mock::given(path("/ex/confluence/cloud-1/wiki/api/v2/pages"))
        .respond_with(ResponseTemplate::new(401).set_body_raw(body, "application/json"))
        .mount(&gateway)
        .await;
    let credentials = access_token(&at(&site, &gateway));
    let client = client(Arc::clone(&credentials));
    let error = client.send(&ListPages::default()).await.unwrap_err();
    let authorized = credentials.authorized().await.unwrap();
    let shown = format!("{error} {error:?} {client:?} {credentials:?} {authorized:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
}

//! What is sent to a site's directory, over a real connection.

use std::sync::Arc;

use confluence_api::{Credentials, HttpTransport};
use confluence_auth::{AccessToken, ApiToken, Endpoints, Location};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::atlassian::{EMAIL, TOKEN};

pub(crate) fn at(site: &MockServer, gateway: &MockServer) -> Location {
    let endpoints = Endpoints {
        site: Some(site.uri().parse().unwrap()),
        gateway: Some(gateway.uri().parse().unwrap()),
        ..Endpoints::default()
    };
    Location { endpoints, ..Location::default() }
}

pub(crate) fn access_token(location: &Location) -> Arc<dyn Credentials> {
    let transport = Arc::new(HttpTransport::default());
    Arc::new(AccessToken::new(transport, location, &TOKEN.into()).unwrap())
}

pub(crate) fn api_token(location: &Location) -> Arc<dyn Credentials> {
    let transport = Arc::new(HttpTransport::default());
    Arc::new(ApiToken::new(transport, location, EMAIL, &TOKEN.into()).unwrap())
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let (site, evil) = (MockServer::start().await, MockServer::start().await);
    let to = format!("{}/_edge/tenant_info", evil.uri());
    for status in [301, 302, 303, 307, 308] {
        site.reset().await;
        Mock::given(path("/_edge/tenant_info"))
            .respond_with(ResponseTemplate::new(status).insert_header("location", to.as_str()))
            .expect(1)
            .mount(&site)
            .await;
        access_token(&at(&site, &evil)).authorized().await.unwrap_err();
    }
    assert!(evil.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_request_is_bare() {
    let (site, gateway) = (MockServer::start().await, MockServer::start().await);
    Mock::given(method("GET"))
        .and(path("/_edge/tenant_info"))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"cloudId":"cloud-1"}"#))
        .mount(&site)
        .await;
    let authorized = access_token(&at(&site, &gateway)).authorized().await.unwrap();
    assert_eq!(authorized.root.as_str(), format!("{}/ex/confluence/cloud-1", gateway.uri()));
    let requests = site.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].url.query(), None);
    assert!(requests[0].body.is_empty());
    for (name, value) in &requests[0].headers {
        assert_ne!(name, "authorization");
        assert_ne!(name, "cookie");
        assert!(!value.to_str().unwrap().contains(TOKEN));
    }
}

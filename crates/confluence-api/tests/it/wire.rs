//! What the twenty operations put on the wire, and what they make of the answers.

use confluence_api::{Client, Endpoint};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::support::{client, fixture};

mod content;
mod pages;
mod spaces;

/// Sends `endpoint` through a gateway and answers with `answer`; gives back what arrived, too.
async fn exchange<E: Endpoint>(endpoint: &E, status: u16, answer: &str) -> (String, E::Response) {
    let (server, client) = gateway().await;
    let response = ResponseTemplate::new(status).set_body_raw(fixture(answer), "application/json");
    Mock::given(any()).respond_with(response).expect(1).mount(&server).await;
    let response = client.send(endpoint).await.unwrap();
    (arrived(&server).await, response)
}

/// The same for an operation that answers with nothing.
async fn exchange_empty<E: Endpoint>(endpoint: &E) -> String {
    let (server, client) = gateway().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(204)).expect(1).mount(&server).await;
    client.send(endpoint).await.unwrap();
    arrived(&server).await
}

async fn gateway() -> (MockServer, Client) {
    let server = MockServer::start().await;
    let client = client(&format!("{}/ex/confluence/cloud-1/", server.uri()));
    (server, client)
}

async fn arrived(server: &MockServer) -> String {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(shown).collect()
}

/// The request as text: line, sorted headers, body.
fn shown(request: &Request) -> String {
    let query = request.url.query().map(|it| format!("?{it}")).unwrap_or_default();
    let mut text = format!("{} {}{query}\n", request.method, request.url.path());
    let headers = request.headers.iter().filter(|(name, _)| *name != "host");
    let mut headers: Vec<String> =
        headers.map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect();
    headers.sort();
    let version = env!("CARGO_PKG_VERSION");
    text.push_str(&headers.concat().replace(version, "<version>"));
    text.push('\n');
    text.push_str(std::str::from_utf8(&request.body).unwrap());
    text.trim_end().to_owned() + "\n\n"
}

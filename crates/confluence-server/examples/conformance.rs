//! The server that the official conformance suite is run against: ours, with the suite's tools.
//!
//! It prints its endpoint, and serves until its standard input ends.

use std::{
    error::Error,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use confluence_api::{Client, HttpTransport, Transport};
use confluence_auth::{ApiToken, Endpoints, Location};
use confluence_sandbox::Sandbox;
use confluence_server::{HttpOptions, SingleUser, conformance};
use confluence_tools::Options;
use tokio::{io::AsyncReadExt, net::TcpListener};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().demo().start().await?;
    let clients = Arc::new(SingleUser::new(client(&sandbox)?, Options::default()));
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let public_url = format!("http://{}", listener.local_addr()?);
    writeln!(io::stdout(), "Endpoint: {public_url}/mcp")?;
    let options = HttpOptions { public_url: public_url.parse()?, ..HttpOptions::default() };
    let serving = conformance::serve_http(listener, clients, options, CancellationToken::new());
    tokio::select! {
        served = serving => served?,
        () = input_ended() => {}
    }
    Ok(())
}

fn client(sandbox: &Sandbox) -> Result<Client, Box<dyn Error>> {
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
    let endpoints = Endpoints { api: Some(sandbox.site_url().parse()?), ..Endpoints::default() };
    let location = Location { endpoints, ..Location::default() };
    let account = sandbox.credentials();
    let token = account.api_token.clone().into();
    let credentials = ApiToken::new(Arc::clone(&transport), &location, &account.email, &token)?;
    Ok(Client::new(transport, Arc::new(credentials)))
}

/// So that it does not outlive whoever started it.
async fn input_ended() {
    let mut input = tokio::io::stdin();
    let mut buffer = [0; 64];
    while let Ok(1..) = input.read(&mut buffer).await {}
}

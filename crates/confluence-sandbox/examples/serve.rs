//! The sandbox as a process of its own.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
};

use clap::Parser;
use confluence_sandbox::{Clock, OAuthClient, Sandbox};

/// Serve an embedded Confluence Cloud until the process is stopped.
#[derive(Debug, Parser)]
struct Arguments {
    /// Port of 127.0.0.1 to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Serve that many generated pages in place of the demo content.
    #[arg(long)]
    pages: Option<usize>,
    /// Add a site of that name, which only the gateway leads to; may be repeated.
    #[arg(long)]
    further_site: Vec<String>,
    /// Callback URL of the demo application.
    #[arg(long)]
    callback_url: Option<String>,
    /// Let other processes take hold of the sandbox, without a credential, at `/_sandbox/…`.
    #[arg(long)]
    controls: bool,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let Arguments { port, pages, further_site, callback_url, controls } = Arguments::parse();
    let mut builder = match pages {
        Some(pages) => Sandbox::builder().generate(pages),
        None => Sandbox::builder().demo(),
    };
    for name in &further_site {
        builder = builder.further_site(name);
    }
    let mut client = OAuthClient::demo();
    if let Some(url) = callback_url {
        client.callback_url = url;
    }
    builder = builder.oauth_client(client.clone()).clock(Clock::ahead());
    if controls {
        builder = builder.controls();
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let sandbox = builder.address(address).links_to_itself().start().await?;
    let credentials = sandbox.credentials();
    let mut out = io::stdout();
    writeln!(out, "site     {}", sandbox.site_url())?;
    writeln!(out, "gateway  {}", sandbox.gateway_url())?;
    writeln!(out, "web      {}/wiki", sandbox.site_url())?;
    writeln!(out, "e-mail   {}", credentials.email)?;
    writeln!(out, "token    {} (Basic, site and gateway)", credentials.api_token)?;
    writeln!(out, "scoped   {} (Basic, gateway only)", credentials.scoped_api_token)?;
    writeln!(out, "bearer   {} (Bearer, gateway only)", credentials.access_token)?;
    writeln!(out, "oauth    {}/authorize and {0}/oauth/token", sandbox.auth_base_url())?;
    writeln!(out, "client   {}, secret {}", client.id, client.secret)?;
    writeln!(out, "callback {}", client.callback_url)?;
    for site in sandbox.sites() {
        writeln!(out, "cloud id {} is {} ({})", site.cloud_id, site.name, site.url)?;
    }
    out.flush()?;
    std::future::pending().await
}

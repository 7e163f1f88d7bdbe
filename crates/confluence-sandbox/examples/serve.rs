//! The sandbox as a process of its own.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
};

use clap::Parser;
use confluence_sandbox::Sandbox;

/// Serve an embedded Confluence Cloud until the process is stopped.
#[derive(Debug, Parser)]
struct Arguments {
    /// Port of 127.0.0.1 to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Serve that many generated pages in place of the demo content.
    #[arg(long)]
    pages: Option<usize>,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let Arguments { port, pages } = Arguments::parse();
    let builder = match pages {
        Some(pages) => Sandbox::builder().generate(pages),
        None => Sandbox::builder().demo(),
    };
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
    out.flush()?;
    std::future::pending().await
}

//! A port of this machine, to which Atlassian sends the browser back.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use tokio::net::TcpListener;
use url::Url;

use crate::{exit::Exit, failed::Failed};

/// The port of a callback, on both of the addresses that `localhost` stands for: a browser may try
/// either, and whoever had the other one would be sent the code.
#[derive(Debug)]
pub(super) struct Loopback(Vec<TcpListener>);

impl Loopback {
    /// Takes the port.
    pub(super) async fn bind(callback: &Url) -> Result<Self, Failed> {
        let port = callback.port_or_known_default().unwrap_or_default();
        let four = listen(Ipv4Addr::LOCALHOST.into(), port).await;
        let mut listeners = vec![four.map_err(|error| no_port(port, callback, &error))?];
        match listen(Ipv6Addr::LOCALHOST.into(), port).await {
            Ok(six) => listeners.push(six),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                return Err(no_port(port, callback, &error));
            }
            // A machine without IPv6: nobody else can have it either.
            Err(_none) => {}
        }
        Ok(Self(listeners))
    }

    pub(super) fn into_listeners(self) -> Vec<TcpListener> {
        self.0
    }
}

async fn listen(address: IpAddr, port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::new(address, port)).await
}

fn no_port(port: u16, callback: &Url, error: &io::Error) -> Failed {
    let why = if error.kind() == io::ErrorKind::AddrInUse {
        "another program has it, perhaps a sign-in that still waits: end it and try again"
    } else {
        "this program may not use it"
    };
    Failed::new(
        Exit::Error,
        format!(
            "port {port} of this machine cannot be had ({error}); {why}. No other port will do: \
             Atlassian sends browsers to {callback} only, as it is registered for the OAuth client"
        ),
    )
}

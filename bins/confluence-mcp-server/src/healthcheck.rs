//! `healthcheck`: whether the server on this machine answers, for whoever starts it again if not.
//!
//! An image without a shell has nothing else to ask with.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Whoever asks waits no longer: an answer takes a millisecond.
const PATIENCE: Duration = Duration::from_secs(3);

/// How an answer starts that says that all is well.
const WELL: &[u8; 13] = b"HTTP/1.1 200 ";

/// Asks the server that listens on `listen`.
///
/// # Errors
///
/// When it does not answer in time, or something else does.
pub(crate) async fn ask(listen: SocketAddr) -> Result<()> {
    let address = SocketAddr::new(reached(listen.ip()), listen.port());
    match timeout(PATIENCE, answer(address)).await {
        Ok(answer) => match &answer.with_context(|| format!("{address} does not answer"))? {
            WELL => Ok(()),
            other => bail!("{address} answers `{}`", String::from_utf8_lossy(other).escape_debug()),
        },
        Err(_elapsed) => bail!("{address} does not answer within {} s", PATIENCE.as_secs()),
    }
}

/// The start of the answer.
async fn answer(address: SocketAddr) -> std::io::Result<[u8; WELL.len()]> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut start = [0; WELL.len()];
    stream.read_exact(&mut start).await?;
    Ok(start)
}

/// What listens everywhere is reached here.
fn reached(listen: IpAddr) -> IpAddr {
    match listen {
        IpAddr::V4(it) if it.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(it) if it.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V4(_) | IpAddr::V6(_) => listen,
    }
}

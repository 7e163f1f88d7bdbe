//! What the server sends to Confluence, byte for byte, so that the same can be sent straight there.

use std::{cell::RefCell, net::SocketAddr, rc::Rc};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::connection::Connection;

/// Largest head of a request that the server makes.
const MAX_HEAD: usize = 16 * 1024;

/// The requests seen so far.
pub(crate) type Seen = Rc<RefCell<Vec<Vec<u8>>>>;

/// Passes requests without a body on to `upstream`, and keeps them.
///
/// # Errors
///
/// When it cannot listen.
pub(crate) async fn open(upstream: SocketAddr) -> Result<(SocketAddr, Seen)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let seen = Seen::default();
    let kept = Rc::clone(&seen);
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::task::spawn_local(pass_on(stream, upstream, Rc::clone(&kept)));
        }
    });
    Ok((address, seen))
}

async fn pass_on(mut stream: TcpStream, upstream: SocketAddr, seen: Seen) -> Result<()> {
    let mut connection = Connection::open(upstream).await?;
    let mut head = Vec::new();
    while stream.read_buf(&mut head).await? > 0 && head.len() < MAX_HEAD {
        if head.ends_with(b"\r\n\r\n") {
            let answer = connection.exchange(&head).await?;
            seen.borrow_mut().push(std::mem::take(&mut head));
            stream.write_all(answer.raw).await?;
        }
    }
    Ok(())
}

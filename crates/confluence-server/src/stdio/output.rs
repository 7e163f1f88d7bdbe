//! Whole lines on an output that several tasks share.

use std::io;

use bytes::BytesMut;
use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Writes lines one after the other.
///
/// Giving up a [`flush`](Self::flush) half way loses nothing: what is left goes out first with the
/// next.
#[derive(Debug)]
pub(super) struct Output<W> {
    stream: W,
    waiting: BytesMut,
}

impl<W: AsyncWrite + Unpin> Output<W> {
    pub(super) fn new(stream: W) -> Self {
        Self { stream, waiting: BytesMut::new() }
    }

    /// Puts a message behind what waits already.
    pub(super) fn queue(&mut self, message: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_vec(message)?;
        self.waiting.reserve(line.len() + 1);
        self.waiting.extend_from_slice(&line);
        self.waiting.extend_from_slice(b"\n");
        Ok(())
    }

    /// Writes everything that waits.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        while !self.waiting.is_empty() {
            if self.stream.write_buf(&mut self.waiting).await? == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        self.stream.flush().await
    }
}

//! One HTTP/1.1 connection that is kept alive, with as little work of its own as possible: on a
//! small machine, what the load costs is missing where it is needed.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Most headers of an answer.
const MAX_HEADERS: usize = 64;

/// What is read at once.
const READ_BYTES: usize = 64 * 1024;

/// A connection to a server.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer as it lies in the connection's buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    /// Head and body, as they came.
    pub(crate) raw: &'c [u8],
    head: usize,
}

impl<'c> Answer<'c> {
    pub(crate) fn body(&self) -> &'c [u8] {
        &self.raw[self.head..]
    }

    /// The value of a header; its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&'c str> {
        let head = std::str::from_utf8(&self.raw[..self.head]).ok()?;
        head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    ///
    /// When nobody listens.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(READ_BYTES) })
    }

    /// Sends a request and waits for its whole answer.
    ///
    /// # Errors
    ///
    /// When the connection breaks, or the answer is not one of known length.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await.context("cannot send")?;
        self.buffer.clear();
        let (status, head, length) = loop {
            self.read().await?;
            if let Some(head) = head(&self.buffer)? {
                break head;
            }
        };
        self.buffer.reserve(head + length - self.buffer.len().min(head + length));
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        if self.buffer.len() > head + length {
            bail!("the answer is longer than it says");
        }
        Ok(Answer { status, raw: &self.buffer, head })
    }

    async fn read(&mut self) -> Result<()> {
        self.buffer.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.buffer).await.context("cannot receive")? {
            0 => bail!("the server closed the connection"),
            _ => Ok(()),
        }
    }
}

/// Status, length of the head and length of the body, once the head is complete.
fn head(bytes: &[u8]) -> Result<Option<(u16, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(None) };
    let length = response.headers.iter().find(|it| it.name.eq_ignore_ascii_case("content-length"));
    let length = match length {
        Some(header) => std::str::from_utf8(header.value)?.trim().parse()?,
        None if response.code == Some(202) || response.code == Some(204) => 0,
        None => bail!("an answer without a length cannot be measured"),
    };
    Ok(Some((response.code.unwrap_or_default(), head, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_complete() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(head(&text[..20]).unwrap(), None);
        assert_eq!(head(text).unwrap(), Some((200, 38, 3)));
    }

    #[test]
    fn an_answer_of_unknown_length_is_refused() {
        assert!(head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(head(b"no http\r\n\r\n").is_err());
    }
}

//! A message per line, as the MCP library's transport.
//!
//! The library has such a transport, but it leaves malformed lines unanswered, drops long ones
//! without a word, and gives calls five seconds once the input has ended.

use std::{io, sync::Arc, time::Duration};

use rmcp::{
    RoleServer,
    model::{ClientJsonRpcMessage, ClientNotification, JsonRpcError, ServerJsonRpcMessage},
    transport::Transport,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader},
    sync::Mutex,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{output::Output, under_way::UnderWay};
use crate::message::{self, Fault, Message};

/// Longest line that is read.
const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// Requests that are read before the first of them is answered.
const MAX_UNDER_WAY: usize = 64;

/// How long calls under way may take once the server is told to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// What a line of that many bytes leaves behind is kept for the next.
const KEPT_BYTES: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Messages in lines.
///
/// The library gives up waiting in `receive` whenever it has something else to do, so all state is
/// kept here and no await stands between reading bytes and keeping them.
pub(super) struct Lines<R, W> {
    input: BufReader<R>,
    line: Vec<u8>,
    /// The rest of a line that was too long is skipped.
    skipping: bool,
    ended: bool,
    /// A fault that is still to be answered.
    reply: Option<Fault>,
    /// The reply is queued, but not written as a whole.
    unwritten: bool,
    output: Arc<Mutex<Output<W>>>,
    under_way: Arc<UnderWay>,
    shutdown: CancellationToken,
}

/// What became of a line.
enum Line {
    Complete,
    TooLong,
    End,
}

impl<R, W> Lines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    pub(super) fn new(input: R, output: W, shutdown: CancellationToken) -> Self {
        Self {
            input: BufReader::new(input),
            line: Vec::new(),
            skipping: false,
            ended: false,
            reply: None,
            unwritten: false,
            output: Arc::new(Mutex::new(Output::new(output))),
            under_way: Arc::default(),
            shutdown,
        }
    }

    /// Reads on until a line is complete, in `line` and without its end.
    async fn read_line(&mut self) -> io::Result<Line> {
        loop {
            let available = self.input.fill_buf().await?;
            if available.is_empty() {
                self.ended = true;
                let rest = !self.line.is_empty() && !self.skipping;
                return Ok(if rest { Line::Complete } else { Line::End });
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(available.len());
            if !self.skipping {
                self.line.extend_from_slice(&available[..taken]);
            }
            self.input.consume(end.map_or(taken, |end| end + 1));
            if self.line.len() > MAX_LINE_BYTES {
                self.line = Vec::new();
                self.skipping = end.is_none();
                return Ok(Line::TooLong);
            }
            if end.is_some() {
                if !self.skipping {
                    return Ok(Line::Complete);
                }
                self.skipping = false;
            }
        }
    }

    /// The message in `line`, which is empty afterwards.
    fn take_message(&mut self) -> Option<ClientJsonRpcMessage> {
        let line = self.line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.line).trim_ascii();
        let message = if line.is_empty() { Ok(None) } else { parse(line) };
        self.line.clear();
        self.line.shrink_to(KEPT_BYTES);
        message.unwrap_or_else(|fault| {
            self.reply = Some(fault);
            None
        })
    }

    async fn send_reply(&mut self) -> io::Result<()> {
        if self.reply.is_some() || self.unwritten {
            let mut output = self.output.lock().await;
            if let Some(reply) = self.reply.take() {
                self.unwritten = true;
                output.queue(&JsonRpcError::from(reply))?;
            }
            output.flush().await?;
            self.unwritten = false;
        }
        Ok(())
    }

    async fn next(&mut self) -> io::Result<Option<ClientJsonRpcMessage>> {
        loop {
            self.send_reply().await?;
            if self.ended {
                return Ok(None);
            }
            self.under_way.fewer_than(MAX_UNDER_WAY).await;
            match self.read_line().await? {
                Line::Complete => {
                    if let Some(message) = self.take_message() {
                        return Ok(Some(message));
                    }
                }
                Line::TooLong => {
                    let reason = format!("a message has at most {MAX_LINE_BYTES} bytes");
                    self.reply = Some(Fault::invalid(None, &reason));
                }
                Line::End => {}
            }
        }
    }

    fn note(&self, message: &ClientJsonRpcMessage) {
        match message {
            ClientJsonRpcMessage::Request(request) => self.under_way.begin(request.id.clone()),
            ClientJsonRpcMessage::Notification(notification) => {
                // The library sends no answer to a cancelled request.
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.under_way.end(id);
                }
            }
            ClientJsonRpcMessage::Response(_) | ClientJsonRpcMessage::Error(_) => {}
        }
    }
}

fn parse(line: &[u8]) -> Result<Option<ClientJsonRpcMessage>, Fault> {
    let kind = message::read(line)?;
    if kind == Message::Response {
        return Ok(None);
    }
    match serde_json::from_slice(line) {
        Ok(message) => Ok(Some(message)),
        // Nobody waits for an answer.
        Err(_) if kind == Message::Notification => Ok(None),
        Err(_) => Err(Fault::invalid(kind.id().cloned(), "not a message of MCP")),
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let (output, under_way) = (Arc::clone(&self.output), Arc::clone(&self.under_way));
        async move {
            let sent = async {
                let mut output = output.lock().await;
                output.queue(&message)?;
                output.flush().await
            };
            let sent = sent.await;
            match &message {
                ServerJsonRpcMessage::Response(response) => under_way.end(&response.id),
                ServerJsonRpcMessage::Error(error) => {
                    error.id.iter().for_each(|id| under_way.end(id));
                }
                ServerJsonRpcMessage::Request(_) | ServerJsonRpcMessage::Notification(_) => {}
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let shutdown = self.shutdown.clone();
        let next = tokio::select! {
            biased;
            () = shutdown.cancelled() => Ok(None),
            next = self.next() => next,
        };
        match next {
            Ok(Some(message)) => {
                self.note(&message);
                return Some(message);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the connection to the client broke"),
        }
        // The end of the input is no end of the calls: their answers can still be read.
        let answered = self.under_way.fewer_than(1);
        let told_to_stop = async {
            shutdown.cancelled().await;
            tokio::time::sleep(SHUTDOWN_GRACE).await;
        };
        tokio::select! {
            () = answered => {}
            () = told_to_stop => tracing::warn!("stopped before every call was answered"),
        }
        None
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        // A client that stopped reading must not keep the process alive.
        let flush = async { self.output.lock().await.flush().await };
        timeout(SHUTDOWN_GRACE, flush).await.unwrap_or(Ok(()))
    }
}

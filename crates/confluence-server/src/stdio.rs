//! MCP over a pair of byte streams, a message per line.

use std::{sync::Arc, time::Duration};

use rmcp::service::serve_directly_with_ct;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::{
    Calls, ServeError,
    call::{BoundedCalls, Capacity, Turns},
    handler::McpHandler,
};

mod lines;
mod output;
mod under_way;

use lines::Lines;

/// Calls of the one client that run at once.
const CAPACITY: Capacity = Capacity { calls: 16, patience: Duration::from_secs(30) };

/// Serves one client over standard input and output.
///
/// Returns when the input ends or `shutdown` is cancelled, after the calls under way are answered.
/// Nothing else may write to standard output. Where standard input is no pipe, a read of it may
/// still block a thread then: let the process end rather than wait for the runtime.
///
/// # Errors
///
/// Fails if the connection breaks in a way that is not the client's leaving.
pub async fn serve_stdio(
    calls: Arc<dyn Calls>,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let (input, output) = rmcp::transport::stdio_pipes();
    serve_io(input, output, calls, shutdown).await
}

/// Serves one client over any pair of streams, as [`serve_stdio`] does.
///
/// # Errors
///
/// As [`serve_stdio`].
pub async fn serve_io<R, W>(
    input: R,
    output: W,
    calls: Arc<dyn Calls>,
    shutdown: CancellationToken,
) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let turns = Arc::new(Turns::new(CAPACITY));
    let handler = McpHandler::new(Arc::new(BoundedCalls::new(calls, turns)), None);
    let lines = Lines::new(input, output, shutdown);
    // Without a handshake first: a client may ask before it initializes, and since 2026-07-28 it
    // never does.
    let service = serve_directly_with_ct(handler, lines, None, CancellationToken::new());
    service.waiting().await.map_err(|error| ServeError::Io(error.into()))?;
    Ok(())
}

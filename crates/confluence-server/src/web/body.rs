//! Request bodies, with a bound on each, on all together, and on the time they take.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::{sync::Semaphore, time::timeout};

use super::answer::Refusal;

/// Bytes of bodies that are held at once, unless one alone may be longer.
const BUDGET_BYTES: usize = 64 * 1024 * 1024;

/// What one permit of the budget stands for.
const UNIT_BYTES: usize = 1024;

/// Reads bodies.
#[derive(Debug)]
pub(crate) struct Bodies {
    max_bytes: usize,
    patience: Duration,
    budget: Semaphore,
}

/// A body that was read; the budget is returned when it is dropped.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) bytes: Bytes,
    _share: tokio::sync::SemaphorePermit<'a>,
}

impl Bodies {
    pub(crate) fn new(max_bytes: usize, patience: Duration) -> Self {
        let budget = Semaphore::new(units(BUDGET_BYTES.max(max_bytes)) as usize);
        Self { max_bytes, patience, budget }
    }

    /// Reads `body` to its end.
    pub(crate) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Held<'_>, Refusal> {
        let declared = headers.get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|length| length > self.max_bytes) {
            return Err(self.too_large());
        }
        // A body of unknown length may become as long as any.
        let share = units(declared.unwrap_or(self.max_bytes));
        let read = async {
            let share = self.budget.acquire_many(share).await;
            let share = share.expect("the budget is never closed");
            let body = Limited::new(body, self.max_bytes).collect().await;
            body.map(|body| Held { bytes: body.to_bytes(), _share: share })
        };
        match timeout(self.patience, read).await {
            Ok(Ok(held)) => Ok(held),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(self.too_large()),
            Ok(Err(_broken)) => {
                Err(Refusal::new(StatusCode::BAD_REQUEST, "the body is incomplete"))
            }
            Err(_elapsed) => {
                let reason = "the body took too long to arrive";
                Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, reason))
            }
        }
    }

    fn too_large(&self) -> Refusal {
        let reason = format!("the body has more than {} bytes", self.max_bytes);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, &reason)
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES).max(1)).unwrap_or(u32::MAX)
}

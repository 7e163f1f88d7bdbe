//! Which requests wait for their answers.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rmcp::model::RequestId;
use tokio::sync::Notify;

/// The requests that have been read and not been answered.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    ids: Mutex<HashSet<RequestId>>,
    fewer: Notify,
}

impl UnderWay {
    pub(super) fn begin(&self, id: RequestId) {
        self.ids().insert(id);
    }

    /// The request is answered, or needs no answer any more.
    pub(super) fn end(&self, id: &RequestId) {
        self.ids().remove(id);
        self.fewer.notify_waiters();
    }

    /// Waits until fewer than `bound` requests are under way.
    pub(super) async fn fewer_than(&self, bound: usize) {
        loop {
            let fewer = self.fewer.notified();
            let mut fewer = std::pin::pin!(fewer);
            // Registered before looking, or an answer in between would be missed.
            fewer.as_mut().enable();
            if self.ids().len() < bound {
                return;
            }
            fewer.await;
        }
    }

    fn ids(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

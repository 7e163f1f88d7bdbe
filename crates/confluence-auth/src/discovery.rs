//! The gateway's root for a site, looked up once, when it is needed.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use confluence_api::{CredentialsError, Transport, send_once, sites::GetTenantInfo};
use http::StatusCode;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use url::Url;

use crate::Endpoints;

/// How long a look-up may take. The deadline of the call that needs it covers it as well.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a failed look-up stands for the next ones: long enough for those who have waited for
/// it, short enough that nobody notices when the directory is back.
const FAILURE_STANDS: Duration = Duration::from_secs(5);

/// Finds the gateway's root for one site.
///
/// Everyone who asks at the same time shares one look-up. Success is remembered for good: a cloud
/// id outlives even the name of its site.
pub(crate) struct Gateway {
    transport: Arc<dyn Transport>,
    name: String,
    site: Url,
    endpoints: Endpoints,
    found: OnceLock<Url>,
    /// Held while looking up; the last failure.
    failed: Mutex<Option<(Instant, DiscoveryError)>>,
}

/// Why the cloud id of a site is not known.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum DiscoveryError {
    #[error("there is no Atlassian site `{name}`: correct the site, or set its cloud id")]
    UnknownSite { name: String },
    #[error("the cloud id of `{name}` could not be looked up")]
    Failed {
        name: String,
        #[source]
        source: Arc<confluence_api::Error>,
    },
    #[error("the cloud id of `{name}` could not be looked up within {TIMEOUT:?}")]
    Timeout { name: String },
}

impl From<DiscoveryError> for CredentialsError {
    fn from(error: DiscoveryError) -> Self {
        match error {
            DiscoveryError::UnknownSite { .. } => {
                Self::LoginRequired { reason: error.to_string(), link: None }
            }
            DiscoveryError::Failed { .. } | DiscoveryError::Timeout { .. } => {
                Self::Unavailable(Box::new(error))
            }
        }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("site", &self.site.as_str())
            .field("found", &self.found.get().map(Url::as_str))
            .finish_non_exhaustive()
    }
}

impl Gateway {
    pub(crate) fn new(
        transport: Arc<dyn Transport>,
        name: String,
        site: Url,
        endpoints: Endpoints,
    ) -> Self {
        let (found, failed) = (OnceLock::new(), Mutex::new(None));
        Self { transport, name, site, endpoints, found, failed }
    }

    /// The root, if it has been looked up.
    pub(crate) fn known(&self) -> Option<&Url> {
        self.found.get()
    }

    /// The root, looked up unless it is known.
    pub(crate) async fn root(&self) -> Result<Url, DiscoveryError> {
        if let Some(root) = self.found.get() {
            return Ok(root.clone());
        }
        let mut failed = self.failed.lock().await;
        if let Some(root) = self.found.get() {
            return Ok(root.clone());
        }
        if let Some((at, error)) = &*failed
            && at.elapsed() < FAILURE_STANDS
        {
            return Err(error.clone());
        }
        match self.look_up().await {
            Ok(root) => Ok(self.found.get_or_init(|| root).clone()),
            Err(error) => {
                *failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    async fn look_up(&self) -> Result<Url, DiscoveryError> {
        let name = || self.name.clone();
        // No header: the address is not yet known to be Confluence's.
        let request = send_once(self.transport.as_ref(), &self.site, None, &GetTenantInfo);
        match timeout(TIMEOUT, request).await {
            Ok(Ok(tenant)) => Ok(self.endpoints.gateway_root(&tenant.cloud_id)),
            Ok(Err(error)) if error.status() == Some(StatusCode::NOT_FOUND) => {
                Err(DiscoveryError::UnknownSite { name: name() })
            }
            Ok(Err(error)) => Err(DiscoveryError::Failed { name: name(), source: Arc::new(error) }),
            Err(_elapsed) => Err(DiscoveryError::Timeout { name: name() }),
        }
    }
}

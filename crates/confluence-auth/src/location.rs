//! Where a credential is used: a site, a cloud id, or an address of the operator's.

use std::sync::Arc;

use confluence_api::{
    Transport,
    id::{CloudId, SiteName},
};
use url::Url;

use crate::{BaseUrl, Endpoints, discovery::Gateway};

/// Where to find Confluence. One of the fields has to be set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The site.
    pub site: Option<SiteName>,
    /// The site's cloud id: the gateway is used from the start.
    pub cloud_id: Option<CloudId>,
    /// Addresses instead of Atlassian's.
    pub endpoints: Endpoints,
}

/// What a location comes down to.
#[derive(Debug)]
pub(crate) enum Root {
    /// One address, known from the start.
    Fixed(Url),
    /// A site, and the gateway once its cloud id has been looked up.
    Site { root: Url, gateway: Box<Gateway> },
}

impl Location {
    /// A site of Atlassian's cloud.
    pub fn site(site: SiteName) -> Self {
        Self { site: Some(site), ..Self::default() }
    }

    /// A site by its cloud id, through the gateway.
    pub fn cloud_id(cloud_id: CloudId) -> Self {
        Self { cloud_id: Some(cloud_id), ..Self::default() }
    }

    /// An address of one's own: the sandbox, a test's server, a proxy. Nothing is looked up then.
    pub fn address(api: BaseUrl) -> Self {
        let endpoints = Endpoints { api: Some(api), ..Endpoints::default() };
        Self { endpoints, ..Self::default() }
    }

    /// Whether it says where.
    pub fn is_known(&self) -> bool {
        self.endpoints.api.is_some()
            || self.cloud_id.is_some()
            || self.endpoints.site.is_some()
            || self.site.is_some()
    }

    /// `None` if it does not say where.
    pub(crate) fn root(&self, transport: Arc<dyn Transport>) -> Option<Root> {
        let Self { site, cloud_id, endpoints } = self;
        if let Some(base) = &endpoints.api {
            return Some(Root::Fixed(base.as_url().clone()));
        }
        if let Some(cloud_id) = cloud_id {
            return Some(Root::Fixed(endpoints.gateway_root(cloud_id)));
        }
        let root = match (&endpoints.site, site) {
            (Some(base), _) => base.as_url().clone(),
            (None, Some(site)) => site.root(),
            (None, None) => return None,
        };
        let name = match site {
            Some(site) => site.to_string(),
            None => root.host_str().unwrap_or_default().to_owned(),
        };
        let gateway = Gateway::new(transport, name, root.clone(), endpoints.clone());
        Some(Root::Site { root, gateway: Box::new(gateway) })
    }
}

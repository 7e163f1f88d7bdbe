//! The connector's own addresses, as people and platforms are told them.

use confluence_auth::BaseUrl;
use url::Url;

use crate::{InstanceKey, WorkspaceSlug};

/// Addresses below the deployment's public one.
#[derive(Debug, Clone)]
pub struct Addresses {
    api: Url,
}

impl Addresses {
    /// Addresses below `api`.
    pub fn new(api: &BaseUrl) -> Self {
        Self { api: api.as_url().clone() }
    }

    /// Addresses below any public one. They are shown to people, and receive no credential of ours.
    pub fn at(api: &Url) -> Self {
        Self { api: api.clone() }
    }

    /// What stands before all of them.
    pub fn api(&self) -> &Url {
        &self.api
    }

    fn below<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> Url {
        let mut url = self.api.clone();
        let mut path = url.path_segments_mut().expect("an address over HTTP has a path");
        path.pop_if_empty().extend(segments);
        drop(path);
        url
    }

    fn webhook(&self, workspace: &WorkspaceSlug, name: &str) -> Url {
        self.below(["workspaces", &format!("slug:{workspace}"), "webhooks", name])
    }

    /// The MCP endpoint of an instance; the core's own has a name of its own.
    pub fn mcp(&self, instance: &InstanceKey) -> Url {
        if instance.workspace.is_core() {
            self.webhook(&instance.workspace, "mcp")
        } else {
            self.webhook(&instance.workspace, &format!("{}.mcp", instance.name))
        }
    }

    /// Where a user starts to connect.
    pub fn connect(&self, instance: &InstanceKey) -> Url {
        self.webhook(&instance.workspace, &format!("{}.oauthConnect", instance.name))
    }

    /// Where a user starts to disconnect.
    pub fn disconnect(&self, instance: &InstanceKey) -> Url {
        self.webhook(&instance.workspace, &format!("{}.oauthDisconnect", instance.name))
    }

    /// Where a platform asks whether a user is connected.
    pub fn status(&self, instance: &InstanceKey) -> Url {
        self.webhook(&instance.workspace, &format!("{}.oauthStatus", instance.name))
    }

    /// Where Atlassian sends a user back, with the workspace's own client.
    pub fn callback(&self, instance: &InstanceKey) -> Url {
        self.webhook(&instance.workspace, &format!("{}.oauthCallback", instance.name))
    }

    /// Where Atlassian sends a user back, with the central client.
    pub fn core_callback(&self) -> Url {
        self.webhook(&WorkspaceSlug::core(), "oauthCallback")
    }

    /// The configuration app, at an instance.
    pub fn configuration_app(&self, instance: &InstanceKey) -> Url {
        let mut url = self.below(["apps", WorkspaceSlug::CORE]);
        url.query_pairs_mut()
            .append_pair("workspaceSlug", instance.workspace.as_str())
            .append_pair("appInstance", instance.name.as_str());
        url
    }
}

#[cfg(test)]
mod tests {
    use super::Addresses;
    use crate::InstanceKey;

    fn instance(workspace: &str) -> InstanceKey {
        let name = "ConfluenceNext".parse().unwrap();
        InstanceKey { workspace: workspace.parse().unwrap(), name }
    }

    #[test]
    fn addresses_stand_below_the_public_one() {
        for api in ["https://a.example/v2", "https://a.example/v2/"] {
            let hosts = confluence_auth::Hosts::Any;
            let addresses = Addresses::new(&confluence_auth::BaseUrl::parse(api, hosts).unwrap());
            let below = |it: url::Url| it.as_str().replace("https://a.example/v2", "");
            let acme = instance("acme");
            assert_eq!(
                below(addresses.mcp(&acme)),
                "/workspaces/slug:acme/webhooks/ConfluenceNext.mcp"
            );
            assert_eq!(
                below(addresses.mcp(&instance("confluence-next"))),
                "/workspaces/slug:confluence-next/webhooks/mcp"
            );
            assert_eq!(
                below(addresses.callback(&acme)),
                "/workspaces/slug:acme/webhooks/ConfluenceNext.oauthCallback"
            );
            assert_eq!(
                below(addresses.core_callback()),
                "/workspaces/slug:confluence-next/webhooks/oauthCallback"
            );
            assert_eq!(
                below(addresses.configuration_app(&acme)),
                "/apps/confluence-next?workspaceSlug=acme&appInstance=ConfluenceNext"
            );
        }
    }
}

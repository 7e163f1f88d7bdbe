//! Where a request goes: the site, the gateway, or one of the helpers beside them.

/// The surface that a path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// The site itself.
    Site { path: &'a str },
    /// The gateway, for one cloud id.
    Gateway { cloud_id: &'a str, path: &'a str },
    /// A signed address of an attachment.
    Media { path: &'a str },
    /// What the site tells everybody about itself.
    TenantInfo,
    /// Which sites an access token opens.
    AccessibleResources,
}

impl<'a> Target<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        match path {
            "/_edge/tenant_info" => return Self::TenantInfo,
            "/oauth/token/accessible-resources" => return Self::AccessibleResources,
            _ => {}
        }
        if let Some(rest) = path.strip_prefix("/ex/confluence/") {
            let end = rest.find('/').unwrap_or(rest.len());
            let (cloud_id, path) = rest.split_at(end);
            return Self::Gateway { cloud_id, path };
        }
        if path.starts_with("/media/") {
            return Self::Media { path };
        }
        Self::Site { path }
    }

    /// The path below the root.
    pub(crate) fn path(&self) -> &'a str {
        match self {
            Self::Site { path } | Self::Gateway { path, .. } | Self::Media { path } => path,
            Self::TenantInfo => "/_edge/tenant_info",
            Self::AccessibleResources => "/oauth/token/accessible-resources",
        }
    }
}

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
    /// Where people consent to what applications ask for.
    Authorize,
    /// Where applications get tokens.
    Token,
    /// Which sites an access token opens.
    AccessibleResources,
    /// Where other processes take hold of the sandbox.
    Controls { path: &'a str },
}

impl<'a> Target<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        match path {
            "/_edge/tenant_info" => return Self::TenantInfo,
            "/authorize" => return Self::Authorize,
            "/oauth/token" => return Self::Token,
            "/oauth/token/accessible-resources" => return Self::AccessibleResources,
            _ => {}
        }
        if let Some(rest) = path.strip_prefix("/ex/confluence/") {
            let end = rest.find('/').unwrap_or(rest.len());
            let (cloud_id, path) = rest.split_at(end);
            return Self::Gateway { cloud_id, path };
        }
        if path.starts_with("/_sandbox/") {
            return Self::Controls { path };
        }
        if path.starts_with("/media/") {
            return Self::Media { path };
        }
        Self::Site { path }
    }

    /// The path below the root.
    pub(crate) fn path(&self) -> &'a str {
        match self {
            Self::Site { path }
            | Self::Gateway { path, .. }
            | Self::Media { path }
            | Self::Controls { path } => path,
            Self::Authorize => "/authorize",
            Self::Token => "/oauth/token",
            Self::TenantInfo => "/_edge/tenant_info",
            Self::AccessibleResources => "/oauth/token/accessible-resources",
        }
    }
}

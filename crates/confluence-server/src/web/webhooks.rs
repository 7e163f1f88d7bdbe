//! `/workspaces/slug:<workspace>/webhooks/<instance>.<name>`, and `<name>` alone for the core's own.
//!
//! A router cannot tell these apart by patterns, so the path is read here, and each area adds its
//! routes under the names alone: `/instance/<name>`, and `/core/<name>`. A route finds the
//! [`InstanceKey`] among the request's extensions.

use axum::{
    Router,
    extract::{Path, Request, State, rejection::PathRejection},
    response::Response,
    routing::any,
};
use confluence_connector::{InstanceKey, InstanceName, WorkspaceSlug};
use http::{Uri, uri::PathAndQuery};
use tower::ServiceExt;

use super::answer;

/// What stands before a workspace's slug.
const SLUG: &str = "slug:";

/// The webhooks whose routes `named` has.
pub(super) fn router<S: Clone + Send + Sync + 'static>(named: Router) -> Router<S> {
    Router::new().route("/{webhook}", any(serve)).with_state(named.fallback(answer::not_found))
}

async fn serve(
    State(named): State<Router>,
    // Fails for names that are not UTF-8.
    path: Result<Path<(String, String)>, PathRejection>,
    mut request: Request,
) -> Response {
    let target = path.ok().and_then(|Path((workspace, webhook))| target(&workspace, &webhook));
    let Some((instance, route)) = target else { return answer::not_found().await };
    let Some(uri) = at(request.uri(), &route) else { return answer::not_found().await };
    *request.uri_mut() = uri;
    request.extensions_mut().insert(instance);
    match named.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The workspace that a segment of a path names.
pub(crate) fn workspace(segment: &str) -> Option<WorkspaceSlug> {
    segment.strip_prefix(SLUG)?.parse().ok()
}

/// The instance that is meant, and the route of what is wanted of it.
fn target(segment: &str, webhook: &str) -> Option<(InstanceKey, String)> {
    let workspace = workspace(segment)?;
    let (name, webhook, kind) = match webhook.split_once('.') {
        Some((instance, webhook)) => (instance.parse().ok()?, webhook, "instance"),
        None if workspace.is_core() => (InstanceName::default(), webhook, "core"),
        None => return None,
    };
    let plain = !webhook.is_empty() && webhook.bytes().all(|it| it.is_ascii_alphanumeric());
    plain.then(|| (InstanceKey { workspace, name }, format!("/{kind}/{webhook}")))
}

/// The same address with another path.
fn at(uri: &Uri, path: &str) -> Option<Uri> {
    let path = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::target;

    #[track_caller]
    fn check(workspace: &str, webhook: &str, expected: Option<(&str, &str)>) {
        let found = target(workspace, webhook);
        let found = found.map(|(instance, route)| (instance.to_string(), route));
        let found = found.as_ref().map(|(instance, route)| (instance.as_str(), route.as_str()));
        assert_eq!(found, expected, "{workspace} {webhook}");
    }

    #[test]
    fn what_names_no_webhook_is_none() {
        for (workspace, webhook) in [
            ("acme", "ConfluenceNext.mcp"),
            ("slug:", "ConfluenceNext.mcp"),
            ("slug:Acme", "ConfluenceNext.mcp"),
            ("slug:acme", "mcp"),
            ("slug:acme", ".mcp"),
            ("slug:acme", "ConfluenceNext."),
            ("slug:acme", "ConfluenceNext.a.b"),
            ("slug:acme", "ConfluenceNext.a/b"),
            ("slug:acme", "Confluence Next.mcp"),
            ("slug:confluence-next", ""),
        ] {
            check(workspace, webhook, None);
        }
    }

    #[test]
    fn an_instance_and_the_core_have_webhooks() {
        let of = Some(("acme/ConfluenceNext", "/instance/mcp"));
        check("slug:acme", "ConfluenceNext.mcp", of);
        let core = Some(("confluence-next/ConfluenceNext", "/core/mcp"));
        check("slug:confluence-next", "mcp", core);
        let named = Some(("confluence-next/Second", "/instance/oauthConnect"));
        check("slug:confluence-next", "Second.oauthConnect", named);
    }
}

//! The routes: method, path, scopes and handler of each, in one table.

use axum::http::Method;

use super::{answer::Answer, call::Call, failure::Failure, v1, v2};

/// What answers a request.
type Handler = fn(&Call<'_>) -> Result<Answer, Failure>;

/// One operation.
#[derive(Debug)]
pub(crate) struct Route {
    method: Method,
    /// Path below the root; `*` stands for one segment.
    path: &'static str,
    /// Sets of scopes, each of which opens the operation.
    pub(crate) scopes: &'static [&'static [&'static str]],
    pub(crate) handler: Handler,
}

const READ_PAGE: &[&[&str]] = &[&["read:page:confluence"]];
const WRITE_PAGE: &[&[&str]] = &[&["write:page:confluence"]];
const READ_SPACE: &[&[&str]] = &[&["read:space:confluence"]];
const READ_TREE: &[&[&str]] = &[&["read:hierarchical-content:confluence"]];
const READ_COMMENT: &[&[&str]] = &[&["read:comment:confluence"]];
const READ_ATTACHMENT: &[&[&str]] = &[&["read:attachment:confluence"]];
const READ_USER: &[&[&str]] = &[&["read:content-details:confluence"], &["read:confluence-user"]];

static ROUTES: [Route; 31] = [
    route(Method::GET, "/wiki/api/v2/pages", READ_PAGE, v2::pages::list),
    route(Method::POST, "/wiki/api/v2/pages", WRITE_PAGE, v2::page_writes::create),
    route(Method::GET, "/wiki/api/v2/pages/*", READ_PAGE, v2::pages::get),
    route(Method::PUT, "/wiki/api/v2/pages/*", WRITE_PAGE, v2::page_writes::update),
    route(
        Method::DELETE,
        "/wiki/api/v2/pages/*",
        &[&["delete:page:confluence"]],
        v2::page_writes::delete,
    ),
    route(Method::PUT, "/wiki/api/v2/pages/*/title", WRITE_PAGE, v2::page_writes::retitle),
    route(Method::GET, "/wiki/api/v2/pages/*/children", READ_PAGE, v2::tree::children),
    route(
        Method::GET,
        "/wiki/api/v2/pages/*/direct-children",
        READ_TREE,
        v2::tree::direct_children,
    ),
    route(
        Method::GET,
        "/wiki/api/v2/pages/*/ancestors",
        &[&["read:content.metadata:confluence"]],
        v2::tree::ancestors,
    ),
    route(Method::GET, "/wiki/api/v2/pages/*/descendants", READ_TREE, v2::tree::descendants),
    route(Method::GET, "/wiki/api/v2/pages/*/footer-comments", READ_COMMENT, v2::comments::footer),
    route(Method::GET, "/wiki/api/v2/pages/*/inline-comments", READ_COMMENT, v2::comments::inline),
    route(
        Method::POST,
        "/wiki/api/v2/footer-comments",
        &[&["write:comment:confluence"]],
        v2::comments::create,
    ),
    route(Method::GET, "/wiki/api/v2/footer-comments/*", READ_COMMENT, v2::comments::get_footer),
    route(Method::GET, "/wiki/api/v2/inline-comments/*", READ_COMMENT, v2::comments::get_inline),
    route(
        Method::GET,
        "/wiki/api/v2/footer-comments/*/children",
        READ_COMMENT,
        v2::comments::replies,
    ),
    route(
        Method::GET,
        "/wiki/api/v2/inline-comments/*/children",
        READ_COMMENT,
        v2::comments::replies,
    ),
    route(Method::GET, "/wiki/api/v2/pages/*/labels", READ_PAGE, v2::labels::list),
    route(Method::GET, "/wiki/api/v2/pages/*/attachments", READ_ATTACHMENT, v2::attachments::list),
    route(Method::GET, "/wiki/api/v2/attachments/*", READ_ATTACHMENT, v2::attachments::get),
    route(Method::GET, "/wiki/api/v2/pages/*/versions", READ_PAGE, v2::versions::list),
    route(Method::GET, "/wiki/api/v2/pages/*/versions/*", READ_PAGE, v2::versions::get),
    route(Method::GET, "/wiki/api/v2/spaces", READ_SPACE, v2::spaces::list),
    route(Method::GET, "/wiki/api/v2/spaces/*", READ_SPACE, v2::spaces::get),
    route(Method::GET, "/wiki/api/v2/spaces/*/pages", READ_PAGE, v2::pages::list_in_space),
    route(Method::POST, "/wiki/api/v2/users-bulk", &[&["read:user:confluence"]], v2::users::bulk),
    route(
        Method::GET,
        "/wiki/rest/api/search",
        &[&["read:content-details:confluence"], &["search:confluence"]],
        v1::search::search,
    ),
    route(
        Method::POST,
        "/wiki/rest/api/content/*/label",
        &[&["read:label:confluence", "write:label:confluence"], &["write:confluence-content"]],
        v1::labels::add,
    ),
    route(Method::GET, "/wiki/rest/api/user/current", READ_USER, v1::users::current),
    route(Method::GET, "/wiki/rest/api/user", READ_USER, v1::users::get),
    route(
        Method::GET,
        "/wiki/rest/api/content/*/child/attachment/*/download",
        &[&["read:attachment:confluence"], &["readonly:content.attachment:confluence"]],
        v1::attachments::download,
    ),
];

const fn route(
    method: Method,
    path: &'static str,
    scopes: &'static [&'static [&'static str]],
    handler: Handler,
) -> Route {
    Route { method, path, scopes, handler }
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Routed<'a> {
    /// An operation, and what stands in the path where it has a `*`.
    Operation(&'static Route, Vec<&'a str>),
    /// The path is known with other methods.
    WrongMethod,
    /// Part of REST v1 that Atlassian has removed.
    Removed,
    /// Nothing.
    Unknown,
}

pub(crate) fn find<'a>(method: &Method, path: &'a str) -> Routed<'a> {
    let mut other_method = false;
    for route in &ROUTES {
        let Some(captures) = captures(route.path, path) else { continue };
        if route.method == *method {
            return Routed::Operation(route, captures);
        }
        other_method = true;
    }
    // Of some resources only single operations are left: the rest of them is gone.
    if is_removed(path) {
        Routed::Removed
    } else if other_method {
        Routed::WrongMethod
    } else {
        Routed::Unknown
    }
}

fn captures<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut captured = Vec::new();
    let mut wanted = pattern.split('/');
    for segment in path.split('/') {
        match wanted.next()? {
            "*" if !segment.is_empty() => captured.push(segment),
            exact if exact == segment => {}
            _ => return None,
        }
    }
    wanted.next().is_none().then_some(captured)
}

/// The resources of REST v1 that v2 has taken the place of.
fn is_removed(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/wiki/rest/api/") else { return false };
    // Uploading attachments has stayed, though not in the sandbox.
    if rest.starts_with("content/") && rest.contains("/child/attachment") {
        return false;
    }
    ["content", "space", "inlinetasks"]
        .into_iter()
        .any(|it| rest == it || rest.strip_prefix(it).is_some_and(|it| it.starts_with('/')))
}

//! `GET /search`: CQL over everything that is indexed.

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::{
    clock::iso,
    cql::{self, Context},
    http::{answer::Answer, call::Call, failure::Failure, links, rendering},
    site::{Hit, Site, Spaces},
};

use super::excerpt::{self, Mode};

/// The page size that more than this comes down to.
const MOST_ROWS: usize = 250;

/// The page size while rendered bodies are expanded.
const MOST_RENDERED_ROWS: usize = 25;

/// `GET /search`
pub(crate) fn search(call: &Call<'_>) -> Result<Answer, Failure> {
    let Some(text) = call.query.get("cql").filter(|it| !it.trim().is_empty()) else {
        return Err(bad_request("CQL query is required: the parameter 'cql' is missing or empty"));
    };
    let query = cql::parse(text).map_err(|error| {
        if error.is_empty_text() {
            Failure::v1_raw(
                StatusCode::INTERNAL_SERVER_ERROR,
                "java.lang.NullPointerException: Cannot invoke \"String.length()\" because \"text\" is null",
            )
        } else {
            bad_request(&error.to_string())
        }
    })?;
    let limit = limit(call)?;
    let offset = offset(call)?;
    let context = Context {
        now: call.now,
        current_user: call.user.account_id.to_string(),
        time_zone: TimeZone::get(&call.user.time_zone).unwrap_or(TimeZone::UTC),
    };
    let spaces = Spaces {
        archived: flag(call, "includeArchivedSpaces") || flag(call, "excludeCurrentSpaces"),
        current: !flag(call, "excludeCurrentSpaces"),
    };
    let words = query.text_terms();
    let mode = Mode::named(call.query.get("excerpt"));
    let site = call.site();
    let window = if call.empty_page && offset == 0 { (0, 0) } else { (offset, limit) };
    let found = site.search(&query, &context, call.shared.index_lag, spaces, window);
    let next = if window.1 == 0 && limit > 0 { Some(0) } else { found.next };
    // Permissions come after paging here, too: hence short pages, and a total that is too large.
    let results: Vec<Value> = found
        .hits
        .iter()
        .filter(|it| site.can_see(&call.user, it))
        .map(|it| row(call, &site, it, mode, &words))
        .collect();
    let points = results.len();
    Ok(Answer::json(json!({
        "start": offset,
        "limit": limit,
        "size": results.len(),
        "totalSize": found.total,
        "cqlQuery": text,
        "searchDuration": 17,
        "archivedResultCount": 0,
        "results": results,
        "_links": self::links(call, text, limit, next),
    }))
    .with_points(points))
}

fn links(call: &Call<'_>, text: &str, limit: usize, next: Option<usize>) -> Map<String, Value> {
    let base = &call.tenant.link_base;
    let mut links = Map::new();
    links.insert("base".to_owned(), json!(base));
    links.insert("context".to_owned(), json!("/wiki"));
    if let Some(next) = next {
        // Without `/wiki` and without `excerpt`, unlike every link of v2.
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("next", "true")
            .append_pair("cursor", &cursor(next))
            .append_pair("limit", &limit.to_string())
            .append_pair("start", &next.to_string())
            .append_pair("cql", text)
            .finish();
        links.insert("next".to_owned(), json!(format!("/rest/api/search?{query}")));
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("cql", text).finish();
    links.insert("self".to_owned(), json!(format!("{base}/rest/api/search?{query}")));
    links
}

/// A cursor in the manner of Atlassian's, with its `_f_` and `_sa_`.
fn cursor(offset: usize) -> String {
    format!("_f_{}_sa_{}", STANDARD.encode(offset.to_string()), STANDARD.encode("[\"\\t\"]"))
}

/// Where the page starts: only the cursor says, `start` is ignored.
fn offset(call: &Call<'_>) -> Result<usize, Failure> {
    let Some(text) = call.query.get("cursor").filter(|it| !it.is_empty()) else { return Ok(0) };
    text.strip_prefix("_f_")
        .and_then(|it| it.split("_sa_").next())
        .and_then(|it| STANDARD.decode(it).ok())
        .and_then(|it| String::from_utf8(it).ok())
        .and_then(|it| it.parse().ok())
        .ok_or_else(|| bad_request(&format!("Invalid cursor: {text}")))
}

fn limit(call: &Call<'_>) -> Result<usize, Failure> {
    let limit: usize = match call.query.get("limit") {
        None => 25,
        Some(text) => {
            let invalid = || bad_request(&format!("Invalid value for limit: {text}"));
            text.parse().ok().ok_or_else(invalid)?
        }
    };
    let rendered = expansions(call)
        .any(|it| it.ends_with("body.export_view") || it.ends_with("body.styled_view"));
    Ok(limit.min(if rendered { MOST_RENDERED_ROWS } else { MOST_ROWS }))
}

fn expansions<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a str> {
    call.query.all("expand")
}

fn flag(call: &Call<'_>, name: &str) -> bool {
    call.query.get(name) == Some("true")
}

fn row(call: &Call<'_>, site: &Site, hit: &Hit<'_>, mode: Mode, words: &[String]) -> Value {
    let title = hit.title();
    let (entity, icon) = match hit {
        Hit::Space(_) => ("space", "aui-icon content-type-space"),
        Hit::Page { .. } => ("content", "aui-icon content-type-page"),
        Hit::Comment { .. } => ("content", "aui-icon content-type-comment"),
        Hit::Attachment { .. } => ("content", "aui-icon content-type-attachment"),
    };
    let mut row = Map::new();
    if let Some(content) = content(call, site, hit, &title) {
        row.insert("content".to_owned(), content);
    }
    if let Hit::Space(space) = hit {
        row.insert(
            "space".to_owned(),
            json!({
                "id": space.id,
                "key": space.key,
                "name": space.name,
                "type": space.kind.as_str(),
                "status": space.status(),
                "_expandable": {},
                "_links": { "webui": links::space(&space.key) },
            }),
        );
    }
    let container = hit
        .space_of(site)
        .map(|it| json!({ "title": it.name, "displayUrl": links::space(&it.key) }));
    let modified = hit.modified();
    let rest = json!({
        "title": excerpt::title(&title, words),
        "excerpt": mode.of(|| hit.text(), words),
        "url": address(site, hit),
        "resultGlobalContainer": container,
        "breadcrumbs": [],
        "entityType": entity,
        "iconCssClass": icon,
        "lastModified": iso(modified),
        "friendlyLastModified": friendly(call.now, modified),
        "score": 0.0,
    });
    if let Value::Object(rest) = rest {
        row.extend(rest);
    }
    Value::Object(row)
}

fn content(call: &Call<'_>, site: &Site, hit: &Hit<'_>, title: &str) -> Option<Value> {
    if matches!(hit, Hit::Space(_)) {
        return None;
    }
    let base = &call.tenant.link_base;
    let id = hit.id();
    let mut content = json!({
        "id": id,
        "type": hit.kind(),
        "status": "current",
        "title": title,
        "childTypes": {},
        "macroRenderedOutput": {},
        "restrictions": {},
        "_expandable": { "container": "", "metadata": "", "extensions": "", "operations": "",
            "children": "", "history": "", "ancestors": "", "body": "", "version": "",
            "descendants": "", "space": "" },
        "_links": {
            "webui": address(site, hit),
            "self": format!("{base}/rest/api/content/{id}"),
        },
    });
    for expansion in expansions(call) {
        expand(site, hit, expansion.trim_start_matches("content."), &mut content);
    }
    Some(content)
}

/// Fills in what `expand` asks for; unknown expansions are ignored, as Confluence does.
fn expand(site: &Site, hit: &Hit<'_>, expansion: &str, content: &mut Value) {
    match (expansion, hit) {
        ("space", _) => {
            if let Some(space) = hit.space_of(site) {
                content["space"] = json!({
                    "id": space.id,
                    "key": space.key,
                    "name": space.name,
                    "type": space.kind.as_str(),
                    "status": space.status(),
                    "_expandable": {},
                    "_links": { "webui": links::space(&space.key) },
                });
            }
        }
        ("version", Hit::Page { version, .. }) => {
            content["version"] = json!({
                "number": version.number,
                "when": iso(version.created_at),
                "message": version.message,
                "minorEdit": version.minor_edit,
                "friendlyWhen": iso(version.created_at),
                "by": { "type": "known", "accountId": version.author },
            });
        }
        ("metadata.labels", Hit::Page { page, .. }) => {
            let labels: Vec<Value> = page
                .labels
                .iter()
                .map(|it| {
                    json!({
                        "prefix": it.prefix.as_str(),
                        "name": it.name,
                        "id": it.id.to_string(),
                        "label": it.name,
                    })
                })
                .collect();
            content["metadata"] = json!({ "labels": { "size": labels.len(), "results": labels } });
        }
        ("ancestors", Hit::Page { page, .. }) => {
            let mut above: Vec<Value> = site
                .ancestors(page)
                .map(|it| {
                    json!({
                        "id": it.id.to_string(),
                        "type": it.kind.as_str(),
                        "status": it.status.as_str(),
                        "title": it.title,
                    })
                })
                .collect();
            above.reverse();
            content["ancestors"] = Value::Array(above);
        }
        (body, Hit::Page { page, version }) => {
            let Some(format) = body.strip_prefix("body.") else { return };
            let storage = version.body.storage();
            let value = match format {
                "storage" => storage.into_owned(),
                "atlas_doc_format" => rendering::document(&storage),
                "view" | "export_view" | "styled_view" => rendering::view(site, page, &storage),
                _ => return,
            };
            content["body"] = json!({
                format: { "representation": format, "value": value, "embeddedContent": [] }
            });
        }
        _ => {}
    }
}

fn address(site: &Site, hit: &Hit<'_>) -> String {
    match hit {
        Hit::Page { page, .. } => links::web(site, page),
        Hit::Comment { comment, page } => {
            format!("{}?focusedCommentId={}", links::web(site, page), comment.id)
        }
        Hit::Attachment { attachment, page } => format!(
            "/pages/viewpageattachments.action?pageId={}&preview=%2F{}%2F{}",
            page.id, page.id, attachment.id
        ),
        Hit::Space(space) => links::space(&space.key),
    }
}

/// How long ago, as people say it.
fn friendly(now: Timestamp, at: Timestamp) -> String {
    let minutes = now.as_second().saturating_sub(at.as_second()) / 60;
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => format!("{minutes} minutes ago"),
        60..1440 => format!("about {} hours ago", minutes / 60),
        _ => at.strftime("%b %d, %Y").to_string(),
    }
}

fn bad_request(message: &str) -> Failure {
    Failure::v1(StatusCode::BAD_REQUEST, "BadRequestException", message)
}

//! The shapes of REST v2: what of the site goes into which field.

use serde_json::{Map, Value, json};

use crate::{
    clock::iso,
    http::links::{self, object},
    site::{Attachment, Body, Comment, Label, Page, Site, Space, Status, User, Version},
};

use super::bodies;

/// What a page is shown as: the present, a version of the past, or the unpublished changes.
pub(super) struct Shown<'a> {
    pub(super) page: &'a Page,
    pub(super) status: &'static str,
    pub(super) title: &'a str,
    pub(super) body: &'a Body,
    pub(super) version: Value,
}

impl<'a> Shown<'a> {
    /// The present state.
    pub(super) fn present(page: &'a Page) -> Self {
        let latest = page.latest();
        Self {
            page,
            status: page.status.as_str(),
            title: &page.title,
            body: &latest.body,
            version: version(latest),
        }
    }

    /// A version of the past.
    pub(super) fn past(page: &'a Page, of: &'a Version) -> Self {
        Self { page, status: "historical", title: &of.title, body: &of.body, version: version(of) }
    }

    /// The unpublished changes, if there are any.
    pub(super) fn draft(page: &'a Page) -> Option<Self> {
        let draft = page.draft.as_deref()?;
        let version = json!({
            "number": 1,
            "message": "",
            "minorEdit": false,
            "authorId": draft.author,
            "createdAt": iso(draft.saved_at),
            "ncsStepVersion": null,
        });
        Some(Self { page, status: "draft", title: &draft.title, body: &draft.body, version })
    }

    /// The fields that lists and single pages share.
    pub(super) fn shape(&self, site: &Site, format: Option<&str>) -> Map<String, Value> {
        let page = self.page;
        let parent = page.parent.and_then(|it| site.entry(it));
        let position = (page.status != Status::Trashed).then_some(page.position);
        let shape = json!({
            "parentType": parent.map(|it| it.kind.as_str()),
            "parentId": parent.map(|it| it.id.to_string()),
            "ownerId": page.owner,
            "lastOwnerId": page.last_owner,
            "createdAt": iso(page.created_at),
            "authorId": page.author,
            "position": position,
            "version": self.version,
            "id": page.id.to_string(),
            "spaceId": page.space.to_string(),
            "status": self.status,
            "title": self.title,
            "body": bodies::shape(site, page, self.body, format),
            "sourceTemplateEntityId": null,
            "_links": links::of_page(site, page),
        });
        object(shape)
    }
}

pub(super) fn version(version: &Version) -> Value {
    json!({
        "number": version.number,
        "message": version.message,
        "minorEdit": version.minor_edit,
        "authorId": version.author,
        "createdAt": iso(version.created_at),
        "ncsStepVersion": null,
    })
}

pub(super) fn space(
    space: &Space,
    description_format: Option<&str>,
    icon: bool,
) -> Map<String, Value> {
    let description = description_format.map(|format| {
        let value = match format {
            "view" if !space.description.is_empty() => {
                format!("<p>{}</p>", crate::site::escape(&space.description))
            }
            _ => space.description.clone(),
        };
        json!({ format: { "representation": format, "value": value } })
    });
    let icon = icon.then(|| {
        json!({
            "path": "/images/logo/default-space-logo.svg",
            "apiDownloadLink": "/wiki/images/logo/default-space-logo.svg",
        })
    });
    let shape = json!({
        "spaceOwnerId": space.author,
        "createdAt": iso(space.created_at),
        "authorId": space.author,
        "homepageId": space.homepage.map(|it| it.to_string()),
        "icon": icon,
        "description": description,
        "currentActiveAlias": space.key,
        "id": space.id.to_string(),
        "key": space.key,
        "name": space.name,
        "type": space.kind.as_str(),
        "status": space.status(),
        "_links": { "webui": links::space(&space.key) },
    });
    object(shape)
}

/// A comment in a list; there its author is in `version` alone.
pub(super) fn comment(site: &Site, of: &Comment, format: Option<&str>) -> Map<String, Value> {
    let page = site.entry(of.page);
    let title = page.map_or("", |it| &it.title);
    let mut shape = object(json!({
        "id": of.id.to_string(),
        "status": "current",
        "title": format!("Re: {title}"),
        "version": {
            "number": 1,
            "message": "",
            "minorEdit": false,
            "authorId": of.author,
            "createdAt": iso(of.created_at),
            "ncsStepVersion": null,
        },
        "body": page.map_or_else(|| json!({}), |it| bodies::shape(site, it, &of.body, format)),
    }));
    if let Some(parent) = of.parent {
        shape.insert("parentCommentId".to_owned(), json!(parent.to_string()));
    } else {
        shape.insert("pageId".to_owned(), json!(of.page.to_string()));
    }
    if let Some(inline) = of.inline.as_deref() {
        let fields = object(json!({
            "resolutionStatus": inline.resolution,
            "properties": {
                "inlineMarkerRef": inline.marker,
                "inlineOriginalSelection": inline.selection,
                "inline-marker-ref": inline.marker,
                "inline-original-selection": inline.selection,
            },
        }));
        shape.extend(fields);
        if let Some(by) = &inline.resolved_by {
            shape.insert("resolutionLastModifierId".to_owned(), json!(by));
        }
        if let Some(at) = inline.resolved_at {
            shape.insert("resolutionLastModifiedAt".to_owned(), json!(iso(at)));
        }
    }
    let webui = page.map_or_else(String::new, |it| {
        format!("{}?focusedCommentId={}", links::web(site, it), of.id)
    });
    shape.insert("_links".to_owned(), json!({ "webui": webui }));
    shape
}

pub(super) fn label(label: &Label) -> Value {
    json!({ "id": label.id.to_string(), "name": label.name, "prefix": label.prefix.as_str() })
}

pub(super) fn attachment(site: &Site, of: &Attachment) -> Map<String, Value> {
    let download = links::download(of.page, of.id);
    let webui = site.entry(of.page).map_or_else(String::new, |page| {
        let key = links::space_key(site, page);
        let name: String = url::form_urlencoded::byte_serialize(of.name.as_bytes()).collect();
        format!(
            "/pages/viewpageattachments.action?pageId={}&spaceKey={key}&preview=%2F{}%2F{}%2F{name}",
            page.id, page.id, of.id
        )
    });
    object(json!({
        "pageId": of.page.to_string(),
        "mediaType": of.media_type,
        "mediaTypeDescription": null,
        "webuiLink": webui,
        "downloadLink": download,
        "createdAt": iso(of.created_at),
        "id": of.spelled_id(),
        "status": "current",
        "title": of.name,
        "comment": of.comment,
        "fileId": of.file_id,
        "fileSize": of.bytes.len(),
        "version": {
            "number": of.version,
            "message": of.comment,
            "minorEdit": false,
            "authorId": of.author,
            "createdAt": iso(of.created_at),
            "ncsStepVersion": null,
        },
        "_links": { "webui": webui, "download": download },
    }))
}

/// A person, as far as the caller may know.
pub(super) fn user(site: &Site, of: &User, caller: &User) -> Value {
    let email = if of.account_id == caller.account_id { of.email.as_str() } else { "" };
    let mut shape = json!({
        "displayName": of.display_name,
        "timeZone": of.time_zone,
        "isExternalCollaborator": of.role == crate::access::Role::Guest,
        "accountStatus": if of.active { "active" } else { "inactive" },
        "accountId": of.account_id,
        "email": email,
        "accountType": "atlassian",
        "publicName": of.display_name,
        "profilePicture": { "path": "/wiki/aa-avatar/default.png", "isDefault": true },
    });
    if let Some(space) = site.personal_space(of) {
        shape["personalSpaceId"] = Value::String(space.id.to_string());
    }
    shape
}

/// Makes a list row a single entity, whose links have the base.
pub(super) fn single(mut shape: Map<String, Value>, base: &str) -> Value {
    if let Some(links) = shape.get_mut("_links").and_then(Value::as_object_mut) {
        links.insert("base".to_owned(), Value::String(base.to_owned()));
    }
    Value::Object(shape)
}

/// A list inside an entity, as the `include-…` parameters give it.
pub(super) fn included(results: impl IntoIterator<Item = Value>, path: &str) -> Value {
    let results: Vec<Value> = results.into_iter().collect();
    json!({
        "results": results,
        "meta": { "hasMore": false, "cursor": "" },
        "_links": { "self": path },
    })
}

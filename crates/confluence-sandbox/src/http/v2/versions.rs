//! Versions of a page.

use serde_json::{Value, json};

use crate::{
    clock::iso,
    http::{answer::Answer, call::Call, failure::Failure, listing},
    site::Version,
};

use super::{BULK_FORMATS, bodies};

/// `GET /pages/{id}/versions`: the newest first.
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let format = call.query.one_of("body-format", &BULK_FORMATS)?;
    let sort = call.query.one_of("sort", &["modified-date", "-modified-date"])?;
    let site = call.site();
    let page = site.visible_page(&call.user, id).ok_or_else(|| no_page(id))?;
    let mut rows: Vec<&Version> = page.versions.iter().collect();
    if sort != Some("modified-date") {
        rows.reverse();
    }
    let (rows, next) = listing::cut(call, rows, 25)?;
    let rows = rows.into_iter().map(|it| {
        let mut row = json!({
            "number": it.number,
            "message": it.message,
            "minorEdit": it.minor_edit,
            "authorId": it.author,
            "createdAt": iso(it.created_at),
            "ncsStepVersion": null,
        });
        if format.is_some() {
            row["page"] = json!({
                "id": page.id.to_string(),
                "title": it.title,
                "body": bodies::shape(&site, page, &it.body, format),
            });
        }
        row
    });
    Ok(listing::answer(call, rows, next))
}

/// `GET /pages/{id}/versions/{number}`
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.number(0, "page-id", "long.")?;
    let number = call.number(1, "version-number", "long.")?;
    let site = call.site();
    let page = site.visible_page(&call.user, id).ok_or_else(|| no_page(id))?;
    let at =
        page.versions.iter().position(|it| u64::from(it.number) == number).ok_or_else(|| {
            Failure::not_found(&format!(
                "Cannot find version [{number}] of the page with id [{id}]"
            ))
        })?;
    let version = &page.versions[at];
    let mut shape = json!({
        "number": version.number,
        "authorId": version.author,
        "message": version.message,
        "createdAt": iso(version.created_at),
        "minorEdit": version.minor_edit,
        "contentTypeModified": false,
        "collaborators": [version.author],
    });
    let neighbours = [
        ("prevVersion", at.checked_sub(1).and_then(|it| page.versions.get(it))),
        ("nextVersion", page.versions.get(at + 1)),
    ];
    for (name, neighbour) in neighbours {
        if let Some(neighbour) = neighbour {
            shape[name] = Value::from(neighbour.number);
        }
    }
    Ok(Answer::json(shape))
}

fn no_page(id: u64) -> Failure {
    Failure::not_found(&format!("Cannot find [page] entity with id [{id}]"))
}

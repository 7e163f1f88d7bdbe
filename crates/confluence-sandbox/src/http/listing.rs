//! Lists of REST v2: cursors, next links and the `Link` header.

use axum::http::header;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{answer::Answer, call::Call, failure::Failure};

/// A cursor over a list short enough to be counted.
#[derive(Debug, Serialize, Deserialize)]
struct Offset {
    offset: usize,
}

/// Makes an opaque cursor.
pub(crate) fn encode(cursor: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).unwrap_or_default())
}

/// Reads the cursor of the request, if it has one.
pub(crate) fn cursor<T: DeserializeOwned>(call: &Call<'_>) -> Result<Option<T>, Failure> {
    let Some(text) = call.query.get("cursor").filter(|it| !it.is_empty()) else { return Ok(None) };
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|it| serde_json::from_slice(&it).ok())
        .map(Some)
        .ok_or_else(|| {
            Failure::parameter(&format!("Provided value {{{text}}} for 'cursor' is not valid"))
        })
}

/// The page of `rows` that the request asks for, and the cursor of the next.
pub(crate) fn cut<T>(
    call: &Call<'_>,
    rows: Vec<T>,
    default_limit: usize,
) -> Result<(Vec<T>, Option<String>), Failure> {
    let limit = call.query.limit(default_limit)?;
    let cursor = cursor::<Offset>(call)?;
    if cursor.is_none() && call.empty_page {
        return Ok((Vec::new(), Some(encode(&Offset { offset: 0 }))));
    }
    let start = cursor.map_or(0, |it| it.offset);
    let end = start.saturating_add(limit);
    let next = (end < rows.len()).then(|| encode(&Offset { offset: end }));
    Ok((rows.into_iter().skip(start).take(limit).collect(), next))
}

/// A list as REST v2 sends it.
pub(crate) fn answer(
    call: &Call<'_>,
    results: impl IntoIterator<Item = Value>,
    next: Option<String>,
) -> Answer {
    let results: Vec<Value> = results.into_iter().collect();
    let base = &call.tenant.link_base;
    let points = results.len();
    let mut links = serde_json::Map::new();
    let mut header = String::new();
    if let Some(cursor) = next {
        // Relative to the site, with `/wiki`, whichever way the request came.
        let next = format!("{}?{}", call.path, call.query.with_cursor(&cursor));
        header = format!("<{next}>; rel=\"next\", ");
        links.insert("next".to_owned(), Value::String(next));
    }
    links.insert("base".to_owned(), Value::String(base.clone()));
    header.extend(["<", base, ">; rel=\"base\""]);
    Answer::json(json!({ "results": results, "_links": links }))
        .with_header(header::LINK, &header)
        .with_points(points)
}

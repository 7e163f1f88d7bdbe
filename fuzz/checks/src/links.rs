//! Paging: of a server's links, only the cursor is followed.

use std::sync::Arc;

use confluence_api::{Rejected, cursor_of, spaces::ListSpaces};
use futures::TryStreamExt;
use serde_json::json;
use url::Url;

use crate::{
    script::{Script, line, parts},
    site::{ROOT, assert_requests, client, run},
};

/// Pages of a list, one per part: the `Link` header in the first line, then the link in the body.
///
/// # Panics
///
/// When a request goes elsewhere, or takes more from a link than its cursor.
pub fn links(data: &[u8]) {
    let mut pages = Vec::new();
    let mut cursors = Vec::new();
    for part in parts(data) {
        let (header, next) = line(part);
        let next = String::from_utf8_lossy(next);
        cursors.extend(cursor_of(&next));
        cursors.extend(
            header.match_indices('<').filter_map(|(at, _)| {
                cursor_of(header[at..].split('>').next().unwrap_or_default())
            }),
        );
        let body = match next.as_ref() {
            "" => json!({ "results": [] }),
            next => json!({ "results": [], "_links": { "next": next } }),
        };
        pages.push(format!("200\nlink: {header}\n\n{body}").into_bytes());
    }
    pages.push(b"200\n\n{\"results\":[]}".to_vec());
    let pages: Vec<_> = pages.iter().map(Vec::as_slice).collect();
    let script = Arc::new(Script::new(&pages));
    let client = client(&script, Rejected::Unrelated);
    run(async {
        let mut rows = std::pin::pin!(client.stream(ListSpaces::default()));
        while rows.try_next().await.expect("every answer is a page").is_some() {}
    });
    let sent = script.sent();
    assert!(!sent.is_empty() && sent.len() <= pages.len());
    for (index, request) in sent.iter().enumerate() {
        let url: Url = request.uri().to_string().parse().expect("a request has a URL");
        let root = url.as_str().split('?').next();
        assert_eq!(root, Some(&*format!("{ROOT}/wiki/api/v2/spaces")));
        let query: Vec<_> = url.query_pairs().collect();
        let cursor = match &query[..] {
            [] if index == 0 => continue,
            [(name, cursor)] if name == "cursor" => cursor.as_ref(),
            _ => panic!("{url}"),
        };
        assert!(cursors.iter().any(|it| it == cursor), "{url}");
    }
    assert_requests(&script);
}

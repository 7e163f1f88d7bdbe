//! Attachments and the way to their bytes.

use reqwest::Method;
use serde_json::Value;

use crate::support::{Site, send};

/// A page of the demo with an attachment, and the attachment.
async fn attached(site: &Site) -> (String, Value) {
    let found =
        site.get("/wiki/rest/api/search?cql=type%3Dattachment&limit=250").await.expect(200).json();
    let id = found["results"][0]["content"]["id"].as_str().expect("an attachment in the demo");
    let attachment = site.get(&format!("/wiki/api/v2/attachments/{id}")).await.expect(200).json();
    (attachment["pageId"].as_str().unwrap().to_owned(), attachment)
}

#[tokio::test]
async fn ids_of_attachments_are_a_type_of_their_own() {
    let site = Site::empty().await;
    let reply = site.get("/wiki/api/v2/attachments/ffd70a27-0a48").await.expect(400);
    assert_eq!(
        reply.error(),
        "Provided value {ffd70a27-0a48} for 'id' is not the correct type. Expected type is ContentId"
    );
    let reply = site.get("/wiki/api/v2/attachments/att999").await.expect(404);
    assert_eq!(reply.error(), "Content with id: [att999] not found");
}

#[tokio::test]
async fn an_attachment_is_listed_and_read() {
    let site = Site::demo().await;
    let (page, attachment) = attached(&site).await;
    let id = attachment["id"].as_str().unwrap();
    assert!(id.starts_with("att"));
    assert!(attachment["fileSize"].as_u64().unwrap() > 0);
    assert!(attachment["fileId"].is_string());
    assert_eq!(attachment["mediaTypeDescription"], Value::Null);
    let download = format!("/rest/api/content/{page}/child/attachment/{id}/download");
    assert_eq!(attachment["downloadLink"], download);
    assert_eq!(attachment["_links"]["download"], download);
    let list = format!("/wiki/api/v2/pages/{page}/attachments");
    assert!(site.get(&list).await.expect(200).column("id").contains(&id.to_owned()));
    let (kind, name) = (attachment["mediaType"].as_str().unwrap(), &attachment["title"]);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("mediaType", kind)
        .append_pair("filename", name.as_str().unwrap())
        .finish();
    assert_eq!(site.get(&format!("{list}?{query}")).await.expect(200).column("id"), [id]);
    let none = site.get(&format!("{list}?filename=nothing.png")).await.expect(200);
    assert_eq!(none.column("id"), [""; 0]);
    assert_eq!(site.get(&format!("{list}?status=trashed")).await.column("id"), [""; 0]);
    site.get(&format!("{list}?status=draft")).await.expect(400);
    site.get(&format!("/wiki/api/v2/attachments/{id}?version=99")).await.expect(404);
}

#[tokio::test]
async fn bytes_come_by_a_redirect_and_without_credentials() {
    let site = Site::demo().await;
    let (page, attachment) = attached(&site).await;
    let id = attachment["id"].as_str().unwrap();
    let path = format!("/wiki/rest/api/content/{page}/child/attachment/{id}/download");
    let redirect = site.get(&path).await.expect(302);
    let location = redirect.header("location").unwrap().to_owned();
    assert!(location.contains("/media/file/") && location.contains("?token="), "{location}");
    let file = send(site.anonymous(Method::GET, &location)).await.expect(200);
    assert_eq!(file.header("content-type"), attachment["mediaType"].as_str());
    assert_eq!(file.header("content-length").unwrap(), attachment["fileSize"].to_string());
    // Our credential is none of that host's business.
    send(site.request(Method::GET, &location)).await.expect(400);
    let forged = format!("{}0", &location[..location.len() - 1]);
    let forged = if forged == location { location.replace("token=", "token=9") } else { forged };
    send(site.anonymous(Method::GET, &forged)).await.expect(403);
    site.clock.advance(std::time::Duration::from_secs(601));
    send(site.anonymous(Method::GET, &location)).await.expect(403);
}

#[tokio::test]
async fn downloads_that_lead_nowhere_say_so() {
    let site = Site::demo().await;
    let (page, attachment) = attached(&site).await;
    let id = attachment["id"].as_str().unwrap();
    let base = "/wiki/rest/api/content";
    site.get(&format!("{base}/{page}/child/attachment/att1/download")).await.expect(404);
    site.get(&format!("{base}/1/child/attachment/{id}/download")).await.expect(404);
    site.get(&format!("{base}/{page}/child/attachment/{id}/download?version=99")).await.expect(400);
    let servlet = site.get(&format!("/wiki/download/attachments/{page}/x.png")).await.expect(401);
    assert!(servlet.header("www-authenticate").unwrap().starts_with("OAuth realm="));
}

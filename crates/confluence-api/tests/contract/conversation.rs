//! The client talks to the sandbox, and all that is said is compared.

use std::collections::BTreeSet;

use crate::{documents::documents, operations::known, reads, refusals, site::Site, writes};

/// Documented fields that never come with a value, by the schema that lists them.
///
/// The client does not ask for what `include-…` parameters add, labels of a page apart, and nothing
/// is attached to blog posts or to apps' own content in the sandbox.
const NEVER_SENT: [&str; 10] = [
    "AttachmentBulk: blogPostId, customContentId, mediaTypeDescription",
    "AttachmentSingle: blogPostId, customContentId, labels, mediaTypeDescription, operations, \
     properties, versions",
    // Live sites leave it out.
    "ChildrenResponse: spaceId",
    "FooterCommentModel: attachmentId, blogPostId, customContentId, likes, operations, properties, \
     versions",
    "PageBulk: lastOwnerId, sourceTemplateEntityId",
    "PageSingle: isFavoritedByCurrentUser, lastOwnerId, likes, operations, properties, \
     sourceTemplateEntityId, versions",
    // Null at every live site.
    "PageVersion: ncsStepVersion",
    "SpaceBulk: description, icon",
    "SpaceSingle: icon, labels, operations, permissions, properties",
    "Version: ncsStepVersion",
];

#[tokio::test]
async fn what_the_client_sends_and_the_sandbox_answers_is_documented() {
    let Some(documents) = documents() else { return };
    let mut site = Site::start(documents).await;
    reads::all(&mut site).await;
    writes::all(&mut site).await;
    refusals::all(&mut site).await;
    site.finish();

    assert_eq!(site.coverage.never_seen(), NEVER_SENT);
    let never: Vec<String> =
        documented_answers().await.difference(&site.answered).cloned().collect();
    assert!(never.is_empty(), "documented answers that never came: {never:?}");
}

/// `operation status` for every answer that the documents promise to the client.
async fn documented_answers() -> BTreeSet<String> {
    let mut answers = BTreeSet::new();
    for known in known().await {
        let operation = documents().unwrap().find(&known.method, &known.path).unwrap();
        let statuses =
            operation.json["responses"].as_object().into_iter().flat_map(serde_json::Map::keys);
        answers.extend(statuses.map(|status| format!("{} {status}", operation.id())));
    }
    answers
}

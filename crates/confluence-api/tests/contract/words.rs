//! Words: those that the client can say are those that the documents list.

use std::collections::BTreeSet;

use confluence_api::{
    attachments::AttachmentSort,
    body::{BodyFormat, PageBodyFormat, Representation},
    comments::{CommentSort, CommentStatus},
    content::ChildSort,
    labels::{LabelPrefix, LabelSort},
    pages::{NewPageStatus, PageListStatus, PageSort},
    search::Excerpt,
    spaces::{DescriptionFormat, SpaceSort, SpaceStatus, SpaceType},
    versions::VersionSort,
};
use http::Method;
use serde_json::Value;

use crate::{
    documents::{Documents, documents},
    operation::strings,
};

/// All words of an enumeration of the client.
macro_rules! words {
    ($name:ident) => {
        $name::ALL.iter().map(|it| it.as_str()).collect::<BTreeSet<_>>()
    };
}

#[track_caller]
fn check(documents: &Documents, path: &str, parameter: &str, ours: &BTreeSet<&str>) {
    let operation = documents.find(&Method::GET, path).unwrap();
    let documented = operation.parameter(parameter).unwrap().words(operation.document);
    assert_eq!(*ours, documented.into_iter().collect(), "{path} {parameter}");
}

#[test]
fn the_words_of_every_parameter_are_the_documented_ones() {
    let Some(documents) = documents() else { return };
    let page = |rest: &str| format!("/wiki/api/v2/pages/1{rest}");
    let check = |path: &str, parameter: &str, ours| check(documents, path, parameter, &ours);
    check("/wiki/api/v2/pages", "sort", words!(PageSort));
    check("/wiki/api/v2/pages", "status", words!(PageListStatus));
    check("/wiki/api/v2/pages", "body-format", words!(BodyFormat));
    check(&page(""), "body-format", words!(PageBodyFormat));
    check("/wiki/api/v2/spaces", "type", words!(SpaceType));
    check("/wiki/api/v2/spaces", "status", words!(SpaceStatus));
    check("/wiki/api/v2/spaces", "sort", words!(SpaceSort));
    check("/wiki/api/v2/spaces/1", "description-format", words!(DescriptionFormat));
    check("/wiki/rest/api/search", "excerpt", words!(Excerpt));
    check(&page("/direct-children"), "sort", words!(ChildSort));
    for comments in [page("/footer-comments"), page("/inline-comments")] {
        check(&comments, "body-format", words!(BodyFormat));
        check(&comments, "status", words!(CommentStatus));
        check(&comments, "sort", words!(CommentSort));
    }
    check(&page("/labels"), "prefix", words!(LabelPrefix));
    check(&page("/labels"), "sort", words!(LabelSort));
    check(&page("/attachments"), "sort", words!(AttachmentSort));
    check(&page("/versions"), "body-format", words!(BodyFormat));
    check(&page("/versions"), "sort", words!(VersionSort));
}

#[test]
fn the_words_of_every_body_are_the_documented_ones() {
    let Some(documents) = documents() else { return };
    let check = |schema: &Value, ours: BTreeSet<&str>| {
        assert_eq!(ours, strings(&schema["enum"]).into_iter().collect());
    };
    for (method, path) in [(Method::POST, "pages"), (Method::PUT, "pages/1")] {
        let operation = documents.find(&method, &format!("/wiki/api/v2/{path}")).unwrap();
        let (body, _) = operation.body().unwrap();
        check(&body["properties"]["status"], words!(NewPageStatus));
    }
    for name in ["PageBodyWrite", "CommentBodyWrite"] {
        let body = &documents.v2.json["components"]["schemas"][name];
        check(&body["properties"]["representation"], words!(Representation));
    }
}

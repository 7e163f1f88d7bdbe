//! The checks themselves: what is wrong on purpose is found.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use serde_json::{Value, json};

use crate::{
    check,
    documents::{Documents, documents},
};

fn request(method: Method, uri: &str, body: Option<&Value>) -> Request<Bytes> {
    let mut headers = HeaderMap::new();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::ACCEPT, json.clone());
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, json);
    }
    let body = body.map_or_else(Bytes::new, |it| it.to_string().into());
    let mut request = Request::builder().method(method).uri(uri).body(body).unwrap();
    *request.headers_mut() = headers;
    request
}

/// `problem` is what is found, nothing if the request is right.
#[track_caller]
fn check(documents: &Documents, request: &Request<Bytes>, problem: &str) {
    expect(&check::request(documents, request), problem);
}

#[track_caller]
fn expect(found: &[String], problem: &str) {
    if problem.is_empty() {
        assert!(found.is_empty(), "{found:?}");
    } else {
        assert!(found.iter().any(|it| it.contains(problem)), "{found:?}");
    }
}

#[test]
fn a_wrong_address_is_found() {
    let Some(documents) = documents() else { return };
    let check = |uri, problem| check(documents, &request(Method::GET, uri, None), problem);
    check("/wiki/api/v2/pages?limit=250&status=current&status=trashed&id=1&id=2", "");
    check("/wiki/api/v2/page", "no operation");
    check("/wiki/api/v2/pages/1/footer-comments/2", "no operation");
    check("/api/v2/pages", "no operation");
    check("/wiki/api/v2/pages/Home", "`id`: ``: \"Home\" is not of type");
    check("/wiki/api/v2/pages/9223372036854775808", "`id`");
    check("/wiki/api/v2/attachments/file", "`id`");
    check("/wiki/api/v2/pages?limit=251", "`limit`");
    check("/wiki/api/v2/pages?limit=0", "`limit`");
    check("/wiki/api/v2/pages?limit=few", "`limit`");
    check("/wiki/api/v2/pages?limit=1&limit=2", "`limit` comes 2 times");
    check("/wiki/api/v2/pages?sort=size", "`sort`");
    check("/wiki/api/v2/pages?status=current,trashed", "`status`");
    check("/wiki/api/v2/pages?status=draft", "`status`");
    check("/wiki/api/v2/pages?bodyFormat=storage", "`bodyFormat` is not documented");
    check("/wiki/api/v2/pages?body-format=view", "`body-format`");
    check("/wiki/api/v2/pages/1/labels?sort=title", "`sort`");
    check("/wiki/api/v2/pages/1?get-draft=yes", "`get-draft`");
    check("/wiki/api/v2/pages/1/descendants?depth=11", "`depth`");
    check("/wiki/rest/api/search?limit=25", "`cql` is missing");
    check("/wiki/rest/api/search?cql=x&expand=a,b", "");
    check("/wiki/rest/api/search?cql=x&expand=a&expand=b", "`expand` comes 2 times");
}

#[test]
fn a_wrong_method_or_header_is_found() {
    let Some(documents) = documents() else { return };
    check(documents, &request(Method::PATCH, "/wiki/api/v2/pages/1", None), "no operation");
    let mut list = request(Method::GET, "/wiki/api/v2/pages", None);
    list.headers_mut().insert("x-page-size", HeaderValue::from_static("25"));
    check(documents, &list, "`x-page-size` is not documented");
    list.headers_mut().clear();
    check(documents, &list, "does not accept JSON");
}

#[test]
fn a_wrong_body_of_a_request_is_found() {
    let Some(documents) = documents() else { return };
    let put = |body: &Value, problem| {
        check(documents, &request(Method::PUT, "/wiki/api/v2/pages/1", Some(body)), problem);
    };
    let page = || {
        json!({
            "id": "1", "status": "current", "title": "A", "version": { "number": 2 },
            "body": { "representation": "storage", "value": "" },
        })
    };
    let with = |field: &str, value: Value| {
        let mut page = page();
        page[field] = value;
        page
    };
    put(&page(), "");
    put(&with("body", json!({ "wiki": { "representation": "wiki", "value": "" } })), "");
    put(&with("body", json!({ "representation": "html", "value": "" })), "`/body`");
    put(&with("body", json!({ "value": "" })), "`/body`");
    put(&with("body", json!({})), "`/body`");
    put(&with("id", json!(1)), "`/id`");
    put(&with("spaceId", json!(1)), "`/spaceId`");
    put(&with("status", json!("archived")), "`/status`");
    put(&with("version", json!({ "number": "2" })), "`/version/number`");
    put(&with("labels", json!([])), "'labels' was unexpected");
    put(&json!({ "id": "1" }), "is a required property");
    check(documents, &request(Method::PUT, "/wiki/api/v2/pages/1", None), "no body");
    let body = Some(page());
    let get = request(Method::GET, "/wiki/api/v2/pages/1", body.as_ref());
    check(documents, &get, "a body where none");
    let label = Some(json!([{ "name": "a" }]));
    let add = request(Method::POST, "/wiki/rest/api/content/1/label", label.as_ref());
    check(documents, &add, "not valid under any");
    let mut add = request(Method::POST, "/wiki/rest/api/content/1/label", Some(&json!([])));
    add.headers_mut().remove(header::CONTENT_TYPE);
    check(documents, &add, "not called JSON");
}

#[test]
fn a_wrong_answer_is_found() {
    let Some(documents) = documents() else { return };
    let get = |uri: &str, status, headers: &[(&'static str, &str)], body: &str, problem| {
        let mut answer = Response::builder().status(status);
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        let answer = answer.body(Bytes::from(body.to_owned())).unwrap();
        expect(&check::answer(documents, &request(Method::GET, uri, None), &answer), problem);
    };
    let json = ("content-type", "application/json");
    let page = |body: &str, problem| get("/wiki/api/v2/pages/1", 200, &[json], body, problem);
    page(r#"{"id":"1","parentId":null,"parentType":null,"_links":{"base":"x","webui":"y"}}"#, "");
    page(r#"{"id":1}"#, "`/id`");
    page(r#"{"title":null}"#, "`/title`");
    page(r#"{"status":"lost"}"#, "`/status`");
    page(r#"{"createdAt":"yesterday"}"#, "`/createdAt`");
    page(r#"{"position":2147483648}"#, "`/position`");
    page(r#"{"colour":"red"}"#, "'colour' was unexpected");
    page(r#"{"_links":{"self":"x"}}"#, "'self' was unexpected");
    page(r#"{"labels":{"results":[{"id":1}]}}"#, "`/labels/results/0/id`");
    page("<html>", "no JSON");
    page("", "no JSON");
    get("/wiki/api/v2/pages/1", 200, &[], "{}", "not called so");
    get("/wiki/api/v2/pages/1", 202, &[json], "{}", "202 is not documented");
    get("/wiki/api/v2/pages/1", 404, &[json], r#"{"message":"gone"}"#, "\"errors\" is a required");
    let list = |link: &[_], body: &str, problem| {
        get("/wiki/api/v2/pages", 200, &[&[json], link].concat(), body, problem);
    };
    let base = ("link", r#"<x>; rel="base""#);
    let next = ("link", r#"</wiki/api/v2/pages?cursor=a>; rel="next", <x>; rel="base""#);
    let more = r#"{"results":[],"_links":{"next":"/wiki/api/v2/pages?cursor=a"}}"#;
    list(&[base], r#"{"results":[]}"#, "");
    list(&[next], more, "");
    list(&[], r#"{"results":[]}"#, "no `Link` header");
    list(&[base], more, "`Link` is");
    list(&[next], r#"{"results":[]}"#, "`Link` is");
    list(&[base], r#"{"results":[{"id":1}]}"#, "`/results/0/id`");
    let search = r#"{"results":[],"start":0,"limit":1,"size":0,"totalSize":0,"cqlQuery":"x"}"#;
    get("/wiki/rest/api/search?cql=x", 200, &[json], search, "is a required property");
}

//! The answers that other tests play back: as documented, too.

use std::{fs, path::Path};

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::{check, documents::documents};

/// What each fixture of an operation answers, by folder and name.
const OPERATIONS: [(&str, &str, &str); 20] = [
    ("attachments/get", "GET", "/wiki/api/v2/attachments/att1"),
    ("attachments/list", "GET", "/wiki/api/v2/pages/1/attachments"),
    ("comments/create", "POST", "/wiki/api/v2/footer-comments"),
    ("comments/footer", "GET", "/wiki/api/v2/pages/1/footer-comments"),
    ("comments/inline", "GET", "/wiki/api/v2/pages/1/inline-comments"),
    ("content/ancestors", "GET", "/wiki/api/v2/pages/1/ancestors"),
    ("content/children", "GET", "/wiki/api/v2/pages/1/direct-children"),
    ("content/descendants", "GET", "/wiki/api/v2/pages/1/descendants"),
    ("gateway/any", "GET", "/wiki/api/v2/pages"),
    ("labels/add", "POST", "/wiki/rest/api/content/1/label"),
    ("labels/list", "GET", "/wiki/api/v2/pages/1/labels"),
    ("pages/create", "POST", "/wiki/api/v2/pages"),
    ("pages/get", "GET", "/wiki/api/v2/pages/1"),
    ("pages/list", "GET", "/wiki/api/v2/pages"),
    ("pages/update", "PUT", "/wiki/api/v2/pages/1"),
    ("search/cql", "GET", "/wiki/rest/api/search?cql=x"),
    ("spaces/get", "GET", "/wiki/api/v2/spaces/1"),
    ("spaces/list", "GET", "/wiki/api/v2/spaces"),
    ("users/current", "GET", "/wiki/rest/api/user/current"),
    ("versions/list", "GET", "/wiki/api/v2/pages/1/versions"),
];

#[test]
fn every_fixture_of_an_operation_is_a_documented_answer() {
    let Some(documents) = documents() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/api");
    let mut problems = Vec::new();
    for (name, method, uri) in OPERATIONS {
        let (folder, operation) = name.split_once('/').unwrap();
        let mut found = 0;
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let file = file.unwrap();
            let file_name = file.file_name().into_string().unwrap();
            let mut parts = file_name.split('.');
            let (of, status, case) = (parts.next(), parts.next(), parts.next());
            // What the client has to live with need not be documented, nor has a fault of the server.
            if of != Some(operation) || case == Some("lenient") || status == Some("500") {
                continue;
            }
            let method = Method::try_from(method).unwrap();
            let request = Request::builder().method(method).uri(uri).body(Bytes::new()).unwrap();
            let mut answer = Response::builder().status(status.unwrap());
            for (name, value) in [("content-type", "application/json"), ("location", "/")] {
                answer = answer.header(name, value);
            }
            let answer = answer.body(fs::read(file.path()).unwrap().into()).unwrap();
            // A fixture is a body: headers are not kept in it.
            let objections = check::answer(documents, &request, &answer).into_iter();
            let objections = objections.filter(|it| it != "no `Link` header");
            problems.extend(objections.map(|it| format!("{folder}/{file_name}: {it}")));
            found += 1;
        }
        assert!(found > 0, "no fixture of {name}");
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

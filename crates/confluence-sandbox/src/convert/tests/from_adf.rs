//! What is not ADF, and what becomes of nodes that storage has no words for.

use serde_json::{Value, json};

use super::objections;
use crate::convert::{adf_to_storage, storage_to_adf};

fn document(content: &Value) -> Value {
    json!({ "version": 1, "type": "doc", "content": content })
}

#[track_caller]
fn invalid(document: &Value, message: &str) {
    let error = adf_to_storage(document).expect_err(message);
    assert_eq!(error.to_string(), format!("Invalid ADF: {message}"));
}

#[test]
fn what_is_not_a_document_is_refused() {
    invalid(&json!([]), "a node must have a type at `/`");
    invalid(&json!({ "type": "paragraph" }), "the type must be `doc` at `/`");
    invalid(&json!({ "type": "doc" }), "the version must be 1 at `/`");
    invalid(&document(&json!("x")), "`content` must be an array at `/`");
    invalid(
        &document(&json!([{ "type": "marquee" }])),
        "`marquee` is not a node that may stand among blocks at `/content/0`",
    );
    invalid(
        &document(&json!([{ "type": "paragraph", "content": [{ "type": "paragraph" }] }])),
        "`paragraph` is not a node that may stand within text at `/content/0/content/0`",
    );
    invalid(
        &document(&json!([{ "type": "heading", "attrs": { "level": 7 } }])),
        "a heading has a level from 1 to 6 at `/content/0`",
    );
    invalid(
        &document(&json!([{ "type": "panel" }])),
        "the attribute `panelType` is missing at `/content/0`",
    );
}

#[test]
fn nesting_is_bounded() {
    let mut node = json!({ "type": "paragraph" });
    for _ in 0..120 {
        node = json!({ "type": "blockquote", "content": [node] });
    }
    assert!(adf_to_storage(&document(&json!([node]))).unwrap_err().message.contains("deep"));
    let mut list = json!({ "type": "paragraph" });
    for _ in 0..45 {
        list = json!({ "type": "taskList", "attrs": { "localId": "x" }, "content": [
            { "type": "blockTaskItem", "attrs": { "localId": "y", "state": "TODO" }, "content": [list] },
        ]});
    }
    let storage = adf_to_storage(&document(&json!([list])));
    assert!(storage.is_ok_and(|it| storage_to_adf(&it).is_ok()));
}

#[test]
fn storage_that_an_extension_carries_must_be_well_formed() {
    let extension = |storage: &str| {
        document(&json!([{ "type": "extension", "attrs": {
            "extensionType": "com.atlassian.confluence.migration", "extensionKey": "pre",
            "parameters": { "cxhtml": storage } } }]))
    };
    assert_eq!(adf_to_storage(&extension("<pre>x</pre>")).unwrap(), "<pre>x</pre>");
    assert!(adf_to_storage(&extension("<pre>x")).is_err());
    assert!(adf_to_storage(&extension("</ac:layout-cell><p/>")).is_err());
}

/// Converts to storage and back to the same document.
#[track_caller]
fn survives(content: &Value) {
    let document = document(content);
    assert_eq!(objections(&document), [""; 0]);
    let storage = adf_to_storage(&document).unwrap();
    let back = storage_to_adf(&storage).unwrap();
    assert_eq!(back, document, "{storage}");
}

#[test]
fn nodes_that_only_adf_has_survive() {
    let text = json!([{ "type": "text", "text": "x" }]);
    let paragraph = json!({ "type": "paragraph", "content": text });
    survives(
        &json!([{ "type": "panel", "attrs": { "panelType": "note" }, "content": [paragraph] }]),
    );
    survives(&json!([{ "type": "decisionList", "attrs": { "localId": "a" }, "content": [
        { "type": "decisionItem", "attrs": { "localId": "b", "state": "DECIDED" }, "content": text },
    ]}]));
    survives(&json!([{ "type": "extension", "attrs": {
        "extensionKey": "k", "extensionType": "com.example.app", "layout": "wide", "text": "t",
        "parameters": { "a": [1, { "b": "<&>" }] }, "localId": "l" } }]));
    survives(&json!([{ "type": "bodiedExtension", "attrs": {
        "extensionKey": "k", "extensionType": "com.example.app" }, "content": [paragraph] }]));
    survives(&json!([{ "type": "syncBlock", "attrs": { "resourceId": "r", "localId": "l" } }]));
    survives(&json!([{ "type": "bodiedSyncBlock", "attrs": { "resourceId": "r", "localId": "l" },
        "content": [paragraph] }]));
    survives(
        &json!([{ "type": "embedCard", "attrs": { "url": "https://example.com", "layout": "wide", "width": 80.0 } }]),
    );
    survives(
        &json!([{ "type": "blockCard", "attrs": { "url": "https://example.com", "datasource": {
        "id": "d", "parameters": { "jql": "x" }, "views": [{ "type": "table" }] } } }]),
    );
    survives(&json!([{ "type": "panel", "attrs": { "panelType": "custom", "panelIcon": ":x:",
        "panelIconText": "❌", "panelColor": "#ffffff" }, "content": [paragraph] }]));
}

#[test]
fn a_task_list_after_a_task_goes_into_it() {
    survives(&json!([{ "type": "taskList", "attrs": { "localId": "l" }, "content": [
        { "type": "taskItem", "attrs": { "localId": "1", "state": "DONE" },
          "content": [{ "type": "text", "text": "a" }] },
        { "type": "taskList", "attrs": { "localId": "m" }, "content": [
            { "type": "taskItem", "attrs": { "localId": "2", "state": "TODO" }, "content": [] },
        ]},
    ]}]));
}

#[test]
fn extensions_with_content_are_macros_with_a_body() {
    let storage = adf_to_storage(&document(&json!([{ "type": "extension", "attrs": {
        "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "scroll-only",
        "parameters": { "exporter": "web" } }, "content": [{ "type": "paragraph" }] }])));
    assert_eq!(
        storage.unwrap(),
        "<ac:structured-macro ac:name=\"scroll-only\"><ac:parameter ac:name=\"exporter\">web</ac:parameter>\
         <ac:rich-text-body><p /></ac:rich-text-body></ac:structured-macro>",
    );
}

#[test]
fn names_from_the_document_do_not_become_markup() {
    let storage = adf_to_storage(&document(&json!([{ "type": "extension", "attrs": {
        "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "\"><b>",
        "parameters": { "macroParams": { "<x>": { "value": "</ac:parameter>" } },
                        "macroMetadata": { "attributes": { "a=\"1\" b": "2", "ac:ok": "3" } } } } }])))
    .unwrap();
    assert_eq!(
        storage,
        "<ac:structured-macro ac:name=\"&quot;&gt;&lt;b&gt;\" ac:ok=\"3\"><ac:parameter ac:name=\"&lt;x&gt;\">\
         &lt;/ac:parameter&gt;</ac:parameter></ac:structured-macro>",
    );
}

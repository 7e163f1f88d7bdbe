//! What becomes of storage in ADF.

use serde_json::{Value, json};

use super::objections;
use crate::convert::{adf_to_storage, storage_to_adf};

/// Converts one block and back to the same storage.
#[track_caller]
fn converted(source: &str, expected: &Value) {
    let document = storage_to_adf(source).unwrap();
    assert_eq!(objections(&document), [""; 0], "{document:#}");
    assert_eq!(document["content"], json!([expected]), "{document:#}");
    assert_eq!(adf_to_storage(&document).unwrap(), source);
}

/// Converts one inline node, with its paragraph, and back.
#[track_caller]
fn converted_inline(source: &str, expected: &Value) {
    converted(&format!("<p>{source}</p>"), &json!({ "type": "paragraph", "content": [expected] }));
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn paragraph(content: &str) -> Value {
    json!({ "type": "paragraph", "content": [text(content)] })
}

#[test]
fn malformed_storage_is_refused() {
    assert!(storage_to_adf("<p>").is_err());
}

#[test]
fn text_has_marks_in_one_order() {
    let marked = |marks: Value| json!({ "type": "text", "text": "x", "marks": marks });
    converted_inline(
        "<strong><em>x</em></strong>",
        &marked(json!([{ "type": "strong" }, { "type": "em" }])),
    );
    converted_inline("<u>x</u>", &marked(json!([{ "type": "underline" }])));
    converted_inline("<del>x</del>", &marked(json!([{ "type": "strike" }])));
    converted_inline("<code>x</code>", &marked(json!([{ "type": "code" }])));
    converted_inline(
        "<sub>x</sub>",
        &marked(json!([{ "type": "subsup", "attrs": { "type": "sub" } }])),
    );
    converted_inline(
        "<span style=\"color: rgb(255,86,48);\">x</span>",
        &marked(json!([{ "type": "textColor", "attrs": { "color": "#ff5630" } }])),
    );
    converted_inline(
        "<ac:inline-comment-marker ac:ref=\"i\">x</ac:inline-comment-marker>",
        &marked(
            json!([{ "type": "annotation", "attrs": { "id": "i", "annotationType": "inlineComment" } }]),
        ),
    );
    converted_inline(
        "<a href=\"https://example.com/?a=1&amp;b=2\">x</a>",
        &marked(json!([{ "type": "link", "attrs": { "href": "https://example.com/?a=1&b=2" } }])),
    );
}

#[test]
fn code_keeps_links_but_no_other_marks() {
    let document = storage_to_adf("<p><strong><code>x</code></strong></p>").unwrap();
    assert_eq!(document["content"][0]["content"][0]["marks"], json!([{ "type": "code" }]));
}

#[test]
fn marks_that_overlap_are_nested() {
    converted(
        "<p><strong>a <em>b</em> c</strong></p>",
        &json!({ "type": "paragraph", "content": [
            { "type": "text", "text": "a ", "marks": [{ "type": "strong" }] },
            { "type": "text", "text": "b", "marks": [{ "type": "strong" }, { "type": "em" }] },
            { "type": "text", "text": " c", "marks": [{ "type": "strong" }] },
        ]}),
    );
}

#[test]
fn links_into_confluence_keep_their_target() {
    let link = |text: &str, href: &str| json!({ "type": "text", "text": text, "marks": [{ "type": "link", "attrs": { "href": href } }] });
    converted_inline(
        "<ac:link><ri:page ri:space-key=\"DOCS\" ri:content-title=\"A &amp; B\" /></ac:link>",
        &link("A & B", "/wiki/pages/viewpage.action?spaceKey=DOCS&title=A+%26+B"),
    );
    converted(
        "<p><ac:link ac:anchor=\"top\"><ri:page ri:content-title=\"A\" ri:version-at-save=\"3\" />\
         <ac:link-body>see A</ac:link-body></ac:link> and \
         <ac:link><ri:attachment ri:filename=\"x.pdf\"><ri:content-entity ri:content-id=\"7\" />\
         </ri:attachment></ac:link></p>",
        &json!({ "type": "paragraph", "content": [
            link("see A", "/wiki/pages/viewpage.action?title=A&versionAtSave=3#top"),
            text(" and "),
            link("x.pdf", "/wiki/pages/downloadattachment.action?filename=x.pdf\
                 &container=%2Fwiki%2Fpages%2Fviewpage.action%3FpageId%3D7"),
        ]}),
    );
}

#[test]
fn other_inline_nodes() {
    converted_inline(
        "<ac:link><ri:user ri:account-id=\"712020:a\" /></ac:link>",
        &json!({ "type": "mention", "attrs": { "id": "712020:a" } }),
    );
    converted_inline(
        "<time datetime=\"2026-05-01\" />",
        &json!({ "type": "date", "attrs": { "timestamp": "1777593600000" } }),
    );
    converted_inline(
        "<ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"colour\">Green</ac:parameter>\
         <ac:parameter ac:name=\"title\">OK</ac:parameter></ac:structured-macro>",
        &json!({ "type": "status", "attrs": { "text": "OK", "color": "green" } }),
    );
    converted_inline(
        "<ac:emoticon ac:name=\"tick\" />",
        &json!({ "type": "emoji", "attrs": { "shortName": ":check_mark:" } }),
    );
    converted_inline(
        "<a href=\"https://example.com\" data-card-appearance=\"inline\">https://example.com</a>",
        &json!({ "type": "inlineCard", "attrs": { "url": "https://example.com" } }),
    );
    converted_inline(
        "<ac:placeholder>Say it</ac:placeholder>",
        &json!({ "type": "placeholder", "attrs": { "text": "Say it" } }),
    );
}

#[test]
fn white_space_is_as_it_is_shown() {
    let document = storage_to_adf("<p>\n a \n b<br/>\n c </p>").unwrap();
    let expected = json!([text("a b"), { "type": "hardBreak" }, text("c")]);
    assert_eq!(document["content"][0]["content"], expected);
}

#[test]
fn code_macros_become_code_blocks() {
    converted(
        "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">rust</ac:parameter>\
         <ac:plain-text-body><![CDATA[a ]]]]><![CDATA[> b]]></ac:plain-text-body></ac:structured-macro>",
        &json!({ "type": "codeBlock", "attrs": { "language": "rust" }, "content": [text("a ]]> b")] }),
    );
    let document = storage_to_adf(
        "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"title\">T</ac:parameter>\
         <ac:plain-text-body><![CDATA[x]]></ac:plain-text-body></ac:structured-macro>",
    );
    assert_eq!(document.unwrap()["content"][0]["type"], "extension");
}

#[test]
fn boxes_become_panels_and_expands_depend_on_where_they_stand() {
    let info = |body: &str| {
        format!(
            "<ac:structured-macro ac:name=\"info\"><ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
        )
    };
    converted(
        &info("<p>x</p>"),
        &json!({ "type": "panel", "attrs": { "panelType": "info" }, "content": [paragraph("x")] }),
    );
    let nested = info(&info("<p>x</p>"));
    let document = storage_to_adf(&nested).unwrap();
    let inner = &document["content"][0]["content"][0];
    assert_eq!((&inner["type"], &inner["attrs"]["text"]), (&json!("extension"), &json!("x")));
    assert_eq!(adf_to_storage(&document).unwrap(), nested);
    let expand = "<ac:structured-macro ac:name=\"expand\"><ac:parameter ac:name=\"title\">T</ac:parameter>\
                  <ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>";
    converted(
        expand,
        &json!({ "type": "expand", "attrs": { "title": "T" }, "content": [paragraph("x")] }),
    );
    let document =
        storage_to_adf(&format!("<table><tbody><tr><td>{expand}</td></tr></tbody></table>"))
            .unwrap();
    assert_eq!(
        document["content"][0]["content"][0]["content"][0]["content"][0]["type"],
        "nestedExpand"
    );
    assert_eq!(objections(&document), [""; 0]);
}

#[test]
fn unknown_macros_keep_parameters_and_body() {
    converted(
        "<ac:structured-macro ac:name=\"jira\" ac:schema-version=\"1\" ac:macro-id=\"m\">\
         <ac:parameter ac:name=\"key\">A-1</ac:parameter></ac:structured-macro>",
        &json!({ "type": "extension", "attrs": {
            "extensionType": "com.atlassian.confluence.macro.core",
            "extensionKey": "jira",
            "parameters": {
                "macroParams": { "key": { "value": "A-1" } },
                "macroMetadata": { "schemaVersion": { "value": "1" }, "macroId": { "value": "m" } },
            },
            "layout": "default",
        }}),
    );
    let document = storage_to_adf(
        "<ac:structured-macro ac:name=\"excerpt\"><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
    )
    .unwrap();
    assert_eq!(document["content"][0]["type"], "bodiedExtension");
    assert_eq!(document["content"][0]["content"], json!([paragraph("x")]));
}

#[test]
fn lists_nest_and_count() {
    converted(
        "<ol start=\"3\"><li><p>a</p><ul><li><p>b</p></li></ul></li></ol>",
        &json!({ "type": "orderedList", "attrs": { "order": 3 }, "content": [
            { "type": "listItem", "content": [
                paragraph("a"),
                { "type": "bulletList", "content": [{ "type": "listItem", "content": [paragraph("b")] }] },
            ]},
        ]}),
    );
}

#[test]
fn tasks_without_ids_get_some_that_stay() {
    let source = "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status>\
                  <ac:task-body>a</ac:task-body></ac:task></ac:task-list>";
    let document = storage_to_adf(source).unwrap();
    assert_eq!(objections(&document), [""; 0]);
    assert_eq!(document["content"][0]["content"][0]["attrs"]["state"], "DONE");
    assert_eq!(storage_to_adf(source).unwrap(), document);
}

#[test]
fn cells_keep_spans_colours_and_widths() {
    converted(
        "<table><colgroup><col style=\"width: 100.0px;\" /><col style=\"width: 50.0px;\" /></colgroup>\
         <tbody><tr><th colspan=\"2\" data-highlight-colour=\"#aabbcc\"><p>a</p></th></tr>\
         <tr><td rowspan=\"2\"><p>b</p></td><td><p>c</p></td></tr></tbody></table>",
        &json!({ "type": "table", "content": [
            { "type": "tableRow", "content": [
                { "type": "tableHeader", "content": [paragraph("a")], "attrs": {
                    "colspan": 2, "background": "#aabbcc", "colwidth": [100.0, 50.0] } },
            ]},
            { "type": "tableRow", "content": [
                { "type": "tableCell", "attrs": { "rowspan": 2, "colwidth": [100.0] }, "content": [paragraph("b")] },
                { "type": "tableCell", "attrs": { "colwidth": [50.0] }, "content": [paragraph("c")] },
            ]},
        ]}),
    );
}

#[test]
fn images_keep_their_source_size_and_caption() {
    let source = "<ac:image ac:align=\"center\" ac:layout=\"center\" ac:custom-width=\"true\" ac:width=\"300\" \
                  ac:alt=\"A\" ac:original-width=\"600\" ac:original-height=\"400\" ac:thumbnail=\"true\">\
                  <ri:attachment ri:filename=\"a b.png\" /><ac:caption><p>c</p></ac:caption></ac:image>";
    let document = storage_to_adf(source).unwrap();
    assert_eq!(objections(&document), [""; 0], "{document:#}");
    let image = &document["content"][0];
    assert_eq!(image["attrs"], json!({ "layout": "center", "width": 300, "widthType": "pixel" }));
    assert_eq!(image["content"][1]["content"], json!([text("c")]));
    assert_eq!(adf_to_storage(&document).unwrap(), source);
}

#[test]
fn sections_become_columns_and_single_ones_vanish() {
    let source = "<ac:layout><ac:layout-section ac:type=\"fixed-width\" ac:breakout-mode=\"default\">\
                  <ac:layout-cell><p>a</p></ac:layout-cell></ac:layout-section>\
                  <ac:layout-section ac:type=\"two_right_sidebar\" ac:breakout-mode=\"wide\">\
                  <ac:layout-cell><p>b</p></ac:layout-cell><ac:layout-cell><p>c</p></ac:layout-cell>\
                  </ac:layout-section></ac:layout>";
    let document = storage_to_adf(source).unwrap();
    assert_eq!(objections(&document), [""; 0], "{document:#}");
    assert_eq!(document["content"][0], paragraph("a"));
    assert_eq!(document["content"][1]["content"][0]["attrs"]["width"], 66.66);
    assert_eq!(adf_to_storage(&document).unwrap(), source);
}

#[test]
fn alignment_and_indentation_are_kept_where_the_schema_has_a_place() {
    converted(
        "<p style=\"text-align: center;\">x</p>",
        &json!({ "type": "paragraph", "content": [text("x")],
            "marks": [{ "type": "alignment", "attrs": { "align": "center" } }] }),
    );
    converted(
        "<h2 style=\"margin-left: 60.0px;\">x</h2>",
        &json!({ "type": "heading", "attrs": { "level": 2 }, "content": [text("x")],
            "marks": [{ "type": "indentation", "attrs": { "level": 2 } }] }),
    );
    let document =
        storage_to_adf("<ul><li><p style=\"text-align: center;\">x</p></li></ul>").unwrap();
    assert_eq!(objections(&document), [""; 0]);
}

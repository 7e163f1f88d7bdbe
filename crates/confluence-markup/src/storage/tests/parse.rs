use crate::storage::{Document, Kind, ParseError, Tag};

#[track_caller]
fn same(source: &str) {
    let document = Document::parse(source).unwrap();
    assert_eq!(document.serialize(), source);
}

#[track_caller]
fn refused(source: &str, column: usize, reason: &str) {
    match Document::parse(source) {
        Err(ParseError::Malformed { line: 1, column: at, reason: said }) => {
            assert_eq!(at, column, "{said}");
            assert!(said.contains(reason), "{said}");
        }
        other => panic!("{source}: {other:?}"),
    }
}

#[test]
fn every_kind_of_node_is_written_back() {
    same("");
    same("text");
    same("<p>a</p>\n<p  class = 'x' >b</p >");
    same("<hr/><hr /><br></br><br>");
    same("<!-- c --><?pi x?><p><![CDATA[a < b]]>&nbsp;&#x2014;</p>");
    same("<ac:plain-text-body><![CDATA[a]]]]><![CDATA[>b]]></ac:plain-text-body>");
    same("\u{FEFF}<p>after a byte order mark</p>");
    same("<unknown-tag a=\"1\">x</unknown-tag>");
    same("<!DOCTYPE p [<!ENTITY a \"b\">]><p>&a;</p>");
}

#[test]
fn text_that_touches_is_one_node() {
    let document = Document::parse("<p>a &amp; b & c &nosuch; d</p>").unwrap();
    let kinds: Vec<Kind> = document.ids().map(|it| document.kind(it)).collect();
    assert_eq!(kinds, [Kind::Root, Kind::Element(Tag::P), Kind::Text]);
    assert_eq!(document.text(document.root()), "a & b & c &nosuch; d");
}

#[test]
fn references_of_xhtml_are_resolved_and_others_stay() {
    let document =
        Document::parse("&nbsp;&eacute;&#233;&#xE9;&thetasym;&#0;&#xD800;&#;&;").unwrap();
    assert_eq!(document.text(document.root()), "\u{A0}ééé\u{3D1}&#0;&#xD800;&#;&;");
}

#[test]
fn data_that_is_split_is_one_text() {
    let document = Document::parse("<code><![CDATA[a]]]]><![CDATA[>b]]></code>").unwrap();
    assert_eq!(document.text(document.root()), "a]]>b");
}

#[test]
fn elements_that_html_gives_no_end_tag_may_have_none() {
    let document = Document::parse("<p>a<br>b<br></br>c<hr></p>").unwrap();
    let p = document.children(document.root()).next().unwrap();
    let names: Vec<&str> = document.children(p).map(|it| document.name(it)).collect();
    assert_eq!(names, ["", "br", "", "br", "", "hr"]);
}

#[test]
fn attributes_are_read_with_either_quotes_and_their_references() {
    let document = Document::parse("<a x=\"1 &gt; 0\" y='\"' z = \"\">t</a>").unwrap();
    let a = document.children(document.root()).next().unwrap();
    assert_eq!(document.attribute(a, "x").as_deref(), Some("1 > 0"));
    assert_eq!(document.attribute(a, "y").as_deref(), Some("\""));
    assert_eq!(document.attribute(a, "z").as_deref(), Some(""));
    assert_eq!(document.attribute(a, "nothing"), None);
}

#[test]
fn children_and_descendants_end_where_the_element_does() {
    let document = Document::parse("<ul><li>a<b>c</b></li><li>d</li></ul><p>e</p>").unwrap();
    let list = document.children(document.root()).next().unwrap();
    assert_eq!(document.children(list).count(), 2);
    assert_eq!(document.descendants(list).count(), 6);
    assert_eq!(document.outer_source(list), "<ul><li>a<b>c</b></li><li>d</li></ul>");
    assert_eq!(document.inner_source(list), "<li>a<b>c</b></li><li>d</li>");
}

#[test]
fn what_confluence_turns_down_is_refused_with_its_place() {
    refused("<p>a", 5, "`<p>` is not closed");
    refused("<p>a</b></p>", 5, "`</b>` where `</p>` is expected");
    refused("a</p>", 2, "`</p>` closes nothing");
    refused("<p>a < b</p>", 6, "begins no tag");
    refused("<p a=1>b</p>", 1, "attribute");
    refused("<p a>b</p>", 1, "attribute");
    refused("<p a=\"1\"\"2\">b</p>", 1, "attribute");
    refused("<p a=\"<\">b</p>", 1, "`<` among its attributes");
    refused("<p", 1, "");
    refused("é<![CDATA[a", 2, "");
    refused("<!-- a", 1, "");
    refused("<1/>", 1, "begins no tag");
    refused("</ p>", 1, "closes nothing");
}

#[test]
fn the_line_and_column_of_a_fault_count_characters() {
    let error = Document::parse("<p>é\n  ü</x></p>").unwrap_err();
    let ParseError::Malformed { line, column, .. } = &error else { panic!("{error}") };
    assert_eq!((*line, *column), (2, 4));
}

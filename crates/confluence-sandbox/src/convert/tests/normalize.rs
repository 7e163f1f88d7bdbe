//! What is well-formed, and what saving changes.

use crate::convert::storage::normalize;

#[track_caller]
fn malformed(source: &str, message: &str) {
    let error = normalize(source).expect_err(source);
    let expected = message.replace(" @", "\n at [row,col {unknown-source}]: ");
    assert_eq!(error.to_string(), format!("Error parsing xhtml: {expected}"));
}

#[track_caller]
fn normalized(source: &str, expected: &str) {
    let result = normalize(source).unwrap();
    assert_eq!(result, expected);
    assert_eq!(normalize(&result).unwrap(), result);
}

#[test]
fn tags_must_be_closed_in_order() {
    malformed("<p>a", "Unexpected close tag </xml>; expected </p>. @[1,5]");
    malformed("<p>a\n <b>x</p>", "Unexpected close tag </p>; expected </b>. @[2,6]");
    malformed("a</p>", "Unexpected close tag </p>; expected </xml>. @[1,2]");
    malformed("<p><br></p>", "Unexpected close tag </p>; expected </br>. @[1,8]");
    malformed(
        "<p>a</p",
        "Unexpected EOF; was expecting a close tag for element <p> (syntax error: tag not closed: \
         `>` not found before end of input) @[1,5]",
    );
}

#[test]
fn characters_must_be_escaped() {
    malformed("<p>a & b</p>", "Unexpected character ' ' (code 32) (missing name?) @[1,7]");
    malformed(
        "<p>1 <3</p>",
        "Unexpected character '3' (code 51) in content after '<' (malformed start element?). @[1,7]",
    );
    malformed(
        "<a href=\"?a=1&b=2\">x</a>",
        "Unexpected character '=' (code 61) expected ';' to end the entity reference \"&b\" @[1,16]",
    );
    malformed(
        "<p>a]]>b</p>",
        "String ']]>' not allowed in textual content, except as the end marker of CDATA section @[1,5]",
    );
    malformed("<p>\u{1}</p>", "Illegal character ((CTRL-CHAR, code 1)) @[1,4]");
    malformed(
        "<p title=\"a<b\">x</p>",
        "Unexpected character '<' (code 60) in attribute value @[1,12]",
    );
}

#[test]
fn entities_and_prefixes_must_be_known() {
    malformed("<p>&check;</p>", "Undeclared general entity \"check\" @[1,4]");
    malformed("<p>&#0;&#x110000;</p>", "Illegal character entity \"&#0;\" @[1,4]");
    malformed("<x:p>a</x:p>", "Undeclared namespace prefix \"x\" @[1,1]");
    malformed(
        "<p x:y=\"1\">a</p>",
        "Undeclared namespace prefix \"x\" (for attribute \"x:y\") @[1,4]",
    );
    normalized("<p>&nbsp;&eacute;&#x2014;&apos;</p>", "<p>&nbsp;&eacute;&#x2014;&apos;</p>");
}

#[test]
fn attributes_must_be_quoted_and_single() {
    malformed(
        "<p class=x>a</p>",
        "Unexpected character 'x' (code 120) in start tag Expected a quote @[1,10]",
    );
    malformed("<p checked>a</p>", "Unexpected character '>' (code 62) expected '=' @[1,11]");
    malformed(
        "<p a=\"1\"b=\"2\">x</p>",
        "Unexpected character 'b' (code 98) excepted space, or '>' or \"/>\" @[1,9]",
    );
    malformed("<p a=\"1\" a=\"2\">x</p>", "Duplicate attribute 'a'. @[1,10]");
}

#[test]
fn documents_do_not_bring_their_own_declarations() {
    assert!(normalize("<!DOCTYPE x [<!ENTITY a \"b\">]><p/>").is_err());
    assert!(normalize("<?xml version=\"1.0\"?><p/>").is_err());
    assert!(normalize("<!-- a -- b --><p/>").is_err());
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{}{}", "<b>".repeat(100_000), "</b>".repeat(100_000));
    assert!(normalize(&deep).unwrap_err().message.contains("depth"));
    let ok = format!("{}x{}", "<b>".repeat(200), "</b>".repeat(200));
    assert!(normalize(&ok).is_ok());
}

#[test]
fn empty_elements_get_a_space() {
    normalized("a<hr/>b<br />c<img  \n/>", "a<hr />b<br />c<img />");
    normalized("<p></p><!-- <br/> --><![CDATA[<br/>]]>", "<p></p><!-- <br/> --><![CDATA[<br/>]]>");
}

#[test]
fn macros_get_a_version_and_an_id_that_follows_from_their_content() {
    let toc = "<ac:structured-macro ac:name=\"toc\"/>";
    let twice = normalize(&format!("{toc}<p>x</p>{toc}")).unwrap();
    let ids: Vec<&str> = twice.split("ac:macro-id=\"").skip(1).map(|it| &it[..36]).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(
        normalize(toc).unwrap(),
        format!(
            "<ac:structured-macro ac:name=\"toc\" ac:schema-version=\"1\" ac:macro-id=\"{}\" />",
            ids[0],
        )
    );
    let nested = "<ac:structured-macro ac:name=\"info\" ac:macro-id=\"1\"><ac:rich-text-body>\
                  <ac:structured-macro ac:name=\"toc\" ac:schema-version=\"2\" ac:macro-id=\"3\" />\
                  </ac:rich-text-body></ac:structured-macro>";
    normalized(
        nested,
        &nested.replacen("ac:macro-id=\"1\"", "ac:macro-id=\"1\" ac:schema-version=\"1\"", 1),
    );
}

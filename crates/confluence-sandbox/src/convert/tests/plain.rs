//! The readable text of documents.

use crate::convert::storage_to_text;

#[track_caller]
fn reads(source: &str, expected: &str) {
    assert_eq!(storage_to_text(source), expected);
}

#[test]
fn blocks_are_lines_and_white_space_is_one_space() {
    reads(
        "<h1>A&nbsp;b</h1>\n<p>c  d\n e<br/>f</p><ul><li>g</li><li><p>h</p></li></ul>",
        "A\u{a0}b\nc d e\nf\ng\nh",
    );
    reads("<p>a<strong>b</strong> <em>c</em></p>", "ab c");
    reads("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc");
}

#[test]
fn macros_are_read_with_their_titles_and_bodies_but_not_their_settings() {
    reads(
        "<ac:structured-macro ac:name=\"expand\"><ac:parameter ac:name=\"title\">T</ac:parameter>\
         <ac:parameter ac:name=\"x\">no</ac:parameter><ac:rich-text-body><p>b</p></ac:rich-text-body>\
         </ac:structured-macro>",
        "T\nb",
    );
    reads(
        "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[a\n  <b>]]></ac:plain-text-body>\
         </ac:structured-macro>",
        "a\n  <b>",
    );
    reads(
        "<p>is <ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"title\">DONE</ac:parameter>\
         </ac:structured-macro>.</p>",
        "is DONE.",
    );
}

#[test]
fn links_without_words_are_read_by_their_target() {
    reads("<p>see <ac:link><ri:page ri:content-title=\"Other\"/></ac:link></p>", "see Other");
    reads(
        "<p><ac:link><ri:page ri:content-title=\"Other\"/><ac:link-body>this</ac:link-body></ac:link></p>",
        "this",
    );
}

#[test]
fn broken_documents_are_read_as_far_as_possible() {
    reads("<p>one</p><p>two <b>three</p>", "one\ntwo three");
}

use crate::storage::{Document, EditError, Replaced};

#[track_caller]
fn replace(source: &str, find: &str, with: &str) -> Result<Replaced, EditError> {
    let document = Document::parse(source).unwrap();
    let result = document.replace_text(0..source.len(), find, with);
    if let Ok(replaced) = &result {
        Document::parse(&replaced.storage).unwrap();
    }
    result
}

#[track_caller]
fn check(source: &str, find: &str, with: &str, expected: &str, count: usize) {
    let replaced = replace(source, find, with).unwrap();
    assert_eq!((replaced.storage.as_str(), replaced.count), (expected, count));
}

#[test]
fn text_is_replaced_and_markup_is_not() {
    check("<p class=\"p\">p <b>p</b></p>", "p", "q", "<p class=\"p\">q <b>q</b></p>", 2);
    let source = "<ac:structured-macro ac:name=\"jira\"><ac:parameter ac:name=\"key\">A</ac:parameter>\
                  </ac:structured-macro><p>A</p>";
    check(source, "A", "B", &source.replace("<p>A", "<p>B"), 1);
}

#[test]
fn references_are_found_as_what_they_mean_and_others_stay() {
    check("<p>a&nbsp;b &ldquo;c&rdquo;</p>", "“c”", "d", "<p>a&nbsp;b d</p>", 1);
    check("<p>a&amp;b &eacute;</p>", "a&b", "1 < 2", "<p>1 &lt; 2 &eacute;</p>", 1);
}

#[test]
fn what_is_put_in_is_text() {
    check("<p>a</p>", "a", "</p><script>&amp;\"", "<p>&lt;/p&gt;&lt;script&gt;&amp;amp;\"</p>", 1);
}

#[test]
fn code_is_text_and_cannot_be_left() {
    check("<c><![CDATA[x < y]]></c>", "x", "]]>", "<c><![CDATA[]]]]><![CDATA[> < y]]></c>", 1);
    // Taking something out may bring the three together, too.
    check("<c><![CDATA[a]]x>]]></c>", "x", "", "<c><![CDATA[a]]]]><![CDATA[>]]></c>", 1);
}

#[test]
fn a_lone_ampersand_does_not_become_a_reference() {
    check("<p>&X; b</p>", "X", "lt", "<p>&amp;lt; b</p>", 1);
}

#[test]
fn only_the_range_is_searched() {
    let source = "<p>a</p><p>a</p>";
    let document = Document::parse(source).unwrap();
    let replaced = document.replace_text(8..source.len(), "a", "b").unwrap();
    assert_eq!(replaced.storage, "<p>a</p><p>b</p>");
}

#[test]
fn what_is_not_found_says_why() {
    let not_found = EditError::NotFound("x".to_owned());
    assert_eq!(replace("<p x=\"x\">a</p>", "x", "y"), Err(not_found));
    assert_eq!(
        replace("<p>a<b>b</b></p>", "ab", "y"),
        Err(EditError::AcrossMarkup("ab".to_owned()))
    );
    assert_eq!(replace("<p>a</p>", "", "y"), Err(EditError::NothingToFind));
}

//! What is a query, what is not, and what is said about it.

use crate::cql::{Expression, Field, Reason, parse};

#[track_caller]
fn refused(query: &str, message: &str) {
    let error = parse(query).expect_err(query);
    assert_eq!(error.to_string(), message);
}

#[track_caller]
fn rewritten(query: &str, expected: &str) {
    let parsed = parse(query).unwrap();
    assert_eq!(parsed.to_string(), expected);
    assert_eq!(parse(expected).unwrap(), parsed);
}

#[test]
fn an_error_says_where_it_is_and_what_was_expected() {
    refused(
        "",
        "Could not parse cql : found the end of the query, expected a field, NOT or `(` at line 1, column 1",
    );
    refused(
        "type = page AND",
        "Could not parse cql : found the end of the query, expected a field, NOT or `(` at line 1, column 16",
    );
    refused(
        "type = page\n  AND (title ~ x OR",
        "Could not parse cql : found the end of the query, expected a field, NOT or `(` at line 2, column 20",
    );
    refused(
        "type page",
        "Could not parse cql : found `page`, expected an operator: =, !=, ~, !~, >, >=, <, <=, IN or NOT IN at line 1, column 6",
    );
    refused(
        "space = AND",
        "Could not parse cql : found `AND`, expected a value (quote reserved words) at line 1, column 9",
    );
    refused("space IN DEV", "Could not parse cql : found `DEV`, expected `(` at line 1, column 10");
    refused(
        "space IN ()",
        "Could not parse cql : found `)`, expected a word, a string or a function at line 1, column 11",
    );
    refused(
        "(type = page",
        "Could not parse cql : found the end of the query, expected AND, OR or `)` at line 1, column 13",
    );
    refused(
        "type = page)",
        "Could not parse cql : found `)`, expected AND, OR, ORDER BY or the end at line 1, column 12",
    );
    refused(
        "title ~ \"open",
        "Could not parse cql : the string that begins here has no end at line 1, column 9",
    );
    refused(
        "space = ~123",
        "Could not parse cql : found `~`, expected a word, a string or a function at line 1, column 9",
    );
}

#[test]
fn an_unknown_field_is_answered_with_the_known_ones() {
    refused(
        "type = page AND status = archived",
        "No field exists with the name: 'status'. Valid fields are: ancestor, container, content, \
         contributor, created, creator, id, label, lastmodified, parent, siteSearch, space, space.key, \
         space.title, space.type, text, title, type at line 1, column 17",
    );
}

#[test]
fn an_unquoted_second_word_is_taken_for_a_field() {
    let error = parse("text ~ BBQ Grill").unwrap_err();
    assert_eq!(error.reason, Reason::UnknownField { name: "Grill".to_owned() });
}

#[test]
fn operators_and_functions_must_fit_the_field() {
    refused(
        "text = word",
        "The operator '=' is not supported by the field 'text'. Supported operators are: ~, !~ at line 1, column 6",
    );
    refused(
        "type ~ page",
        "The operator '~' is not supported by the field 'type'. Supported operators are: =, !=, IN, NOT IN at line 1, column 6",
    );
    refused(
        "created = currentUser()",
        "The function 'currentUser()' is not supported by the field 'created' at line 1, column 11",
    );
    refused(
        "created > now(\"-4x\")",
        "The function 'now()' does not take these arguments: expected at most one increment, such as \
         \"-4w\" (y, M, w, d, h or m) at line 1, column 11",
    );
    let error = parse("created > yesterday()").unwrap_err();
    assert!(matches!(error.reason, Reason::UnknownFunction { .. }), "{error}");
    refused(
        "title ~ x ORDER BY text",
        "The field 'text' does not support ordering at line 1, column 20",
    );
}

#[test]
fn dates_are_checked() {
    for date in ["tomorrow", "2026-13-01", "2026-02-30", "26-01-01", "2026-01-02 25:00", "2026", ""]
    {
        let error = parse(&format!("created > \"{date}\"")).unwrap_err();
        assert_eq!(error.reason, Reason::BadDate(date.to_owned()));
    }
}

#[test]
fn an_empty_text_is_told_apart() {
    let error = parse("type = page AND text ~ \" \"").unwrap_err();
    assert!(error.is_empty_text());
    assert_eq!((error.line, error.column), (1, 24));
    assert!(!parse("text ~").unwrap_err().is_empty_text());
}

#[test]
fn length_and_nesting_are_bounded() {
    let long = format!("title ~ \"{}\"", "x".repeat(20_000));
    assert!(matches!(parse(&long).unwrap_err().reason, Reason::TooLong { .. }));
    let deep = format!("{}type = page{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(matches!(parse(&deep).unwrap_err().reason, Reason::TooDeep { .. }));
    let negated = format!("{}type = page", "NOT ".repeat(4_000));
    assert!(matches!(parse(&negated).unwrap_err().reason, Reason::TooDeep { .. }));
}

#[test]
fn keywords_and_fields_ignore_case() {
    rewritten(
        "Type=page and not LABEL in (a,'b') or lastModified>=NOW('-7d') order by Created desc,title",
        "type = \"page\" AND NOT label IN (\"a\", \"b\") OR lastmodified >= now(\"-7d\") \
         ORDER BY created DESC, title ASC",
    );
}

#[test]
fn parentheses_are_kept_only_where_they_matter() {
    rewritten(
        "((type = page)) and (label = a or label = b)",
        "type = \"page\" AND (label = \"a\" OR label = \"b\")",
    );
    rewritten(
        "(type = page and label = a) or label = b",
        "type = \"page\" AND label = \"a\" OR label = \"b\"",
    );
}

#[test]
fn quotes_and_backslashes_are_escaped() {
    rewritten(r#"title = "a \"b\" \\ c\d""#, r#"title = "a \"b\" \\ c\\d""#);
    rewritten(r#"title = 'it\'s "so"'"#, r#"title = "it's \"so\"""#);
}

#[test]
fn a_list_may_be_a_function() {
    rewritten(
        "id in recentlyViewedContent(10, 20)",
        "id IN (recentlyViewedContent(\"10\", \"20\"))",
    );
}

#[test]
fn words_need_no_quotes() {
    let query = parse("created > 2026/01/02").unwrap();
    assert!(matches!(query.filter, Expression::Clause(it) if it.field == Field::Created));
    assert!(parse("creator = 712020:ab-cd").is_ok());
}

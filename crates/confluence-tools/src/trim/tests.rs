use serde_json::{Value, json};

use super::{cut, object, text};

#[test]
fn arrays_keep_a_hundred_entries_and_say_what_is_missing() {
    let object = object(json!({ "results": (0..103).collect::<Vec<_>>() }));
    let results = object["results"].as_array().unwrap();
    assert_eq!(results.len(), 101);
    assert_eq!(
        results[100],
        json!({ "__truncated": true, "omitted": 3, "hint": "Use limit/cursor to page." })
    );
    let short = super::object(json!({ "results": (0..100).collect::<Vec<_>>() }));
    assert_eq!(short["results"].as_array().unwrap().len(), 100);
}

#[test]
fn a_bare_array_becomes_an_object() {
    assert_eq!(Value::Object(object(json!([1, 2]))), json!({ "results": [1, 2] }));
    assert_eq!(Value::Object(object(json!(null))), json!({ "result": null }));
}

#[test]
fn nested_things_of_their_own_collapse_to_what_names_them() {
    let hit = json!({
        "title": "Hit",
        "content": {
            "id": "1", "type": "page", "status": "current", "title": "T", "history": { "a": 1 },
            "_links": { "webui": "/x" },
            "space": { "key": "ENG", "name": "Engineering" },
        },
    });
    let trimmed = Value::Object(object(json!({ "results": [hit] })));
    assert_eq!(
        trimmed["results"][0]["content"],
        json!({
            "id": "1", "type": "page", "status": "current", "title": "T",
            "_links": { "webui": "/x" },
        })
    );
}

#[test]
fn the_answer_itself_is_never_collapsed() {
    let page = json!({ "id": "1", "title": "T", "authorId": "a", "version": { "number": 3 } });
    assert_eq!(Value::Object(object(page.clone())), page);
}

#[test]
fn long_strings_are_cut_with_a_warning() {
    let object = object(json!({ "body": { "storage": { "value": "x".repeat(25_000) } } }));
    let value = object["body"]["storage"]["value"].as_str().unwrap();
    assert!(
        value.len() < 20_300 && value.contains("[cut: 5000 more characters"),
        "{}",
        value.len()
    );
    assert!(value.contains("Do not use a cut body for an update"));
}

#[track_caller]
fn check(text: &str, limit: usize, expected: Option<&str>) {
    assert_eq!(cut(text, limit).map(|end| &text[..end]), expected);
}

#[test]
fn a_cut_is_behind_a_line_else_a_tag_else_a_character() {
    check("short", 10, None);
    check("exactly10!", 10, None);
    check("12345678\n90", 10, Some("12345678\n"));
    check("1234567>890", 10, Some("1234567>890".get(..10).unwrap()));
    check("12345678>90", 10, Some("12345678>"));
    check("\n2345678901", 10, Some("\n234567890"));
    check("ééééééééééé", 10, Some("éééééééééé"));
    check("", 0, None);
}

#[test]
fn a_whole_result_is_bounded() {
    let long = text("word\n".repeat(10_000));
    assert!(long.len() < 22_300 && long.contains("[Cut: "), "{}", long.len());
    assert_eq!(text("short".to_owned()), "short");
}

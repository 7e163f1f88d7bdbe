use rmcp::model::{ErrorCode, RequestId};

use super::{Message, read};

#[track_caller]
fn check(text: &str, expected: &Result<Message, ErrorCode>) {
    let found = read(text.as_bytes()).map_err(|fault| fault.code);
    assert_eq!(&found, expected, "{text}");
}

#[test]
fn requests_notifications_and_responses_are_told_apart() {
    let id = RequestId::Number(1);
    check(r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#, &Ok(Message::Request(id)));
    let id = RequestId::String("a".into());
    check(r#" {"params":{},"method":"x","id":"a","jsonrpc":"2.0"} "#, &Ok(Message::Request(id)));
    check(r#"{"jsonrpc":"2.0","method":"x"}"#, &Ok(Message::Notification));
    check(r#"{"jsonrpc":"2.0","id":1,"result":null}"#, &Ok(Message::Response));
    check(r#"{"jsonrpc":"2.0","error":{}}"#, &Ok(Message::Response));
}

#[test]
fn an_array_in_the_shape_of_a_message_is_no_message() {
    check(r#"["2.0",1,"x",null,null]"#, &Err(ErrorCode::INVALID_REQUEST));
}

#[test]
fn brackets_in_strings_do_not_count() {
    let text = format!(r#"{{"jsonrpc":"2.0","method":"{}\"[[\\"}}"#, "[{,".repeat(200_000));
    check(&text, &Ok(Message::Notification));
}

#[test]
fn depth_is_bounded_at_the_bound() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"jsonrpc":"2.0","method":"x","params":{open}{close}}}"#)
    };
    check(&nested(99), &Ok(Message::Notification));
    check(&nested(100), &Err(ErrorCode::PARSE_ERROR));
}

#[test]
fn a_message_that_ends_early_is_a_parse_error() {
    let whole = r#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":["b",1,null]}}"#;
    for end in 0..whole.len() {
        check(&whole[..end], &Err(ErrorCode::PARSE_ERROR));
    }
}

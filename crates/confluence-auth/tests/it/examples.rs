//! The examples run, and print what the guide says.
#![expect(dead_code, reason = "an example's `main` hands the process's arguments to its `run`")]

use std::iter;

#[path = "../../examples/list_pages.rs"]
mod list_pages;
#[path = "../../examples/own_credentials.rs"]
mod own_credentials;
#[path = "../../examples/own_transport.rs"]
mod own_transport;
#[path = "../../examples/search.rs"]
mod search;
#[path = "../../examples/stream_pages.rs"]
mod stream_pages;
#[path = "../../examples/update_page.rs"]
mod update_page;

const GUIDE: &str = include_str!("../../../../docs/library.md");

/// Runs an example without arguments, and compares what it prints with the guide.
macro_rules! check {
    ($example:ident) => {{
        let mut printed = Vec::new();
        $example::run(iter::empty(), &mut printed).await.unwrap();
        let printed = String::from_utf8(printed).unwrap();
        let promised = promised(stringify!($example));
        assert_eq!(unmeasured(&printed), unmeasured(promised), "printed:\n{printed}");
    }};
}

/// What the guide shows below the command that runs `example`.
fn promised(example: &str) -> &'static str {
    let command = format!("```text\n$ cargo run -p confluence-auth --example {example}\n");
    let (_, block) = GUIDE.split_once(&command).unwrap();
    block.split_once("```").unwrap().0
}

/// The text without what depends on the machine: memory and time.
fn unmeasured(text: &str) -> String {
    let without = |line: &str, before: &str, unit: &str| {
        let measured = line.strip_suffix(unit).and_then(|it| it.rsplit_once(before));
        measured.map_or_else(|| line.to_owned(), |(rest, _)| rest.to_owned())
    };
    let lines = text.lines().map(|line| without(line, ", ", " MB in memory"));
    lines.map(|line| without(&line, " in ", " s") + "\n").collect()
}

#[tokio::test]
async fn pages_of_a_space_are_listed() {
    check!(list_pages);
}

#[tokio::test]
async fn text_from_outside_is_searched_for() {
    check!(search);
}

#[tokio::test]
async fn two_changes_at_once_are_both_kept() {
    check!(update_page);
}

#[tokio::test]
async fn ten_thousand_pages_are_read_as_a_stream() {
    check!(stream_pages);
}

#[tokio::test]
async fn a_rejected_token_is_replaced_by_the_service() {
    check!(own_credentials);
}

#[tokio::test]
async fn recorded_answers_are_played_back() {
    check!(own_transport);
}

#[tokio::test]
async fn arguments_that_make_no_sense_are_refused() {
    for arguments in [&["--site"][..], &["--site", "acme"], &["--sites", "acme"]] {
        let arguments = arguments.iter().map(|it| (*it).to_owned());
        let error = list_pages::run(arguments, &mut Vec::new()).await.unwrap_err();
        assert!(error.to_string().starts_with("usage: "), "{error}");
    }
    let nowhere = ["--site", "acme", "--email", "ada@example.com", "--token-file", "t"];
    let error = update_page::run(nowhere.iter().map(|it| (*it).to_owned()), &mut Vec::new()).await;
    assert_eq!(error.unwrap_err().to_string(), "this example writes: say where, with --space");
    let space = ["--space", "NONE"].iter().map(|it| (*it).to_owned());
    let error = list_pages::run(space, &mut Vec::new()).await.unwrap_err();
    assert!(error.to_string().starts_with("there is no space `NONE`"), "{error}");
}

#[tokio::test]
async fn quotes_in_the_text_stay_text() {
    let mut printed = Vec::new();
    let text = [r#"x" OR type = "page"#.to_owned()];
    search::run(text.into_iter(), &mut printed).await.unwrap();
    let printed = String::from_utf8(printed).unwrap();
    assert!(printed.contains(r#"text ~ "x\" OR type = \"page""#), "{printed}");
    assert!(printed.ends_with("about 0 hits\n"), "{printed}");
}

//! Whatever comes in, and whatever goes out.

use std::sync::Arc;

use confluence_api::{
    cursor_of,
    pages::{GetPage, ListPages},
    search::SearchCql,
};
use proptest::prelude::*;

use crate::support::{Play, Replay, fixture};

/// Runs a call whose pauses take no time.
fn run<T>(call: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(call)
}

/// The query that arrives, decoded.
fn arrived(replay: &Arc<Replay>) -> Vec<(String, String)> {
    let url: url::Url = replay.sent.lock().unwrap()[0].url.parse().unwrap();
    url.query_pairs().into_owned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_answer_makes_a_call_panic(
        status in 100_u16..1000,
        body in any::<String>(),
        json in any::<bool>(),
    ) {
        let body = if json { format!(r#"{{"errors":[{body:?}],"message":{body:?}}}"#) } else { body };
        let client = Replay::new([Play::json(status, body)]).client();
        let _page = run(client.send(&GetPage::new("98765".parse().unwrap())));
        let _hits = run(client.page(&SearchCql::new("x")));
    }

    #[test]
    fn no_cut_makes_a_page_of_another_kind(cut in 0..fixture("pages/get.200").len()) {
        let mut body = fixture("pages/get.200");
        let cut = body.floor_char_boundary(cut);
        // What is left without its last line break is complete.
        prop_assume!(cut < body.trim_end().len());
        body.truncate(cut);
        let client = Replay::new([Play::json(200, body)]).client();
        // Only an empty answer could pass for something else.
        prop_assert!(run(client.send(&GetPage::new("98765".parse().unwrap()))).is_err());
    }

    #[test]
    fn text_arrives_as_it_was_given(title in any::<String>(), cursor in any::<String>()) {
        let replay = Replay::new([Play::json(200, "{}")]);
        let endpoint = ListPages {
            title: Some(title.clone()),
            cursor: Some(cursor.clone()),
            ..ListPages::default()
        };
        run(replay.client().send(&endpoint)).unwrap();
        let expected = [("title".to_owned(), title), ("cursor".to_owned(), cursor.clone())];
        prop_assert_eq!(arrived(&replay), expected);
        // And would be found again in a link.
        let sent = &replay.sent.lock().unwrap()[0].url;
        prop_assert_eq!(cursor_of(sent), (!cursor.is_empty()).then_some(cursor));
    }

    #[test]
    fn no_link_makes_the_search_for_its_cursor_panic(link in any::<String>()) {
        let _cursor = cursor_of(&link);
        let _cursor = cursor_of(&format!("/x?cursor={link}"));
    }
}

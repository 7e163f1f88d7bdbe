//! What a refusal means: every shape that Confluence's layers have.

use confluence_api::{
    ApiError, ApiErrorKind,
    pages::{GetPage, ListPages},
    search::SearchCql,
};

use crate::support::{Play, Replay, fixture};

async fn v2(play: Play) -> ApiError {
    let get = GetPage::new("98765".parse().unwrap());
    let error = Replay::new([play]).client().send(&get).await.unwrap_err();
    assert_eq!(error.kind(), error.api().map(|it| it.kind));
    let confluence_api::Error::Api(error) = error else { panic!("{error:?}") };
    *error
}

async fn v1(play: Play) -> ApiError {
    let error = Replay::new([play]).client().send(&SearchCql::new("x")).await.unwrap_err();
    let confluence_api::Error::Api(error) = error else { panic!("{error:?}") };
    *error
}

#[track_caller]
fn check(error: &ApiError, kind: ApiErrorKind, message: Option<&str>) {
    assert_eq!((error.kind, error.message.as_deref()), (kind, message), "{error}");
}

#[tokio::test(start_paused = true)]
async fn html_is_never_echoed() {
    let page = "<!DOCTYPE html><html><head><title>HTTP Status 401 – Unauthorized</title></head>";
    for (status, kind) in [
        (400, ApiErrorKind::Invalid),
        (401, ApiErrorKind::Unauthorized),
        (403, ApiErrorKind::Forbidden),
        (404, ApiErrorKind::NotFound),
        (409, ApiErrorKind::Conflict),
        (500, ApiErrorKind::Server),
        (501, ApiErrorKind::Server),
        (418, ApiErrorKind::Other),
    ] {
        for headers in [
            &[("content-type", "text/html;charset=UTF-8")][..],
            &[("content-type", "TEXT/HTML")][..],
            &[("content-type", "application/json")][..],
            &[][..],
        ] {
            let error = v2(Play::Answer(status, headers, page.to_owned())).await;
            check(&error, kind, None);
            assert!(!format!("{error} {error:?}").contains('<'));
        }
    }
    // JSON in a page for people is not read either.
    let json = fixture("pages/get.404");
    let error = v2(Play::Answer(404, &[("content-type", "text/html")], json)).await;
    check(&error, ApiErrorKind::NotFound, None);
}

#[tokio::test(start_paused = true)]
async fn empty_and_strange_bodies_leave_the_status() {
    for body in
        ["", " ", "null", "[]", "7", "\"text\"", "{", "{}", "\u{0}\u{ff}", r#"{"errors":{}}"#]
    {
        check(&v2(Play::json(400, body)).await, ApiErrorKind::Invalid, None);
        check(&v1(Play::json(403, body)).await, ApiErrorKind::Forbidden, None);
        check(&v1(Play::json(404, body)).await, ApiErrorKind::NotFound, None);
        check(&v2(Play::json(500, body)).await, ApiErrorKind::Server, None);
    }
}

#[tokio::test(start_paused = true)]
async fn errors_of_v2_are_understood() {
    let play = |status, name: &str| Play::json(status, fixture(name));
    check(
        &v2(play(400, "pages/get.400.wrong-type")).await,
        ApiErrorKind::Invalid,
        Some("Provided value {Docs} for 'id' is not the correct type. Expected type is long."),
    );
    check(
        &v2(play(400, "pages/create.400.title-taken")).await,
        ApiErrorKind::Invalid,
        Some(
            "A page with this title already exists: A page already exists with the same TITLE in this space",
        ),
    );
    check(
        &v2(play(404, "pages/get.404")).await,
        ApiErrorKind::NotFound,
        Some("Cannot find a page with id [98765]"),
    );
    check(&v2(play(404, "pages/get.404.bare")).await, ApiErrorKind::NotFound, Some("Not Found"));
    check(
        &v2(play(409, "pages/update.409")).await,
        ApiErrorKind::Conflict,
        Some(
            "Version must be incremented when updating a page. Current Version: [3]. Provided version: [3]",
        ),
    );
}

#[tokio::test(start_paused = true)]
async fn errors_of_v1_are_understood_and_lose_their_java() {
    let play = |status, name: &str| Play::json(status, fixture(name));
    check(
        &v1(play(400, "search/cql.400")).await,
        ApiErrorKind::Invalid,
        Some("Could not parse cql : type = page AND"),
    );
    check(
        &v1(play(400, "labels/add.400")).await,
        ApiErrorKind::Invalid,
        Some("Could not parse Labels"),
    );
    check(
        &v1(play(403, "search/cql.403")).await,
        ApiErrorKind::Forbidden,
        Some("Current user not permitted to use Confluence"),
    );
    check(
        &v1(play(403, "v1/any.403")).await,
        ApiErrorKind::Forbidden,
        Some("Cannot edit content with id 98765"),
    );
    check(
        &v1(play(410, "v1/any.410")).await,
        ApiErrorKind::Other,
        Some("This deprecated endpoint has been removed."),
    );
    // An empty text operand. Not repeated: it would fail again.
    let error = v1(play(500, "search/cql.500")).await;
    assert_eq!(error.kind, ApiErrorKind::Server);
    assert!(error.message.unwrap().starts_with("Cannot invoke"));
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_gateway_are_understood() {
    let scope = fixture("gateway/any.401.scope");
    for error in [v1(Play::json(401, scope.clone())).await, v2(Play::json(401, scope)).await] {
        check(&error, ApiErrorKind::MissingScope, Some("Unauthorized; scope does not match"));
    }
    let plain = fixture("gateway/any.401");
    check(&v2(Play::json(401, plain)).await, ApiErrorKind::Unauthorized, Some("Unauthorized"));
}

#[tokio::test(start_paused = true)]
async fn every_other_status_has_a_meaning_too() {
    for (status, kind) in [
        (302, ApiErrorKind::Other),
        (405, ApiErrorKind::Other),
        (413, ApiErrorKind::Other),
        (415, ApiErrorKind::Other),
        (429, ApiErrorKind::RateLimited),
        (501, ApiErrorKind::Server),
        (502, ApiErrorKind::Server),
        (503, ApiErrorKind::Server),
        (504, ApiErrorKind::Server),
        (599, ApiErrorKind::Server),
        (999, ApiErrorKind::Other),
    ] {
        assert_eq!(v2(Play::status(status)).await.kind, kind, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_app_access_rule_is_not_a_missing_page() {
    let headers = &[("atlassian-datasecuritypolicy", "app_access_blocked")];
    for status in [403, 404] {
        for body in [fixture("pages/get.404.bare"), fixture("pages/get.404"), String::new()] {
            let error = v2(Play::Answer(status, headers, body)).await;
            assert_eq!(error.kind, ApiErrorKind::Blocked, "{status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn trace_ids_are_kept_if_they_are_ids() {
    let of = |headers| v2(Play::Answer(400, headers, String::new()));
    assert_eq!(of(&[("atl-traceid", "9f3c-A_1")]).await.trace_id.as_deref(), Some("9f3c-A_1"));
    let request = of(&[("atl-request-id", "b2d1")]).await;
    assert_eq!(request.trace_id.as_deref(), Some("b2d1"));
    assert_eq!(of(&[]).await.trace_id, None);
    assert_eq!(of(&[("atl-traceid", "<script>")]).await.trace_id, None);
    let long = Box::leak("a".repeat(129).into_boxed_str());
    let headers = Box::leak(Box::new([("atl-traceid", &*long)]));
    assert_eq!(of(headers).await.trace_id, None);
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_request_without_its_query() {
    let replay = Replay::new([Play::json(400, fixture("search/cql.400"))]);
    let title = Some("private".to_owned());
    let list = ListPages { title, ..ListPages::default() };
    let error = replay.client().send(&list).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "400 Bad Request from GET /wiki/api/v2/pages: Could not parse cql : type = page AND"
    );
}

#[tokio::test(start_paused = true)]
async fn messages_are_bounded_and_on_one_line() {
    let long = format!(r#"{{"message":"a\u0000\u001b[1m\r\n{}"}}"#, "é ".repeat(100_000));
    let error = v1(Play::json(400, long)).await;
    let message = error.message.unwrap();
    assert!(message.chars().count() <= 1_001);
    assert!(!message.contains(char::is_control));
    let many = vec![r#"{"title":"one of many"}"#; 5_000].join(",");
    let error = v2(Play::json(400, format!(r#"{{"errors":[{many}]}}"#))).await;
    assert!(error.message.unwrap().chars().count() <= 1_001);
}

#[tokio::test(start_paused = true)]
async fn deeply_nested_json_does_no_harm() {
    let nested = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    check(&v2(Play::json(400, nested)).await, ApiErrorKind::Invalid, None);
}

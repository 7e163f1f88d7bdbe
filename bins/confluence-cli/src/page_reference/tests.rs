use base64::{Engine, prelude::BASE64_STANDARD};

use super::{InvalidReference, PageReference, tiny};

#[track_caller]
fn check(text: &str, id: &str, origin: Option<&str>) {
    let reference: PageReference = text.parse().unwrap();
    assert_eq!(reference.id.as_str(), id, "{text}");
    let got = reference.origin.map(|it| it.ascii_serialization());
    assert_eq!(got.as_deref(), origin, "{text}");
}

const SITE: Option<&str> = Some("https://example.atlassian.net");

#[test]
fn what_names_no_page_is_refused() {
    for text in ["", "..", "a/b", "../98306", "98 306", "98306?x"] {
        assert!(matches!(text.parse::<PageReference>(), Err(InvalidReference::Id(_))), "{text}");
    }
    for text in [
        "https://example.atlassian.net",
        "https://example.atlassian.net/wiki/spaces/ENG",
        "https://example.atlassian.net/wiki/spaces/ENG/pages/",
        "https://example.atlassian.net/wiki/spaces/ENG/pages/abc",
        "https://example.atlassian.net/wiki/spaces/ENG/pages/98306%2f..",
        "https://example.atlassian.net/wiki/pages/viewpage.action",
        "https://example.atlassian.net/wiki/pages/viewpage.action?pageId=",
        "https://example.atlassian.net/wiki/pages/viewpage.action?pageId=1/2",
        "https://example.atlassian.net/wiki/x/",
        "https://example.atlassian.net/wiki/x/%41",
        "https://example.atlassian.net/wiki/x/AAAA",
        "https://example.atlassian.net/wiki/x/AAAAAAAAAAAA",
        "https://example.atlassian.net/browse/ENG-1",
        "//evil.example/wiki/x/AoAB",
        "/\\evil.example/wiki/x/AoAB",
        "ftp://example.atlassian.net/wiki/x/AoAB",
        "file:///wiki/x/AoAB",
        "https://",
    ] {
        assert_eq!(text.parse::<PageReference>(), Err(InvalidReference::Address), "{text}");
    }
    for text in ["https://ada@example.atlassian.net/wiki/x/AoAB", "https://:p@example/wiki/x/AoAB"]
    {
        assert_eq!(text.parse::<PageReference>(), Err(InvalidReference::UserInfo), "{text}");
    }
}

#[test]
fn an_id_is_taken_as_it_is() {
    check("98306", "98306", None);
    check(" 98306\n", "98306", None);
}

#[test]
fn addresses_of_a_page_are_read() {
    check("https://example.atlassian.net/wiki/spaces/ENG/pages/98306/On-Call", "98306", SITE);
    check("https://example.atlassian.net/wiki/spaces/ENG/pages/98306", "98306", SITE);
    check("https://EXAMPLE.atlassian.net/wiki/spaces/~1/pages/98306#Head", "98306", SITE);
    check("https://example.atlassian.net/wiki/spaces/ENG/pages/edit-v2/98306", "98306", SITE);
    check(
        "https://example.atlassian.net/wiki/pages/viewpage.action?spaceKey=E&pageId=98306",
        "98306",
        SITE,
    );
    check("/wiki/spaces/ENG/pages/98306/On-Call", "98306", None);
    check("/wiki/x/AoAB", "98306", None);
}

#[test]
fn tiny_links_are_read() {
    check("https://example.atlassian.net/wiki/x/AoAB", "98306", SITE);
    assert_eq!(tiny("LIQHD"), Some(201_819_180));
    assert_eq!(tiny("AQ"), Some(1));
    // Both signs, which are the other way round than in the URL-safe alphabet.
    assert_eq!(tiny("-_8"), Some(0xefff));
}

#[test]
fn every_id_is_read_back_from_its_tiny_link() {
    let mut id = 1_u64;
    for step in 0..200_u64 {
        let code = BASE64_STANDARD.encode(id.to_le_bytes());
        let code = code.replace('/', "-").replace('+', "_");
        let code = code.trim_end_matches(['A', '=']);
        assert_eq!(tiny(code), Some(id), "{code}");
        id = id.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step).max(1);
    }
}

use confluence_api::pages::ContentLinks;

use super::{cursor_text, fenced, join, line, lines, space_key, title};

#[test]
fn a_line_is_one_line() {
    assert_eq!(line(" a\n\tb\u{a0}c  d "), "a b c d");
    assert_eq!(line("\u{1b}[31mred\u{7}"), "[31mred");
    assert_eq!(line("a\u{202e}b\u{2066}c\u{200f}d\u{feff}e"), "abcde");
    assert_eq!(line(""), "");
    assert_eq!(line(&"x".repeat(1_000)).chars().count(), 401);
    assert_eq!(line(&"word ".repeat(1_000)).chars().count(), 401);
}

#[test]
fn lines_keep_their_breaks_and_lose_other_controls() {
    assert_eq!(lines("a\r\nb\tc\u{0}\u{1b}d"), "a\nb\tcd");
}

#[test]
fn a_title_is_never_empty() {
    assert_eq!(title(""), "(untitled)");
    assert_eq!(title("A \"b\""), "\"A \"b\"\"");
}

#[test]
fn a_fence_outgrows_what_it_holds() {
    assert_eq!(fenced("storage", "<p/>"), "```storage\n<p/>\n```");
    assert_eq!(fenced("", "```\n"), "````\n```\n````");
    assert!(fenced("", &"`".repeat(20)).starts_with(&"`".repeat(21)));
}

#[test]
fn links_stay_below_the_base() {
    let base = "https://example.atlassian.net/wiki";
    let whole = format!("{base}/spaces/X");
    assert_eq!(join(base, "/spaces/X").as_deref(), Some(whole.as_str()));
    assert_eq!(join(base, &whole).as_deref(), Some(whole.as_str()));
    assert_eq!(join(base, "https://evil.example/x"), None);
    assert_eq!(join(base, "javascript:alert(1)"), None);
    assert_eq!(join(base, "/a b\nc").as_deref(), Some(&*format!("{base}/a%20b%20c")));
}

#[test]
fn a_spaces_key_is_read_off_the_link() {
    let key = |webui: &str| {
        let mut links = ContentLinks::default();
        links.webui = Some(webui.to_owned());
        space_key(&links)
    };
    assert_eq!(key("/spaces/ENG/pages/1/T").as_deref(), Some("ENG"));
    assert_eq!(key("/spaces/~557058abc?x").as_deref(), Some("~557058abc"));
    assert_eq!(key("/spaces/"), None);
    assert_eq!(key("/pages/viewpage.action?pageId=1"), None);
}

#[test]
fn a_cursor_is_shown_whole_and_cannot_disturb() {
    assert_eq!(cursor_text("_sa_WyI=="), "_sa_WyI==");
    let cursor = "a b\n\u{1b}\u{7f}\u{202e}\u{feff}\"é";
    let shown = cursor_text(cursor);
    assert_eq!(shown, r#""a b\n\u001b\u007f\u202e\ufeff\"é""#);
    assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), cursor);
}

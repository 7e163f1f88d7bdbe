//! Which documents a query finds.

use std::{borrow::Cow, cell::Cell};

use jiff::{Timestamp, tz::TimeZone};

use crate::cql::{Context, Document, parse};

#[derive(Debug, Clone)]
struct Page {
    kind: &'static str,
    id: u32,
    title: &'static str,
    space: &'static str,
    text: &'static str,
    labels: &'static [&'static str],
    ancestors: &'static [&'static str],
    creator: &'static str,
    created: &'static str,
    modified: &'static str,
    /// How often the text was asked for.
    read: Cell<u32>,
}

impl Document for Page {
    fn kind(&self) -> &str {
        self.kind
    }
    fn id(&self) -> Cow<'_, str> {
        self.id.to_string().into()
    }
    fn title(&self) -> &str {
        self.title
    }
    fn space_key(&self) -> &str {
        self.space
    }
    fn space_title(&self) -> &'static str {
        "The Space of Things"
    }
    fn space_type(&self) -> &'static str {
        "global"
    }
    fn text(&self) -> Cow<'_, str> {
        self.read.set(self.read.get() + 1);
        self.text.into()
    }
    fn any_label(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.labels.iter().any(|it| test(it))
    }
    fn any_ancestor(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.ancestors.iter().any(|it| test(it))
    }
    fn any_contributor(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        test(self.creator) || test("editor")
    }
    fn parent(&self) -> Option<Cow<'_, str>> {
        self.ancestors.last().map(|it| (*it).into())
    }
    fn creator(&self) -> &str {
        self.creator
    }
    fn created(&self) -> Timestamp {
        self.created.parse().unwrap()
    }
    fn last_modified(&self) -> Timestamp {
        self.modified.parse().unwrap()
    }
}

fn page() -> Page {
    Page {
        kind: "page",
        id: 98765,
        title: "Résumé of the Kubernetes Run-book",
        space: "DEV",
        text: "How to restart the ingress controller; see Node.js and ÜBUNG 日本語.",
        labels: &["howto", "team-a"],
        ancestors: &["1", "22"],
        creator: "712020:me",
        created: "2026-01-02T10:00:00Z",
        modified: "2026-03-15T12:30:20Z",
        read: Cell::new(0),
    }
}

fn context() -> Context {
    Context {
        now: "2026-03-18T09:00:00Z".parse().unwrap(),
        current_user: "712020:me".to_owned(),
        time_zone: TimeZone::UTC,
    }
}

#[track_caller]
fn found(query: &str) {
    assert!(parse(query).unwrap().matches(&page(), &context()), "not found by {query}");
}

#[track_caller]
fn missed(query: &str) {
    assert!(!parse(query).unwrap().matches(&page(), &context()), "found by {query}");
}

#[test]
fn exact_fields_are_compared() {
    found("type = Page");
    missed("type != page");
    found("type in (blogpost, page)");
    missed("type not in (blogpost, page)");
    found("space = dev and space.key = DEV and space.type = global");
    missed("space = OPS");
    found("label = HOWTO");
    missed("label = how");
    found("label not in (other, another)");
    found("id = 98765 and content in (1, 98765)");
    found("ancestor = 1 and ancestor = 22 and parent = 22");
    missed("parent = 1");
    found("creator = currentUser() and contributor = \"editor\"");
    missed("creator = 712020:ME");
    found("title = \"RESUME of the kubernetes run-book\"");
    missed("title = Kubernetes");
    missed("space = currentSpace()");
    missed("id in recentlyViewedContent(5)");
}

#[test]
fn text_needs_every_term_in_title_text_or_labels() {
    found("text ~ \"ingress kubernetes howto\"");
    missed("text ~ \"ingress absent\"");
    found("text ~ resume");
    found("text ~ \"übung\"");
    found("text ~ ubung");
    missed("text ~ ingres");
    found("text ~ \"ingres*\"");
    found("text ~ \"in?ress\" and text ~ \"*gress\"");
    missed("text ~ \"in?gress\"");
    found("text ~ \"ingrss~\" and text ~ \"controler~0.8\"");
    missed("text ~ \"xyzzy~\"");
    found("text !~ absent");
    found("text ~ \"absent OR ingress\"");
    missed("text ~ \"ingress NOT controller\"");
    missed("text ~ \"ingress -controller\"");
    found("text ~ \"ingress -absent\"");
    found("text ~ \"node.js\"");
    found("text ~ 本語");
    missed("text ~ 語本");
    missed("text ~ \"!!!\"");
}

#[test]
fn a_phrase_needs_its_words_in_a_row() {
    found(r#"text ~ "\"restart the ingress\"""#);
    missed(r#"text ~ "\"ingress the restart\"""#);
    missed(r#"text ~ "\"restart ingress\"""#);
    found("text ~ run-book");
    missed("text ~ book-run");
}

#[test]
fn title_looks_at_the_title_alone() {
    found("title ~ \"kubernetes resume\"");
    missed("title ~ ingress");
    found("space.title ~ things");
}

#[test]
fn dates_are_days_or_minutes_in_the_time_zone() {
    found("created = 2026-01-02");
    found("created = \"2026-01-02 10:00\"");
    missed("created = \"2026/01/02 10:01\"");
    found("created > 2026/01/02");
    missed("created < 2026-01-02");
    found("created >= 2026-01-01 and created <= 2026-01-03");
    found("created != 2026-01-03");
    let mut tokyo = context();
    tokyo.time_zone = TimeZone::fixed(jiff::tz::offset(14));
    let query = parse("created = 2026-01-03").unwrap();
    assert!(query.matches(&page(), &tokyo));
}

#[test]
fn relative_dates_count_from_now() {
    found("lastmodified > now(\"-7d\")");
    missed("lastmodified > now(\"-2d\")");
    found("lastmodified < now() and lastmodified > now(\"-1y\")");
    missed("lastmodified >= startOfWeek()");
    found("lastmodified >= startOfWeek(-1)");
    found("lastmodified > startOfMonth() and lastmodified < endOfMonth()");
    missed("lastmodified >= startOfDay()");
    found("lastmodified < endOfDay(\"-1d\")");
    found("created > startOfYear() and created < endOfYear()");
    missed("created < startOfYear(\"+0\")");
    missed("created > now(\"-4000000000y\")");
}

#[test]
fn conditions_combine() {
    found("type = blogpost or type = page and space = DEV");
    missed("(type = blogpost or type = page) and space = OPS");
    found("not type = blogpost and not (label = x or label = y)");
}

#[test]
fn site_search_is_ignored_in_the_middle_of_three() {
    found("type = page and siteSearch ~ absent and space = DEV");
    missed("type = page and siteSearch ~ absent");
    missed("type = page and space = DEV and siteSearch ~ absent");
    missed("type = page and siteSearch ~ absent and space = DEV and id = 98765");
}

#[test]
fn the_text_is_read_only_when_nothing_cheaper_decides() {
    let page = page();
    let matches = |query: &str| parse(query).unwrap().matches(&page, &context());
    assert!(!matches("text ~ ingress and type = blogpost"));
    assert!(matches("text ~ ingress or type = page"));
    assert!(matches("text ~ kubernetes"));
    assert_eq!(page.read.get(), 0);
    assert!(matches("text ~ ingress"));
    assert_eq!(page.read.get(), 1);
}

#[test]
fn results_are_ordered_by_the_keys_and_then_the_newest_first() {
    let pages = [
        Page { id: 9, title: "b", modified: "2026-01-01T00:00:00Z", ..page() },
        Page { id: 10, title: "Ä", modified: "2026-01-02T00:00:00Z", ..page() },
        Page { id: 11, title: "B", modified: "2026-01-03T00:00:00Z", ..page() },
    ];
    let ordered = |query: &str| {
        let query = parse(query).unwrap().prepare(&context());
        let mut pages = pages.each_ref();
        pages.sort_by(|a, b| query.compare(*a, *b));
        pages.map(|it| it.id)
    };
    assert_eq!(ordered("type = page order by id"), [9, 10, 11]);
    assert_eq!(ordered("type = page order by title, id desc"), [10, 11, 9]);
    assert_eq!(ordered("type = page order by title desc"), [11, 9, 10]);
    assert_eq!(ordered("type = page order by lastmodified"), [9, 10, 11]);
    assert_eq!(ordered("type = page"), [11, 10, 9]);
    assert_eq!(ordered("text ~ a"), [10, 11, 9]);
}

#[test]
fn the_words_to_highlight_are_those_looked_for() {
    let query =
        r#"text ~ "Über word* -not \"a phrase\"" and title !~ refused and siteSearch ~ word"#;
    assert_eq!(parse(query).unwrap().text_terms(), ["uber", "word", "a", "phrase"]);
}

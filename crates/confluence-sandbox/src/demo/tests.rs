mod scan;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::Path,
};

use scan::Scan;

use super::{
    AccountKind, Audience, DemoSite, DemoSpace, DemoUser, SpaceType,
    embedded::FILES,
    load,
    page::{DemoComment, DemoPage, LabelPrefix, PageKind, PageStatus, Resolution},
};

/// Key of the user that the sandbox's default credentials belong to.
const DEMO_USER: &str = "demo";

/// Longer texts than this must not occur twice.
const LONGEST_SHARED_TEXT: usize = 40;

fn pages(site: &DemoSite) -> impl Iterator<Item = (&DemoSpace, &DemoPage)> {
    site.spaces.iter().flat_map(|space| space.pages.iter().map(move |page| (space, page)))
}

fn scan(page: &DemoPage) -> Scan {
    Scan::of(&page.slug, &page.latest().body)
}

fn comments<'a>(roots: &'a [DemoComment], all: &mut Vec<&'a DemoComment>) {
    for comment in roots {
        all.push(comment);
        comments(&comment.replies, all);
    }
}

/// Footer comments and all replies, those to inline comments included.
fn all_comments(page: &DemoPage) -> Vec<&DemoComment> {
    let mut all = Vec::new();
    comments(&page.comments, &mut all);
    for inline in &page.inline_comments {
        comments(&inline.replies, &mut all);
    }
    all
}

#[track_caller]
fn assert_unique<'a>(what: &str, values: impl Iterator<Item = &'a str>) {
    let mut seen = HashSet::new();
    for value in values {
        assert!(!value.is_empty(), "an empty {what}");
        assert!(seen.insert(value), "{what} `{value}` occurs twice");
    }
}

#[test]
fn every_file_on_disk_is_embedded() {
    fn count(dir: &Path) -> usize {
        std::fs::read_dir(dir)
            .unwrap()
            .map(|it| it.unwrap().path())
            .map(|it| if it.is_dir() { count(&it) } else { 1 })
            .sum()
    }
    fn embedded(dir: &include_dir::Dir<'_>) -> usize {
        dir.files().count() + dir.dirs().map(embedded).sum::<usize>()
    }
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    assert_eq!(embedded(&FILES), count(&demo), "touch src/demo/embedded.rs to build it anew");
}

#[test]
fn every_file_below_files_is_attached_to_a_page() {
    fn files<'a>(dir: &'a include_dir::Dir<'a>, found: &mut BTreeSet<String>) {
        found.extend(dir.files().map(|it| it.path().display().to_string()));
        dir.dirs().for_each(|it| files(it, found));
    }
    let mut found = BTreeSet::new();
    for space in FILES.get_dir("spaces").unwrap().dirs() {
        if let Some(dir) = space.get_dir(space.path().join("files")) {
            files(dir, &mut found);
        }
    }
    let site = load();
    for (_, page) in pages(&site) {
        for attachment in &page.attachments {
            let end = format!("/files/{}/{}", page.slug, attachment.name);
            found.retain(|it| !it.ends_with(&end));
        }
    }
    assert_eq!(found, BTreeSet::new());
}

#[test]
fn ids_and_slugs_are_unique() {
    let site = load();
    let content = pages(&site).flat_map(|(_, page)| {
        let comments = all_comments(page).into_iter().map(|it| it.id.as_str());
        let inline = page.inline_comments.iter().map(|it| it.id.as_str());
        let attachments = page.attachments.iter().map(|it| it.id.trim_start_matches("att"));
        std::iter::once(page.id.as_str()).chain(comments).chain(inline).chain(attachments)
    });
    let ids: Vec<_> = content.chain(site.spaces.iter().map(|it| it.id.as_str())).collect();
    for id in &ids {
        assert!(id.parse::<u64>().is_ok(), "`{id}` is not a number");
    }
    assert_unique("id", ids.into_iter());
    assert_unique("slug", pages(&site).map(|(_, page)| page.slug.as_str()));
    assert_unique("space key", site.spaces.iter().map(|it| it.key.as_str()));
    assert_unique("user", site.users.iter().map(|it| it.key.as_str()));
    assert_unique("account id", site.users.iter().map(|it| it.account_id.as_str()));
    assert_unique("address", site.users.iter().map(|it| it.email.as_str()));
    let attachments = || pages(&site).flat_map(|(_, page)| &page.attachments);
    assert_unique("file id", attachments().map(|it| it.file_id.as_str()));
    assert!(attachments().all(|it| it.id.starts_with("att")));
}

#[test]
fn titles_are_unique_in_their_space() {
    for space in load().spaces {
        let titles: Vec<_> = space.pages.iter().map(|it| it.title.to_lowercase()).collect();
        assert_unique("title", titles.iter().map(String::as_str));
    }
}

#[test]
fn a_title_occurs_in_two_spaces() {
    let site = load();
    let onboarding = pages(&site).filter(|(_, page)| page.title == "Onboarding");
    assert_eq!(
        onboarding.map(|(space, _)| space.key.as_str()).collect::<Vec<_>>(),
        ["ENG", "PEOPLE"]
    );
}

#[test]
fn parents_exist_and_come_first() {
    for space in load().spaces {
        let mut seen = HashSet::new();
        let mut positions = HashSet::new();
        for page in &space.pages {
            let on_top = page.slug == space.homepage || page.status == PageStatus::Trashed;
            assert_eq!(page.parent.is_none(), on_top, "parent of `{}`", page.slug);
            if let Some(parent) = &page.parent {
                assert!(seen.contains(parent.as_str()), "`{}` is below `{parent}`", page.slug);
                let place = (parent.clone(), page.position);
                assert!(positions.insert(place), "`{}` is where a sibling is", page.slug);
            }
            seen.insert(page.slug.as_str());
        }
        assert!(seen.contains(space.homepage.as_str()));
    }
}

#[test]
fn only_folders_are_without_a_body() {
    let site = load();
    for (_, page) in pages(&site) {
        for version in &page.versions {
            assert_eq!(version.body.is_empty(), page.kind == PageKind::Folder, "{}", page.slug);
        }
    }
}

#[test]
fn everybody_who_did_something_has_an_account() {
    let site = load();
    let users: HashSet<_> = site.users.iter().map(|it| it.key.as_str()).collect();
    let check = |who: &str, place: &str| assert!(users.contains(who), "`{who}` in {place}");
    for space in &site.spaces {
        check(&space.author, &space.key);
        for it in &space.permissions.admins {
            check(it, &space.key);
        }
        for audience in [&space.permissions.view, &space.permissions.edit] {
            if let Audience::Only(keys) = audience {
                for it in keys {
                    check(it, &space.key);
                }
            }
        }
    }
    for (_, page) in pages(&site) {
        let restricted = page.restrictions.view.iter().chain(&page.restrictions.edit);
        for it in restricted {
            check(it, &page.slug);
        }
        for it in [&page.author, &page.owner] {
            check(it, &page.slug);
        }
        for it in &page.versions {
            check(&it.author, &page.slug);
        }
        for it in &page.attachments {
            check(&it.author, &page.slug);
        }
        for it in all_comments(page) {
            check(&it.author, &page.slug);
        }
        for inline in &page.inline_comments {
            check(&inline.author, &page.slug);
            if let Some(it) = &inline.resolution_by {
                check(it, &page.slug);
            }
        }
    }
}

#[test]
fn times_are_in_order() {
    fn after(start: jiff::Timestamp, replies: &[DemoComment], slug: &str) {
        for reply in replies {
            assert!(reply.at >= start, "comment {} of `{slug}`", reply.id);
            after(reply.at, &reply.replies, slug);
        }
    }
    let from: jiff::Timestamp = "2025-01-01T00:00:00Z".parse().unwrap();
    let until: jiff::Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    let site = load();
    for (space, page) in pages(&site) {
        let slug = &page.slug;
        assert!(space.created >= from && page.created >= space.created, "{slug}");
        assert_eq!(page.versions[0].at, page.created, "{slug}");
        assert!(page.versions.is_sorted_by(|one, next| one.at < next.at), "{slug}");
        assert!(page.versions.iter().all(|it| it.at < until), "{slug}");
        after(page.created, &page.comments, slug);
        for inline in &page.inline_comments {
            assert!(inline.at >= page.created, "comment {} of `{slug}`", inline.id);
            after(inline.at, &inline.replies, slug);
            let decided = matches!(inline.resolution, Resolution::Resolved | Resolution::Reopened);
            assert_eq!(inline.resolution_by.is_some(), decided, "comment {}", inline.id);
            assert_eq!(inline.resolution_at.is_some(), decided, "comment {}", inline.id);
        }
    }
}

#[test]
fn every_body_is_well_formed() {
    let site = load();
    for (_, page) in pages(&site) {
        for version in &page.versions {
            Scan::of(&format!("{} version {}", page.slug, version.number), &version.body);
        }
        for comment in all_comments(page) {
            Scan::of(&format!("comment {}", comment.id), &comment.body);
        }
        for inline in &page.inline_comments {
            Scan::of(&format!("comment {}", inline.id), &inline.body);
        }
    }
}

#[test]
fn no_two_places_share_a_paragraph() {
    let site = load();
    let mut seen = BTreeMap::<String, String>::new();
    let mut check = |place: String, body: &str| {
        for paragraph in Scan::of(&place, body).paragraphs {
            if paragraph.chars().count() > LONGEST_SHARED_TEXT {
                let earlier = seen.insert(paragraph.clone(), place.clone());
                assert_eq!(earlier, None, "`{paragraph}` is also in {place}");
            }
        }
    };
    for (_, page) in pages(&site) {
        check(page.slug.clone(), &page.latest().body);
        for comment in all_comments(page) {
            check(format!("comment {}", comment.id), &comment.body);
        }
        for inline in &page.inline_comments {
            check(format!("comment {}", inline.id), &inline.body);
        }
    }
}

#[test]
fn an_older_version_shares_paragraphs_with_its_own_page_only() {
    let site = load();
    let mut owners = BTreeMap::<String, &str>::new();
    for (_, page) in pages(&site) {
        for version in &page.versions {
            for paragraph in Scan::of(&page.slug, &version.body).paragraphs {
                if paragraph.chars().count() > LONGEST_SHARED_TEXT {
                    let owner = owners.entry(paragraph.clone()).or_insert(&page.slug);
                    assert_eq!(*owner, page.slug, "`{paragraph}`");
                }
            }
        }
    }
}

#[test]
fn versions_differ_in_title_or_body() {
    let site = load();
    for (_, page) in pages(&site) {
        for pair in page.versions.windows(2) {
            let same = pair[0].body == pair[1].body && pair[0].title == pair[1].title;
            assert!(!same, "`{}` version {}", page.slug, pair[1].number);
        }
    }
}

#[test]
fn links_mentions_and_attachments_lead_somewhere() {
    let site = load();
    let accounts: HashSet<_> = site.users.iter().map(|it| it.account_id.as_str()).collect();
    for (space, page) in pages(&site) {
        let find = |key: &str, title: &str| {
            let key = if key.is_empty() { &space.key } else { key };
            let found = pages(&site).find(|(space, page)| space.key == key && page.title == title);
            found.unwrap_or_else(|| panic!("`{}` links to `{key}` `{title}`", page.slug)).1
        };
        let comments = all_comments(page).into_iter().map(|it| Scan::of(&it.id, &it.body));
        let inline = page.inline_comments.iter().map(|it| Scan::of(&it.id, &it.body));
        for scan in comments.chain(inline).chain([scan(page)]) {
            for user in scan.named("ri:user") {
                let id = user.attribute("ri:account-id");
                assert!(accounts.contains(id), "`{}` mentions `{id}`", page.slug);
            }
            for link in scan.named("ri:page") {
                find(link.attribute("ri:space-key"), link.attribute("ri:content-title"));
            }
            for (index, file) in scan.elements.iter().enumerate() {
                if file.name != "ri:attachment" {
                    continue;
                }
                let inside = scan.elements.get(index + 1).filter(|it| it.parent == file.name);
                let container = inside.map_or(page, |it| {
                    find(it.attribute("ri:space-key"), it.attribute("ri:content-title"))
                });
                let name = file.attribute("ri:filename");
                let attached = container.attachments.iter().any(|it| it.name == name);
                assert!(attached, "`{}` shows `{name}`", page.slug);
            }
        }
    }
}

#[test]
fn inline_comments_and_markers_belong_together() {
    let site = load();
    let mut states = HashSet::new();
    for (_, page) in pages(&site) {
        let mut markers: BTreeMap<_, _> = scan(page).markers.into_iter().collect();
        for comment in &page.inline_comments {
            states.insert(comment.resolution);
            let marked = markers.remove(&comment.marker);
            let expected =
                (comment.resolution != Resolution::Dangling).then(|| comment.selection.clone());
            assert_eq!(marked, expected, "comment {} on `{}`", comment.id, page.slug);
        }
        assert_eq!(markers, BTreeMap::new(), "markers without a comment on `{}`", page.slug);
    }
    assert_eq!(states.len(), 4);
}

#[test]
fn a_dangling_comment_was_made_on_an_older_version() {
    let site = load();
    for (_, page) in pages(&site) {
        for comment in
            page.inline_comments.iter().filter(|it| it.resolution == Resolution::Dangling)
        {
            let older = page.versions.iter().rev().skip(1).map(|it| Scan::of(&page.slug, &it.body));
            let text = older.flat_map(|it| it.paragraphs).collect::<Vec<_>>().join("\n");
            assert!(text.contains(&comment.selection), "comment {} on `{}`", comment.id, page.slug);
        }
    }
}

#[test]
fn task_ids_are_unique_on_their_page() {
    let site = load();
    for (_, page) in pages(&site) {
        let scan = scan(page);
        let ids: Vec<_> = page
            .latest()
            .body
            .split("<ac:task-id>")
            .skip(1)
            .filter_map(|it| it.split('<').next())
            .collect();
        assert_eq!(ids.len(), scan.named("ac:task").count(), "{}", page.slug);
        assert_unique("task id", ids.into_iter());
    }
}

#[test]
fn labels_are_such_as_confluence_accepts() {
    let site = load();
    for (_, page) in pages(&site) {
        for label in &page.labels {
            let refused = |it: char| {
                it.is_whitespace() || it.is_uppercase() || ":;,.?&[]()#^*!@".contains(it)
            };
            assert!(!label.name.contains(refused), "`{}` on `{}`", label.name, page.slug);
        }
        let labels: Vec<_> =
            page.labels.iter().map(|it| format!("{:?}:{}", it.prefix, it.name)).collect();
        assert_unique("label", labels.iter().map(String::as_str));
    }
}

#[test]
fn attachments_are_what_they_say() {
    let site = load();
    for attachment in pages(&site).flat_map(|(_, page)| &page.attachments) {
        let name = &attachment.name;
        assert!(!attachment.bytes.is_empty(), "{name}");
        match attachment.media_type.as_str() {
            "image/png" => {
                assert!(attachment.bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
                assert!(attachment.bytes.ends_with(b"IEND\xaeB`\x82"), "{name}");
            }
            "image/svg+xml" | "application/xml" => {
                let text = std::str::from_utf8(attachment.bytes).unwrap();
                let declared = text.find("?>").map_or(text, |end| &text[end + 2..]);
                Scan::of(name, declared);
            }
            "application/json" => {
                serde_json::from_slice::<serde_json::Value>(attachment.bytes).unwrap();
            }
            _ => assert!(std::str::from_utf8(attachment.bytes).is_ok(), "{name}"),
        }
    }
}

#[test]
fn nothing_points_to_a_foreign_host() {
    let site = load();
    for (_, page) in pages(&site) {
        for link in scan(page).named("a") {
            let target = link.attribute("href");
            let known = ["https://example.atlassian.net/", "mailto:"];
            assert!(known.iter().any(|it| target.starts_with(it)), "`{target}` in `{}`", page.slug);
        }
    }
    assert!(site.users.iter().all(|it| it.email.ends_with("@example.com")));
}

#[test]
fn the_restricted_space_is_for_its_circle_only() {
    let site = load();
    let user = |key: &str| site.users.iter().find(|it| it.key == key).unwrap();
    let space = |key: &str| site.spaces.iter().find(|it| it.key == key).unwrap();
    let sees = |who: &DemoUser, key| includes(&space(key).permissions.view, who);
    let edits = |who: &DemoUser, key| includes(&space(key).permissions.edit, who);
    let (demo, guest) = (user(DEMO_USER), user("guest"));
    for key in ["ENG", "PROD", "PEOPLE"] {
        assert!(sees(demo, key) && edits(demo, key), "{key}");
        assert!(!edits(guest, key), "{key}");
        assert!(!sees(user("lukas"), key), "{key}");
    }
    assert!(sees(guest, "ENG") && sees(guest, "PROD") && !sees(guest, "PEOPLE"));
    assert!(!sees(demo, "FIN") && !sees(guest, "FIN"));
    assert!(sees(user("ruth"), "FIN") && edits(user("ruth"), "FIN"));
    assert!(sees(user("mara"), "FIN") && !edits(user("mara"), "FIN"));
}

/// The rule of `Audience`; deactivated accounts belong to none.
fn includes(audience: &Audience, user: &DemoUser) -> bool {
    user.active
        && match audience {
            Audience::Everyone => true,
            Audience::Members => user.kind == AccountKind::Member,
            Audience::Only(keys) => keys.contains(&user.key),
        }
}

#[test]
fn the_site_has_the_size_of_a_real_wiki() {
    let site = load();
    let bodies: Vec<_> = pages(&site).map(|(_, page)| page.latest().body.len()).collect();
    assert!(bodies.len() >= 64, "{}", bodies.len());
    assert!(bodies.iter().filter(|it| (20_000..60_000).contains(*it)).count() >= 3);
    assert!(bodies.iter().filter(|it| **it < 400).count() >= 5);
    assert!(site.spaces.iter().filter(|it| it.space_type == SpaceType::Global).count() >= 3);
    assert!(site.spaces.iter().any(|it| it.space_type == SpaceType::Personal));
    assert!(site.users.iter().filter(|it| it.active).count() >= 12);
    assert!(site.users.iter().any(|it| it.kind == AccountKind::Guest));
}

#[test]
fn every_kind_and_state_of_content_occurs() {
    let site = load();
    let count =
        |wanted: &dyn Fn(&DemoPage) -> bool| pages(&site).filter(|(_, it)| wanted(it)).count();
    assert_eq!(count(&|it| it.kind == PageKind::Folder), 1);
    assert_eq!(count(&|it| it.status == PageStatus::Archived), 1);
    assert_eq!(count(&|it| it.status == PageStatus::Draft && it.author == DEMO_USER), 1);
    assert_eq!(count(&|it| it.status == PageStatus::Trashed), 1);
    assert!(count(&|it| it.comments.iter().any(|it| !it.replies.is_empty())) >= 20);
    assert!(count(&|it| it.versions.len() >= 2) >= 15);
    assert!(count(&|it| it.versions.len() >= 5) >= 1);
    assert!(count(&|it| !it.attachments.is_empty()) >= 10);
    assert!(count(&|it| !it.restrictions.view.is_empty()) >= 2);
    for prefix in [LabelPrefix::Global, LabelPrefix::My, LabelPrefix::Team] {
        assert!(count(&|it| it.labels.iter().any(|it| it.prefix == prefix)) >= 3, "{prefix:?}");
    }
    let deep = pages(&site).filter(|(space, page)| depth(space, page) >= 3).count();
    assert!(deep >= 10, "{deep}");
}

fn depth(space: &DemoSpace, page: &DemoPage) -> usize {
    let parent = page.parent.as_ref();
    let parent = parent.and_then(|slug| space.pages.iter().find(|it| it.slug == *slug));
    parent.map_or(1, |it| 1 + depth(space, it))
}

#[test]
fn every_feature_of_storage_format_occurs() {
    let site = load();
    let scans: Vec<_> = pages(&site).map(|(_, page)| scan(page)).collect();
    let with = |wanted: &dyn Fn(&Scan) -> bool| scans.iter().filter(|it| wanted(it)).count();
    for (element, at_least) in [
        ("table", 30),
        ("ac:task-list", 10),
        ("ac:layout", 3),
        ("ac:image", 5),
        ("ac:link", 30),
        ("time", 10),
        ("ac:emoticon", 2),
        ("blockquote", 2),
        ("ac:adf-extension", 1),
    ] {
        let pages = with(&|it| it.named(element).next().is_some());
        assert!(pages >= at_least, "{element} on {pages} pages");
    }
    for (name, at_least) in [
        ("code", 10),
        ("toc", 3),
        ("status", 5),
        ("info", 3),
        ("note", 2),
        ("tip", 2),
        ("warning", 3),
        ("panel", 2),
        ("expand", 3),
        ("details", 2),
        ("children", 3),
        ("jira", 2),
        ("excerpt", 1),
        ("excerpt-include", 1),
        ("view-file", 1),
        ("chart", 1),
        ("lucidchart-cloud", 1),
    ] {
        let pages = with(&|it| it.macros(name).next().is_some());
        assert!(pages >= at_least, "macro {name} on {pages} pages");
    }
    for attribute in ["colspan", "rowspan", "local-id"] {
        let carries = |it: &scan::Element| it.attributes.contains_key(attribute);
        let pages = with(&|it| it.elements.iter().any(carries));
        assert!(pages >= 2, "{attribute} on {pages} pages");
    }
    assert!(with(&|it| it.named("ri:page").any(|it| it.parent == "ri:attachment")) >= 1);
}

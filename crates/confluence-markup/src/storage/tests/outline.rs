use crate::storage::{Document, Place, SectionError};

const PAGE: &str = "<p>before</p><h1>One</h1><p>a &amp; b</p><h2>Two <em>a</em></h2><p>c</p>\
                    <h2>Two a</h2><p>d</p><h1>&nbsp;</h1><p>e</p>";

#[track_caller]
fn section(source: &str, wanted: &str) -> String {
    let document = Document::parse(source).unwrap();
    let section = document.section(wanted).unwrap();
    source[section.outer()].to_owned()
}

#[test]
fn headings_have_ids_levels_and_sizes() {
    let document = Document::parse(PAGE).unwrap();
    let outline = document.outline();
    let brief: Vec<(&str, u8, &str, usize)> = outline
        .iter()
        .map(|it| (it.id.as_str(), it.level, it.title.as_str(), it.characters))
        .collect();
    assert_eq!(
        brief,
        [
            ("one", 1, "One", 20),
            ("two-a", 2, "Two a", 6),
            ("two-a-2", 2, "Two a", 6),
            ("section", 1, "", 2),
        ]
    );
    assert_eq!(outline[1].bytes(), "<h2>Two <em>a</em></h2><p>c</p>".len());
}

#[test]
fn a_section_ends_at_the_next_heading_of_its_level() {
    assert_eq!(section(PAGE, "two-a"), "<h2>Two <em>a</em></h2><p>c</p>");
    assert_eq!(section(PAGE, "two-a-2"), "<h2>Two a</h2><p>d</p>");
    let one = section(PAGE, "one");
    assert!(one.starts_with("<h1>One") && one.ends_with("<p>d</p>"), "{one}");
}

#[test]
fn a_section_does_not_leave_its_cell() {
    let source = "<h1>Top</h1><ac:layout><ac:layout-section><ac:layout-cell><h2>L</h2><p>a</p>\
                  </ac:layout-cell><ac:layout-cell><h2>R</h2><p>b</p></ac:layout-cell>\
                  </ac:layout-section></ac:layout><h2>Next</h2><p>c</p>";
    assert_eq!(section(source, "l"), "<h2>L</h2><p>a</p>");
    assert_eq!(section(source, "r"), "<h2>R</h2><p>b</p>");
    assert_eq!(section(source, "top"), source);
}

#[test]
fn a_heading_in_a_cell_does_not_end_the_section_around() {
    let source =
        "<h2>A</h2><table><tbody><tr><td><h1>In</h1></td></tr></tbody></table><p>b</p><h2>B</h2>";
    assert_eq!(section(source, "a"), source.strip_suffix("<h2>B</h2>").unwrap());
    assert_eq!(section(source, "in"), "<h1>In</h1>");
}

#[test]
fn a_title_names_a_section_if_it_is_the_only_one() {
    let document = Document::parse(PAGE).unwrap();
    assert_eq!(document.section("# ONE").unwrap().id, "one");
    let error = document.section("Two a").unwrap_err();
    assert_eq!(
        error.to_string(),
        "several sections are called `Two a`; take one of the ids `two-a`, `two-a-2`"
    );
    let error = document.section("three").unwrap_err();
    assert!(matches!(&error, SectionError::Unknown { known, .. } if known.len() == 4), "{error}");
}

#[test]
fn ids_are_unique_even_if_a_heading_is_called_like_one() {
    let document = Document::parse("<h1>A</h1><h1>A 2</h1><h1>A</h1><h1>A</h1>").unwrap();
    let ids: Vec<String> = document.outline().into_iter().map(|it| it.id).collect();
    assert_eq!(ids, ["a", "a-2", "a-3", "a-4"]);
}

#[test]
fn a_section_is_replaced_and_all_else_stays() {
    let document = Document::parse(PAGE).unwrap();
    assert_eq!(
        document.edit_section("two-a", Place::Replace, "<p>new</p>").unwrap(),
        PAGE.replace("<p>c</p>", "<p>new</p>")
    );
    assert_eq!(
        document.edit_section("two-a", Place::Append, "<p>new</p>").unwrap(),
        PAGE.replace("<p>c</p>", "<p>c</p><p>new</p>")
    );
    assert_eq!(
        document.edit_section("two-a", Place::Prepend, "<p>new</p>").unwrap(),
        PAGE.replace("<p>c</p>", "<p>new</p><p>c</p>")
    );
}

#[test]
fn a_section_takes_no_broken_storage() {
    let document = Document::parse(PAGE).unwrap();
    assert!(document.edit_section("one", Place::Append, "<p>a").is_err());
    assert!(document.edit_section("one", Place::Append, "</p><p>").is_err());
}

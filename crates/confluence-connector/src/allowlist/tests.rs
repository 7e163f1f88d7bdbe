use super::{Allowlist, InvalidAllowlist, MAX_AGENTS};

fn list(agents: &[&str]) -> Allowlist {
    Allowlist::Only(agents.iter().map(|it| it.parse().unwrap()).collect())
}

#[test]
fn what_people_type_is_read() {
    for (text, expected) in [
        ("", Allowlist::Nobody),
        (" ,\n, ", Allowlist::Nobody),
        ("a", list(&["a"])),
        ("b, a\na\tc,", list(&["a", "b", "c"])),
        ("*", Allowlist::Everyone),
        ("a, *", Allowlist::Everyone),
        ("a*", list(&["a*"])),
    ] {
        let read = Allowlist::parse(text).unwrap();
        assert_eq!(read, expected, "{text:?}");
        assert_eq!(Allowlist::read(&read.to_json()), read, "{text:?}");
        assert_eq!(Allowlist::parse(&read.to_string()).unwrap(), read, "{text:?}");
    }
}

#[test]
fn what_cannot_be_read_lets_nobody_in() {
    for unreadable in [
        "",
        "*",
        "null",
        "\"*\"",
        "{}",
        "[1]",
        "[\"a\", null]",
        "[\"a\"",
        "[\"a\", \"b c\"]",
        "[\"*\", \"{{agents}}\"]",
        "[\"{{agents}}\"]",
    ] {
        assert_eq!(Allowlist::read(unreadable), Allowlist::Nobody, "{unreadable}");
    }
}

#[test]
fn a_list_that_makes_no_sense_is_refused_as_a_whole() {
    for (text, expected) in [
        ("a, {{agents}}", InvalidAllowlist::Unresolved),
        ("*, {{", InvalidAllowlist::Unresolved),
        ("a, é", InvalidAllowlist::Entry { entry: "é".to_owned() }),
    ] {
        assert_eq!(Allowlist::parse(text), Err(expected), "{text}");
    }
    let many: Vec<_> = (0..=MAX_AGENTS).map(|it| it.to_string()).collect();
    assert_eq!(Allowlist::parse(&many.join(" ")), Err(InvalidAllowlist::TooMany));
}

#[test]
fn agents_are_ticked_one_by_one() {
    let mut ticked = Allowlist::default();
    ticked.allow("a".parse().unwrap()).unwrap();
    ticked.allow("b".parse().unwrap()).unwrap();
    assert_eq!(ticked, list(&["a", "b"]));
    ticked.revoke(&"a".parse().unwrap());
    ticked.revoke(&"c".parse().unwrap());
    assert_eq!(ticked, list(&["b"]));
    ticked.revoke(&"b".parse().unwrap());
    assert_eq!(ticked, Allowlist::Nobody);
    let mut everyone = Allowlist::Everyone;
    everyone.allow("a".parse().unwrap()).unwrap();
    everyone.revoke(&"a".parse().unwrap());
    assert_eq!(everyone, Allowlist::Everyone);
    let mut full =
        Allowlist::Only((0..MAX_AGENTS).map(|it| it.to_string().parse().unwrap()).collect());
    full.allow("0".parse().unwrap()).unwrap();
    assert_eq!(full.allow("a".parse().unwrap()), Err(InvalidAllowlist::TooMany));
}

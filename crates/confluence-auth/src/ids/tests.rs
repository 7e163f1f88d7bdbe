use super::{AgentId, InstanceName, UserId, WorkspaceSlug};

#[track_caller]
fn refused<T: std::str::FromStr<Err = super::InvalidIdentifier> + std::fmt::Debug>(text: &str) {
    let error = text.parse::<T>().unwrap_err().to_string();
    assert!(error.len() < 300 && !error.contains(char::is_control), "{error:?}");
}

#[test]
fn what_could_leave_its_place_in_a_path_is_no_slug() {
    for text in ["", "A", "acme/x", "..", "a.b", "a b", "a%2f", "slug:acme", "é", "a\n", "a_b"] {
        refused::<WorkspaceSlug>(text);
    }
    refused::<WorkspaceSlug>(&"a".repeat(64));
    for text in ["a", "acme-2", "confluence-next", &"a".repeat(63)] {
        assert_eq!(text.parse::<WorkspaceSlug>().unwrap().as_str(), text);
    }
}

#[test]
fn an_instance_name_has_no_dot_because_a_dot_ends_it() {
    for text in ["", "1a", "-a", "_a", "a.b", "a/b", "a b", "é", "a\u{202e}"] {
        refused::<InstanceName>(text);
    }
    refused::<InstanceName>(&"a".repeat(64));
    for text in ["ConfluenceNext", "a", "Wiki_2-b"] {
        assert_eq!(text.parse::<InstanceName>().unwrap().as_str(), text);
    }
}

#[test]
fn ids_of_platforms_are_opaque_but_visible() {
    for text in ["", "a b", "a\tb", "a\0", "é", "a\u{200e}b"] {
        refused::<UserId>(text);
        refused::<AgentId>(text);
    }
    refused::<UserId>(&"a".repeat(257));
    for text in ["ada@example.com", "507f1f77bcf86cd799439011", "auth0|x/../y", &"a".repeat(256)] {
        assert_eq!(text.parse::<UserId>().unwrap().as_str(), text);
        assert_eq!(text.parse::<AgentId>().unwrap().to_string(), text);
    }
}

#[test]
fn json_takes_the_same_texts() {
    assert_eq!(serde_json::to_string(&WorkspaceSlug::core()).unwrap(), "\"confluence-next\"");
    assert_eq!(
        serde_json::from_str::<InstanceName>("\"Confluence\\u004eext\"").unwrap(),
        InstanceName::default()
    );
    assert!(serde_json::from_str::<UserId>("\"a b\"").is_err());
    assert!(serde_json::from_str::<UserId>("1").is_err());
}

#[test]
fn the_names_that_everybody_knows_are_valid() {
    assert_eq!(WorkspaceSlug::CORE.parse(), Ok(WorkspaceSlug::core()));
    assert_eq!(WorkspaceSlug::DEFAULT.parse(), Ok(WorkspaceSlug::default()));
    assert_eq!(InstanceName::DEFAULT.parse(), Ok(InstanceName::default()));
    assert!(WorkspaceSlug::core().is_core() && !WorkspaceSlug::default().is_core());
}

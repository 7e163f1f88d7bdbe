use confluence_auth::scopes::Granted;

use crate::Policy;

fn actions(tools: &str) -> Option<Vec<String>> {
    let allowed = Policy::of_headers(None, Some(tools)).actions.allowed?;
    Some(allowed.iter().map(ToString::to_string).collect())
}

#[test]
fn headers_make_a_policy_narrower_and_never_wider() {
    for (header, read_only) in [
        (None, false),
        (Some(""), false),
        (Some("false"), false),
        (Some(" False "), false),
        (Some("0"), false),
        (Some("true"), true),
        (Some("1"), true),
        (Some("yes"), true),
        // What is not understood is taken for the narrower of the two.
        (Some("no"), true),
    ] {
        assert_eq!(Policy::of_headers(header, None).read_only, read_only, "{header:?}");
    }
    assert_eq!(actions(" "), None);
    assert_eq!(actions("getPage, spaces.get").unwrap(), ["getPage", "getSpace"]);
    assert_eq!(actions("labels,").unwrap(), ["addPageLabel", "getPageLabels"]);
    // A name that means nothing opens nothing.
    assert_eq!(actions("page").unwrap(), [""; 0]);
    assert_eq!(actions("*").unwrap(), [""; 0]);
}

#[test]
fn classic_scopes_count_for_the_granular_ones_that_they_stand_for() {
    let granted: Granted = ["search:confluence"].into_iter().collect();
    let surface = Policy::default().surface(Some(&granted));
    let open: Vec<_> = confluence_tools::OPERATIONS
        .iter()
        .filter(|it| surface.excludes(it).is_none())
        .map(|it| it.instruction)
        .collect();
    assert_eq!(open, ["searchCql"]);
    assert_eq!(Policy::default().surface(None).granted, None);
}

#[test]
fn whoever_may_not_update_pages_may_not_edit_them() {
    let open = |denied: &str| {
        let mut policy = Policy::default();
        policy.actions.denied = [denied.parse().unwrap()].into();
        let surface = policy.surface(None);
        surface.operations("pages").map(|it| it.action).collect::<Vec<_>>()
    };
    assert_eq!(open("updatePage"), ["list", "get", "getBody", "create", "delete"]);
    assert_eq!(open("editPage"), ["list", "get", "getBody", "create", "update", "delete"]);
    let only = Policy::of_headers(None, Some("pages.edit")).surface(None);
    assert_eq!(only.operations("pages").map(|it| it.action).collect::<Vec<_>>(), ["edit"]);
}

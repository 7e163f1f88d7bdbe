use confluence_api::scope::Scope;

use super::{Granted, InvalidScopes, MAX_SCOPES, Scopes};

#[track_caller]
fn refused(text: &str, error: &InvalidScopes) {
    assert_eq!(text.parse::<Scopes>().as_ref(), Err(error), "{text:?}");
}

#[test]
fn a_list_without_scopes_or_with_other_things_is_refused() {
    refused("", &InvalidScopes::Empty);
    refused(" , \n,", &InvalidScopes::Empty);
    refused("read:page:confluence \"quoted\"", &InvalidScopes::Malformed { position: 2 });
    refused("läse:page:confluence", &InvalidScopes::Malformed { position: 1 });
    refused("a\u{0}b", &InvalidScopes::Malformed { position: 1 });
    refused(&"x".repeat(129), &InvalidScopes::Malformed { position: 1 });
    let many: Vec<String> = (0..=MAX_SCOPES).map(|it| format!("s{it}")).collect();
    refused(&many.join(" "), &InvalidScopes::TooMany);
}

#[test]
fn spaces_commas_and_line_breaks_separate_and_doubles_count_once() {
    let scopes: Scopes = "b:x, a:x\r\nb:x,c:x  ,a:x".parse().unwrap();
    assert_eq!(scopes.to_string(), "b:x a:x c:x");
}

#[test]
fn the_default_is_the_contracts_fourteen_in_order() {
    let contract = "read:page:confluence write:page:confluence delete:page:confluence \
                    read:space:confluence read:comment:confluence write:comment:confluence \
                    read:label:confluence write:label:confluence read:attachment:confluence \
                    read:content-details:confluence read:hierarchical-content:confluence \
                    read:content.metadata:confluence read:user:confluence offline_access";
    assert_eq!(Scopes::default().to_string(), contract);
    assert_eq!(Scopes::default().iter().count(), 14);
    assert_eq!(contract.parse(), Ok(Scopes::all()));
}

#[test]
fn the_read_only_preset_cannot_write() {
    let granted = Granted::from(&Scopes::read_only());
    for scope in [Scope::WritePage, Scope::DeletePage, Scope::WriteComment, Scope::WriteLabel] {
        assert!(!granted.allows(&[scope]), "{scope}");
    }
    assert_eq!(granted.known().count(), 9);
    assert_eq!(Scopes::read_only().iter().last(), Some("offline_access"));
}

#[test]
fn an_operation_needs_all_of_its_scopes() {
    let granted: Granted = ["read:label:confluence"].into_iter().collect();
    let needed = [Scope::ReadLabel, Scope::WriteLabel];
    assert!(!granted.allows(&needed));
    assert_eq!(granted.missing(&needed), [Scope::WriteLabel]);
    assert!(granted.allows(&[Scope::ReadLabel]));
    assert!(granted.allows(&[]));
    assert!(!Granted::default().allows(&[Scope::ReadPage]));
}

#[test]
fn classic_scopes_open_what_atlassian_says_and_no_more() {
    let granted: Granted = ["search:confluence", "write:confluence-content"].into_iter().collect();
    assert!(granted.allows(&[Scope::ReadContentDetails]));
    assert!(granted.allows(&[Scope::ReadLabel, Scope::WriteLabel]));
    assert!(!granted.allows(&[Scope::ReadPage]));
    assert!(!granted.allows(&[Scope::WritePage]));
}

#[test]
fn scopes_of_tomorrow_are_kept_as_text() {
    let scopes: Scopes = "read:page:confluence read:dream:confluence".parse().unwrap();
    let granted = Granted::from(&scopes);
    assert_eq!(granted.others().collect::<Vec<_>>(), ["read:dream:confluence"]);
    assert_eq!(granted.known().collect::<Vec<_>>(), [Scope::ReadPage]);
    assert_eq!(scopes.to_string(), "read:page:confluence read:dream:confluence");
}

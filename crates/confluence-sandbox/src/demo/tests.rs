use super::load;

#[test]
fn the_whole_site_loads() {
    let site = load();
    assert!(!site.users.is_empty());
    assert!(!site.spaces.is_empty());
}

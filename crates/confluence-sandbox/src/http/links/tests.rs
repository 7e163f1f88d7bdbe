use super::{slug, tiny, tiny_id};

#[test]
fn tiny_links_are_as_recorded_live_and_lead_back() {
    assert_eq!(tiny(39_813_121), "/x/AYBfAg");
    for id in [0, 1, 255, 256, 39_813_121, u64::MAX] {
        let link = tiny(id);
        assert_eq!(tiny_id(link.trim_start_matches("/x/")), Some(id), "{link}");
    }
}

#[test]
fn what_is_no_tiny_link_leads_nowhere() {
    for short in ["!", "ä", "AAAAAAAAAAAAAAAA", "A A"] {
        assert_eq!(tiny_id(short), None, "{short}");
    }
}

#[track_caller]
fn check(title: &str, expected: &str) {
    assert_eq!(slug(title), expected);
}

#[test]
fn titles_lose_their_punctuation_in_addresses() {
    check("MarkSync Spike — Storage", "MarkSync+Spike+Storage");
    check("  a   b ", "a+b");
    check("C&A: 50%?", "CA+50");
    check("v1.2-rc_3", "v1.2-rc_3");
    check("田中", "%E7%94%B0%E4%B8%AD");
    check("???", "");
}

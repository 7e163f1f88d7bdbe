//! What opens, and what does not.

use super::{Place, Sealed, Sealer, Unopened};
use crate::{MasterKey, MasterKeys};

const PLACE: Place<'_> = Place { table: "connection", key: &["acme", "ada"], column: "sealed" };

fn sealer() -> Sealer {
    Sealer::new(&MasterKeys::new(MasterKey::generate()))
}

#[test]
fn a_value_opens_where_it_was_sealed() {
    let with = sealer();
    for plaintext in [&b""[..], b"secret", &vec![7; 100_000]] {
        let sealed = with.seal(PLACE, plaintext);
        assert_eq!(with.open(PLACE, &sealed).unwrap().as_slice(), plaintext);
    }
}

#[test]
fn nothing_of_the_value_is_to_be_seen() {
    let with = sealer();
    let [first, second] = [(); 2].map(|()| with.seal(PLACE, b"planted-secret"));
    assert!(!first.bytes.windows(7).any(|it| it == b"planted"));
    assert_ne!(first.bytes, second.bytes, "equal values look different");
}

#[test]
fn a_moved_value_does_not_open() {
    let with = sealer();
    let sealed = with.seal(PLACE, b"secret");
    for place in [
        Place { table: "instance", ..PLACE },
        Place { column: "other", ..PLACE },
        Place { key: &["acme", "eve"], ..PLACE },
        Place { key: &["ada", "acme"], ..PLACE },
        Place { key: &["acmeada"], ..PLACE },
        Place { key: &["acme", "ad", "a"], ..PLACE },
        Place { key: &["acme", "ada", ""], ..PLACE },
        Place { table: "connectio", column: "nsealed", ..PLACE },
    ] {
        assert_eq!(with.open(place, &sealed).unwrap_err(), Unopened::Forged, "{place:?}");
    }
}

#[test]
fn a_changed_value_does_not_open() {
    let with = sealer();
    let sealed = with.seal(PLACE, b"secret");
    for position in 0..sealed.bytes.len() {
        let mut changed = sealed.clone();
        changed.bytes[position] ^= 1;
        assert_eq!(with.open(PLACE, &changed).unwrap_err(), Unopened::Forged, "{position}");
        changed.bytes.truncate(position);
        assert_eq!(with.open(PLACE, &changed).unwrap_err(), Unopened::Forged, "{position}");
    }
}

#[test]
fn both_keys_open_and_the_current_one_seals() {
    let [old, new] = [(); 2].map(|()| MasterKey::generate());
    let before = Sealer::new(&MasterKeys::new(old.clone()));
    let during = Sealer::new(&MasterKeys { current: new.clone(), previous: Some(old) });
    let after = Sealer::new(&MasterKeys::new(new));
    let [sealed_before, sealed_during] = [&before, &during].map(|it| it.seal(PLACE, b"secret"));
    assert!(during.open(PLACE, &sealed_before).is_ok());
    assert!(after.open(PLACE, &sealed_during).is_ok());
    let other = |sealed: &Sealed| Unopened::OtherKey(sealed.key.clone());
    assert_eq!(after.open(PLACE, &sealed_before).unwrap_err(), other(&sealed_before));
    assert_eq!(before.open(PLACE, &sealed_during).unwrap_err(), other(&sealed_during));
}

#[test]
fn a_key_that_claims_anothers_name_opens_nothing() {
    let [with, other] = [(); 2].map(|()| sealer());
    let forged = Sealed { key: other.current().to_string(), ..with.seal(PLACE, b"secret") };
    assert_eq!(other.open(PLACE, &forged).unwrap_err(), Unopened::Forged);
}

//! Reading, naming and showing master keys.

use secrecy::{ExposeSecret as _, SecretString};

use super::{InvalidMasterKey, MasterKey};

const BYTES: [u8; 32] = *b"\xfb\xff0123456789abcdefghijklmnopqrst";

fn parse(text: &str) -> Result<MasterKey, InvalidMasterKey> {
    MasterKey::parse(&SecretString::from(text))
}

#[test]
fn what_is_not_32_bytes_is_no_key() {
    for text in [
        "",
        "secret",
        "MDEyMzQ1Njc4OWFiY2RlZg==",
        "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6",
        &"g".repeat(64),
        &"ä".repeat(32),
    ] {
        assert_eq!(parse(text).unwrap_err(), InvalidMasterKey, "{text}");
    }
}

#[test]
fn a_refused_key_is_not_repeated() {
    let refused = parse("planted-secret").unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("planted"));
}

#[test]
fn every_notation_of_a_key_is_the_same_key() {
    let key = MasterKey::new(&BYTES);
    let hexadecimal = "fbff303132333435363738396162636465666768696a6b6c6d6e6f7071727374";
    for text in [
        "+/8wMTIzNDU2Nzg5YWJjZGVmZ2hpamtsbW5vcHFyc3Q=",
        "+/8wMTIzNDU2Nzg5YWJjZGVmZ2hpamtsbW5vcHFyc3Q",
        "-_8wMTIzNDU2Nzg5YWJjZGVmZ2hpamtsbW5vcHFyc3Q=",
        "  -_8wMTIzNDU2Nzg5YWJjZGVmZ2hpamtsbW5vcHFyc3Q\n",
        hexadecimal,
        &hexadecimal.to_uppercase(),
        &key.to_base64(),
    ] {
        assert_eq!(parse(text).unwrap().id(), key.id(), "{text}");
    }
}

#[test]
fn purposes_and_keys_have_keys_of_their_own() {
    let (key, other) = (MasterKey::new(&BYTES), MasterKey::generate());
    let derived = |key: &MasterKey, purpose| *key.derive(purpose).expose_secret();
    assert_eq!(derived(&key, "seal"), derived(&key, "seal"));
    assert_ne!(derived(&key, "seal"), derived(&key, "ticket"));
    assert_ne!(derived(&key, "seal"), derived(&other, "seal"));
    assert_ne!(derived(&key, "seal"), BYTES);
    assert_ne!(key.id(), other.id());
}

#[test]
fn debug_output_does_not_show_the_key() {
    let key = MasterKey::new(&BYTES);
    let shown = format!("{key:?}");
    assert!(shown.contains(key.id().as_str()));
    assert!(!shown.contains(key.to_base64().trim_end_matches('=')) && !shown.contains("251, 255"));
}

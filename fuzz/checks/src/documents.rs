//! The sandbox's conversions between storage format, ADF, HTML and text.

use confluence_sandbox::convert::{
    LinkResolver, Resolved, Target, adf_to_storage, storage, storage_to_adf, storage_to_text,
    storage_to_view,
};
use serde_json::Value;

use crate::markup::assert_harmless;

/// Links lead nowhere.
struct Nowhere;

impl LinkResolver for Nowhere {
    fn resolve(&self, _: &Target) -> Option<Resolved> {
        None
    }
}

/// A document in ADF if the input is JSON, else in storage format.
///
/// # Panics
///
/// When a conversion does, makes a document that it does not read itself, or lets markup through
/// that runs something.
pub fn documents(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if text.starts_with('{') {
        let Ok(document) = serde_json::from_str::<Value>(&text) else { return };
        if let Ok(storage) = adf_to_storage(&document) {
            from_storage(&storage);
            assert!(storage::normalize(&storage).is_ok(), "{storage}");
        }
        return;
    }
    from_storage(&text);
}

fn from_storage(source: &str) {
    storage_to_text(source);
    let Ok(normalized) = storage::normalize(source) else {
        assert!(storage_to_view(source, &Nowhere).is_err(), "{source}");
        assert!(storage_to_adf(source).is_err(), "{source}");
        return;
    };
    assert_eq!(storage::normalize(&normalized).as_ref(), Ok(&normalized));
    assert_harmless(&storage_to_view(source, &Nowhere).expect("it is well-formed"));
    let document = storage_to_adf(source).expect("it is well-formed");
    let back = adf_to_storage(&document).unwrap_or_else(|error| panic!("{error}: {document:#}"));
    let again = storage_to_adf(&back).unwrap_or_else(|error| panic!("{error}: {back}"));
    adf_to_storage(&again).unwrap_or_else(|error| panic!("{error}: {again:#}"));
}

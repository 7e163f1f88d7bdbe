use std::sync::Arc;

use confluence_api::HttpTransport;

use super::ApiToken;
use crate::{ConfigurationError, Location};

#[tokio::test]
async fn neither_token_nor_header_nor_email_are_in_the_debug_output() {
    let location = Location { site: Some("example".parse().unwrap()), ..Location::default() };
    let transport = Arc::new(HttpTransport::default());
    let token = ApiToken::new(transport, &location, "ada@example.com", &"s3cret".into()).unwrap();
    let debug = format!("{token:?} {token:#?}");
    // `YWRh` begins the Base64 of the pair.
    for secret in ["s3cret", "YWRh", "ada@"] {
        assert!(!debug.contains(secret), "{debug}");
    }
    assert!(debug.contains("example.atlassian.net"), "{debug}");
}

#[test]
fn a_place_is_needed() {
    let transport = Arc::new(HttpTransport::default());
    let error = ApiToken::new(transport, &Location::default(), "a@example.com", &"t".into());
    assert_eq!(error.unwrap_err(), ConfigurationError::BaseUrlUnknown);
}

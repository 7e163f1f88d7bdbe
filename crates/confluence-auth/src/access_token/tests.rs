use std::sync::Arc;

use confluence_api::HttpTransport;

use super::AccessToken;
use crate::{ConfigurationError, Location};

#[test]
fn the_token_is_not_in_the_debug_output() {
    let location = Location { site: Some("example".parse().unwrap()), ..Location::default() };
    let transport = Arc::new(HttpTransport::default());
    let token = AccessToken::new(transport, &location, &"s3cret".into()).unwrap();
    assert!(!format!("{token:?} {token:#?}").contains("s3cret"));
}

#[test]
fn a_place_is_needed() {
    let transport = Arc::new(HttpTransport::default());
    let error = AccessToken::new(transport, &Location::default(), &"t".into());
    assert_eq!(error.unwrap_err(), ConfigurationError::BaseUrlUnknown);
}

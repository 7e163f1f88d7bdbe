use std::sync::Arc;

use confluence_api::{Authorized, HttpTransport};

use super::{ConfigurationError, Settings, resolve};
use crate::{AuthMode, Location};

fn located(settings: Settings) -> Settings {
    Settings { location: Location::site("example".parse().unwrap()), ..settings }
}

fn cloud() -> Location {
    Location::cloud_id("cloud-1".parse().unwrap())
}

#[track_caller]
fn error(settings: &Settings) -> String {
    resolve(settings, Arc::new(HttpTransport::default())).unwrap_err().to_string()
}

async fn authorized(settings: &Settings) -> Authorized {
    let credentials = resolve(settings, Arc::new(HttpTransport::default())).unwrap();
    credentials.authorized().await.unwrap()
}

#[test]
fn an_incomplete_api_token_names_what_is_missing() {
    let mode = Some(AuthMode::ApiToken);
    let start = "apiToken mode requires email, apiToken and site.";
    let nothing = Settings { mode, ..Settings::default() };
    assert_eq!(error(&nothing), format!("{start} Missing: email, apiToken, site."));
    let email = Settings { email: Some("a@example.com".to_owned()), ..Settings::default() };
    assert_eq!(error(&email), format!("{start} Missing: apiToken, site."));
    let blank = Settings {
        email: Some(" ".to_owned()),
        api_token: Some("\n".into()),
        mode,
        ..Settings::default()
    };
    assert_eq!(error(&located(blank)), format!("{start} Missing: email, apiToken."));
    let no_site = Settings { api_token: Some("token".into()), ..email };
    assert_eq!(error(&no_site), format!("{start} Missing: site."));
}

#[test]
fn an_access_token_needs_a_token_and_a_place() {
    let mode = Some(AuthMode::AccessToken);
    let nothing = located(Settings { mode, ..Settings::default() });
    assert_eq!(error(&nothing), "No access token configured.");
    let nowhere = Settings { access_token: Some("token".into()), ..Settings::default() };
    assert!(error(&nowhere).starts_with("Confluence baseUrl not resolved"));
}

#[test]
fn nothing_and_too_much_are_not_guessed_at() {
    let start = "Confluence not authenticated.";
    assert!(error(&located(Settings::default())).starts_with(start));
    let both = located(Settings {
        email: Some("a@example.com".to_owned()),
        api_token: Some("one".into()),
        access_token: Some("two".into()),
        ..Settings::default()
    });
    assert!(error(&both).starts_with(start));
    let chosen = Settings { mode: Some(AuthMode::AccessToken), ..both };
    assert_eq!(chosen.mode(), Ok(AuthMode::AccessToken));
}

#[test]
fn modes_with_sign_in_are_refused_honestly() {
    for mode in [AuthMode::OAuth, AuthMode::OAuthCentral] {
        let settings = located(Settings {
            mode: Some(mode),
            access_token: Some("token".into()),
            ..Settings::default()
        });
        let error = error(&settings);
        assert!(error.starts_with("Confluence not authenticated. "), "{error}");
        assert!(error.contains(&format!("`{mode}`")), "{error}");
    }
}

#[test]
fn a_token_that_cannot_be_sent_is_told_without_showing_it() {
    let settings = located(Settings {
        email: Some("a@example.com".to_owned()),
        api_token: Some("s3cret\r\nX-Evil: 1".into()),
        ..Settings::default()
    });
    let error = resolve(&settings, Arc::new(HttpTransport::default())).unwrap_err();
    assert!(matches!(error, ConfigurationError::InvalidCredential(_)));
    assert!(!format!("{error} {error:?} {settings:?}").contains("s3cret"));
}

#[tokio::test]
async fn the_mode_is_guessed_from_the_secret() {
    let api_token = located(Settings {
        email: Some("a@example.com".to_owned()),
        api_token: Some("token".into()),
        ..Settings::default()
    });
    let authorized_by = authorized(&api_token).await;
    assert_eq!(authorized_by.root.as_str(), "https://example.atlassian.net/");
    assert!(authorized_by.header.to_str().unwrap().starts_with("Basic "));

    let access_token = Settings {
        access_token: Some("token".into()),
        email: Some("a@example.com".to_owned()),
        location: cloud(),
        ..Settings::default()
    };
    let authorized_by = authorized(&access_token).await;
    assert_eq!(authorized_by.root.as_str(), "https://api.atlassian.com/ex/confluence/cloud-1");
    assert_eq!(authorized_by.header, "Bearer token");
}

#[tokio::test]
async fn the_operators_address_wins_over_cloud_id_and_site() {
    let site = Some("example".parse().unwrap());
    let address = Location::address("http://localhost:9/base".parse().unwrap());
    let location = Location { site, cloud_id: cloud().cloud_id, ..address };
    let settings = Settings {
        access_token: Some("t".into()),
        location: location.clone(),
        ..Settings::default()
    };
    assert_eq!(authorized(&settings).await.root.as_str(), "http://localhost:9/base");
    let settings = Settings {
        api_token: Some("t".into()),
        email: Some("a@example.com".to_owned()),
        location,
        ..Settings::default()
    };
    assert_eq!(authorized(&settings).await.root.as_str(), "http://localhost:9/base");
}

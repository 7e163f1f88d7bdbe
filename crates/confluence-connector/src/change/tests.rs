use confluence_api::id::SiteName;
use secrecy::ExposeSecret;

use super::{AuthChange, SecretChange};
use crate::{AuthSettings, OAuthClient};

fn site(name: &str) -> SiteName {
    name.parse().unwrap()
}

fn token() -> AuthSettings {
    AuthSettings::ApiToken {
        email: Some("a@b.c".to_owned()),
        token: Some("secret".to_owned().into()),
        site: Some(site("acme")),
        cloud_id: None,
    }
}

fn change(email: &str, name: &str, token: SecretChange) -> AuthChange {
    AuthChange::ApiToken {
        email: Some(email.to_owned()),
        token,
        site: Some(site(name)),
        cloud_id: None,
    }
}

/// The secret of whatever mode, if it is set.
fn secret(settings: &AuthSettings) -> Option<String> {
    let secret = match settings {
        AuthSettings::OAuthCentral { .. } => None,
        AuthSettings::OAuth { client, .. } => client.as_ref().map(|it| &it.secret),
        AuthSettings::ApiToken { token, .. } | AuthSettings::AccessToken { token, .. } => {
            token.as_ref()
        }
    };
    secret.map(|it| it.expose_secret().to_owned())
}

#[test]
fn a_secret_that_is_not_typed_in_again_stays() {
    let kept = token().changed(change("a@b.c", "acme", SecretChange::Keep));
    assert_eq!(secret(&kept).unwrap(), "secret");
    assert!(kept.shown().secret_is_set);
    let new = SecretChange::Set("new".to_owned().into());
    assert_eq!(secret(&token().changed(change("x@y.z", "other", new))).unwrap(), "new");
    let cleared = token().changed(change("a@b.c", "acme", SecretChange::Clear));
    assert_eq!((secret(&cleared), cleared.shown().secret_is_set), (None, false));
}

#[test]
fn a_secret_is_not_sent_anywhere_else() {
    for (email, site) in [("a@b.c", "other"), ("x@y.z", "acme")] {
        let changed = token().changed(change(email, site, SecretChange::Keep));
        assert_eq!(secret(&changed), None, "{email} {site}");
    }
    // Nor kept for another mode, and back again.
    let access = AuthChange::AccessToken {
        token: SecretChange::Keep,
        cloud_id: None,
        site: Some(site("acme")),
    };
    let other = token().changed(access);
    assert_eq!(secret(&other), None);
    assert_eq!(secret(&other.changed(change("a@b.c", "acme", SecretChange::Keep))), None);
}

#[test]
fn an_oauth_clients_secret_belongs_to_its_id() {
    let client = OAuthClient { id: "one".to_owned(), secret: "secret".to_owned().into() };
    let settings = AuthSettings::OAuth { client: Some(client), scopes: None, site: None };
    let change = |id: &str| AuthChange::OAuth {
        client_id: Some(id.to_owned()),
        client_secret: SecretChange::Keep,
        scopes: None,
        site: Some(site("acme")),
    };
    let kept = settings.changed(change("one"));
    assert_eq!(secret(&kept).unwrap(), "secret");
    assert_eq!(kept.shown().client_id.unwrap(), "one");
    assert_eq!(secret(&settings.changed(change("two"))), None);
}

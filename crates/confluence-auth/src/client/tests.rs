use super::{
    Central, CentralClient, ClientSettings, ClientUnresolved, OAuthClient, ResolvedClient,
};
use crate::{AuthMode, TokenEndpoint, scopes::Scopes};

fn client(id: &str, secret: &str) -> OAuthClient {
    OAuthClient { id: id.to_owned(), secret: secret.into() }
}

fn central(id: Option<&str>, scopes: Option<&str>) -> Central {
    let client = id.map(|id| CentralClient {
        client: client(id, "s3cret-central"),
        scopes: scopes.map(|it| it.parse().unwrap()),
    });
    Central::Here { client, callback: "https://core.example/callback".parse().unwrap() }
}

async fn resolve(
    mode: AuthMode,
    own: Option<&OAuthClient>,
    scopes: Option<&Scopes>,
    central: &Central,
) -> Result<ResolvedClient, ClientUnresolved> {
    ClientSettings { mode, own, scopes, site: None }.resolve(central).await
}

#[tokio::test]
async fn without_a_client_the_contracts_text_says_so() {
    let (blank, secretless) = (client(" ", "s"), client("id", " "));
    for (mode, own) in [
        (AuthMode::OAuth, None),
        (AuthMode::OAuth, Some(&blank)),
        (AuthMode::OAuth, Some(&secretless)),
        (AuthMode::OAuthCentral, None),
        (AuthMode::OAuthCentral, Some(&client("own", "s"))),
    ] {
        let error = resolve(mode, own, None, &central(None, None)).await.unwrap_err();
        assert!(error.to_string().starts_with("Confluence OAuth is not configured. "), "{error}");
    }
    for mode in [AuthMode::ApiToken, AuthMode::AccessToken] {
        let error = resolve(mode, None, None, &central(Some("c"), None)).await.unwrap_err();
        assert!(error.to_string().starts_with("Confluence not authenticated. "), "{error}");
    }
}

#[tokio::test]
async fn what_is_left_of_an_own_client_does_not_matter_in_central_mode() {
    let own = client("own", "s3cret-own");
    let central = central(Some("central"), None);
    for (mode, id, secret) in [
        (AuthMode::OAuth, "own", "s3cret-own"),
        (AuthMode::OAuthCentral, "central", "s3cret-central"),
    ] {
        use secrecy::ExposeSecret;
        let resolved = resolve(mode, Some(&own), None, &central).await.unwrap();
        assert_eq!(resolved.id, id);
        let TokenEndpoint::Atlassian(client) = &resolved.tokens else { panic!("in process") };
        assert_eq!((client.id.as_str(), client.secret.expose_secret()), (id, secret));
        assert!(!format!("{resolved:?} {central:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn scopes_are_the_workspaces_else_the_central_ones_else_all() {
    let own = client("own", "s");
    let mine: Scopes = "read:page:confluence".parse().unwrap();
    for mode in [AuthMode::OAuth, AuthMode::OAuthCentral] {
        let of = async |scopes, central: &Central| {
            resolve(mode, Some(&own), scopes, central).await.unwrap().scopes.to_string()
        };
        let with = central(Some("central"), Some("read:space:confluence"));
        assert_eq!(of(Some(&mine), &with).await, "read:page:confluence");
        assert_eq!(of(None, &with).await, "read:space:confluence");
        let without = central(Some("central"), None);
        assert_eq!(of(None, &without).await, Scopes::all().to_string());
    }
    let nobody = central(None, None);
    let resolved = resolve(AuthMode::OAuth, Some(&own), None, &nobody).await.unwrap();
    assert_eq!(resolved.scopes, Scopes::all());
}

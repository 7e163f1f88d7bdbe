//! Instances and the central client: settings with secrets.

use confluence_auth::store::Precondition;
use confluence_connector::{
    Allowlist, AuthSettings, Instance, OAuthClient, Revision, Saved, Versioned,
};
use secrecy::ExposeSecret as _;

use super::{Ports, central_client, instance_key, instance_with_secrets};
use crate::suite::{PLANTED, connection, key_in};

pub(super) async fn all(ports: &Ports) {
    ports.workspace("tenant").await;
    settings_are_read_as_they_were_written(ports).await;
    every_mode_is_kept(ports).await;
    of_two_who_change_it_one_is_told(ports).await;
    an_instance_needs_a_workspace(ports).await;
    a_removed_instance_takes_its_connections_along(ports).await;
    the_central_client_is_kept(ports).await;
}

async fn load(ports: &Ports, name: &str) -> Option<Versioned<Instance>> {
    ports.instances.load(&instance_key("tenant", name)).await.unwrap()
}

#[track_caller]
fn done(saved: &Saved) -> Revision {
    match saved {
        Saved::Done(revision) => *revision,
        Saved::Moved => panic!("nothing stood against it"),
    }
}

async fn settings_are_read_as_they_were_written(ports: &Ports) {
    let mut instance = instance_with_secrets("tenant", "Full");
    instance.allowlist = Allowlist::parse("agent-1 agent-2").unwrap();
    instance.policies.everyone.read_only = true;
    let revision = done(&ports.instances.save(&instance, None).await.unwrap());
    let found = load(ports, "Full").await.unwrap();
    assert_eq!(found.revision, revision);
    assert_eq!(found.value.allowlist, instance.allowlist);
    assert_eq!(found.value.policies, instance.policies);
    let AuthSettings::OAuth { client: Some(OAuthClient { secret, .. }), .. } = found.value.auth
    else {
        panic!("another mode")
    };
    assert_eq!(secret.expose_secret(), format!("{PLANTED}-client"));
    let names = ports.instances.names(&"tenant".parse().unwrap()).await.unwrap();
    assert_eq!(names.iter().map(ToString::to_string).collect::<Vec<_>>(), ["First", "Full"]);
}

async fn every_mode_is_kept(ports: &Ports) {
    let token = || Some(format!("{PLANTED}-token").into());
    let site = || Some("example".parse().unwrap());
    let cloud_id = || Some("11111111-2222-4333-8444-555555555555".parse().unwrap());
    for (name, auth) in [
        ("Central", AuthSettings::OAuthCentral { scopes: None, site: site() }),
        ("Own", AuthSettings::OAuth { client: None, scopes: None, site: None }),
        (
            "Token",
            AuthSettings::ApiToken {
                email: Some("ada@example.com".to_owned()),
                token: token(),
                site: site(),
                cloud_id: cloud_id(),
            },
        ),
        ("Access", AuthSettings::AccessToken { token: token(), cloud_id: cloud_id(), site: None }),
    ] {
        let written = auth.to_secret_json();
        let instance = Instance { auth, ..Instance::new(instance_key("tenant", name)) };
        done(&ports.instances.save(&instance, None).await.unwrap());
        let read = load(ports, name).await.unwrap().value.auth.to_secret_json();
        assert_eq!(read.expose_secret(), written.expose_secret());
    }
}

async fn of_two_who_change_it_one_is_told(ports: &Ports) {
    let mut instance = Instance::new(instance_key("tenant", "Shared"));
    let first = done(&ports.instances.save(&instance, None).await.unwrap());
    assert_eq!(ports.instances.save(&instance, None).await.unwrap(), Saved::Moved, "it is there");
    instance.allowlist = Allowlist::Everyone;
    let second = done(&ports.instances.save(&instance, Some(&first)).await.unwrap());
    assert_ne!(first, second);
    instance.allowlist = Allowlist::Nobody;
    assert_eq!(ports.instances.save(&instance, Some(&first)).await.unwrap(), Saved::Moved);
    assert_eq!(load(ports, "Shared").await.unwrap().value.allowlist, Allowlist::Everyone);

    assert!(ports.instances.remove(&instance.key).await.unwrap());
    assert_eq!(ports.instances.save(&instance, Some(&second)).await.unwrap(), Saved::Moved);
    assert!(load(ports, "Shared").await.is_none(), "what was removed does not come back");
}

async fn an_instance_needs_a_workspace(ports: &Ports) {
    let instance = Instance::new(instance_key("nowhere", "First"));
    assert_eq!(ports.instances.save(&instance, None).await.unwrap(), Saved::Moved);
    assert!(ports.instances.load(&instance.key).await.unwrap().is_none());
    assert!(ports.instances.names(&"nowhere".parse().unwrap()).await.unwrap().is_empty());
}

async fn a_removed_instance_takes_its_connections_along(ports: &Ports) {
    let instance = Instance::new(instance_key("tenant", "Removed"));
    done(&ports.instances.save(&instance, None).await.unwrap());
    let [removed, kept] = ["Removed", "First"].map(|it| key_in("tenant", it, "ada"));
    for key in [&removed, &kept] {
        ports.connections.replace(key, Precondition::Any, &connection("ada")).await.unwrap();
    }
    assert!(ports.instances.remove(&instance.key).await.unwrap());
    assert!(!ports.instances.remove(&instance.key).await.unwrap());
    done(&ports.instances.save(&instance, None).await.unwrap());
    assert!(ports.connections.load(&removed).await.unwrap().is_none());
    assert!(ports.connections.load(&kept).await.unwrap().is_some());
}

async fn the_central_client_is_kept(ports: &Ports) {
    let central = &ports.central;
    assert!(central.load().await.unwrap().is_none());
    let stale = Revision::random();
    let client = central_client("one");
    assert_eq!(central.save(&client, Some(&stale)).await.unwrap(), Saved::Moved);
    let first = done(&central.save(&client, None).await.unwrap());
    assert_eq!(central.save(&client, None).await.unwrap(), Saved::Moved);
    let mut client = central_client("two");
    client.scopes = Some("read:page:confluence offline_access".parse().unwrap());
    let second = done(&central.save(&client, Some(&first)).await.unwrap());
    assert_eq!(central.save(&central_client("three"), Some(&first)).await.unwrap(), Saved::Moved);
    let found = central.load().await.unwrap().unwrap();
    assert_eq!(found.revision, second);
    assert_eq!(found.value.client.id, "two");
    assert_eq!(found.value.client.secret.expose_secret(), format!("{PLANTED}-two"));
    assert_eq!(found.value.scopes.unwrap().to_string(), "read:page:confluence offline_access");
}

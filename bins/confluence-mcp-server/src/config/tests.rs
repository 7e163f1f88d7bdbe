use std::time::Duration;

use confluence_auth::AuthMode;
use confluence_setup::LogFormat;
use confluence_store::DatabaseUrl;
use secrecy::ExposeSecret;

use super::{
    Config, Confluence, Face, Http, Secret, Serve, SingleUser, Source, Stop, Task, command,
    from_matches,
};

/// Parses as the process would. Its own environment must have no variable of ours: tests of the
/// program clear it.
fn parse(line: &str) -> Result<Config, String> {
    let words = std::iter::once("confluence-mcp-server").chain(line.split_whitespace());
    let matches = command().try_get_matches_from(words).map_err(|it| it.to_string())?;
    match from_matches(&matches) {
        Ok(Task::Serve(config)) => Ok(*config),
        Ok(task) => panic!("{task:?}"),
        Err(Stop::Usage(error)) => Err(error.to_string()),
        Err(Stop::Problems(problems)) => Err(problems.to_string()),
    }
}

#[track_caller]
fn refused(line: &str, expected: &str) {
    let error = parse(line).unwrap_err();
    assert!(error.contains(expected), "{error}");
}

#[track_caller]
fn serve(line: &str) -> Serve {
    match parse(&format!("serve {line}")).unwrap().face {
        Face::Serve(serve) => *serve,
        Face::Stdio(_) => panic!("not serving"),
    }
}

#[track_caller]
fn served(line: &str) -> Http {
    serve(&format!("--sandbox {line}")).http
}

#[track_caller]
fn stdio(line: &str) -> Confluence {
    match parse(line).unwrap().face {
        Face::Stdio(confluence) => *confluence,
        Face::Serve(_) => panic!("serving"),
    }
}

const API_TOKEN: &str = "stdio --email=ada@example.com --api-token-file=/t";

#[test]
fn a_site_that_is_not_one_host_below_atlassian_is_refused() {
    for site in
        ["evil.com/", "acme.atlassian.net.evil.com", "a@b", "http://acme.atlassian.net", "acme:80"]
    {
        refused(&format!("{API_TOKEN} --site={site}"), "--site (CONFLUENCE_SITE): expected `acme`");
    }
}

#[test]
fn values_are_not_repeated() {
    for flag in [
        "site",
        "cloud-id",
        "api-base-url",
        "auth-base-url",
        "gateway-base-url",
        "auth-mode",
        "timeout",
        "log",
        "log-format",
    ] {
        let error =
            parse(&format!("{API_TOKEN} --{flag}=https://u:planted@evil.com/")).unwrap_err();
        assert!(error.contains(&format!("--{flag} (CONFLUENCE_")), "{error}");
        assert!(!error.contains("planted"), "{error}");
    }
    for flag in [
        "listen",
        "public-url",
        "allowed-host",
        "allowed-origin",
        "database-url",
        "central-url",
        "platform-api-url",
        "calls-per-minute",
    ] {
        let error = parse(&format!("serve --sandbox --{flag}=https://u:planted@evil")).unwrap_err();
        assert!(error.contains(&format!("--{flag} (CONFLUENCE_")), "{error}");
        assert!(!error.contains("planted"), "{error}");
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let error = parse(&format!("{API_TOKEN} --site=a@b --timeout=0 --log=loud")).unwrap_err();
    assert_eq!(error.lines().count(), 3, "{error}");
}

#[test]
fn an_address_elsewhere_needs_permission() {
    let line = format!("{API_TOKEN} --api-base-url=https://confluence.example.com");
    refused(&line, "--allow-custom-endpoints");
    assert!(parse(&format!("{line} --allow-custom-endpoints")).is_ok());
    assert!(parse(&format!("{API_TOKEN} --api-base-url=http://127.0.0.1:1")).is_ok());
    refused(
        &format!(
            "{API_TOKEN} --allow-custom-endpoints --api-base-url=http://confluence.example.com"
        ),
        "needs `https`",
    );
}

#[test]
fn a_mode_with_sign_in_is_a_profiles() {
    for (mode, expected) in [("oauth", AuthMode::OAuth), ("oauthCentral", AuthMode::OAuthCentral)] {
        let line = format!("{API_TOKEN} --site=acme --profile=work --auth-mode={mode}");
        let Source::Profile(given) = stdio(&line).source else { panic!("no profile") };
        assert_eq!(given.mode, Some(expected));
        assert_eq!(given.location.site.unwrap().as_str(), "acme");
        assert_eq!(given.choice.name.unwrap().as_str(), "work");
    }
    refused("stdio --profile=é", "--profile (CONFLUENCE_PROFILE): expected a name");
}

#[test]
fn a_credential_wins_over_every_profile() {
    let confluence = stdio(&format!("{API_TOKEN} --site=acme --profile=work"));
    assert!(matches!(confluence.source, Source::Account(_)));
    assert_eq!(confluence.unused_profile.unwrap().as_str(), "work");
    let confluence = stdio("stdio --profile=work --site=acme");
    assert!(matches!(confluence.source, Source::Profile(_)));
    assert_eq!(confluence.unused_profile, None);
}

#[test]
fn secrets_are_no_arguments() {
    for flag in ["--api-token planted", "--access-token=planted"] {
        for face in ["stdio", "serve"] {
            let error = parse(&format!("{face} {flag}")).unwrap_err();
            assert!(error.contains("seen by everyone on this machine"), "{error}");
            assert!(!error.contains("planted"), "{error}");
        }
    }
    for (flag, variable) in [
        ("workspace-key", "CONFLUENCE_WORKSPACE_KEY"),
        ("maintainer-key", "CONFLUENCE_MAINTAINER_KEY"),
        ("master-key", "CONFLUENCE_MASTER_KEY"),
        ("previous-master-key", "CONFLUENCE_PREVIOUS_MASTER_KEY"),
        ("oauth-client-secret", "CONFLUENCE_OAUTH_CLIENT_SECRET"),
        ("deployment-key", "CONFLUENCE_DEPLOYMENT_KEY"),
        ("platform-token", "CONFLUENCE_PLATFORM_TOKEN"),
    ] {
        refused(&format!("serve --sandbox --{flag}=planted"), &format!("set {variable}"));
    }
}

#[test]
fn two_tokens_need_a_mode() {
    let line = "stdio --site=acme --email=a@example.com --api-token-file=/a --access-token-file=/b";
    refused(line, "remove one, or choose");
    let Source::Account(account) = stdio(&format!("{line} --auth-mode=accesstoken")).source else {
        panic!("no account")
    };
    assert_eq!(account.mode, AuthMode::AccessToken);
    assert!(matches!(account.token, Secret::File(path) if path == std::path::Path::new("/b")));
}

#[test]
fn what_is_missing_is_named() {
    refused("stdio --api-token-file=/t", "CONFLUENCE_SITE and CONFLUENCE_EMAIL");
    refused("stdio --access-token-file=/t", "CONFLUENCE_CLOUD_ID or CONFLUENCE_SITE");
    // A profile may have the rest; where there is none, this is what is told.
    let missing = |line: &str, expected: &str| {
        let Source::Profile(given) = stdio(line).source else { panic!("no profile") };
        let without = given.without.to_string();
        assert!(without.contains(expected), "{without}");
    };
    missing("stdio", "There are four ways");
    missing("stdio --site=acme", "There are four ways");
    missing("stdio --email=ada@example.com", "CONFLUENCE_SITE and CONFLUENCE_API_TOKEN");
    missing("stdio --site=acme --auth-mode=accessToken", "CONFLUENCE_ACCESS_TOKEN");
}

#[test]
fn nobody_gets_in_from_elsewhere_without_a_key() {
    let refused = |line: &str, setting: &str| {
        refused(&format!("serve --sandbox {line}"), &format!("{setting} lets other machines in"));
    };
    refused("--listen=0.0.0.0:8080", "--listen (CONFLUENCE_LISTEN)");
    refused("--listen=[::]:8080", "--listen (CONFLUENCE_LISTEN)");
    refused("--listen=192.168.1.7:80", "--listen (CONFLUENCE_LISTEN)");
    refused("--public-url=https://mcp.example.com", "--public-url (CONFLUENCE_PUBLIC_URL)");
    assert!(served("--listen=0.0.0.0:80 --workspace-key-file=/k").workspace_key.is_some());
}

#[test]
fn a_server_needs_no_account_of_its_own() {
    let open = serve("--data-dir=/data --listen=0.0.0.0:80");
    assert!(open.confluence.single_user.is_none(), "nobody gets in without a key");
    assert!(
        matches!(open.deployment.kept.database, DatabaseUrl::File(file) if file == std::path::Path::new("/data/connector.db"))
    );
    // What is there of an account has to be complete.
    refused("serve --email=ada@example.com", "CONFLUENCE_SITE and CONFLUENCE_API_TOKEN");
    refused("serve --api-token-file=/a --access-token-file=/b", "remove one, or choose");
}

#[test]
fn a_server_lets_its_user_sign_in() {
    for (mode, client) in [
        ("oauthCentral", ""),
        ("oauth", "--oauth-client-id=c --oauth-client-secret-file=/s --oauth-scopes=read:me"),
    ] {
        let served = serve(&format!("--auth-mode={mode} --site=acme {client}"));
        let single_user = served.confluence.single_user;
        assert!(matches!(single_user, Some(SingleUser::SignIn { site: Some(_), .. })), "{mode}");
        assert_eq!(served.deployment.oauth_client.is_some(), mode == "oauth");
    }
    refused("serve --auth-mode=oauth", "CONFLUENCE_OAUTH_CLIENT_ID and CONFLUENCE_OAUTH");
    refused("serve --oauth-client-id=c", "an OAuth client also needs CONFLUENCE_OAUTH_CLIENT_S");
    refused("serve --auth-mode=oauth3", "`oauth` or `oauthCentral`");
}

#[test]
fn what_belongs_to_a_deployment_fits_together() {
    assert!(matches!(serve("--sandbox").deployment.kept.database, DatabaseUrl::Memory));
    let kept = serve("--sandbox --database-url=sqlite:/d/x.db").deployment.kept.database;
    assert!(matches!(kept, DatabaseUrl::File(_)), "whoever names a database wants it");
    refused("serve --database-url=mysql://h/d", "--database-url (CONFLUENCE_DATABASE_URL)");
    refused("serve --deployment-key-file=/k", "of use only with --central-url");
    let core = "--central-url=https://core.example/workspaces/slug:confluence-next/webhooks";
    assert!(serve(&format!("{core} --deployment-key-file=/k")).deployment.core.is_some());
    refused("serve --central-url=http://core.example", "needs `https`");
    refused(
        &format!("serve {core} --oauth-client-id=c --oauth-client-secret-file=/s"),
        "exclude each other",
    );
    let platform = "--platform-api-url=https://api.platform.example/v2";
    refused(&format!("serve {platform}"), "also needs CONFLUENCE_PLATFORM_TOKEN");
    refused("serve --platform-token-file=/k", "of use only with --platform-api-url");
    refused("serve --platform-api-url=http://elsewhere.example", "needs `https`");
    let given = serve(&format!("{platform} --platform-token-file=/k")).deployment.platform;
    assert_eq!(given.unwrap().api.as_url().as_str(), "https://api.platform.example/v2");
    for calls in ["0", "-1", "many"] {
        refused(&format!("serve --calls-per-minute={calls}"), "expected a number from 1");
    }
}

#[test]
fn a_real_account_is_left_alone_when_the_sandbox_is_asked_for() {
    let confluence = stdio(&format!("{API_TOKEN} --site=acme --sandbox"));
    assert!(matches!(confluence.source, Source::Sandbox { pages: None }));
    refused(&format!("{API_TOKEN} --site=acme --sandbox-pages=5"), "of use only with --sandbox");
    for pages in ["0", "-1", "1000001", "many"] {
        refused(&format!("stdio --sandbox --sandbox-pages={pages}"), "from 1 to 1000000");
    }
}

#[test]
fn empty_values_count_as_not_given() {
    let config = parse(
        "stdio --sandbox --site= --email= --cloud-id= --api-base-url= --timeout= --ca-file= --log= \
         --log-format= --auth-mode= --sandbox-pages= --api-token-file= --access-token-file=",
    )
    .unwrap();
    assert_eq!(config.log.format, LogFormat::Text);
    let Face::Stdio(confluence) = config.face else { panic!("serving") };
    assert_eq!(confluence.timeout, Duration::from_mins(1));
    assert_eq!(confluence.ca_file, None);
    let serve = served("--listen= --public-url= --allowed-host= --allowed-origin=,");
    assert_eq!(serve.listen.to_string(), "127.0.0.1:8080");
    assert!(serve.allowed_hosts.is_empty() && serve.allowed_origins.is_empty());
}

#[test]
fn settings_arrive() {
    let config = parse(&format!(
        "{API_TOKEN} --site=https://acme.atlassian.net/wiki --cloud-id=c-1 --read-only \
         --timeout=1m30s --ca-file=/ca.pem --log-format=json"
    ))
    .unwrap();
    assert_eq!(config.log.format, LogFormat::Json);
    let Face::Stdio(confluence) = config.face else { panic!("serving") };
    assert!(confluence.read_only);
    assert_eq!(confluence.timeout, Duration::from_secs(90));
    assert_eq!(confluence.ca_file, Some("/ca.pem".into()));
    let Source::Account(account) = confluence.source else { panic!("no account") };
    assert_eq!(account.mode, AuthMode::ApiToken);
    assert_eq!(account.email.as_deref(), Some("ada@example.com"));
    assert_eq!(account.location.site.unwrap().as_str(), "acme");
    assert_eq!(account.location.cloud_id.unwrap().as_str(), "c-1");
    let serve = served("--allowed-host=a.example,b.example:80 --allowed-origin=http://localhost:*");
    assert_eq!(serve.allowed_hosts, ["a.example", "b.example:80"]);
    assert_eq!(serve.allowed_origins, ["http://localhost:*"]);
}

#[test]
fn every_variable_is_of_ours_and_the_definition_is_sound() {
    let command = command();
    command.clone().debug_assert();
    // What is for packers takes its arguments from their command lines alone.
    for face in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        for argument in face.get_arguments().filter(|it| it.get_id() != "help") {
            let variable = argument.get_env().and_then(|it| it.to_str());
            assert!(variable.is_some_and(|it| it.starts_with("CONFLUENCE_")), "{argument}");
            assert!(argument.is_hide_env_values_set(), "{argument}");
            assert!(argument.get_help().is_some(), "{argument}");
        }
    }
}

#[test]
fn debug_shows_no_secret() {
    let account = super::Account {
        mode: AuthMode::ApiToken,
        location: confluence_auth::Location::default(),
        email: None,
        token: Secret::Value("planted".into()),
    };
    assert!(!format!("{account:?}").contains("planted"));
    assert_eq!(account.token.read().unwrap().expose_secret(), "planted");
}

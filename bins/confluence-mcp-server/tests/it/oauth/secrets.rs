//! Nothing that is secret is in a log at its loudest, in an output, or in a database.

use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine};
use confluence_sandbox::{Fault, IdentityRequest};
use url::Url;

use super::{
    CLIENT_SECRET, ask,
    database::{Database, MASTER_KEY},
    journey::{DEPLOYMENT_KEY, Two, journey},
    person,
};

const MAINTAINER_KEY: &str = "planted-maintainer-key-0123456789";

/// Everything that may be asked to speak.
const LOUDEST: &str = "trace,rmcp=trace,hyper=trace,hyper_util=trace,reqwest=trace,h2=trace,\
                       rustls=trace,axum=trace,tower=trace,tokio=trace,mio=trace,want=trace,\
                       sqlx=trace,oauth2=trace,moka=trace";

/// A secret in the forms in which it could be written.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut hexadecimal = String::new();
    for byte in secret.bytes() {
        write!(hexadecimal, "{byte:02x}").unwrap();
    }
    // Whole groups only: what follows a secret would change the last one.
    let whole = &secret.as_bytes()[..secret.len() / 3 * 3];
    [
        secret.to_owned(),
        hexadecimal,
        BASE64_STANDARD.encode(whole),
        BASE64_STANDARD_NO_PAD.encode(whole),
        BASE64_URL_SAFE_NO_PAD.encode(whole),
        format!("{:?}", secret.as_bytes()).trim_matches(['[', ']']).to_owned(),
    ]
    .map(String::into_bytes)
    .into()
}

#[track_caller]
fn holds_none(what: &str, bytes: &[u8], secrets: &[String]) {
    for secret in secrets {
        for form in forms(secret) {
            let position = bytes.windows(form.len()).position(|it| it == form);
            if let Some(at) = position {
                let around = &bytes[at.saturating_sub(200)..(at + 200).min(bytes.len())];
                panic!("{secret} in {what}: {}", String::from_utf8_lossy(around));
            }
        }
    }
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(it, _)| it == name).unwrap().1.into_owned()
}

async fn nothing_is_told(database: Database, cores_database: Database, format: &str) {
    let two = Two::start(database, cores_database, |command| {
        command
            .env("CONFLUENCE_LOG", LOUDEST)
            .env("CONFLUENCE_LOG_FORMAT", format)
            .env("CONFLUENCE_MAINTAINER_KEY", MAINTAINER_KEY);
    })
    .await;
    two.introduce().await;
    let mut secrets: Vec<String> =
        [CLIENT_SECRET, DEPLOYMENT_KEY, MASTER_KEY, MAINTAINER_KEY].map(str::to_owned).into();
    // Access tokens, refresh tokens and codes, whichever there were.
    secrets.extend(["sandbox-at-", "sandbox-rt-", "sandbox-code-"].map(str::to_owned));
    let authority = two.tenant.authority();
    let (sandbox, faults) = (&two.sandbox, two.sandbox.faults());

    // A visit of which everything is known.
    let (_, told) = ask(authority, "eve").await.unwrap();
    let link = person::link(&told);
    let agreed = person::agree(sandbox, &link).await;
    secrets.push(parameter(&link, "ticket"));
    secrets.push(parameter(&agreed.callback, "code"));
    let state = parameter(&agreed.callback, "state");
    secrets.push(state.split('.').next().unwrap().to_owned());
    secrets.push(agreed.cookie.split_once('=').unwrap().1.to_owned());
    let page = person::come_back(&agreed).await;
    assert_eq!(person::outcome(&page), "connected", "{}", page.body);
    // Twice, and with nonsense.
    let page = person::come_back(&agreed).await;
    assert_eq!(person::outcome(&page), "invalid_state", "{}", page.body);
    let mut wrong = link.clone();
    wrong.set_query(Some("ticket=planted-wrong-ticket"));
    person::open(&wrong, "").await;
    secrets.push("planted-wrong-ticket".to_owned());

    // What goes well, and what does not: after this, each call renews its token.
    journey(sandbox, authority).await;
    for fault in [
        Fault::LostResponse,
        Fault::HtmlPage { status: 502 },
        Fault::TruncatedJson,
        Fault::Status { status: 500, retry_after: None },
    ] {
        faults.inject(fault.during(IdentityRequest::TokenRefresh).times(2));
        ask(authority, "ada").await.unwrap();
        faults.clear();
    }
    sandbox.identity().revoke_all();
    ask(authority, "ada").await.unwrap();
    let (_, told) = ask(authority, "ada").await.unwrap();
    secrets.push(parameter(&person::link(&told), "ticket"));

    for (who, served) in [("the deployment", two.tenant), ("the core", two.core)] {
        holds_none(&format!("{who}'s banner"), served.banner.as_bytes(), &secrets);
        served.running.signal("TERM").await;
        let ended = served.running.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let expected = if who == "the core" { "was passed on" } else { "a user has connected" };
        assert!(ended.stderr.contains(expected), "{who} has logged: {}", ended.stderr);
        assert!(ended.stderr.contains("TRACE"), "{who} is loud");
        holds_none(&format!("{who}'s log"), ended.stderr.as_bytes(), &secrets);
        holds_none(&format!("{who}'s output"), ended.stdout.as_bytes(), &secrets);
    }
    for (who, database) in [("the deployment", &two.database), ("the core", &two.cores_database)] {
        let dump = database.dump();
        assert!(dump.windows(10).any(|it| it == b"connection"), "{who}'s dump is one");
        holds_none(&format!("{who}'s database"), &dump, &secrets);
    }
}

#[tokio::test]
async fn nothing_is_told_by_processes_on_files() {
    nothing_is_told(Database::sqlite(), Database::sqlite(), "text").await;
}

#[tokio::test]
async fn nothing_is_told_by_processes_on_postgres() {
    let (Some(own), Some(cores)) = (Database::postgres(), Database::postgres()) else { return };
    nothing_is_told(own, cores, "json").await;
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_reads_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let two = Two::start(Database::sqlite(), Database::sqlite(), |_| ()).await;
    for database in [&two.database, &two.cores_database] {
        let mut files = 0;
        for entry in std::fs::read_dir(database.folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
            files += 1;
        }
        // The database with what is written ahead, and the maintainer's key.
        assert!(files >= 3, "{files}");
    }
}

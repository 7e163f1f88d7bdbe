//! Planted secrets, looked for in everything that people and logs get to see.

use std::{
    error::Error as _,
    fmt::Write as _,
    io,
    sync::{Arc, Mutex},
};

use confluence_api::{pages::ListPages, transport::TransportErrorKind};
use confluence_auth::{
    Endpoints,
    callback::CallbackQuery,
    sign_in::{BrowserSecret, Callback, SignIn, SignInCallback, SignInRequest},
    store::{ConnectionStore, SignInStore},
};
use jiff::Timestamp;
use tracing_subscriber::fmt::MakeWriter;

use super::{
    identity::Odd,
    memory::{Memory, WriteFault},
    rig::{CLIENT_SECRET, Rig},
};

/// All that was logged or shown.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl io::Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Seen {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl Seen {
    fn show(&self, text: &str) {
        io::Write::write_all(&mut self.clone(), text.as_bytes()).unwrap();
    }

    /// An error with its causes, in both forms.
    fn error(&self, error: &(dyn std::error::Error + 'static)) {
        let mut text = format!("{error:?}");
        let mut next = Some(error);
        while let Some(error) = next {
            write!(text, "\n{error} {error:?}").unwrap();
            next = error.source();
        }
        self.show(&text);
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn odds() -> Vec<Option<Odd>> {
    let leaky = r#"{"error":"invalid_grant","error_description":"s3cret-refresh-1 is bad"}"#;
    vec![
        None,
        Some(Odd::Answer(403, leaky)),
        Some(Odd::Answer(401, leaky)),
        Some(Odd::Answer(503, leaky)),
        Some(Odd::Answer(403, r#"{"error":"s3cret refresh token of somebody"}"#)),
        // What parsers like to repeat.
        Some(Odd::Answer(200, r#"{"access_token":"s3cret-access","token_type":7}"#)),
        Some(Odd::Answer(200, r#""s3cret-access""#)),
        Some(Odd::Answer(200, r#"{"access_token":"s3cret access\n","token_type":"Bearer"}"#)),
        Some(Odd::Lost),
        Some(Odd::Hang),
        Some(Odd::Fault(TransportErrorKind::Connect)),
    ]
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_in_any_log_or_error() {
    let (seen, debug) = (Seen::default(), Seen::default());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(seen.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for odd in odds() {
        refresh(&seen, &debug, odd.clone()).await;
        sign_in(&seen, &debug, odd).await;
    }
    let text = seen.text();
    for word in ["could not be refreshed", "refused a refresh token", "a user has connected"] {
        assert!(text.contains(word), "the log was read: {word}");
    }
    assert!(!debug.text().contains("s3cret"), "{}", debug.text());
    // The user's id is an e-mail address, which `Debug` of a key may show, and a log may not.
    let leak = text.lines().find(|it| it.contains("s3cret") || it.contains("ada@example.com"));
    assert_eq!(leak, None);
}

/// The message of a panic, as the hook writes it.
fn panic_message(panics: impl FnOnce()) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).unwrap_err();
    payload.downcast::<String>().map(|it| *it).unwrap()
}

#[test]
fn no_secret_is_in_a_panic() {
    let rig = Rig::fresh();
    let stored = rig.memory.get(&rig.key).unwrap();
    let browser = BrowserSecret::random();
    let (access, refresh) = rig.tokens().unwrap();
    // What `unwrap` and `expect` say of whatever they did not expect.
    let message =
        panic_message(|| panic!("{stored:?} {:?} {browser:?} {:?}", rig.client, rig.memory));
    assert!(message.contains("Connection"), "{message}");
    for secret in [access.as_str(), &refresh, CLIENT_SECRET, browser.expose()] {
        assert!(!message.contains(secret), "{message}");
    }
}

async fn refresh(seen: &Seen, debug: &Seen, odd: Option<Odd>) {
    let rig = Rig::stale();
    rig.identity.always(odd);
    rig.memory.fail_writes(WriteFault::Lost, 2);
    match rig.current().await {
        Ok(stored) => {
            let grant = &stored.connection.grant;
            debug.show(&format!("{grant:?}"));
        }
        Err(error) => seen.error(&error),
    }
    if let Err(error) = rig.api().send(&ListPages::default()).await {
        seen.error(&error);
        assert!(error.source().is_some() || error.api().is_some());
    }
    let shown = format!("{:?} {:?} {:?}", rig.refresher, rig.client, rig.client.tokens);
    debug.show(&shown);
}

async fn sign_in(seen: &Seen, debug: &Seen, odd: Option<Odd>) {
    let rig = Rig::empty();
    rig.identity.always(odd);
    let (sign_ins, connections): (Arc<dyn SignInStore>, Arc<dyn ConnectionStore>) =
        (Arc::<Memory>::clone(&rig.memory), Arc::<Memory>::clone(&rig.memory));
    let sign_in =
        SignIn::new(rig.identity.transport(), Endpoints::default(), sign_ins, connections);
    let browser = BrowserSecret::random();
    let own = "https://mcp.example/callback".parse().unwrap();
    let request = SignInRequest {
        key: &rig.key,
        agent: None,
        client: &rig.client,
        callback: Callback::Own(&own),
        browser: &browser,
    };
    let now = Timestamp::now();
    let url = sign_in.start(&request, now).await.unwrap();
    let pairs = url.as_url().query_pairs();
    let state = pairs.into_owned().find(|it| it.0 == "state").unwrap().1;
    let query = CallbackQuery::parse(&format!("code=s3cret-code&state={state}")).unwrap();
    let callback = SignInCallback {
        query: &query,
        workspace: &rig.key.workspace,
        instance: &rig.key.instance,
        browser: Some(&browser),
        client: &rig.client,
    };
    let shown = format!("{url:?} {query:?} {browser:?} {sign_in:?}");
    debug.show(&shown);
    if let Err(error) = sign_in.finish(&callback, now).await {
        seen.error(&error);
        seen.show(&format!("{} {}", error.code(), error.chain()));
    }
    for text in [seen.text(), debug.text()] {
        assert!(!text.contains(&state), "the state");
        assert!(!text.contains(browser.expose()), "the cookie");
    }
}

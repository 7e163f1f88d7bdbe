//! A sandbox, a client signed in to it, and calls as a server makes them.

use std::{sync::Arc, time::Duration};

use confluence_api::{Client, HttpTransport, Transport};
use confluence_auth::{ApiToken, BaseUrl, Endpoints, Location};
use confluence_sandbox::{Clock, Sandbox, SandboxBuilder};
use confluence_tools::{
    Failure, Options, Outcome, Success, call_instruction, call_tool, take_injected,
};
use serde_json::{Map, Value, json};

/// The moment at which every test happens.
const NOW: &str = "2026-11-20T10:00:00Z";

pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) options: Options,
}

/// The demo site.
pub(crate) async fn demo() -> Rig {
    start(Sandbox::builder().demo()).await
}

/// A site with one empty space.
pub(crate) async fn empty() -> Rig {
    start(Sandbox::builder().empty()).await
}

pub(crate) async fn start(builder: SandboxBuilder) -> Rig {
    start_at(builder, Clock::manual(NOW.parse().unwrap())).await
}

/// A site whose clock is another one.
pub(crate) async fn start_at(builder: SandboxBuilder, clock: Clock) -> Rig {
    let sandbox = builder.clock(clock).start().await.unwrap();
    let client = client(&sandbox, &sandbox.credentials().api_token);
    Rig { sandbox, client, options: Options::default() }
}

/// A client that signs in with an API token of the demo account.
pub(crate) fn client(sandbox: &Sandbox, token: &str) -> Client {
    client_at(&sandbox.site_url(), &sandbox.credentials().email, token)
}

/// A client of the site at that address.
pub(crate) fn client_at(site: &str, email: &str, token: &str) -> Client {
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
    let base: BaseUrl = site.parse().unwrap();
    let location = Location {
        endpoints: Endpoints {
            site: Some(base.clone()),
            gateway: Some(base),
            ..Endpoints::default()
        },
        ..Location::default()
    };
    let token = token.to_owned().into();
    let credentials = ApiToken::new(Arc::clone(&transport), &location, email, &token).unwrap();
    Client::new(transport, Arc::new(credentials)).with_timeout(Duration::from_secs(20))
}

fn object(arguments: Value) -> Map<String, Value> {
    let Value::Object(mut object) = arguments else { panic!("arguments are an object") };
    take_injected(&mut object);
    object
}

impl Rig {
    pub(crate) async fn outcome(&self, tool: &str, arguments: Value) -> Outcome {
        call_tool(&self.client, tool, object(arguments), &self.options).await
    }

    #[track_caller]
    fn succeeded(outcome: Outcome) -> Success {
        outcome.result.unwrap_or_else(|failure| panic!("{}", failure.text))
    }

    /// The whole result of a call that succeeds.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Success {
        Self::succeeded(self.outcome(tool, arguments).await)
    }

    /// The text of a call that succeeds.
    pub(crate) async fn text(&self, tool: &str, arguments: Value) -> String {
        self.call(tool, arguments).await.text
    }

    /// The failure of a call that fails.
    pub(crate) async fn failure(&self, tool: &str, arguments: Value) -> Failure {
        match self.outcome(tool, arguments).await.result {
            Err(failure) => failure,
            Ok(success) => panic!("succeeded: {}", success.text),
        }
    }

    /// What an instruction answers.
    pub(crate) async fn raw(&self, instruction: &str, arguments: Value) -> Value {
        let outcome =
            call_instruction(&self.client, instruction, object(arguments), &self.options).await;
        let success = Self::succeeded(outcome);
        serde_json::from_slice(&success.raw.unwrap()).unwrap()
    }

    /// Asserts that nothing reaches Confluence while a call fails, and gives its text.
    pub(crate) async fn refused(&self, tool: &str, arguments: Value) -> String {
        self.sandbox.reset_requests();
        let failure = self.failure(tool, arguments).await;
        assert_eq!(self.sandbox.requests().len(), 0, "{}", failure.text);
        failure.text
    }

    /// The page of that title.
    pub(crate) async fn page(&self, title: &str) -> Value {
        let found = self.raw("listPages", json!({ "title": title })).await;
        assert_eq!(found["results"].as_array().unwrap().len(), 1, "{title}");
        found["results"][0].clone()
    }
}

/// The methods of what was sent since the requests were last reset.
pub(crate) fn requests(rig: &Rig) -> Vec<String> {
    rig.sandbox.requests().iter().map(|it| it.method.clone()).collect()
}

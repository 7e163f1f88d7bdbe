//! A transport of one's own: records what passes through it, and plays it back without a network.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{
    BoxError, Client, HttpTransport, Transport, TransportError, pages::ListPages,
    spaces::ListSpaces,
};
use confluence_auth::{ApiToken, Location};
use confluence_sandbox::Sandbox;
use http::{Request, Response, StatusCode};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    run(std::env::args().skip(1), &mut io::stdout()).await
}

/// Passes requests on and remembers the answers. The credential is in the requests' headers, which
/// are not kept.
#[derive(Debug, Default)]
struct Recorder {
    network: HttpTransport,
    tape: Mutex<Tape>,
}

/// Answers by method and path with query.
type Tape = BTreeMap<String, Response<Bytes>>;

fn line(request: &Request<Bytes>) -> String {
    let path = request.uri().path_and_query().map_or("/", |it| it.as_str());
    format!("{} {path}", request.method())
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let line = line(&request);
        let answer = self.network.send(request).await?;
        self.tape.lock().unwrap_or_else(PoisonError::into_inner).insert(line, answer.clone());
        Ok(answer)
    }
}

/// Answers from a tape.
#[derive(Debug)]
struct Replay(Tape);

#[async_trait]
impl Transport for Replay {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        Ok(self.0.get(&line(&request)).cloned().unwrap_or_else(|| {
            // A status that the client does not take for a passing one, with words it passes on.
            let mut answer = Response::new(r#"{"message":"not on the tape"}"#.into());
            *answer.status_mut() = StatusCode::NOT_IMPLEMENTED;
            answer
        }))
    }
}

pub(crate) async fn run(
    mut arguments: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    if arguments.next().is_some() {
        return Err("this example takes no arguments".into());
    }
    let sandbox = Sandbox::builder().demo().start().await?;
    let location = Location::address(sandbox.site_url().parse()?);
    let token = sandbox.credentials().api_token.clone().into();
    let email = sandbox.credentials().email.clone();
    let spaces = ListSpaces { limit: Some(3), ..ListSpaces::default() };

    let recorder = Arc::new(Recorder::default());
    let transport: Arc<dyn Transport> = Arc::<Recorder>::clone(&recorder);
    let credentials = ApiToken::new(Arc::clone(&transport), &location, &email, &token)?;
    let client = Client::new(transport, Arc::new(credentials));
    let before = client.json(&spaces).await?;
    sandbox.shutdown().await;

    let tape = recorder.tape.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for (line, answer) in &tape {
        writeln!(out, "recorded {line}: {}", answer.status())?;
    }

    let replay: Arc<dyn Transport> = Arc::new(Replay(tape));
    let credentials = ApiToken::new(Arc::clone(&replay), &location, &email, &token)?;
    let client = Client::new(replay, Arc::new(credentials));
    let after = client.json(&spaces).await?;
    if before.body() != after.body() {
        return Err("the tape has changed the answer".into());
    }
    for space in client.send(&spaces).await?.results {
        writeln!(out, "replayed {}", space.name)?;
    }
    if let Err(error) = client.send(&ListPages::default()).await {
        writeln!(out, "{error}")?;
    }
    Ok(())
}

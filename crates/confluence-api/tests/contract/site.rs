//! A sandbox, clients that are overheard, and what was found wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{
    Authorized, Client, Credentials, CredentialsError, Endpoint, HttpTransport, Rejected,
    RejectedAnswer, Transport, TransportError,
};
use confluence_sandbox::{ALL_SCOPES, Sandbox};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::{check, coverage::Coverage, documents::Documents};

/// A token of somebody who may look at most pages, and change none.
pub(crate) const GUEST: &str = "token-of-a-guest";

/// A token that covers no operation.
pub(crate) const NO_SCOPES: &str = "token-without-scopes";

/// A token that nobody knows.
pub(crate) const UNKNOWN: &str = "token-of-nobody";

/// The demo site behind the gateway.
pub(crate) struct Site {
    pub(crate) sandbox: Sandbox,
    pub(crate) documents: &'static Documents,
    recorder: Arc<Recorder>,
    /// Problems, each once, with the first request that has it.
    problems: BTreeMap<String, String>,
    /// `operation status` for every answer that came.
    pub(crate) answered: BTreeSet<String>,
    pub(crate) coverage: Coverage,
}

impl Site {
    pub(crate) async fn start(documents: &'static Documents) -> Self {
        let sandbox = Sandbox::builder()
            .demo()
            .access_token("guest@example.com", GUEST, &ALL_SCOPES, None)
            .access_token("demo@example.com", NO_SCOPES, &[], None)
            .start()
            .await
            .unwrap();
        let root = sandbox.gateway_url().parse().unwrap();
        let recorder =
            Arc::new(Recorder { root, network: HttpTransport::default(), heard: Mutex::default() });
        Self {
            sandbox,
            documents,
            recorder,
            problems: BTreeMap::new(),
            answered: BTreeSet::new(),
            coverage: Coverage::default(),
        }
    }

    /// Sends a request that must succeed; checks it and its answer.
    pub(crate) async fn ok<E: Endpoint>(&mut self, endpoint: &E) -> E::Response {
        let token = self.sandbox.credentials().access_token.clone();
        let result = self.client(&token).send(endpoint).await;
        self.take_notes();
        result.unwrap_or_else(|error| panic!("{} {}: {error}", E::METHOD, endpoint.path()))
    }

    /// Sends a request that must be refused with that status; checks it and the refusal.
    pub(crate) async fn refused<E: Endpoint>(&mut self, token: &str, status: u16, endpoint: &E) {
        let result = self.client(token).json(endpoint).await;
        let heard = self.take_notes();
        let place = format!("{} {}", E::METHOD, endpoint.path());
        assert!(result.is_err(), "{place} was not refused");
        assert_eq!(heard.last(), Some(&status), "{place}");
    }

    /// The same as [`refused`](Self::refused), as somebody who may do everything.
    pub(crate) async fn refused_to_demo<E: Endpoint>(&mut self, status: u16, endpoint: &E) {
        let token = self.sandbox.credentials().access_token.clone();
        self.refused(&token, status, endpoint).await;
    }

    /// Sends a request that no document allows, which must be refused with 400; checks the refusal.
    pub(crate) async fn mistaken<E: Endpoint>(&mut self, endpoint: &E) {
        let before = self.problems.clone();
        self.refused_to_demo(400, endpoint).await;
        let found = std::mem::replace(&mut self.problems, before);
        let new: Vec<_> =
            found.into_iter().filter(|(it, _)| !self.problems.contains_key(it)).collect();
        let [(_, problem)] = &new[..] else { panic!("{new:?}") };
        assert!(problem.contains("`id`: "), "{problem}");
    }

    fn client(&self, token: &str) -> Client {
        let header = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
        let authorized = Authorized { root: self.recorder.root.clone(), header };
        let recorder: Arc<dyn Transport> = Arc::<Recorder>::clone(&self.recorder);
        Client::new(recorder, Arc::new(Token(authorized)))
    }

    /// Checks what was overheard; gives back the statuses.
    fn take_notes(&mut self) -> Vec<u16> {
        let heard = std::mem::take(&mut *self.recorder.heard.lock().unwrap());
        let statuses = heard.iter().map(|(_, answer)| answer.status().as_u16()).collect();
        for (request, answer) in heard {
            let status = answer.status();
            let line = format!("{} {} -> {status}", request.method(), request.uri());
            let mut problems = check::request(self.documents, &request);
            problems.extend(check::answer(self.documents, &request, &answer));
            let operation = self.documents.find(request.method(), request.uri().path());
            let id = operation.map_or("", |it| it.id());
            self.answered.insert(format!("{id} {}", status.as_u16()));
            for problem in problems {
                let rows_alike = problem.replace(|it: char| it.is_ascii_digit(), "");
                let key = format!("{id} {status} {rows_alike}");
                self.problems.entry(key).or_insert_with(|| format!("{line}: {problem}"));
            }
            if status == StatusCode::OK || status == StatusCode::CREATED {
                self.count(&request, &answer);
            }
        }
        statuses
    }

    fn count(&mut self, request: &Request<Bytes>, answer: &Response<Bytes>) {
        // v1 says what is required, and lists far more than a search gives.
        let Some(operation) = self
            .documents
            .find(request.method(), request.uri().path())
            .filter(|it| std::ptr::eq(it.document, &raw const self.documents.v2.json))
        else {
            return;
        };
        let status = answer.status().as_u16();
        let schema =
            operation.answer(status).and_then(|it| it.pointer("/content/application~1json/schema"));
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if let Some(schema) = schema {
            self.coverage.add(operation.document, schema, &body);
        }
    }

    /// Fails if anything was wrong.
    #[track_caller]
    pub(crate) fn finish(&mut self) {
        let problems: Vec<String> = std::mem::take(&mut self.problems).into_values().collect();
        assert!(problems.is_empty(), "{} mismatches:\n{}", problems.len(), problems.join("\n"));
    }
}

/// Passes requests on, and keeps them and their answers.
struct Recorder {
    root: Url,
    network: HttpTransport,
    heard: Mutex<Vec<(Request<Bytes>, Response<Bytes>)>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut copy = request.clone();
        let below = request.uri().path_and_query().unwrap().as_str();
        let below = below.strip_prefix(self.root.path()).expect("a request below the root");
        *copy.uri_mut() = below.parse().unwrap();
        let answer = self.network.send(request).await?;
        self.heard.lock().unwrap().push((copy, answer.clone()));
        Ok(answer)
    }
}

/// One token, never renewed.
#[derive(Debug)]
struct Token(Authorized);

#[async_trait]
impl Credentials for Token {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        Ok(self.0.clone())
    }

    async fn rejected(&self, _used: &Authorized, _answer: RejectedAnswer) -> Rejected {
        Rejected::Unrelated
    }
}

//! A server on a free port, and an HTTP client that shows and sends every byte.

use std::{
    net::SocketAddr,
    sync::{Arc, Once},
    time::Duration,
};

use confluence_api::{Client, HttpTransport, Transport};
use confluence_auth::{ApiToken, Endpoints, Location};
use confluence_sandbox::{Fault, Sandbox};
#[cfg(feature = "conformance")]
use confluence_server::conformance;
use confluence_server::{Calls, HttpOptions, ServeError, Served, SingleUser, serve_http};
use confluence_tools::Options;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::rig::Rig;

/// Revision of the protocol without `initialize`.
pub(crate) const STATELESS: &str = "2026-07-28";

/// A Confluence with one space, `SAND`.
pub(crate) async fn confluence() -> Sandbox {
    Sandbox::builder().empty().start().await.unwrap()
}

/// A Confluence whose list of spaces takes that long.
pub(crate) async fn slow_confluence(delay: Duration) -> Sandbox {
    let sandbox = confluence().await;
    sandbox.faults().inject(Fault::Latency(delay).on("GET", "/wiki/api/v2/spaces"));
    sandbox
}

/// Lets clients use TLS, which nobody does here.
pub(crate) fn install_provider() {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails if another test of this process was faster, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    install_provider();
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
    let api = Some(sandbox.site_url().parse().unwrap());
    let endpoints = Endpoints { api, ..Endpoints::default() };
    let location = Location { endpoints, ..Location::default() };
    let credentials = sandbox.credentials();
    let token = credentials.api_token.clone().into();
    let credentials =
        ApiToken::new(Arc::clone(&transport), &location, &credentials.email, &token).unwrap();
    Client::new(transport, Arc::new(credentials))
}

/// The sandbox's account for every caller, without workspaces.
pub(crate) fn single_user(sandbox: &Sandbox) -> Arc<dyn Calls> {
    Arc::new(SingleUser::new(client(sandbox), Options::default()))
}

/// A server under test. It stops when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), ServeError>>,
    /// Kept alive for a server that has it to itself.
    pub(crate) sandbox: Option<Sandbox>,
    /// What it serves, unless that is a stand-in.
    rig: Option<Rig>,
}

impl Server {
    /// Serves `sandbox` to everybody, on loopback and without a key.
    pub(crate) async fn open(sandbox: &Sandbox) -> Self {
        Self::of(Rig::single_user(sandbox).await, HttpOptions::default()).await
    }

    /// Serves a Confluence of its own, in the same way.
    pub(crate) async fn alone() -> Self {
        Self::with_options(HttpOptions::default()).await
    }

    /// Serves a Confluence of its own.
    pub(crate) async fn with_options(options: HttpOptions) -> Self {
        let sandbox = confluence().await;
        let mut server = Self::of(Rig::single_user(&sandbox).await, options).await;
        server.sandbox = Some(sandbox);
        server
    }

    /// Serves a deployment.
    pub(crate) async fn of(rig: Rig, options: HttpOptions) -> Self {
        let deployment = Served::Deployment(Arc::clone(&rig.deployment));
        let mut server = Self::start(deployment, options).await;
        server.rig = Some(rig);
        server
    }

    /// Serves a stand-in.
    pub(crate) async fn with(calls: Arc<dyn Calls>, options: HttpOptions) -> Self {
        Self::start(Served::SingleUser(calls), options).await
    }

    /// Serves a deployment at an address that it knows as its public one.
    pub(crate) fn public(listener: TcpListener, rig: Rig) -> Self {
        let public_url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let options = HttpOptions { public_url, single_user: false, ..HttpOptions::default() };
        Self::public_with(listener, rig, options)
    }

    /// The same with other options.
    pub(crate) fn public_with(listener: TcpListener, rig: Rig, options: HttpOptions) -> Self {
        let all = Served::Deployment(Arc::clone(&rig.deployment));
        let mut server = Self::on(listener, |it, stop| serve_http(it, all, options, stop));
        server.rig = Some(rig);
        server
    }

    /// Another server of the same deployment, as one more replica is.
    pub(crate) async fn beside(&self) -> Self {
        let deployment = Served::Deployment(Arc::clone(&self.rig().deployment));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public_url = format!("http://{}", self.address).parse().unwrap();
        let options = HttpOptions { public_url, single_user: false, ..HttpOptions::default() };
        Self::on(listener, |it, stop| serve_http(it, deployment, options, stop))
    }

    async fn start(served: Served, options: HttpOptions) -> Self {
        Self::serving(|listener, stop| serve_http(listener, served, options, stop)).await
    }

    /// Serves a Confluence of its own, and the tools of the conformance suite.
    #[cfg(feature = "conformance")]
    pub(crate) async fn with_fixtures() -> Self {
        let sandbox = confluence().await;
        let (calls, options) = (single_user(&sandbox), HttpOptions::default());
        let serve = |listener, stop| conformance::serve_http(listener, calls, options, stop);
        let mut server = Self::serving(serve).await;
        server.sandbox = Some(sandbox);
        server
    }

    async fn serving<F>(serve: impl FnOnce(TcpListener, CancellationToken) -> F) -> Self
    where
        F: Future<Output = Result<(), ServeError>> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), serve)
    }

    fn on<F>(listener: TcpListener, serve: impl FnOnce(TcpListener, CancellationToken) -> F) -> Self
    where
        F: Future<Output = Result<(), ServeError>> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serve(listener, shutdown.clone()));
        Self { address, shutdown, task, sandbox: None, rig: None }
    }

    /// The deployment that it serves.
    pub(crate) fn rig(&self) -> &Rig {
        self.rig.as_ref().expect("it serves a deployment")
    }

    /// Stops, and gives the deployment back.
    pub(crate) async fn into_rig(mut self) -> Rig {
        let rig = self.rig.take().expect("it serves a deployment");
        self.stopped().await;
        rig
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Tells the server to stop.
    pub(crate) fn begin_shutdown(&self) {
        self.shutdown.cancel();
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(mut self) {
        self.shutdown.cancel();
        (&mut self.task).await.unwrap().unwrap();
    }

    /// A request to the MCP endpoint as a good client makes it.
    pub(crate) fn post(&self, body: impl ToString) -> Request {
        let request = self.request("POST", "/mcp");
        Request { body: body.to_string().into_bytes(), ..request }
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        Request {
            address: self.address,
            line: format!("{method} {path} HTTP/1.1"),
            headers: vec![
                ("host".to_owned(), self.address.to_string()),
                ("connection".to_owned(), "close".to_owned()),
            ],
            body: Vec::new(),
        }
    }

    /// The `result` of a request of the era with `initialize`.
    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        let answer = self.post(request(method, params)).send().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let mut json = answer.json();
        assert!(json["result"].is_object(), "{json}");
        json["result"].take()
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.result("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// A request of the era without `initialize`.
    pub(crate) fn stateless(&self, method: &str, params: Value) -> Request {
        let name = params["name"].as_str().map(str::to_owned);
        let request = self
            .post(request(method, stateless_params(params)))
            .header("mcp-protocol-version", STATELESS)
            .header("mcp-method", method);
        match name {
            Some(name) => request.header("mcp-name", &name),
            None => request,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A JSON-RPC request with id 7.
pub(crate) fn request(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })
}

/// `params` that say what `initialize` said in the era before.
pub(crate) fn stateless_params(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    params
}

/// The `params` of `initialize`.
pub(crate) fn hello(version: &str) -> Value {
    json!({
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    })
}

/// The text of a tool's result.
#[track_caller]
pub(crate) fn text(result: &Value) -> &str {
    let content = result["content"].as_array().expect("a result has content");
    assert_eq!(content.len(), 1, "{result}");
    result["content"][0]["text"].as_str().expect("text")
}

/// An HTTP request, sent as it is.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) address: SocketAddr,
    line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes a header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(it, _)| it != name);
        self
    }

    /// Replaces a header.
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        self.without(name).header(name, value)
    }

    /// Goes to another path.
    pub(crate) fn to(mut self, path: &str) -> Self {
        let method = self.line.split(' ').next().unwrap();
        self.line = format!("{method} {path} HTTP/1.1");
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if !self.headers.iter().any(|(name, _)| name == "transfer-encoding") {
            head.extend(["content-length: ", &self.body.len().to_string(), "\r\n"]);
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }

    pub(crate) async fn send(&self) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // A server may answer and close before it has read everything.
        let _ = stream.write_all(&self.bytes()).await;
        Answer::read(&mut stream).await
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Reads until the server closes the connection.
    pub(crate) async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes).await;
        assert!(read.is_ok() || !bytes.is_empty(), "{read:?}");
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(it, _)| it.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The code of a JSON-RPC error.
    #[track_caller]
    pub(crate) fn code(&self) -> i64 {
        let json = self.json();
        assert_eq!(json["jsonrpc"], "2.0", "{json}");
        json["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {json}"))
    }
}

//! The client: endpoint in, typed response out.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{Stream, TryStreamExt, stream};
use http::{HeaderValue, Method, header};
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

use crate::{
    Answer, ApiErrorKind, Credentials, Endpoint, Error, List, Pacer, Page, Transport,
    TransportError,
    credentials::{Authorized, Rejected},
    endpoint,
    refusal::{self, Refusal},
    retry::{self, Failure},
};

/// Time that a call has by default, retries and waits included.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// A handle to one Confluence site, as one user.
///
/// Cloning is cheap and shares everything.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Arc<dyn Transport>,
    credentials: Arc<dyn Credentials>,
    pacer: Arc<Pacer>,
    timeout: Duration,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("credentials", &self.credentials)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a client with the default deadline and a rate limit of its own.
    pub fn new(transport: Arc<dyn Transport>, credentials: Arc<dyn Credentials>) -> Self {
        let pacer = Arc::new(Pacer::default());
        Self { inner: Arc::new(Inner { transport, credentials, pacer, timeout: DEFAULT_TIMEOUT }) }
    }

    /// The same client with another deadline per call.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        let inner = self.parts();
        Self { inner: Arc::new(Inner { timeout, ..inner }) }
    }

    /// The same client with a rate limit shared between clients.
    #[must_use]
    pub fn with_pacer(self, pacer: Arc<Pacer>) -> Self {
        let inner = self.parts();
        Self { inner: Arc::new(Inner { pacer, ..inner }) }
    }

    fn parts(&self) -> Inner {
        Inner {
            transport: Arc::clone(&self.inner.transport),
            credentials: Arc::clone(&self.inner.credentials),
            pacer: Arc::clone(&self.inner.pacer),
            timeout: self.inner.timeout,
        }
    }

    /// What each request is signed with.
    pub fn credentials(&self) -> &Arc<dyn Credentials> {
        &self.inner.credentials
    }

    /// Time that each call has.
    pub fn timeout(&self) -> Duration {
        self.inner.timeout
    }

    /// Sends `endpoint` and decodes the answer.
    ///
    /// # Errors
    ///
    /// See [`Error`]. A 404 is [`Error::Api`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use confluence_api::pages::GetPage;
    ///
    /// let page = client.send(&GetPage::new("98765".parse()?)).await?;
    /// println!("{}", page.title);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Response, Error> {
        let answer = self.json(endpoint).await?;
        decode(endpoint, &answer)
    }

    /// Sends `endpoint` and returns the answer as it came: JSON text that nobody has touched.
    ///
    /// # Errors
    ///
    /// See [`Error`]. The body is not looked at.
    pub async fn json<E: Endpoint>(&self, endpoint: &E) -> Result<Answer, Error> {
        let timeout = self.inner.timeout;
        let deadline = Instant::now() + timeout;
        let call = self.inner.call(endpoint, deadline);
        timeout_at(deadline, call).await.unwrap_or_else(|_elapsed| {
            Err(Error::Deadline { method: E::METHOD, path: endpoint.path(), timeout })
        })
    }

    /// Fetches one page of a list; the cursor may come from the body or from the `Link` header.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn page<E: List>(
        &self,
        endpoint: &E,
    ) -> Result<(Page<E::Item>, Option<String>), Error> {
        let answer = self.json(endpoint).await?;
        let page = decode(endpoint, &answer)?;
        let next = page.next_cursor().or_else(|| answer.link_cursor().map(str::to_owned));
        Ok((page, next))
    }

    /// Streams the entries of every page, first page first.
    ///
    /// An empty page does not end the stream: Confluence filters by permission after paging. A
    /// server that hands out the same cursor twice in a row does. One page is held at a time.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(client: confluence_api::Client) -> Result<(), confluence_api::Error> {
    /// use confluence_api::spaces::ListSpaces;
    /// use futures::TryStreamExt;
    ///
    /// let mut spaces = std::pin::pin!(client.stream(ListSpaces::default()));
    /// while let Some(space) = spaces.try_next().await? {
    ///     println!("{} {}", space.key, space.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream<E: List>(
        &self,
        endpoint: E,
    ) -> impl Stream<Item = Result<E::Item, Error>> + Send + use<E> {
        let client = self.clone();
        let start = Some((endpoint, None::<String>));
        stream::try_unfold(start, move |next| {
            let client = client.clone();
            async move {
                let Some((mut endpoint, asked)) = next else { return Ok(None) };
                let (page, next) = client.page(&endpoint).await?;
                let next = next.filter(|next| asked.as_ref() != Some(next)).map(|next| {
                    endpoint.set_cursor(next.clone());
                    (endpoint, Some(next))
                });
                let items = stream::iter(page.results.into_iter().map(Ok));
                Ok(Some((items, next)))
            }
        })
        .try_flatten()
    }
}

fn decode<E: Endpoint>(endpoint: &E, answer: &Answer) -> Result<E::Response, Error> {
    answer.decode().map_err(|source| Error::Decode {
        method: E::METHOD,
        path: endpoint.path(),
        source,
    })
}

/// Sends `endpoint` once, without retries: for whoever implements [`Credentials`].
///
/// # Errors
///
/// See [`Error`].
pub async fn send_once<E: Endpoint>(
    transport: &dyn Transport,
    root: &Url,
    authorization: Option<&HeaderValue>,
    endpoint: &E,
) -> Result<E::Response, Error> {
    let request = build(root, authorization, endpoint)?;
    let response = transport
        .send(request)
        .await
        .map_err(|source| Error::Transport { method: E::METHOD, source })?;
    let answer =
        refusal::check(E::METHOD, endpoint.path(), response).map_err(|it| Error::Api(it.error))?;
    decode(endpoint, &answer)
}

fn build<E: Endpoint>(
    root: &Url,
    authorization: Option<&HeaderValue>,
    endpoint: &E,
) -> Result<http::Request<Bytes>, Error> {
    let mut request = endpoint::request(root, endpoint).map_err(|error| Error::InvalidRequest {
        reason: format!("the arguments make no request that can be sent: {error}"),
    })?;
    if let Some(authorization) = authorization {
        let mut header = authorization.clone();
        header.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, header);
    }
    Ok(request)
}

impl Inner {
    async fn call<E: Endpoint>(&self, endpoint: &E, deadline: Instant) -> Result<Answer, Error> {
        let mut authorized = self.credentials.authorized().await.map_err(Error::Credentials)?;
        let mut renewed = false;
        let mut attempt = 1;
        loop {
            self.wait_for_turn(endpoint, deadline).await?;
            let request = build(&authorized.root, Some(&authorized.header), endpoint)?;
            let outcome = match self.transport.send(request).await {
                Ok(response) => refusal::check(E::METHOD, endpoint.path(), response),
                Err(source) => {
                    self.after_fault::<E>(source, attempt, deadline).await?;
                    attempt += 1;
                    continue;
                }
            };
            let now = Instant::now();
            let refused = match outcome {
                Ok(answer) => {
                    self.pacer.observe(answer.rate_limit.as_ref(), now);
                    return Ok(answer);
                }
                Err(refused) => refused,
            };
            self.pacer.observe(refused.error.rate_limit.as_ref(), now);
            // A second 401 says all; a disguised refusal has to be recognized the second time, too.
            let final_word = renewed && refused.error.kind == ApiErrorKind::Unauthorized;
            if refused.suspect.is_some() && !final_word {
                authorized = self.renew(authorized, refused, renewed).await?;
                renewed = true;
                continue;
            }
            self.after_refusal(refused.error, attempt, deadline).await?;
            attempt += 1;
        }
    }

    /// Waits until the rate limit allows a request, unless that is after the deadline.
    async fn wait_for_turn<E: Endpoint>(
        &self,
        endpoint: &E,
        deadline: Instant,
    ) -> Result<(), Error> {
        let now = Instant::now();
        match self.pacer.reserve(now, deadline) {
            Ok(start) if start <= now => Ok(()),
            Ok(start) => {
                sleep_until(start).await;
                Ok(())
            }
            Err(wait) => {
                Err(Error::Api(Box::new(refusal::throttled(E::METHOD, endpoint.path(), wait))))
            }
        }
    }

    /// Asks the credentials what a suspicious refusal means; `Ok` if it is worth another attempt,
    /// which it is once.
    async fn renew(
        &self,
        used: Authorized,
        refused: Refusal,
        renewed: bool,
    ) -> Result<Authorized, Error> {
        let Refusal { mut error, suspect } = refused;
        let Some(suspect) = suspect else { return Err(Error::Api(error)) };
        match self.credentials.rejected(&used, suspect).await {
            Rejected::Retry if !renewed => {
                self.credentials.authorized().await.map_err(Error::Credentials)
            }
            Rejected::Dead => {
                error.kind = ApiErrorKind::Unauthorized;
                Err(Error::Api(error))
            }
            Rejected::Retry | Rejected::Unrelated => Err(Error::Api(error)),
        }
    }

    async fn after_refusal(
        &self,
        error: Box<crate::ApiError>,
        attempt: u32,
        deadline: Instant,
    ) -> Result<(), Error> {
        let now = Instant::now();
        if error.kind == ApiErrorKind::RateLimited
            && let Some(wait) = error.retry_after
        {
            // Whoever shares the quota waits, too.
            self.pacer.pause(wait, now);
        }
        let failure = Failure::Answer(error.status, error.retry_after);
        match retry::pause(&error.method, failure, attempt, fastrand::f64()) {
            Some(pause) if now + pause < deadline => {
                log_retry(&error.method, &error.path, attempt, pause);
                sleep_until(now + pause).await;
                Ok(())
            }
            _ => Err(Error::Api(error)),
        }
    }

    async fn after_fault<E: Endpoint>(
        &self,
        source: TransportError,
        attempt: u32,
        deadline: Instant,
    ) -> Result<(), Error> {
        let now = Instant::now();
        let failure = Failure::Transport(source.kind);
        match retry::pause(&E::METHOD, failure, attempt, fastrand::f64()) {
            Some(pause) if now + pause < deadline => {
                log_retry(&E::METHOD, &source.host, attempt, pause);
                sleep_until(now + pause).await;
                Ok(())
            }
            _ => Err(Error::Transport { method: E::METHOD, source }),
        }
    }
}

fn log_retry(method: &Method, target: &str, attempt: u32, pause: Duration) {
    let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(%method, target, attempt, pause_ms, "request failed, will be repeated");
}

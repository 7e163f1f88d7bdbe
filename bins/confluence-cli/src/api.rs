//! Any request to the site: the way out when no operation fits.

use bytes::Bytes;
use confluence_api::{Answer, Client, Endpoint, Error, Query, scope::Scope};
use serde_json::Value;

use crate::{
    call,
    config::{ApiArguments, Config, Method},
    confirm, dry_run,
    exit::Exit,
    failed::Failed,
    input,
    output::Output,
};

/// A request to the configured site.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Bytes>,
}

/// Why a path is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPath {
    /// It may be another host, or another product.
    #[error("the path has to start with `/wiki/`: what stands before it comes from the settings")]
    Start,
    /// It leaves `/wiki/`, or could be read so.
    #[error("a path with `.` or `..`, an empty part, or an escaped `.`, `/` or `\\` is refused")]
    Segment,
    /// It has characters that no path has.
    #[error("a path with spaces, control characters, `\\` or `#` is refused: escape them as `%20`")]
    Character,
}

/// Sends the request of the command line.
pub(crate) async fn send(config: &Config, arguments: &ApiArguments) -> Result<(), Failed> {
    let request = Request::read(arguments)?;
    let writes = arguments.method != Method::Get;
    if writes && config.read_only {
        let reason = "this is a write, and --read-only (CONFLUENCE_READ_ONLY) is set";
        return Err(Failed::new(Exit::Forbidden, reason));
    }
    let mut output = Output::open();
    let asks = arguments.method == Method::Delete && !arguments.yes;
    if arguments.dry_run || asks {
        let (client, catcher) = dry_run::client();
        let sent = request.send(&client).await;
        let Some(caught) = catcher.take() else {
            return sent.map(drop).map_err(|error| Failed::from(&error));
        };
        if arguments.dry_run {
            return Ok(output.text(&caught.shown(config.format))?);
        }
        confirm::ask(&caught.line())?;
    }
    let connection = call::connect(config).await?;
    let answer = request.send(&connection.client).await;
    connection.settled().await;
    let answer = answer.map_err(|error| Failed::from(&error))?;
    Ok(output.json(answer.body())?)
}

impl Request {
    fn read(arguments: &ApiArguments) -> Result<Self, Failed> {
        let ApiArguments { method, path, fields, input, .. } = arguments;
        let (path, in_path) = path.split_once('?').unwrap_or((path, ""));
        check(path).map_err(|error| Failed::usage(error.to_string()))?;
        let mut query: Vec<(String, String)> =
            url::form_urlencoded::parse(in_path.as_bytes()).into_owned().collect();
        for field in fields {
            let Some((name, value)) = field.split_once('=') else {
                return Err(Failed::usage("--field has to be `name=value`"));
            };
            query.push((name.to_owned(), value.to_owned()));
        }
        let body = match input {
            None => None,
            Some(_) if *method == Method::Get => {
                return Err(Failed::usage("a GET has no body: leave --input out"));
            }
            Some(path) => {
                let bytes = input::read(path, "--input")?;
                if let Err(error) = serde_json::from_slice::<Value>(&bytes) {
                    return Err(Failed::usage(format!("--input is no JSON: {error}")));
                }
                Some(Bytes::from(bytes))
            }
        };
        Ok(Self { method: *method, path: path.to_owned(), query, body })
    }

    /// Sends it, with the client's credentials and by its rules: no redirect is followed.
    pub(crate) async fn send(&self, client: &Client) -> Result<Answer, Error> {
        match self.method {
            Method::Get => client.json(&With::<Get>::of(self)).await,
            Method::Post => client.json(&With::<Post>::of(self)).await,
            Method::Put => client.json(&With::<Put>::of(self)).await,
            Method::Patch => client.json(&With::<Patch>::of(self)).await,
            Method::Delete => client.json(&With::<Delete>::of(self)).await,
        }
    }
}

/// Whether a path stays below `/wiki/` whoever reads it.
fn check(path: &str) -> Result<(), InvalidPath> {
    let Some(below) = path.strip_prefix("/wiki/") else { return Err(InvalidPath::Start) };
    let unusual = |it: char| it.is_control() || it.is_whitespace() || matches!(it, '\\' | '#');
    if path.contains(unusual) {
        return Err(InvalidPath::Character);
    }
    let lower = below.to_ascii_lowercase();
    let escaped = ["%2e", "%2f", "%5c", "%25"].iter().any(|it| lower.contains(it));
    let segments = || below.split('/');
    let dots = segments().any(|it| matches!(it, "." | ".."));
    let last = segments().count() - 1;
    let empty = segments().enumerate().any(|(at, it)| it.is_empty() && at != last);
    // `;` begins parameters of a segment, which some servers cut off before they look at dots.
    let dotted = segments().any(|it| it.starts_with('.') && it.contains(';'));
    if escaped || dots || empty || dotted { Err(InvalidPath::Segment) } else { Ok(()) }
}

/// A request as an endpoint, whose method is part of its type.
struct With<'a, M> {
    request: &'a Request,
    method: std::marker::PhantomData<M>,
}

impl<'a, M> With<'a, M> {
    fn of(request: &'a Request) -> Self {
        Self { request, method: std::marker::PhantomData }
    }
}

/// A method as a type.
trait HttpMethod: Send + Sync {
    const METHOD: http::Method;
}

macro_rules! methods {
    ($($name:ident = $method:ident,)+) => {
        $(
            struct $name;

            impl HttpMethod for $name {
                const METHOD: http::Method = http::Method::$method;
            }
        )+
    };
}

methods! {
    Get = GET,
    Post = POST,
    Put = PUT,
    Patch = PATCH,
    Delete = DELETE,
}

impl<M: HttpMethod> Endpoint for With<'_, M> {
    type Response = Value;
    const METHOD: http::Method = M::METHOD;
    const SCOPES: &'static [Scope] = &[];

    fn path(&self) -> String {
        self.request.path.clone()
    }

    fn query(&self, query: &mut Query) {
        for (name, value) in &self.request.query {
            query.push(name.clone(), value.clone());
        }
    }

    fn body(&self) -> Result<Option<Bytes>, serde_json::Error> {
        Ok(self.request.body.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidPath, check};

    #[test]
    fn paths_that_leave_the_wiki_are_refused() {
        for path in [
            "",
            "/",
            "/wiki",
            "wiki/api/v2/pages",
            "//evil.example/wiki/",
            "https://evil.example/wiki/x",
            "@evil.example/wiki/",
            "/rest/api/3/issue",
            "/Wiki/x",
        ] {
            assert_eq!(check(path), Err(InvalidPath::Start), "{path}");
        }
        for path in [
            "/wiki/..",
            "/wiki/../rest",
            "/wiki/./x",
            "/wiki/a/../../x",
            "/wiki/%2e%2e/x",
            "/wiki/%2E./x",
            "/wiki/a%2fb",
            "/wiki/a%5Cb",
            "/wiki/%252e%252e/x",
            "/wiki//evil.example",
            "/wiki/..;/x",
        ] {
            assert_eq!(check(path), Err(InvalidPath::Segment), "{path}");
        }
        for path in ["/wiki/\\..\\x", "/wiki/a b", "/wiki/a\r\nHost: x", "/wiki/a#b", "/wiki/\u{1}"]
        {
            assert_eq!(check(path), Err(InvalidPath::Character), "{path:?}");
        }
    }

    #[test]
    fn other_paths_pass() {
        for path in ["/wiki/api/v2/pages/", "/wiki/rest/api/search", "/wiki/a.b/~c/%20d", "/wiki/é"]
        {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }
}

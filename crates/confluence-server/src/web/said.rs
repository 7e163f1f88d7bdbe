//! What a request's headers say about its caller, and ask to leave out.

use confluence_connector::{Asserted, Policy};
use http::HeaderMap;

/// The agent, as its platform calls it.
const AGENT: &str = "agent-id";

/// The user, for instructions.
const USER: &str = "user-id";

/// Asks for reading only.
const READ_ONLY: &str = "x-confluence-read-only";

/// Asks for some tools only.
const TOOLS: &str = "x-confluence-tools";

/// Who calls, according to the headers of a call from an agent.
pub(crate) fn asserted(headers: &HeaderMap) -> Asserted {
    Asserted { agent_header: text(headers, AGENT), ..Asserted::default() }
}

/// On whose behalf an instruction is called, according to the headers.
pub(crate) fn asserted_user(headers: &HeaderMap) -> Asserted {
    Asserted { user_header: text(headers, USER), ..Asserted::default() }
}

/// What is to be left out. It can only make less possible, so that several headers, and such as
/// cannot be read, count as well.
pub(crate) fn limits(headers: &HeaderMap) -> Policy {
    let all = |name| {
        let values = headers.get_all(name).iter().map(|it| String::from_utf8_lossy(it.as_bytes()));
        values.collect::<Vec<_>>()
    };
    let (read_only, tools) = (all(READ_ONLY), all(TOOLS));
    if read_only.is_empty() && tools.is_empty() {
        return Policy::default();
    }
    let read_only = read_only.iter().map(|it| Policy::of_headers(Some(it), None));
    let tools = (!tools.is_empty()).then(|| tools.join(","));
    let start = Policy::of_headers(None, tools.as_deref());
    read_only.fold(start, |limits, it| limits.narrowed(&it))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use confluence_connector::Policy;
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::limits;

    fn of(headers: &[(&'static str, &[u8])]) -> Policy {
        let entry = |(name, value): &(&'static str, &[u8])| {
            (HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap())
        };
        limits(&headers.iter().map(entry).collect::<HeaderMap>())
    }

    fn allowed(policy: &Policy) -> Vec<String> {
        let allowed = policy.actions.allowed.as_ref().expect("limited");
        allowed.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_second_header_opens_nothing_again() {
        let name = "x-confluence-read-only";
        assert!(of(&[(name, b"true"), (name, b"false")]).read_only);
        assert!(of(&[(name, b"false"), (name, b"true")]).read_only);
        assert!(of(&[(name, b"\xff")]).read_only, "what cannot be read is no `false`");
        assert!(!of(&[(name, b"false")]).read_only);
    }

    #[test]
    fn a_list_of_tools_that_cannot_be_read_opens_nothing() {
        let name = "x-confluence-tools";
        assert_eq!(allowed(&of(&[(name, b"\xff")])), [""; 0]);
        let two = of(&[(name, b"pages.get"), (name, b"getSpace")]);
        assert_eq!(allowed(&two), ["getPage", "getSpace"]);
    }

    #[test]
    fn without_headers_nothing_is_left_out() {
        assert_eq!(of(&[]), Policy::default());
    }
}

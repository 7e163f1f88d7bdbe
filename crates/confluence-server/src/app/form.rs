//! What forms send, and what addresses of the app name.

use confluence_connector::{InstanceKey, InstanceName, WorkspaceSlug};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

/// More fields than any of our forms has.
const MAX_FIELDS: usize = 200;

/// The fields of a form. All are kept as secrets, since some are.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, SecretString)>);

/// The body is no form of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoForm;

impl Form {
    pub(super) fn parse(body: &[u8]) -> Result<Self, NoForm> {
        let mut fields = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if fields.len() == MAX_FIELDS {
                return Err(NoForm);
            }
            fields.push((name.into_owned(), SecretString::from(value.trim())));
        }
        Ok(Self(fields))
    }

    /// The one field of that name; `None` if there are several, or it is empty.
    pub(super) fn secret(&self, name: &str) -> Option<&SecretString> {
        let mut named = self.0.iter().filter(|(it, _)| it == name).map(|(_, value)| value);
        let first = named.next().filter(|it| !it.expose_secret().is_empty());
        if named.next().is_some() { None } else { first }
    }

    /// The same as text, for fields that are no secret.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.secret(name).map(ExposeSecret::expose_secret)
    }

    /// Whether a box is ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// All fields of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(it, _)| it == name).map(|(_, value)| value.expose_secret())
    }
}

/// What the query of an address says.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    /// `Err` for what cannot be the name of an instance.
    pub(super) instance: Option<Result<InstanceKey, NotAnInstance>>,
    /// Whether it names the instance, not only the workspace.
    pub(super) names_instance: bool,
    /// Part of an agent's id that is looked for.
    pub(super) search: Option<String>,
    /// An agent's id.
    pub(super) agent: Option<String>,
    /// Where to go on in the log.
    pub(super) after: Option<u64>,
    /// Where to go on in the list of connections, or of workspaces.
    pub(super) from: Option<String>,
    /// What was done just now: a code.
    pub(super) done: Option<String>,
}

/// The names cannot be those of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAnInstance;

impl Query {
    pub(super) fn parse(query: Option<&str>) -> Self {
        let find = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
            let found = pairs.find(|(it, _)| it == name).map(|(_, value)| value.trim().to_owned());
            found.filter(|it| !it.is_empty())
        };
        let instance = find("workspaceSlug").map(|slug| {
            let name = find("appInstance").unwrap_or_else(|| InstanceName::DEFAULT.to_owned());
            let workspace: WorkspaceSlug = slug.parse().map_err(|_invalid| NotAnInstance)?;
            let name = name.parse().map_err(|_invalid| NotAnInstance)?;
            Ok(InstanceKey { workspace, name })
        });
        Self {
            instance,
            names_instance: find("appInstance").is_some(),
            search: find("search"),
            agent: find("agent"),
            after: find("after").and_then(|it| it.parse().ok()),
            from: find("from"),
            done: find("done"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, NoForm, NotAnInstance, Query};

    #[test]
    fn a_field_that_comes_twice_is_none() {
        let form = Form::parse(b"a=1&b=2&b=3&c=&d=+x+").unwrap();
        assert_eq!(form.text("a"), Some("1"));
        assert_eq!(form.text("b"), None);
        assert_eq!(form.text("c"), None);
        assert_eq!(form.text("d"), Some("x"));
        assert_eq!(form.all("b").collect::<Vec<_>>(), ["2", "3"]);
    }

    #[test]
    fn a_form_without_end_is_refused() {
        let body = "a=1&".repeat(5_000);
        assert_eq!(Form::parse(body.as_bytes()).unwrap_err(), NoForm);
    }

    #[test]
    fn what_was_typed_is_in_no_debug_text() {
        let form = Form::parse(b"token=planted-secret").unwrap();
        assert!(!format!("{form:?}").contains("planted"));
    }

    #[test]
    fn an_address_names_an_instance_or_nothing() {
        let instance =
            |query: &str| Query::parse(Some(query)).instance.map(|it| it.map(|it| it.to_string()));
        assert_eq!(instance("workspaceSlug=acme"), Some(Ok("acme/ConfluenceNext".to_owned())));
        let second = "workspaceSlug=acme&appInstance=Second";
        assert_eq!(instance(second), Some(Ok("acme/Second".to_owned())));
        assert_eq!(instance("workspaceSlug=..%2F&appInstance=x"), Some(Err(NotAnInstance)));
        assert_eq!(instance("appInstance=Second"), None);
        assert_eq!(instance(""), None);
    }
}

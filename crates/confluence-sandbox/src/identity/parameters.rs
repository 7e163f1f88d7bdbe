//! Parameters of a request to the identity service, from a query, a form or a JSON object.

use serde_json::Value;
use url::form_urlencoded;

/// Parameters whose values may be remembered and shown.
const HARMLESS: [&str; 8] =
    ["grant_type", "client_id", "redirect_uri", "audience", "scope", "account", "site", "decision"];

/// Names and values, in the order they came.
#[derive(Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn of_query(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The parameters in a body, none if it is of another type or cannot be read.
    pub(crate) fn of_body(content_type: &str, body: &[u8]) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Self(form_urlencoded::parse(body).into_owned().collect());
        }
        if !essence.eq_ignore_ascii_case("application/json") {
            return Self::default();
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let text = |value| if let Value::String(text) = value { Some(text) } else { None };
        Self(object.into_iter().filter_map(|(name, it)| Some((name, text(it)?))).collect())
    }

    /// The value under that name.
    ///
    /// Empty and repeated ones count as missing: RFC 6749, section 3.1, allows neither, and two
    /// readers of one request might otherwise take different values.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let mut values = self.all(name);
        let value = values.next().filter(|it| !it.is_empty())?;
        values.next().is_none().then_some(value)
    }

    pub(crate) fn all<'a, 'b>(
        &'a self,
        name: &'b str,
    ) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        self.0.iter().filter(move |(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// The parameters as a query, secrets left out.
    pub(crate) fn redacted(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.0 {
            let harmless = HARMLESS.contains(&name.as_str());
            query.append_pair(name, if harmless { value } else { "redacted" });
        }
        query.finish()
    }
}

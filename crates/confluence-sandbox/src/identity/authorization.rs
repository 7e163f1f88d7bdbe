//! What an application asks for on the authorize page, checked.

use std::collections::BTreeMap;

use url::form_urlencoded;

use super::{client::OAuthClient, parameters::Parameters, secret::Challenge};

/// An application's request that a person can decide on.
#[derive(Clone)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client_id: String,
    pub(crate) client_name: String,
    pub(crate) callback_url: String,
    pub(crate) scopes: Vec<String>,
    pub(super) state: Option<String>,
    pub(super) challenge: Option<Challenge>,
}

/// Why there is nothing to decide on.
pub(crate) enum NotAuthorizable {
    /// Told to the person: the application's address is not known to be its own.
    Page {
        /// Code of the error, as in RFC 6749.
        error: &'static str,
        /// What is wrong.
        description: String,
    },
    /// Told to the application, at its registered callback URL with these parameters.
    Callback(String),
}

impl AuthorizationRequest {
    /// Checks the parameters in an order that keeps secrets from whoever made them up: nothing is
    /// sent to an address before that is known to be registered.
    pub(super) fn read(
        parameters: &Parameters,
        clients: &BTreeMap<String, OAuthClient>,
    ) -> Result<Self, NotAuthorizable> {
        let client = parameters
            .one("client_id")
            .and_then(|it| clients.get(it))
            .ok_or_else(|| page("unauthorized_client", "Unknown client"))?;
        if parameters.one("redirect_uri") != Some(&client.callback_url) {
            return Err(page("unauthorized_client", "Callback URL mismatch"));
        }
        for (name, value) in [("audience", "api.atlassian.com"), ("prompt", "consent")] {
            match parameters.one(name) {
                Some(it) if it == value => {}
                Some(_) => {
                    let description = format!("Parameter {name} has to be {value}");
                    return Err(NotAuthorizable::Page { error: "invalid_request", description });
                }
                None => {
                    let description = format!("Missing required parameter: {name}");
                    return Err(NotAuthorizable::Page { error: "invalid_request", description });
                }
            }
        }
        let state = parameters.one("state").map(str::to_owned);
        let refused = |error, description: &str| {
            let location =
                error_callback(&client.callback_url, state.as_deref(), error, description);
            NotAuthorizable::Callback(location)
        };
        if parameters.one("response_type") != Some("code") {
            return Err(refused("unsupported_response_type", "Only code is supported"));
        }
        let scopes: Vec<String> = parameters
            .one("scope")
            .unwrap_or_default()
            .split_ascii_whitespace()
            .map(str::to_owned)
            .collect();
        if scopes.is_empty() {
            return Err(refused("invalid_scope", "No scope was asked for"));
        }
        if !scopes.iter().all(|it| client.scopes.contains(it)) {
            return Err(refused("invalid_scope", "The app does not have a scope that it asks for"));
        }
        let challenge = match (
            parameters.one("code_challenge"),
            parameters.one("code_challenge_method").unwrap_or("plain"),
        ) {
            (None, _) => None,
            (Some(it), "S256") => Some(Challenge::S256(it.to_owned())),
            (Some(it), "plain") => Some(Challenge::Plain(it.to_owned())),
            (Some(_), _) => {
                return Err(refused("invalid_request", "Unknown code_challenge_method"));
            }
        };
        Ok(Self {
            client_id: client.id.clone(),
            client_name: client.name.clone(),
            callback_url: client.callback_url.clone(),
            scopes,
            state,
            challenge,
        })
    }

    /// The callback that brings the application its code.
    pub(super) fn granted(&self, code: &str) -> String {
        callback(&self.callback_url, &[("code", code)], self.state.as_deref())
    }

    /// The callback that tells the application of a refusal.
    pub(super) fn denied(&self) -> String {
        let description = "User did not authorize the request";
        error_callback(&self.callback_url, self.state.as_deref(), "access_denied", description)
    }
}

fn page(error: &'static str, description: &str) -> NotAuthorizable {
    NotAuthorizable::Page { error, description: description.to_owned() }
}

fn error_callback(url: &str, state: Option<&str>, error: &str, description: &str) -> String {
    callback(url, &[("error", error), ("error_description", description)], state)
}

fn callback(url: &str, parameters: &[(&str, &str)], state: Option<&str>) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .extend_pairs(state.map(|it| ("state", it)))
        .finish();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{query}")
}

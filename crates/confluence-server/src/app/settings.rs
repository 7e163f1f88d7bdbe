//! The settings of an instance's sign-in as a form: fields of each mode, what is typed, what is wrong.

use std::{fmt::Display, str::FromStr};

use confluence_auth::AuthMode;
use confluence_connector::{AuthChange, SecretChange, ShownSettings};

use super::{
    form::Form,
    scopes::{Choice, ScopesView},
};

/// Longest text that a field takes; secrets are longer than names.
const MAX_TEXT: usize = 4_096;

/// A way to sign in, with what a person has to know of it.
struct Mode {
    of: AuthMode,
    title: &'static str,
    text: &'static str,
    steps: &'static [&'static str],
    fields: &'static [FieldOf],
}

/// A field of a mode. Its name is that of the mode and its own, since forms send all of them.
struct FieldOf {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: &'static str,
    optional: bool,
}

const fn field(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: &'static str,
    optional: bool,
) -> FieldOf {
    FieldOf { name, label, hint, kind, optional }
}

const SITE: &str = "acme, acme.atlassian.net, or the address of any page of the site.";
const SITE_OF_USERS: &str =
    "Only this site is used. Without it, each user’s first Confluence site is.";

const MODES: [Mode; 4] = [
    Mode {
        of: AuthMode::OAuthCentral,
        title: "Sign-in with the platform’s app",
        text: "Each user signs in to Atlassian once. Nothing to register.",
        steps: &[
            "Calls act as the user who asked, with that user’s permissions. The Atlassian app is the one that the maintainers of this connector have set.",
        ],
        fields: &[field("oauthCentral.site", "Site", SITE_OF_USERS, "text", true)],
    },
    Mode {
        of: AuthMode::OAuth,
        title: "Sign-in with your own app",
        text: "Each user signs in once, with an app of your organization.",
        steps: &[
            "At developer.atlassian.com, create an OAuth 2.0 (3LO) app, add the Confluence API with the scopes below, and register the callback URL. Then enter its client id and secret.",
        ],
        fields: &[
            field("oauth.clientId", "Client id", "Of the app’s settings.", "text", false),
            field(
                "oauth.clientSecret",
                "Client secret",
                "Never shown again. A new client id needs its own.",
                "password",
                false,
            ),
            field("oauth.site", "Site", SITE_OF_USERS, "text", true),
        ],
    },
    Mode {
        of: AuthMode::ApiToken,
        title: "One account for all",
        text: "Every agent acts as one account, by its API token.",
        steps: &[
            "Make a token at id.atlassian.com → Security → API tokens, best for an account that is used for nothing else. Whoever may call sees what that account sees.",
        ],
        fields: &[
            field("apiToken.email", "Account’s e-mail", "Of the account.", "email", false),
            field(
                "apiToken.token",
                "API token",
                "Never shown again. Another account or site needs its own.",
                "password",
                false,
            ),
            field("apiToken.site", "Site", SITE, "text", false),
            field(
                "apiToken.cloudId",
                "Cloud id",
                "For scoped tokens and service accounts, if it is not found by itself.",
                "text",
                true,
            ),
        ],
    },
    Mode {
        of: AuthMode::AccessToken,
        title: "An access token that you renew",
        text: "For automations that get a token elsewhere.",
        steps: &[
            "The token is used as it is. When it has expired, calls fail until you save another one.",
        ],
        fields: &[
            field(
                "accessToken.token",
                "Access token",
                "Never shown again. Another site needs its own.",
                "password",
                false,
            ),
            field("accessToken.cloudId", "Cloud id", "Wins over the site.", "text", true),
            field("accessToken.site", "Site", SITE, "text", true),
        ],
    },
];

/// A mode, as the page shows it.
#[derive(Debug)]
pub(super) struct ModeView {
    pub(super) value: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) steps: &'static [&'static str],
    pub(super) fields: Vec<Field>,
    pub(super) selected: bool,
}

/// A field, as a page shows it.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) kind: &'static str,
    pub(super) optional: bool,
    /// Never a secret.
    pub(super) value: String,
    /// For secrets: whether one is set.
    pub(super) secret_is_set: Option<bool>,
    pub(super) error: Option<String>,
}

impl Field {
    /// Its id in the page.
    pub(super) fn id(&self) -> String {
        self.name.replace('.', "-")
    }

    /// Whether there is something that an empty field leaves as it is.
    pub(super) fn is_kept(&self) -> bool {
        self.secret_is_set == Some(true)
    }

    /// Whether it can be taken away alone.
    pub(super) fn is_removable(&self) -> bool {
        self.is_kept() && self.name.contains('.')
    }
}

/// What is wrong with a field.
pub(super) type FieldError = (&'static str, String);

/// What is typed, or stored, with what is wrong with it.
#[derive(Debug)]
pub(super) struct Typed {
    mode: AuthMode,
    values: Vec<(&'static str, String)>,
    secret_is_set: bool,
    scopes: Choice,
    errors: Vec<FieldError>,
}

impl Typed {
    /// What is stored.
    pub(super) fn stored(shown: &ShownSettings) -> Self {
        let mode = shown.mode;
        let values = fields(mode).filter_map(|field| {
            let (_, own) = field.name.split_once('.')?;
            let value = match own {
                "site" => &shown.site,
                "clientId" => &shown.client_id,
                "email" => &shown.email,
                "cloudId" => &shown.cloud_id,
                _ => return None,
            };
            Some((field.name, value.clone()?))
        });
        let scopes = shown.scopes.as_ref().and_then(|it| it.parse().ok());
        Self {
            mode,
            values: values.collect(),
            secret_is_set: shown.secret_is_set,
            scopes: Choice::of(scopes.as_ref()),
            errors: Vec::new(),
        }
    }

    /// What a form says, where `shown` is stored; without secrets, which are not shown again.
    pub(super) fn form(form: &Form, shown: &ShownSettings, errors: Vec<FieldError>) -> Self {
        let mode = mode(form).unwrap_or(shown.mode);
        let values = MODES.iter().flat_map(|it| it.fields).filter(|it| it.kind != "password");
        let values = values
            .filter_map(|field| Some((field.name, form.text(field.name)?.to_owned())))
            .collect();
        let secret_is_set = shown.secret_is_set && mode == shown.mode;
        Self { mode, values, secret_is_set, scopes: Choice::typed(form), errors }
    }

    pub(super) fn modes(&self) -> Vec<ModeView> {
        let view = |it: &Mode| ModeView {
            value: it.of.as_str(),
            title: it.title,
            text: it.text,
            steps: it.steps,
            fields: it.fields.iter().map(|field| self.field(it.of, field)).collect(),
            selected: it.of == self.mode,
        };
        MODES.iter().map(view).collect()
    }

    fn field(&self, mode: AuthMode, of: &FieldOf) -> Field {
        let FieldOf { name, label, hint, kind, optional } = *of;
        let value = self.values.iter().find(|(it, _)| *it == name).map(|(_, value)| value.clone());
        let secret_is_set = (kind == "password").then_some(mode == self.mode && self.secret_is_set);
        let error = self.errors.iter().find(|(it, _)| *it == name).map(|(_, text)| text.clone());
        let value = value.unwrap_or_default();
        Field { name, label, hint, kind, optional, value, secret_is_set, error }
    }

    pub(super) fn scopes(&self) -> ScopesView {
        let error = self.errors.iter().find(|(it, _)| *it == "scopes");
        let error = error.map(|(_, text)| text.clone());
        self.scopes.view("Those of the central client", error)
    }
}

fn fields(mode: AuthMode) -> impl Iterator<Item = &'static FieldOf> {
    MODES.iter().filter(move |it| it.of == mode).flat_map(|it| it.fields)
}

fn mode(form: &Form) -> Option<AuthMode> {
    form.text("mode")?.parse().ok()
}

/// What a form wants to be stored.
pub(super) fn change(form: &Form) -> Result<AuthChange, Vec<FieldError>> {
    let Some(mode) = mode(form) else { return Err(vec![("mode", "Choose a method.".to_owned())]) };
    let mut errors = Vec::new();
    let mut reading = Reading { form, errors: &mut errors };
    let change = match mode {
        AuthMode::OAuthCentral => AuthChange::OAuthCentral {
            scopes: reading.scopes(),
            site: reading.parsed("oauthCentral.site"),
        },
        AuthMode::OAuth => AuthChange::OAuth {
            client_id: reading.text("oauth.clientId"),
            client_secret: reading.secret("oauth.clientSecret"),
            scopes: reading.scopes(),
            site: reading.parsed("oauth.site"),
        },
        AuthMode::ApiToken => AuthChange::ApiToken {
            email: reading.text("apiToken.email"),
            token: reading.secret("apiToken.token"),
            site: reading.parsed("apiToken.site"),
            cloud_id: reading.parsed("apiToken.cloudId"),
        },
        AuthMode::AccessToken => AuthChange::AccessToken {
            token: reading.secret("accessToken.token"),
            cloud_id: reading.parsed("accessToken.cloudId"),
            site: reading.parsed("accessToken.site"),
        },
    };
    if errors.is_empty() { Ok(change) } else { Err(errors) }
}

/// Reads fields, and notes what is wrong with them.
pub(super) struct Reading<'a> {
    pub(super) form: &'a Form,
    pub(super) errors: &'a mut Vec<FieldError>,
}

impl Reading<'_> {
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        let text = self.form.text(name)?;
        if text.len() > MAX_TEXT || text.contains(char::is_control) {
            self.errors
                .push((name, "This is too long, or has characters that nobody sees.".into()));
            return None;
        }
        Some(text.to_owned())
    }

    fn parsed<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name)?;
        text.parse().map_err(|error: T::Err| self.errors.push((name, sentence(&error)))).ok()
    }

    pub(super) fn secret(&mut self, name: &'static str) -> SecretChange {
        if self.form.is_ticked(&format!("{name}.clear")) {
            return SecretChange::Clear;
        }
        let Some(secret) = self.form.secret(name) else { return SecretChange::Keep };
        let text = secrecy::ExposeSecret::expose_secret(secret);
        if text.len() > MAX_TEXT || !text.bytes().all(|it| it.is_ascii_graphic()) {
            let told = "This is no secret of Atlassian’s: it has a space, or another character that none has.";
            self.errors.push((name, told.to_owned()));
            return SecretChange::Keep;
        }
        SecretChange::Set(secret.clone())
    }

    pub(super) fn scopes(&mut self) -> Option<confluence_auth::scopes::Scopes> {
        let scopes = Choice::typed(self.form).scopes();
        scopes.map_err(|error| self.errors.push(("scopes", sentence(&error)))).ok().flatten()
    }
}

/// An error's text as a sentence.
pub(super) fn sentence(error: &impl Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    let first = characters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}

/// Whether what is stored is enough, as a colour and a word. `is_placed` is whether the server's own
/// configuration says where Confluence is.
pub(super) fn state(
    shown: &ShownSettings,
    central_is_set: bool,
    is_placed: bool,
) -> (&'static str, &'static str) {
    let site = is_placed || shown.site.is_some();
    let place = site || shown.cloud_id.is_some();
    let complete = match shown.mode {
        AuthMode::OAuthCentral if central_is_set => return ("good", "Ready for users to connect"),
        AuthMode::OAuthCentral => return ("warn", "The central client is not set"),
        AuthMode::OAuth if shown.secret_is_set => return ("good", "Ready for users to connect"),
        AuthMode::OAuth => false,
        AuthMode::ApiToken => shown.secret_is_set && shown.email.is_some() && site,
        AuthMode::AccessToken => shown.secret_is_set && place,
    };
    if complete { ("good", "Set") } else { ("warn", "Incomplete") }
}

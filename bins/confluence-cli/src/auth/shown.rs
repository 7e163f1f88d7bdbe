//! What is told of a sign-in and of profiles: everything but secrets.

use confluence_auth::{AuthMode, connection::Connection, ids::UserId, status::ConnectionSummary};
use confluence_store::{ListedProfile, ProfileStore};
use serde::Serialize;

use crate::{config::Format, failed::Failed, output::Output};

/// A profile in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    profile: UserId,
    current: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_method: Option<AuthMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
}

impl From<ListedProfile> for Listed {
    fn from(listed: ListedProfile) -> Self {
        let ListedProfile { name, is_current, settings, signed_in } = listed;
        let configured = settings.site.as_ref().map(|it| it.root().to_string());
        let configured =
            configured.or(settings.cloud_id.as_ref().map(|it| format!("cloud id {it}")));
        let connected = signed_in.as_ref().map(|it| it.site.clone());
        let account = signed_in.and_then(|it| it.account).map(|it| it.name).or(settings.email);
        Self {
            profile: name,
            current: is_current,
            auth_method: settings.mode,
            site: connected.or(configured),
            account,
        }
    }
}

impl Listed {
    /// One line of a list.
    pub(super) fn line(&self) -> String {
        let mark = if self.current { '*' } else { ' ' };
        let mut parts = vec![format!("{mark} {}", self.profile)];
        parts.extend(self.auth_method.map(|it| it.to_string()));
        parts.extend(self.site.clone());
        parts.extend(self.account.clone());
        parts.join("  ")
    }
}

/// Where secrets go, for people.
pub(super) fn place(store: &ProfileStore) -> String {
    if store.has_vault() {
        "the keyring of this system".to_owned()
    } else {
        format!("{}, which only you can read", store.file().display())
    }
}

/// Who is connected, in words.
pub(super) fn connected(connection: &Connection) -> String {
    let summary = ConnectionSummary::new(connection, None);
    sentence(&summary)
}

/// The same of what a status says.
pub(super) fn sentence(summary: &ConnectionSummary) -> String {
    let who = summary.account.as_deref().unwrap_or("somebody whose name Atlassian does not tell");
    let mut text = format!("{who} at {}", summary.site.url);
    if !summary.other_sites.is_empty() {
        let others: Vec<_> = summary.other_sites.iter().map(|it| it.url.as_str()).collect();
        text.push_str("; also reached, with --site: ");
        text.push_str(&others.join(", "));
    }
    text
}

/// Writes the one or the other.
pub(super) fn write(format: Format, text: &str, json: &impl Serialize) -> Result<(), Failed> {
    let mut output = Output::open();
    match format {
        Format::Text => Ok(output.text(text)?),
        Format::Json => {
            let json = serde_json::to_vec(json).expect("texts, numbers and lists");
            Ok(output.json(&json)?)
        }
    }
}

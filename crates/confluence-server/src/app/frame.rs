//! What all pages of the app have in common, and what they say about what was done just now.

use confluence_connector::{InstanceKey, KeyKind};
use url::form_urlencoded;

use crate::sessions::Visitor;

/// What every page has.
#[derive(Debug)]
pub(super) struct Frame {
    /// The path of the app.
    pub(super) at: String,
    /// The same at this instance.
    pub(super) here: String,
    /// What names the instance in addresses, with its question mark; empty where there is none.
    query: String,
    pub(super) workspace: String,
    pub(super) instance: String,
    /// Of the session, for forms.
    pub(super) proof: String,
    /// Who is signed in.
    pub(super) who: &'static str,
    pub(super) maintainer: bool,
    notice: Option<(&'static str, Notice)>,
}

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    /// `good`, `warn` or `bad`.
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) text: String,
}

/// A text to be copied.
#[derive(Debug)]
pub(super) struct Copy {
    /// Its id in the page.
    pub(super) id: &'static str,
    /// What it is, for those who do not see where it stands.
    pub(super) what: &'static str,
    pub(super) text: String,
}

impl Copy {
    pub(super) fn new(id: &'static str, what: &'static str, text: &impl ToString) -> Self {
        Self { id, what, text: text.to_string() }
    }
}

impl Notice {
    pub(super) fn good(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind: "good", title: title.into(), text: text.into() }
    }

    pub(super) fn warn(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind: "warn", title: title.into(), text: text.into() }
    }

    pub(super) fn bad(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind: "bad", title: title.into(), text: text.into() }
    }
}

impl Frame {
    /// A page below `at` for `visitor`, about an instance if it is about one.
    pub(super) fn new(at: &str, instance: Option<&InstanceKey>, visitor: &Visitor) -> Self {
        let query = instance.map(query).unwrap_or_default();
        let text = |of: fn(&InstanceKey) -> &str| instance.map(of).unwrap_or_default().to_owned();
        Self {
            at: at.to_owned(),
            here: format!("{at}{query}"),
            query,
            workspace: text(|it| it.workspace.as_str()),
            instance: text(|it| it.name.as_str()),
            proof: visitor.proof(),
            who: match visitor.kind() {
                KeyKind::Maintainer => "maintainer",
                KeyKind::Editor { .. } => "workspace editor",
                KeyKind::Personal { .. } => "user",
                KeyKind::Platform { .. }
                | KeyKind::Instruction { .. }
                | KeyKind::Deployment { .. } => "guest",
            },
            maintainer: visitor.is_maintainer(),
            notice: None,
        }
    }

    /// The same page, saying something in one of its sections.
    pub(super) fn saying(self, section: &'static str, notice: Notice) -> Self {
        Self { notice: Some((section, notice)), ..self }
    }

    /// The same page, saying what `code` stands for.
    pub(super) fn after(self, code: Option<&str>) -> Self {
        match code.and_then(Done::of) {
            Some(Done { section, title, text, .. }) => {
                self.saying(section, Notice::good(*title, *text))
            }
            None => self,
        }
    }

    /// Where a form of the page goes.
    pub(super) fn to(&self, action: &str) -> String {
        format!("{}/{action}{}", self.at, self.query)
    }

    /// This page with one more parameter.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        let pair = pairs.append_pair(name, value).finish();
        let between = if self.query.is_empty() { '?' } else { '&' };
        format!("{}{between}{pair}", self.here)
    }

    /// What is to be told in a section.
    pub(super) fn about(&self, section: &str) -> Option<&Notice> {
        self.notice.as_ref().filter(|(of, _)| *of == section).map(|(_, notice)| notice)
    }
}

/// What names an instance in addresses.
pub(super) fn query(instance: &InstanceKey) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("workspaceSlug", instance.workspace.as_str());
    pairs.append_pair("appInstance", instance.name.as_str());
    format!("?{}", pairs.finish())
}

/// Something that was done, as addresses name it: nobody can make a page say anything else.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) code: &'static str,
    pub(super) section: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

const fn done(
    code: &'static str,
    section: &'static str,
    title: &'static str,
    text: &'static str,
) -> Done {
    Done { code, section, title, text }
}

pub(super) const SAVED: Done = done(
    "saved",
    "authentication",
    "Saved",
    "It is used from the next call on. Where the client or the scopes have changed, users connect again.",
);
pub(super) const ALLOWED: Done =
    done("allowed", "agents", "Agent authorized", "It may call from now on.");
pub(super) const REVOKED: Done =
    done("revoked", "agents", "Agent no longer authorized", "Its next call is refused.");
pub(super) const EVERYONE: Done = done(
    "everyone",
    "agents",
    "All agents may call",
    "Every agent that shows a valid key gets in, until you turn this off.",
);
pub(super) const NOBODY: Done =
    done("not-everyone", "agents", "Only ticked agents may call", "Tick the first ones below.");
pub(super) const INSTALLABLE: Done = done(
    "installable",
    "install",
    "Agent authorized",
    "Now add the tool below to the agent on your platform.",
);
pub(super) const INSTALLED: Done = done(
    "installed",
    "install",
    "Capability installed",
    "The agent is authorized, and the tool is among its tools on the platform.",
);
pub(super) const DISCONNECTED: Done = done(
    "disconnected",
    "connections",
    "Disconnected",
    "The user’s tokens are deleted here. Atlassian still lists the app among the account’s connected apps.",
);
pub(super) const CENTRAL: Done = done(
    "central",
    "central",
    "Saved",
    "Users who were connected with another client connect again.",
);
pub(super) const ADDED: Done = done(
    "added",
    "catalogue",
    "Added to the catalogue",
    "Every agent of the platform can use it now.",
);
pub(super) const UPDATED: Done =
    done("updated", "catalogue", "Catalogue entry updated", "Agents that use it get the new one.");
pub(super) const DELETED: Done = done(
    "deleted",
    "workspaces",
    "Workspace deleted",
    "Its instances, keys, connections and lists are gone.",
);
pub(super) const KEY_REVOKED: Done =
    done("key-revoked", "keys", "Key revoked", "It opens nothing any more, after two seconds.");

const ALL: [&Done; 13] = [
    &SAVED,
    &ALLOWED,
    &REVOKED,
    &EVERYONE,
    &NOBODY,
    &INSTALLABLE,
    &INSTALLED,
    &DISCONNECTED,
    &CENTRAL,
    &ADDED,
    &UPDATED,
    &DELETED,
    &KEY_REVOKED,
];

impl Done {
    fn of(code: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|it| it.code == code)
    }
}

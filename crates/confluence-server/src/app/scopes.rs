//! Scopes in a form: presets, and chips to choose from.

use confluence_auth::scopes::{InvalidScopes, OFFLINE_ACCESS, Scopes};

use super::form::Form;

/// The choice of scopes, as a page shows it.
#[derive(Debug)]
pub(super) struct ScopesView {
    pub(super) presets: Vec<Preset>,
    pub(super) chips: Vec<Chip>,
    /// Scopes that have no chip.
    pub(super) more: String,
    pub(super) error: Option<String>,
}

/// A set of scopes with a name.
#[derive(Debug)]
pub(super) struct Preset {
    pub(super) value: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) selected: bool,
}

/// One scope.
#[derive(Debug)]
pub(super) struct Chip {
    pub(super) name: String,
    /// What it lets an agent do.
    pub(super) badge: &'static str,
    pub(super) selected: bool,
}

/// Which scopes somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// Those of the deployment.
    Default,
    ReadOnly,
    ReadWrite,
    Own(Vec<String>),
}

impl Choice {
    /// What is set.
    pub(super) fn of(scopes: Option<&Scopes>) -> Self {
        match scopes {
            None => Self::Default,
            Some(scopes) if same(scopes, &Scopes::read_only()) => Self::ReadOnly,
            Some(scopes) if same(scopes, &Scopes::all()) => Self::ReadWrite,
            Some(scopes) => Self::Own(scopes.iter().map(str::to_owned).collect()),
        }
    }

    /// What a form says.
    pub(super) fn typed(form: &Form) -> Self {
        match form.text("scopes") {
            Some("read") => Self::ReadOnly,
            Some("write") => Self::ReadWrite,
            Some("own") => {
                let ticked = form.all("scope").map(str::to_owned);
                let more = form.text("more").unwrap_or_default();
                let more = more.split(|it: char| it.is_whitespace() || it == ',');
                let more = more.filter(|it| !it.is_empty()).map(str::to_owned);
                Self::Own(ticked.chain(more).collect())
            }
            Some(_) | None => Self::Default,
        }
    }

    /// The scopes to store; `None` for those of the deployment.
    pub(super) fn scopes(&self) -> Result<Option<Scopes>, InvalidScopes> {
        match self {
            Self::Default => Ok(None),
            Self::ReadOnly => Ok(Some(Scopes::read_only())),
            Self::ReadWrite => Ok(Some(Scopes::all())),
            Self::Own(scopes) => scopes.join(" ").parse().map(Some),
        }
    }

    /// How a page shows the choice. `default` says what the first preset stands for.
    pub(super) fn view(&self, default: &'static str, error: Option<String>) -> ScopesView {
        let preset = |value, title, text, selected| Preset { value, title, text, selected };
        let chosen: Vec<String> = match self {
            Self::Default | Self::ReadWrite => owned(&Scopes::all()),
            Self::ReadOnly => owned(&Scopes::read_only()),
            Self::Own(scopes) => scopes.clone(),
        };
        let known = owned(&Scopes::all());
        let more: Vec<_> = chosen.iter().filter(|it| !known.contains(it)).cloned().collect();
        let chips = known.into_iter().map(|name| Chip {
            badge: badge(&name),
            selected: chosen.contains(&name),
            name,
        });
        ScopesView {
            presets: vec![
                preset("default", "Default", default, *self == Self::Default),
                preset(
                    "read",
                    "Read-only",
                    "Search and read; change nothing",
                    *self == Self::ReadOnly,
                ),
                preset(
                    "write",
                    "Read + write",
                    "All that the tools can do",
                    *self == Self::ReadWrite,
                ),
                preset("own", "Choose", "Scope by scope", matches!(self, Self::Own(_))),
            ],
            chips: chips.collect(),
            more: more.join(" "),
            error,
        }
    }
}

fn owned(scopes: &Scopes) -> Vec<String> {
    scopes.iter().map(str::to_owned).collect()
}

/// Whether both are the same scopes, in whatever order.
fn same(one: &Scopes, other: &Scopes) -> bool {
    let sorted = |scopes: &Scopes| {
        let mut list = owned(scopes);
        list.sort();
        list
    };
    sorted(one) == sorted(other)
}

fn badge(scope: &str) -> &'static str {
    if scope == OFFLINE_ACCESS || scope.starts_with("read:user:") {
        "identity"
    } else if scope.starts_with("read:") {
        "read"
    } else {
        "write"
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Form};

    fn typed(body: &str) -> Choice {
        Choice::typed(&Form::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn a_preset_is_found_again_in_what_it_stored() {
        for choice in [Choice::Default, Choice::ReadOnly, Choice::ReadWrite] {
            let stored = choice.scopes().unwrap();
            assert_eq!(Choice::of(stored.as_ref()), choice);
        }
    }

    #[test]
    fn ticked_and_typed_scopes_are_one_list() {
        let body = "scopes=own&scope=read%3Apage%3Aconfluence&more=offline_access,+read%3Ame";
        let choice = typed(body);
        let stored = choice.scopes().unwrap().unwrap();
        assert_eq!(stored.to_string(), "read:page:confluence offline_access read:me");
        let view = choice.view("", None);
        let ticked: Vec<_> =
            view.chips.iter().filter(|it| it.selected).map(|it| it.name.as_str()).collect();
        assert_eq!(ticked, ["read:page:confluence", "offline_access"]);
        assert_eq!(view.more, "read:me");
    }

    #[test]
    fn to_choose_nothing_or_no_scope_is_told() {
        assert!(typed("scopes=own").scopes().is_err());
        assert!(typed("scopes=own&more=%22").scopes().is_err());
        assert_eq!(typed("scopes=what"), Choice::Default);
    }
}

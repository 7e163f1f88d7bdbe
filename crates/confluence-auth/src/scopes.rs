//! Which scopes to ask for, and what granted ones allow.

use std::{collections::BTreeSet, fmt, str::FromStr};

use confluence_api::scope::Scope;

/// Asks for a refresh token. Not a permission, so not a [`Scope`].
pub const OFFLINE_ACCESS: &str = "offline_access";

/// How many scopes a list may have. Atlassian advises less than 50, and breaks at about 80.
const MAX_SCOPES: usize = 100;

/// The longest scope accepted, in bytes. Atlassian's own are half as long.
const MAX_LENGTH: usize = 128;

/// Classic scopes that stand for granular ones, where Atlassian's `OpenAPI` documents name both:
/// search, and the adding of labels. v2 takes only granular scopes.
const CLASSIC: &[(Scope, &str)] = &[
    (Scope::ReadContentDetails, "search:confluence"),
    (Scope::ReadLabel, "write:confluence-content"),
    (Scope::WriteLabel, "write:confluence-content"),
];

/// Scopes to ask for: each once, in the order given, also those that this crate does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<Box<str>>);

/// The text is not a list of scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScopes {
    /// There is nothing in it.
    #[error("no scopes given")]
    Empty,
    /// More than anyone can be granted.
    #[error("more than {MAX_SCOPES} scopes given")]
    TooMany,
    /// One of them has characters that no scope has (RFC 6749, 3.3), or is too long.
    #[error("scope number {position} is not a scope")]
    Malformed {
        /// Which one, counted from one.
        position: usize,
    },
}

impl Scopes {
    /// What all operations need, and a refresh token.
    pub fn all() -> Self {
        Self::of(Scope::ALL.iter().copied())
    }

    /// What the reading operations need, and a refresh token.
    pub fn read_only() -> Self {
        Self::of(Scope::ALL.iter().copied().filter(|scope| !is_write(*scope)))
    }

    fn of(scopes: impl Iterator<Item = Scope>) -> Self {
        Self(scopes.map(Scope::as_str).chain([OFFLINE_ACCESS]).map(Into::into).collect())
    }

    /// The scopes, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl Default for Scopes {
    fn default() -> Self {
        Self::all()
    }
}

fn is_write(scope: Scope) -> bool {
    matches!(scope, Scope::WritePage | Scope::DeletePage | Scope::WriteComment | Scope::WriteLabel)
}

/// Reads a list separated by spaces, line breaks or commas.
impl FromStr for Scopes {
    type Err = InvalidScopes;

    fn from_str(text: &str) -> Result<Self, InvalidScopes> {
        let mut scopes: Vec<Box<str>> = Vec::new();
        let words = text.split(|it: char| it.is_whitespace() || it == ',');
        for word in words.filter(|it| !it.is_empty()) {
            let safe = |it: u8| it.is_ascii_graphic() && it != b'"' && it != b'\\';
            if word.len() > MAX_LENGTH || !word.bytes().all(safe) {
                return Err(InvalidScopes::Malformed { position: scopes.len() + 1 });
            }
            if scopes.iter().any(|it| **it == *word) {
                continue;
            }
            if scopes.len() == MAX_SCOPES {
                return Err(InvalidScopes::TooMany);
            }
            scopes.push(word.into());
        }
        if scopes.is_empty() { Err(InvalidScopes::Empty) } else { Ok(Self(scopes)) }
    }
}

/// As an authorization request wants them: separated by spaces.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

/// Scopes that a token has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Granted {
    known: BTreeSet<Scope>,
    others: BTreeSet<Box<str>>,
}

impl Granted {
    /// Whether an operation that needs all of `needed` can succeed.
    pub fn allows(&self, needed: &[Scope]) -> bool {
        needed.iter().all(|scope| self.known.contains(scope) || self.has_classic(*scope))
    }

    /// Those of `needed` that are not there.
    pub fn missing(&self, needed: &[Scope]) -> Vec<Scope> {
        needed.iter().copied().filter(|scope| !self.allows(&[*scope])).collect()
    }

    fn has_classic(&self, scope: Scope) -> bool {
        CLASSIC
            .iter()
            .any(|(granular, classic)| *granular == scope && self.others.contains(*classic))
    }

    /// Granular scopes that this crate knows.
    pub fn known(&self) -> impl Iterator<Item = Scope> {
        self.known.iter().copied()
    }

    /// All others, as text.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(AsRef::as_ref)
    }
}

impl From<&Scopes> for Granted {
    fn from(scopes: &Scopes) -> Self {
        scopes.iter().collect()
    }
}

impl<'s> FromIterator<&'s str> for Granted {
    fn from_iter<I: IntoIterator<Item = &'s str>>(scopes: I) -> Self {
        let mut granted = Self::default();
        for scope in scopes {
            match scope.parse() {
                Ok(scope) => _ = granted.known.insert(scope),
                Err(_unknown) => _ = granted.others.insert(scope.into()),
            }
        }
        granted
    }
}

#[cfg(test)]
mod tests;

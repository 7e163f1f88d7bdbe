//! Why the site does not do what it is asked to.

/// A write that was turned down, before anything was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such thing, or the user must not know that there is.
    Missing,
    /// What the change refers to, such as the parent, is not there.
    MissingReference { what: &'static str, id: String },
    /// The user sees it but may not change it.
    Forbidden,
    /// The request makes no sense; says why.
    Invalid(String),
    /// Another page of the space has that title.
    TitleTaken,
    /// The page has moved on since the caller read it.
    StaleVersion { current: u32, provided: i64 },
}

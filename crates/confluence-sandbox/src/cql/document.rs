//! What a query is asked about, and the circumstances in which it is asked.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};

/// A piece of content that a query can be matched against.
///
/// The sequences are asked through `any_…`, so that an implementation neither allocates nor
/// commits to a container.
pub trait Document {
    /// The content type, such as `page` or `comment`.
    fn kind(&self) -> &str;
    /// The content id, as the API spells it.
    fn id(&self) -> Cow<'_, str>;
    /// The title.
    fn title(&self) -> &str;
    /// The key of the space.
    fn space_key(&self) -> &str;
    /// The name of the space.
    fn space_title(&self) -> &str;
    /// The type of the space, such as `global` or `personal`.
    fn space_type(&self) -> &str;
    /// The readable text; asked for only when nothing cheaper decides.
    fn text(&self) -> Cow<'_, str>;
    /// Says whether `test` holds for a label.
    fn any_label(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Says whether `test` holds for the id of an ancestor.
    fn any_ancestor(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// Says whether `test` holds for the account id of someone who edited it.
    fn any_contributor(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// The id of the parent, if it has one.
    fn parent(&self) -> Option<Cow<'_, str>>;
    /// The id of the page that a comment or attachment belongs to.
    fn container(&self) -> Option<Cow<'_, str>> {
        None
    }
    /// The account id of the author.
    fn creator(&self) -> &str;
    /// When it was created.
    fn created(&self) -> Timestamp;
    /// When it was last changed.
    fn last_modified(&self) -> Timestamp;
}

/// The circumstances that functions such as `now()` refer to.
#[derive(Debug, Clone)]
pub struct Context {
    /// The time of the query.
    pub now: Timestamp,
    /// The account id of whoever asks.
    pub current_user: String,
    /// The time zone in which dates are meant.
    pub time_zone: TimeZone,
}

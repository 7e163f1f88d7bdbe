//! The vocabulary: fields, operators and functions, and which go together.

use std::fmt;

/// What a clause or a sort key looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Any page above.
    Ancestor,
    /// The page that a comment or attachment belongs to.
    Container,
    /// The content itself, by id.
    Content,
    /// Someone who edited it.
    Contributor,
    /// When it was created.
    Created,
    /// Who created it.
    Creator,
    /// The content itself, by id.
    Id,
    /// A label.
    Label,
    /// When it was last changed.
    LastModified,
    /// The page directly above.
    Parent,
    /// Title, text and labels, ranked.
    SiteSearch,
    /// The space, by key.
    Space,
    /// The key of the space.
    SpaceKey,
    /// The name of the space.
    SpaceTitle,
    /// The type of the space.
    SpaceType,
    /// Title, text and labels.
    Text,
    /// The title.
    Title,
    /// The content type.
    Type,
}

/// What a field is compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Domain {
    Content,
    Date,
    Space,
    String,
    Text,
    Title,
    User,
}

const FIELDS: [(&str, Field); 18] = [
    ("ancestor", Field::Ancestor),
    ("container", Field::Container),
    ("content", Field::Content),
    ("contributor", Field::Contributor),
    ("created", Field::Created),
    ("creator", Field::Creator),
    ("id", Field::Id),
    ("label", Field::Label),
    ("lastmodified", Field::LastModified),
    ("parent", Field::Parent),
    ("siteSearch", Field::SiteSearch),
    ("space", Field::Space),
    ("space.key", Field::SpaceKey),
    ("space.title", Field::SpaceTitle),
    ("space.type", Field::SpaceType),
    ("text", Field::Text),
    ("title", Field::Title),
    ("type", Field::Type),
];

impl Field {
    pub(super) fn named(name: &str) -> Option<Self> {
        FIELDS.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|&(_, field)| field)
    }

    /// The names of all fields, in alphabetical order.
    pub fn names() -> Vec<&'static str> {
        FIELDS.iter().map(|&(name, _)| name).collect()
    }

    /// The name as Confluence spells it.
    pub fn as_str(self) -> &'static str {
        FIELDS.iter().find(|(_, it)| *it == self).map_or("", |&(name, _)| name)
    }

    pub(super) fn domain(self) -> Domain {
        match self {
            Self::Ancestor | Self::Container | Self::Content | Self::Id | Self::Parent => {
                Domain::Content
            }
            Self::Created | Self::LastModified => Domain::Date,
            Self::Contributor | Self::Creator => Domain::User,
            Self::Label | Self::SpaceType | Self::Type => Domain::String,
            Self::Space | Self::SpaceKey => Domain::Space,
            Self::SiteSearch | Self::Text => Domain::Text,
            Self::SpaceTitle | Self::Title => Domain::Title,
        }
    }

    /// Whether the field is searched by words.
    pub(super) fn is_text(self) -> bool {
        matches!(self.domain(), Domain::Text | Domain::Title)
    }

    /// The operators that the field supports.
    pub fn operators(self) -> &'static [Operator] {
        use Operator::{
            After, Before, Equals, In, Matches, NotAfter, NotBefore, NotEquals, NotIn, NotMatches,
        };
        match self.domain() {
            Domain::Content | Domain::Space | Domain::String | Domain::User => {
                &[Equals, NotEquals, In, NotIn]
            }
            Domain::Date => &[Equals, NotEquals, After, NotBefore, Before, NotAfter],
            Domain::Text => &[Matches, NotMatches],
            Domain::Title => &[Equals, NotEquals, Matches, NotMatches, In, NotIn],
        }
    }

    /// Whether results can be ordered by the field.
    pub fn is_sortable(self) -> bool {
        !matches!(
            self,
            Self::Ancestor | Self::Contributor | Self::Label | Self::SiteSearch | Self::Text
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a clause compares its field with its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`
    Equals,
    /// `!=`
    NotEquals,
    /// `~`
    Matches,
    /// `!~`
    NotMatches,
    /// `>`
    After,
    /// `>=`
    NotBefore,
    /// `<`
    Before,
    /// `<=`
    NotAfter,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
}

impl Operator {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "=",
            Self::NotEquals => "!=",
            Self::Matches => "~",
            Self::NotMatches => "!~",
            Self::After => ">",
            Self::NotBefore => ">=",
            Self::Before => "<",
            Self::NotAfter => "<=",
            Self::In => "IN",
            Self::NotIn => "NOT IN",
        }
    }

    pub(super) fn is_negative(self) -> bool {
        matches!(self, Self::NotEquals | Self::NotMatches | Self::NotIn)
    }

    pub(super) fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value that depends on who asks and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// The content that the query is asked from.
    CurrentContent,
    /// The space that the query is asked from.
    CurrentSpace,
    /// Whoever asks.
    CurrentUser,
    /// The end of today.
    EndOfDay,
    /// The end of this month.
    EndOfMonth,
    /// The end of this week.
    EndOfWeek,
    /// The end of this year.
    EndOfYear,
    /// The spaces that the user marked.
    FavouriteSpaces,
    /// The time of the query.
    Now,
    /// The content that the user saw last.
    RecentlyViewedContent,
    /// The spaces that the user saw last.
    RecentlyViewedSpaces,
    /// The beginning of today.
    StartOfDay,
    /// The beginning of this month.
    StartOfMonth,
    /// The beginning of this week.
    StartOfWeek,
    /// The beginning of this year.
    StartOfYear,
}

const FUNCTIONS: [(&str, Function); 15] = [
    ("currentContent", Function::CurrentContent),
    ("currentSpace", Function::CurrentSpace),
    ("currentUser", Function::CurrentUser),
    ("endOfDay", Function::EndOfDay),
    ("endOfMonth", Function::EndOfMonth),
    ("endOfWeek", Function::EndOfWeek),
    ("endOfYear", Function::EndOfYear),
    ("favouriteSpaces", Function::FavouriteSpaces),
    ("now", Function::Now),
    ("recentlyViewedContent", Function::RecentlyViewedContent),
    ("recentlyViewedSpaces", Function::RecentlyViewedSpaces),
    ("startOfDay", Function::StartOfDay),
    ("startOfMonth", Function::StartOfMonth),
    ("startOfWeek", Function::StartOfWeek),
    ("startOfYear", Function::StartOfYear),
];

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        FUNCTIONS
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(name))
            .map(|&(_, function)| function)
    }

    /// The names of all functions, in alphabetical order.
    pub fn names() -> Vec<&'static str> {
        FUNCTIONS.iter().map(|&(name, _)| name).collect()
    }

    /// The name as Confluence spells it.
    pub fn as_str(self) -> &'static str {
        FUNCTIONS.iter().find(|(_, it)| *it == self).map_or("", |&(name, _)| name)
    }

    pub(super) fn domain(self) -> Domain {
        match self {
            Self::CurrentContent | Self::RecentlyViewedContent => Domain::Content,
            Self::CurrentSpace | Self::FavouriteSpaces | Self::RecentlyViewedSpaces => {
                Domain::Space
            }
            Self::CurrentUser => Domain::User,
            Self::EndOfDay
            | Self::EndOfMonth
            | Self::EndOfWeek
            | Self::EndOfYear
            | Self::Now
            | Self::StartOfDay
            | Self::StartOfMonth
            | Self::StartOfWeek
            | Self::StartOfYear => Domain::Date,
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}()", self.as_str())
    }
}

//! Which of two documents comes first.

use std::cmp::Ordering;

use super::{
    ast::{Direction, SortKey},
    document::Document,
    field::Field,
    text::{Pattern, folded},
};

/// Compares by the keys, or by relevance without any; then the newest first, then by id.
pub(super) fn compare(
    keys: &[SortKey],
    patterns: &[Pattern],
    a: &dyn Document,
    b: &dyn Document,
) -> Ordering {
    let mut ordering = keys
        .iter()
        .map(|key| {
            let ordering = compare_field(key.field, a, b);
            match key.direction {
                Direction::Ascending => ordering,
                Direction::Descending => ordering.reverse(),
            }
        })
        .find(|it| it.is_ne())
        .unwrap_or(Ordering::Equal);
    if keys.is_empty() {
        let hits = |it: &dyn Document| -> usize {
            patterns.iter().map(|pattern| pattern.count(it.title())).sum()
        };
        ordering = hits(b).cmp(&hits(a));
    }
    ordering
        .then_with(|| b.last_modified().cmp(&a.last_modified()))
        .then_with(|| compare_ids(&a.id(), &b.id()))
}

fn compare_field(field: Field, a: &dyn Document, b: &dyn Document) -> Ordering {
    match field {
        Field::Created => a.created().cmp(&b.created()),
        Field::LastModified => a.last_modified().cmp(&b.last_modified()),
        Field::Creator => a.creator().cmp(b.creator()),
        Field::Id | Field::Content => compare_ids(&a.id(), &b.id()),
        Field::Container => compare_options(a.container().as_deref(), b.container().as_deref()),
        Field::Parent => compare_options(a.parent().as_deref(), b.parent().as_deref()),
        Field::Space | Field::SpaceKey => a.space_key().cmp(b.space_key()),
        Field::SpaceTitle => compare_texts(a.space_title(), b.space_title()),
        Field::SpaceType => a.space_type().cmp(b.space_type()),
        Field::Title => compare_texts(a.title(), b.title()),
        Field::Type => a.kind().cmp(b.kind()),
        Field::Ancestor | Field::Contributor | Field::Label | Field::SiteSearch | Field::Text => {
            Ordering::Equal
        }
    }
}

fn compare_options(a: Option<&str>, b: Option<&str>) -> Ordering {
    compare_ids(a.unwrap_or_default(), b.unwrap_or_default())
}

/// Compares ids as the numbers that they are.
fn compare_ids(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn compare_texts(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return a
            .bytes()
            .map(|it| it.to_ascii_lowercase())
            .cmp(b.bytes().map(|it| it.to_ascii_lowercase()));
    }
    folded(a).cmp(folded(b))
}

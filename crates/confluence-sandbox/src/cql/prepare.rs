//! A query made ready for a scan: functions resolved, texts folded, cheap conditions first.

use std::{borrow::Cow, cmp::Ordering};

use jiff::Timestamp;

use super::{
    ast::{Call, Clause, Expression, Query, SortKey, Value},
    date::{self, Interval},
    document::{Context, Document},
    field::{Domain, Field, Function, Operator},
    order,
    text::{Pattern, fold, folded},
};

/// A query that is ready to be matched against many documents.
#[derive(Debug, Clone)]
pub struct Prepared {
    filter: Filter,
    order: Vec<SortKey>,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone)]
enum Filter {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Test(Field, Test),
}

#[derive(Debug, Clone)]
enum Test {
    /// Equal to one of these, which are folded where the field ignores case.
    OneOf(Vec<String>),
    Within(Option<Interval>),
    Compared(Operator, Option<Timestamp>),
    Found(Pattern),
}

impl Query {
    /// Resolves what depends on the circumstances, so that many documents can be matched.
    pub fn prepare(&self, context: &Context) -> Prepared {
        let mut patterns = Vec::new();
        collect_patterns(&self.filter, &mut patterns);
        Prepared { filter: filter(&self.filter, context), order: self.order.clone(), patterns }
    }

    /// Whether the document is asked for. To match many, [`prepare`](Self::prepare) once.
    pub fn matches(&self, document: &dyn Document, context: &Context) -> bool {
        self.prepare(context).matches(document)
    }

    /// Which document comes first. To sort many, [`prepare`](Self::prepare) once.
    pub fn compare(&self, a: &dyn Document, b: &dyn Document) -> Ordering {
        let mut patterns = Vec::new();
        collect_patterns(&self.filter, &mut patterns);
        order::compare(&self.order, &patterns, a, b)
    }

    /// The folded words that the query looks for, to be highlighted.
    pub fn text_terms(&self) -> Vec<String> {
        let mut patterns = Vec::new();
        collect_patterns(&self.filter, &mut patterns);
        let mut terms: Vec<String> = Vec::new();
        for word in patterns.iter().flat_map(Pattern::words) {
            if !terms.contains(&word) {
                terms.push(word);
            }
        }
        terms
    }
}

impl Prepared {
    /// Whether the document is asked for.
    pub fn matches(&self, document: &dyn Document) -> bool {
        self.filter.holds(document)
    }

    /// Which document comes first.
    pub fn compare(&self, a: &dyn Document, b: &dyn Document) -> Ordering {
        order::compare(&self.order, &self.patterns, a, b)
    }
}

/// The texts that documents are wanted for, not those they are refused for.
fn collect_patterns(expression: &Expression, patterns: &mut Vec<Pattern>) {
    match expression {
        Expression::And(parts) | Expression::Or(parts) => {
            for part in parts {
                collect_patterns(part, patterns);
            }
        }
        Expression::Clause(Clause { operator: Operator::Matches, operand, .. }) => {
            for value in operand.values() {
                if let Value::Text(text) = value {
                    patterns.push(Pattern::parse(text));
                }
            }
        }
        Expression::Not(_) | Expression::Clause(_) => {}
    }
}

fn filter(expression: &Expression, context: &Context) -> Filter {
    match expression {
        Expression::And(parts) => {
            let parts = without_ignored(parts).map(|it| filter(it, context)).collect();
            Filter::All(cheapest_first(parts))
        }
        Expression::Or(parts) => {
            let parts = parts.iter().map(|it| filter(it, context)).collect();
            Filter::Any(cheapest_first(parts))
        }
        Expression::Not(inner) => Filter::Not(Box::new(filter(inner, context))),
        Expression::Clause(clause) => {
            let test = Filter::Test(clause.field, test(clause, context));
            if clause.operator.is_negative() { Filter::Not(Box::new(test)) } else { test }
        }
    }
}

/// Leaves out `siteSearch` as the middle one of three conditions, as Confluence does.
fn without_ignored(parts: &[Expression]) -> impl Iterator<Item = &Expression> {
    let of_three = parts.len() == 3;
    parts.iter().enumerate().filter_map(move |(index, part)| {
        let searches = matches!(part, Expression::Clause(Clause { field: Field::SiteSearch, .. }));
        if of_three && index == 1 && searches { None } else { Some(part) }
    })
}

fn test(clause: &Clause, context: &Context) -> Test {
    let values = clause.operand.values();
    if clause.field.domain() == Domain::Date {
        let interval = values.first().and_then(|it| date::resolve(it, context));
        return if matches!(clause.operator, Operator::Equals | Operator::NotEquals) {
            Test::Within(interval)
        } else {
            Test::Compared(clause.operator, interval.map(|it| it.start))
        };
    }
    if matches!(clause.operator, Operator::Matches | Operator::NotMatches) {
        let text = values.iter().find_map(|it| match it {
            Value::Text(text) => Some(text.as_str()),
            Value::Call(_) => None,
        });
        return Test::Found(Pattern::parse(text.unwrap_or_default()));
    }
    let is_exact = matches!(clause.field.domain(), Domain::Content | Domain::User);
    Test::OneOf(
        values
            .iter()
            .filter_map(|value| match value {
                Value::Text(text) if is_exact => Some(text.trim().to_owned()),
                Value::Text(text) => Some(fold(text)),
                Value::Call(Call { function: Function::CurrentUser, .. }) => {
                    Some(context.current_user.clone())
                }
                // Nothing is viewed, marked or asked from within the sandbox.
                Value::Call(_) => None,
            })
            .collect(),
    )
}

fn cheapest_first(mut filters: Vec<Filter>) -> Vec<Filter> {
    filters.sort_by_key(Filter::cost);
    filters
}

impl Filter {
    fn cost(&self) -> u8 {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::cost).max().unwrap_or(0),
            Self::Not(inner) => inner.cost(),
            Self::Test(field, test) => match (field, test) {
                (Field::Text | Field::SiteSearch, _) => 4,
                (_, Test::Found(_)) => 3,
                (Field::Title | Field::SpaceTitle | Field::Ancestor | Field::Contributor, _) => 2,
                (Field::Label | Field::Id | Field::Content | Field::Parent, _) => 1,
                _ => 0,
            },
        }
    }

    fn holds(&self, document: &dyn Document) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|it| it.holds(document)),
            Self::Any(parts) => parts.iter().any(|it| it.holds(document)),
            Self::Not(inner) => !inner.holds(document),
            Self::Test(field, test) => match test {
                Test::OneOf(values) => is_one_of(*field, values, document),
                Test::Within(interval) => interval.is_some_and(|it| {
                    let moment = moment(*field, document);
                    it.start <= moment && moment < it.end
                }),
                Test::Compared(operator, limit) => limit.is_some_and(|limit| {
                    let ordering = moment(*field, document).cmp(&limit);
                    ordering.is_gt() && matches!(operator, Operator::After | Operator::NotBefore)
                        || ordering.is_lt()
                            && matches!(operator, Operator::Before | Operator::NotAfter)
                        || ordering.is_eq()
                            && matches!(operator, Operator::NotBefore | Operator::NotAfter)
                }),
                Test::Found(pattern) => is_found(*field, pattern, document),
            },
        }
    }
}

fn moment(field: Field, document: &dyn Document) -> Timestamp {
    if field == Field::Created { document.created() } else { document.last_modified() }
}

fn is_one_of(field: Field, values: &[String], document: &dyn Document) -> bool {
    let mut exactly = |text: &str| values.iter().any(|it| it == text);
    let mut loosely = |text: &str| values.iter().any(|it| is_folded(it, text));
    match field {
        Field::Ancestor => document.any_ancestor(&mut exactly),
        Field::Contributor => document.any_contributor(&mut exactly),
        Field::Creator => exactly(document.creator()),
        Field::Content | Field::Id => exactly(&document.id()),
        Field::Container => document.container().is_some_and(|it| exactly(&it)),
        Field::Parent => document.parent().is_some_and(|it| exactly(&it)),
        Field::Label => document.any_label(&mut loosely),
        Field::Space | Field::SpaceKey => loosely(document.space_key()),
        Field::SpaceTitle => loosely(document.space_title()),
        Field::SpaceType => loosely(document.space_type()),
        Field::Title => loosely(document.title()),
        Field::Type => loosely(document.kind()),
        Field::Created | Field::LastModified | Field::SiteSearch | Field::Text => false,
    }
}

/// Whether the text is equal to the already folded one.
fn is_folded(wanted: &str, text: &str) -> bool {
    if text.is_ascii() {
        text.eq_ignore_ascii_case(wanted)
    } else {
        folded(text).eq(wanted.chars())
    }
}

fn is_found(field: Field, pattern: &Pattern, document: &dyn Document) -> bool {
    if field == Field::Title {
        return once(pattern, document.title());
    }
    if field == Field::SpaceTitle {
        return once(pattern, document.space_title());
    }
    pattern.matches(&mut |index| match index {
        0 => Some(Cow::Borrowed(document.title())),
        1 => {
            let mut labels = String::new();
            document.any_label(&mut |label| {
                labels.push_str(label);
                labels.push('\n');
                false
            });
            Some(Cow::Owned(labels))
        }
        2 => Some(document.text()),
        _ => None,
    })
}

fn once(pattern: &Pattern, text: &str) -> bool {
    pattern.matches(&mut |index| (index == 0).then_some(Cow::Borrowed(text)))
}

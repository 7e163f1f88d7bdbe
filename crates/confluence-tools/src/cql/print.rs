//! Writes a query so that Confluence reads the same tree: texts in quotes, groups in parentheses.

use std::fmt::{self, Display, Formatter};

use confluence_api::search::quote;

use super::{Clause, Expression, Name, Operand, Operator, Query, SortKey, Value};

impl Operator {
    const TEXTS: [(Self, &'static str); 10] = [
        (Self::Equals, "="),
        (Self::NotEquals, "!="),
        (Self::Contains, "~"),
        (Self::NotContains, "!~"),
        (Self::Greater, ">"),
        (Self::GreaterOrEqual, ">="),
        (Self::Less, "<"),
        (Self::LessOrEqual, "<="),
        (Self::In, "IN"),
        (Self::NotIn, "NOT IN"),
    ];

    /// The operator that is written so. The last two are words, which the parser reads itself.
    pub(super) fn of_mark(mark: &str) -> Option<Self> {
        Self::TEXTS.iter().find(|it| it.1 == mark).map(|it| it.0)
    }

    fn as_str(self) -> &'static str {
        let written = Self::TEXTS.iter().find(|it| it.0 == self);
        written.expect("every operator is in the table").1
    }
}

/// Writes `parts` with `separator` in between.
fn separated<T: Display>(f: &mut Formatter<'_>, parts: &[T], separator: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        part.fmt(f)?;
    }
    Ok(())
}

/// A part of a larger expression: in parentheses if it is made of parts itself.
struct Part<'e>(&'e Expression);

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expression::Clause(_) => self.0.fmt(f),
            Expression::And(_) | Expression::Or(_) | Expression::Not(_) => {
                write!(f, "({})", self.0)
            }
        }
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.filter.fmt(f)?;
        if !self.order.is_empty() {
            f.write_str(" ORDER BY ")?;
        }
        separated(f, &self.order, ", ")
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => separated(f, &parts.iter().map(Part).collect::<Vec<_>>(), " AND "),
            Self::Or(parts) => separated(f, &parts.iter().map(Part).collect::<Vec<_>>(), " OR "),
            Self::Not(inner) => write!(f, "NOT {}", Part(inner)),
            Self::Clause(clause) => clause.fmt(f),
        }
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.field, self.operator.as_str(), self.operand)
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(value) => value.fmt(f),
            Self::List(values) => {
                f.write_str("(")?;
                separated(f, values, ", ")?;
                f.write_str(")")
            }
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&quote(text)),
            Self::Call { function, arguments } => {
                let arguments: Vec<_> = arguments.iter().map(|it| quote(it)).collect();
                write!(f, "{function}({})", arguments.join(", "))
            }
        }
    }
}

impl Display for SortKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let direction = match self.descending {
            None => "",
            Some(true) => " DESC",
            Some(false) => " ASC",
        };
        write!(f, "{}{direction}", self.field)
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

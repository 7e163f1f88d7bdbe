//! Turns tokens into a query, by recursive descent.

use super::{
    ast::{Call, Clause, Direction, Expression, Operand, Query, SortKey, Value},
    date,
    error::{Reason, SyntaxError},
    field::{Domain, Field, Function, Operator},
    lexer::{Kind, Token, tokens},
};

/// How long a query may be, in bytes; Confluence's own front end refuses longer addresses.
const MAX_LENGTH: usize = 16 * 1024;

/// How deep parentheses and `NOT`s may be nested, to bound the parser's stack.
const MAX_DEPTH: usize = 100;

/// Words that stand for themselves only in quotes.
const RESERVED: [&str; 6] = ["AND", "OR", "NOT", "IN", "ORDER", "BY"];

/// Reads a query.
///
/// # Errors
/// If the text is not a query; the error says where and why.
pub fn parse(text: &str) -> Result<Query, SyntaxError> {
    if text.len() > MAX_LENGTH {
        let reason = Reason::TooLong { limit: MAX_LENGTH };
        return Err(SyntaxError { line: 1, column: 1, reason });
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let filter = parser.alternatives()?;
    let order = if parser.take_word("ORDER") { parser.order()? } else { Vec::new() };
    match &parser.peek().kind {
        Kind::End => Ok(Query { filter, order }),
        // Confluence takes a stray word after a clause for the next clause's field.
        Kind::Word(name)
            if order.is_empty() && !is_reserved(name) && Field::named(name).is_none() =>
        {
            Err(parser.peek().error(Reason::UnknownField { name: name.clone() }))
        }
        Kind::Word(_) | Kind::Quoted(_) | Kind::Symbol(_) => {
            Err(parser.unexpected(if order.is_empty() {
                "AND, OR, ORDER BY or the end"
            } else {
                "ASC, DESC, `,` or the end"
            }))
        }
    }
}

struct Parser {
    /// Ends with [`Kind::End`], which is never passed.
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn alternatives(&mut self) -> Result<Expression, SyntaxError> {
        let mut parts = vec![self.conjunction()?];
        while self.take_word("OR") {
            parts.push(self.conjunction()?);
        }
        Ok(joined(parts, Expression::Or))
    }

    fn conjunction(&mut self) -> Result<Expression, SyntaxError> {
        let mut parts = vec![self.negation()?];
        while self.take_word("AND") {
            parts.push(self.negation()?);
        }
        Ok(joined(parts, Expression::And))
    }

    fn negation(&mut self) -> Result<Expression, SyntaxError> {
        if self.depth == MAX_DEPTH {
            return Err(self.peek().error(Reason::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        let expression = if self.take_word("NOT") {
            Expression::Not(Box::new(self.negation()?))
        } else if self.take_symbol("(") {
            let inner = self.alternatives()?;
            if !self.take_symbol(")") {
                return Err(self.unexpected("AND, OR or `)`"));
            }
            inner
        } else {
            Expression::Clause(self.clause()?)
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn clause(&mut self) -> Result<Clause, SyntaxError> {
        let field = self.field()?;
        let at = self.peek().clone();
        let operator = self.operator()?;
        if !field.operators().contains(&operator) {
            return Err(at.error(Reason::UnsupportedOperator { field, operator }));
        }
        let operand = if operator.takes_list() {
            Operand::List(self.list(field)?)
        } else {
            Operand::One(self.value(field)?)
        };
        Ok(Clause { field, operator, operand })
    }

    fn field(&mut self) -> Result<Field, SyntaxError> {
        let token = self.peek().clone();
        let (Kind::Word(name) | Kind::Quoted(name)) = &token.kind else {
            return Err(self.unexpected("a field, NOT or `(`"));
        };
        if matches!(token.kind, Kind::Word(_)) && is_reserved(name) {
            return Err(self.unexpected("a field, NOT or `(`"));
        }
        let Some(field) = Field::named(name) else {
            return Err(token.error(Reason::UnknownField { name: name.clone() }));
        };
        self.next += 1;
        Ok(field)
    }

    fn operator(&mut self) -> Result<Operator, SyntaxError> {
        const EXPECTED: &str = "an operator: =, !=, ~, !~, >, >=, <, <=, IN or NOT IN";
        if self.take_word("IN") {
            return Ok(Operator::In);
        }
        if self.take_word("NOT") {
            return if self.take_word("IN") {
                Ok(Operator::NotIn)
            } else {
                Err(self.unexpected("IN"))
            };
        }
        let operator = match self.peek().kind {
            Kind::Symbol("=") => Operator::Equals,
            Kind::Symbol("!=") => Operator::NotEquals,
            Kind::Symbol("~") => Operator::Matches,
            Kind::Symbol("!~") => Operator::NotMatches,
            Kind::Symbol(">") => Operator::After,
            Kind::Symbol(">=") => Operator::NotBefore,
            Kind::Symbol("<") => Operator::Before,
            Kind::Symbol("<=") => Operator::NotAfter,
            Kind::Word(_) | Kind::Quoted(_) | Kind::Symbol(_) | Kind::End => {
                return Err(self.unexpected(EXPECTED));
            }
        };
        self.next += 1;
        Ok(operator)
    }

    /// `(a, b)`, or a function that gives several values.
    fn list(&mut self, field: Field) -> Result<Vec<Value>, SyntaxError> {
        if !self.take_symbol("(") {
            let at = self.peek().clone();
            return match self.value(field)? {
                call @ Value::Call(_) => Ok(vec![call]),
                Value::Text(_) => {
                    Err(at
                        .error(Reason::Unexpected { found: at.kind.to_string(), expected: "`(`" }))
                }
            };
        }
        let mut values = vec![self.value(field)?];
        while self.take_symbol(",") {
            values.push(self.value(field)?);
        }
        if !self.take_symbol(")") {
            return Err(self.unexpected("`,` or `)`"));
        }
        Ok(values)
    }

    fn value(&mut self, field: Field) -> Result<Value, SyntaxError> {
        let token = self.peek().clone();
        let text = match &token.kind {
            Kind::Quoted(text) => text,
            Kind::Word(word) if is_reserved(word) => {
                return Err(self.unexpected("a value (quote reserved words)"));
            }
            Kind::Word(word) => word,
            Kind::Symbol(_) | Kind::End => {
                return Err(self.unexpected("a word, a string or a function"));
            }
        };
        self.next += 1;
        if matches!(token.kind, Kind::Word(_)) && self.take_symbol("(") {
            return self.call(field, text, &token).map(Value::Call);
        }
        if field.domain() == Domain::Date && date::parse(text).is_none() {
            return Err(token.error(Reason::BadDate(text.clone())));
        }
        if field.is_text() && text.trim().is_empty() {
            return Err(token.error(Reason::EmptyText(field)));
        }
        Ok(Value::Text(text.clone()))
    }

    fn call(&mut self, field: Field, name: &str, at: &Token) -> Result<Call, SyntaxError> {
        let Some(function) = Function::named(name) else {
            return Err(at.error(Reason::UnknownFunction { name: name.to_owned() }));
        };
        if function.domain() != field.domain() {
            return Err(at.error(Reason::UnsupportedFunction { field, function }));
        }
        let mut arguments = Vec::new();
        while !self.take_symbol(")") {
            if !arguments.is_empty() && !self.take_symbol(",") {
                return Err(self.unexpected("`,` or `)`"));
            }
            let (Kind::Word(text) | Kind::Quoted(text)) = &self.peek().kind else {
                return Err(self.unexpected("an argument or `)`"));
            };
            arguments.push(text.clone());
            self.next += 1;
        }
        let call = Call { function, arguments };
        match expected_arguments(&call) {
            Some(expected) => Err(at.error(Reason::BadArguments { function, expected })),
            None => Ok(call),
        }
    }

    fn order(&mut self) -> Result<Vec<SortKey>, SyntaxError> {
        if !self.take_word("BY") {
            return Err(self.unexpected("BY"));
        }
        let mut keys = Vec::new();
        loop {
            let at = self.peek().clone();
            let field = self.field()?;
            if !field.is_sortable() {
                return Err(at.error(Reason::NotSortable(field)));
            }
            let direction = if self.take_word("DESC") {
                Direction::Descending
            } else {
                self.take_word("ASC");
                Direction::Ascending
            };
            keys.push(SortKey { field, direction });
            if !self.take_symbol(",") {
                return Ok(keys);
            }
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(&self.peek().kind, Kind::Word(it) if it.eq_ignore_ascii_case(word));
        self.next += usize::from(found);
        found
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek().kind, Kind::Symbol(it) if it == symbol);
        self.next += usize::from(found);
        found
    }

    fn unexpected(&self, expected: &'static str) -> SyntaxError {
        let token = self.peek();
        token.error(Reason::Unexpected { found: token.kind.to_string(), expected })
    }
}

fn joined(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// What the function takes, if these arguments are not that.
fn expected_arguments(call: &Call) -> Option<&'static str> {
    let arguments = &call.arguments;
    let (fits, expected) = match (call.function.domain(), call.function) {
        (Domain::Date, function) => (
            arguments.len() <= 1
                && arguments.iter().all(|it| date::Increment::parse(it, function).is_some()),
            "at most one increment, such as \"-4w\" (y, M, w, d, h or m)",
        ),
        (_, Function::RecentlyViewedContent | Function::RecentlyViewedSpaces) => (
            arguments.len() <= 2 && arguments.iter().all(|it| it.parse::<u32>().is_ok()),
            "at most a limit and an offset",
        ),
        _ => (arguments.is_empty(), "none"),
    };
    if fits { None } else { Some(expected) }
}

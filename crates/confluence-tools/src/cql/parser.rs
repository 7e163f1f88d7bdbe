//! From tokens to a tree, by recursive descent.

use std::fmt;

use super::{
    Clause, Expression, Name, Operand, Operator, Query, SortKey, Value, is_reserved,
    lexer::{Token, tokens},
};

/// The longest query that is read, in bytes. Confluence refuses longer addresses.
pub const MAX_LENGTH: usize = 16 * 1024;

/// How deep parentheses and `NOT`s may be nested: it bounds the stack.
pub const MAX_DEPTH: usize = 64;

/// The text is not a query that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where, in characters from one.
    pub column: usize,
    /// What should stand there.
    pub expected: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: expected {}", self.column, self.expected)
    }
}

impl std::error::Error for SyntaxError {}

impl SyntaxError {
    /// `at` is in bytes.
    pub(super) fn new(text: &str, at: usize, expected: impl Into<String>) -> Self {
        let column = text.get(..at).map_or(0, |it| it.chars().count()) + 1;
        Self { column, expected: expected.into() }
    }
}

pub(super) fn parse(text: &str) -> Result<Query, SyntaxError> {
    if text.len() > MAX_LENGTH {
        let expected = format!("a query of at most {MAX_LENGTH} bytes");
        return Err(SyntaxError { column: 1, expected });
    }
    let mut parser = Parser { text, tokens: tokens(text)?.into(), depth: 0 };
    let filter = parser.any()?;
    let order = if parser.takes_word("order") { parser.order()? } else { Vec::new() };
    match (parser.tokens.is_empty(), order.is_empty()) {
        (true, _) => Ok(Query { filter, order }),
        (false, true) => Err(parser.expected("AND, OR, ORDER BY or the end")),
        (false, false) => Err(parser.expected("ASC, DESC, `,` or the end")),
    }
}

struct Parser<'t> {
    text: &'t str,
    /// What is not read yet.
    tokens: std::collections::VecDeque<(usize, Token)>,
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Expression, SyntaxError> {
        self.joined("or", Expression::Or, |it| it.joined("and", Expression::And, Self::single))
    }

    /// What `part` reads, once or several times with `word` in between.
    fn joined(
        &mut self,
        word: &str,
        join: fn(Vec<Expression>) -> Expression,
        part: impl Fn(&mut Self) -> Result<Expression, SyntaxError>,
    ) -> Result<Expression, SyntaxError> {
        let first = part(self)?;
        if !self.next_is_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.takes_word(word) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn single(&mut self) -> Result<Expression, SyntaxError> {
        if self.depth == MAX_DEPTH {
            return Err(self.expected(format!("at most {MAX_DEPTH} levels of parentheses and NOT")));
        }
        self.depth += 1;
        let expression = if self.takes_word("not") {
            Expression::Not(Box::new(self.single()?))
        } else if self.takes_mark("(") {
            let inner = self.any()?;
            self.mark(")", "AND, OR or `)`")?;
            inner
        } else {
            Expression::Clause(self.clause()?)
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn clause(&mut self) -> Result<Clause, SyntaxError> {
        let field = self.name("a field, NOT or `(`")?;
        let operator = self.operator()?;
        let is_list = matches!(operator, Operator::In | Operator::NotIn);
        let operand = if is_list && self.takes_mark("(") {
            let mut values = vec![self.value()?];
            while self.takes_mark(",") {
                values.push(self.value()?);
            }
            self.mark(")", "`,` or `)`")?;
            Operand::List(values)
        } else if is_list && !self.next_is_call() {
            return Err(self.expected("`(` and a list, or a function"));
        } else {
            Operand::One(self.value()?)
        };
        Ok(Clause { field, operator, operand })
    }

    fn operator(&mut self) -> Result<Operator, SyntaxError> {
        if self.takes_word("in") {
            return Ok(Operator::In);
        }
        if self.takes_word("not") {
            return if self.takes_word("in") {
                Ok(Operator::NotIn)
            } else {
                Err(self.expected("IN"))
            };
        }
        let operator = match self.tokens.front() {
            Some((_, Token::Mark(mark))) => Operator::of_mark(mark),
            Some((_, Token::Bare(_) | Token::Quoted(_))) | None => None,
        };
        let expected = "an operator: =, !=, ~, !~, >, >=, <, <=, IN or NOT IN";
        let operator = operator.ok_or_else(|| self.expected(expected))?;
        self.tokens.pop_front();
        Ok(operator)
    }

    fn value(&mut self) -> Result<Value, SyntaxError> {
        if !self.next_is_call() {
            return Ok(Value::Text(
                self.text_value("a value (in quotes, if it is more than one word)")?,
            ));
        }
        let function = self.name("a function")?;
        self.mark("(", "`(`")?;
        let mut arguments = Vec::new();
        while !self.takes_mark(")") {
            if !arguments.is_empty() {
                self.mark(",", "`,` or `)`")?;
            }
            arguments.push(self.text_value("an argument or `)`")?);
        }
        Ok(Value::Call { function, arguments })
    }

    fn order(&mut self) -> Result<Vec<SortKey>, SyntaxError> {
        if !self.takes_word("by") {
            return Err(self.expected("BY"));
        }
        let mut keys = Vec::new();
        loop {
            let field = self.name("a field to sort by")?;
            let descending = if self.takes_word("desc") {
                Some(true)
            } else {
                self.takes_word("asc").then_some(false)
            };
            keys.push(SortKey { field, descending });
            if !self.takes_mark(",") {
                return Ok(keys);
            }
        }
    }

    fn name(&mut self, expected: &str) -> Result<Name, SyntaxError> {
        let name = match self.tokens.front() {
            Some((_, Token::Bare(text) | Token::Quoted(text))) => Name::new(text),
            Some((_, Token::Mark(_))) | None => None,
        };
        let name = name.ok_or_else(|| self.expected(expected))?;
        self.tokens.pop_front();
        Ok(name)
    }

    fn text_value(&mut self, expected: &str) -> Result<String, SyntaxError> {
        match self.tokens.front() {
            Some((_, Token::Bare(word))) if is_reserved(word) => {
                Err(self.expected(format!("{expected}; put quotes around `{word}` if it is one")))
            }
            Some((_, Token::Bare(text) | Token::Quoted(text))) => {
                let text = text.clone();
                self.tokens.pop_front();
                Ok(text)
            }
            Some((_, Token::Mark(_))) | None => Err(self.expected(expected)),
        }
    }

    fn next_is_call(&self) -> bool {
        let is_name = matches!(self.tokens.front(), Some((_, Token::Bare(_))));
        is_name && matches!(self.tokens.get(1), Some((_, Token::Mark("("))))
    }

    fn next_is_word(&self, word: &str) -> bool {
        matches!(self.tokens.front(), Some((_, Token::Bare(it))) if it.eq_ignore_ascii_case(word))
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = self.next_is_word(word);
        if is_next {
            self.tokens.pop_front();
        }
        is_next
    }

    fn takes_mark(&mut self, mark: &str) -> bool {
        let is_next = matches!(self.tokens.front(), Some((_, Token::Mark(it))) if *it == mark);
        if is_next {
            self.tokens.pop_front();
        }
        is_next
    }

    fn mark(&mut self, mark: &str, expected: &str) -> Result<(), SyntaxError> {
        if self.takes_mark(mark) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn expected(&self, expected: impl Into<String>) -> SyntaxError {
        let at = self.tokens.front().map_or(self.text.len(), |(at, _)| *at);
        SyntaxError::new(self.text, at, expected)
    }
}

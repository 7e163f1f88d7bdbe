use proptest::prelude::*;

use super::{Clause, Expression, MAX_DEPTH, Name, Operand, Operator, Query, SortKey, Value};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn query(text: &str) -> Query {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn only_eng() -> Expression {
    Expression::one_of(&name("space"), Operator::In, ["ENG"]).unwrap()
}

#[test]
fn queries_are_written_in_one_way() {
    for (text, written) in [
        ("type=page", r#"type = "page""#),
        ("a = 1 and b = 2 or c = 3", r#"(a = "1" AND b = "2") OR c = "3""#),
        ("a = 1 AND (b = 2 OR NOT c = 3)", r#"a = "1" AND (b = "2" OR (NOT c = "3"))"#),
        ("not not a = 1", r#"NOT (NOT a = "1")"#),
        ("space in (ENG, 'h r')", r#"space IN ("ENG", "h r")"#),
        ("space not in (ENG)", r#"space NOT IN ("ENG")"#),
        ("space IN recentlyViewedSpaces(10)", r#"space IN recentlyViewedSpaces("10")"#),
        ("created > now(-4w)", r#"created > now("-4w")"#),
        ("creator = currentUser()", "creator = currentUser()"),
        (r#""text" ~ '"exact"'"#, r#"text ~ "\"exact\"""#),
        (r#"text ~ "a\-b""#, r#"text ~ "a\\-b""#),
        (
            "a = 1 order by created desc, title ASC, id",
            r#"a = "1" ORDER BY created DESC, title ASC, id"#,
        ),
        ("title = 'É\u{2028}x'", "title = \"É\u{2028}x\""),
        ("user.fullname ~ run*", r#"user.fullname ~ "run*""#),
    ] {
        assert_eq!(query(text).to_string(), written, "{text}");
        assert_eq!(query(written), query(text), "{text}");
    }
}

#[test]
fn what_is_no_query_is_refused_where_it_goes_wrong() {
    for (text, column) in [
        ("", 1),
        ("order by created", 1),
        ("type", 5),
        ("type = ", 8),
        ("type = page)", 12),
        ("(type = page", 13),
        ("type = page AND", 16),
        ("type = page OR OR a = 1", 16),
        ("type = page b = 1", 13),
        ("type = and", 8),
        ("type in page", 9),
        ("type in ()", 10),
        ("type = \"page", 8),
        ("type = 'page\\'", 8),
        ("é = 1", 1),
        ("type = page; a = 1", 12),
        ("type = page && a = 1", 13),
        ("type = page -- a = 1", 13),
        ("type = page /* a */ or b = 1", 13),
        ("type = page # a", 13),
        ("type = ~admin", 8),
        ("a = f(b", 8),
        ("a = f(g(b))", 8),
        ("a = 1 order created", 13),
        ("a = 1 order by created or b = 2", 24),
        ("a = 1 order by created, ", 25),
        ("a not = 1", 7),
    ] {
        let error = text.parse::<Query>().expect_err(text);
        assert_eq!(error.column, column, "{text}: {error}");
    }
}

#[test]
fn nesting_and_length_are_bounded() {
    let deep = |levels: usize| format!("{}a = 1{}", "(".repeat(levels), ")".repeat(levels));
    assert!(deep(MAX_DEPTH - 1).parse::<Query>().is_ok());
    assert!(deep(MAX_DEPTH).parse::<Query>().is_err());
    assert!("not ".repeat(100_000).parse::<Query>().is_err());
    assert!(format!("a = \"{}\"", "x".repeat(super::MAX_LENGTH)).parse::<Query>().is_err());
}

#[test]
fn a_narrowed_query_cannot_be_left() {
    for text in [
        "a = 1 or b = 2",
        "not a = 1",
        "a = '\") or (b = \"2'",
        "a = \"\\\") or b = 2 or (c = \\\"\"",
        "a = '\\\\' or b = 2",
        "a = 1 or b = 2 order by created",
        "a = 1 or space = HR",
    ] {
        let narrowed = query(text).narrowed(only_eng());
        let Query { filter: Expression::And(parts), .. } = query(&narrowed.to_string()) else {
            panic!("{narrowed}");
        };
        assert_eq!(parts, [only_eng(), query(text).filter], "{text}");
    }
}

#[test]
fn a_list_of_nothing_is_no_condition() {
    assert_eq!(Expression::one_of(&name("space"), Operator::In, []), None);
}

fn any_name() -> impl Strategy<Value = Name> {
    "[a-z][A-Za-z0-9_.]{0,8}".prop_filter_map("a word of the language", |it| Name::new(&it))
}

fn any_value() -> impl Strategy<Value = Value> {
    let call = (any_name(), prop::collection::vec(any::<String>(), 0..3))
        .prop_map(|(function, arguments)| Value::Call { function, arguments });
    prop_oneof![
        any::<String>().prop_map(Value::Text),
        r#"[ "'\\()~,a]{0,8}"#.prop_map(Value::Text),
        call
    ]
}

fn any_clause() -> impl Strategy<Value = Expression> {
    let marks = prop::sample::select(vec!["=", "!=", "~", "!~", ">", ">=", "<", "<="]);
    let marks = marks.prop_map(|it| Operator::of_mark(it).unwrap());
    let one = (any_name(), marks, any_value()).prop_map(|(field, operator, value)| Clause {
        field,
        operator,
        operand: Operand::One(value),
    });
    let lists = prop::sample::select(vec![Operator::In, Operator::NotIn]);
    let list = (any_name(), lists, prop::collection::vec(any_value(), 1..4)).prop_map(
        |(field, operator, values)| Clause { field, operator, operand: Operand::List(values) },
    );
    prop_oneof![one, list].prop_map(Expression::Clause)
}

fn any_query() -> impl Strategy<Value = Query> {
    let filter = any_clause().prop_recursive(5, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.prop_map(|it| Expression::Not(Box::new(it))),
        ]
    });
    let key = (any_name(), any::<Option<bool>>())
        .prop_map(|(field, descending)| SortKey { field, descending });
    (filter, prop::collection::vec(key, 0..3)).prop_map(|(filter, order)| Query { filter, order })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_tree(query in any_query()) {
        let written = query.to_string();
        // Only the length is bounded more closely than the trees that are made up here.
        prop_assume!(written.len() <= super::MAX_LENGTH);
        prop_assert_eq!(written.parse::<Query>(), Ok(query));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(query) = text.parse::<Query>() {
            prop_assert_eq!(query.to_string().parse::<Query>(), Ok(query));
        }
    }

    #[test]
    fn texts_that_look_like_queries_stay_within_the_condition(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "a", "=", "1", "and", "or", "not", "(", ")", "\"", "'", "\\", "in", ",", "order by", "~",
            ]),
            0..24,
        ),
    ) {
        let text = parts.join(" ");
        if let Ok(query) = text.parse::<Query>() {
            let narrowed = query.clone().narrowed(only_eng()).to_string();
            let Ok(Query { filter: Expression::And(parts), .. }) = narrowed.parse() else {
                return Err(TestCaseError::fail(narrowed));
            };
            prop_assert_eq!(parts, [only_eng(), query.filter]);
        }
    }
}

//! What holds for every text and every query.

use proptest::{prelude::*, sample::select};

use crate::cql::{
    Call, Clause, Direction, Expression, Field, Function, Operand, Operator, Query, SortKey, Value,
    parse,
};

fn clause() -> impl Strategy<Value = Clause> {
    let fields =
        [Field::Type, Field::Space, Field::Title, Field::Text, Field::Creator, Field::Created];
    (
        select(fields.to_vec()),
        any::<prop::sample::Index>(),
        prop::collection::vec("\\PC{0,6}[a-z\"\\\\]", 1..4),
    )
        .prop_map(|(field, index, texts)| {
            let operator = *index.get(field.operators());
            let value = |text: String| {
                if field == Field::Created {
                    let arguments = vec![format!("-{}d", text.len())];
                    Value::Call(Call { function: Function::Now, arguments })
                } else {
                    Value::Text(text)
                }
            };
            let mut values = texts.into_iter().map(value).collect::<Vec<_>>();
            let operand = if matches!(operator, Operator::In | Operator::NotIn) {
                Operand::List(values)
            } else {
                Operand::One(values.remove(0))
            };
            Clause { field, operator, operand }
        })
}

fn expression() -> impl Strategy<Value = Expression> {
    clause().prop_map(Expression::Clause).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.prop_map(|it| Expression::Not(Box::new(it))),
        ]
    })
}

fn query() -> impl Strategy<Value = Query> {
    let key = (select(&[Field::Title, Field::Created, Field::Id]), any::<bool>()).prop_map(
        |(field, descending)| SortKey {
            field,
            direction: if descending { Direction::Descending } else { Direction::Ascending },
        },
    );
    (expression(), prop::collection::vec(key, 0..3))
        .prop_map(|(filter, order)| Query { filter, order })
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn no_likely_text_makes_the_parser_panic(
        words in prop::collection::vec(
            select(&[
                "type", "text", "created", "=", "~", "!~", ">=", "(", ")", ",", "AND", "or", "NOT", "in",
                "order", "by", "desc", "now", "\"", "'", "\\", "x", "\"\"", "-4w", "2026-01-02", "é",
            ]),
            0..24,
        ),
    ) {
        if let Ok(query) = parse(&words.join(" ")) {
            query.text_terms();
        }
    }

    #[test]
    fn a_printed_query_is_parsed_to_itself(query in query()) {
        let printed = query.to_string();
        prop_assert_eq!(parse(&printed), Ok(query), "{}", printed);
    }
}

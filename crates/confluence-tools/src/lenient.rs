//! The leniency that agents need, and no more: lists as comma-separated text, nested JSON as text.

use std::{fmt, marker::PhantomData, str::FromStr};

use confluence_api::text::excerpt;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// A list given as an array, as one value, or as comma-separated text.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct Visitor<T>(PhantomData<T>);

    impl<'de, T: FromStr<Err: fmt::Display>> de::Visitor<'de> for Visitor<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array of strings, or comma-separated text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| part.parse().map_err(E::custom)).collect()
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Vec<T>, E> {
            self.visit_str(&number.to_string())
        }

        fn visit_none<E: de::Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(Scalar(text)) = items.next_element()? {
                list.push(text.trim().parse().map_err(de::Error::custom)?);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_any(Visitor(PhantomData))
}

/// An entry of a list: text, or a number where a client was careless.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) if !number.is_f64() => Ok(Self(number.to_string())),
            other @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_)) => {
                Err(de::Error::custom(format_args!("got {}, expected a string", kind(&other))))
            }
        }
    }
}

/// An object, or text that holds one.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: de::DeserializeOwned,
{
    let value = nested(deserializer, "an object")?;
    // serde would also fill a struct from an array, by position.
    if value.is_object() { inner(value) } else { Err(unexpected(&value, "an object")) }
}

/// An array, or text that holds one.
pub(crate) fn array<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: de::DeserializeOwned,
{
    let value = nested(deserializer, "an array")?;
    if value.is_array() { inner(value) } else { Err(unexpected(&value, "an array")) }
}

fn unexpected<E: de::Error>(value: &Value, expected: &str) -> E {
    E::custom(format_args!("got {}, expected {expected}", kind(value)))
}

fn nested<'de, D: Deserializer<'de>>(deserializer: D, expected: &str) -> Result<Value, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => Ok(value),
            Ok(_) | Err(_) => Err(de::Error::custom(format_args!(
                "got a string that is not JSON, expected {expected}"
            ))),
        },
        value @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => Ok(value),
    }
}

fn inner<T: de::DeserializeOwned, E: de::Error>(value: Value) -> Result<T, E> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if path == "." { E::custom(inner) } else { E::custom(Nested { path, inner }) }
    })
}

/// An error inside a nested body; [`crate::arguments`] puts the paths together.
struct Nested {
    path: String,
    inner: serde_json::Error,
}

impl fmt::Display for Nested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.path, crate::arguments::PATH_END, self.inner)
    }
}

/// What a value is, in words for an error.
pub(crate) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("the boolean {flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => {
            let shown = excerpt(text, 40);
            let more = if shown.len() < text.len() { "…" } else { "" };
            format!("the string \"{shown}{more}\"")
        }
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

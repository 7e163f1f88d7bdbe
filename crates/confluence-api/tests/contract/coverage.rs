//! Which of the documented fields have been seen.
//!
//! Hardly any field of v2 is required, so an answer without fields is valid: what never comes has to be
//! counted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::schema;

/// Fields of named schemas: all that the schemas list, and those of them that came.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    documented: BTreeMap<String, BTreeSet<String>>,
    seen: BTreeMap<String, BTreeSet<String>>,
}

impl Coverage {
    /// Counts what `instance`, which is valid, has of `schema`.
    pub(crate) fn add(&mut self, document: &Value, schema: &Value, instance: &Value) {
        self.walk(document, schema, instance, None);
    }

    fn walk(&mut self, document: &Value, schema: &Value, instance: &Value, name: Option<&str>) {
        if let Some(name) = schema::reference(schema) {
            let named = schema::resolved(document, schema);
            self.walk(document, named, instance, Some(name));
            return;
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.walk(document, part, instance, name);
            }
        }
        if let (Some(items), Some(rows)) = (schema.get("items"), instance.as_array()) {
            for row in rows {
                self.walk(document, items, row, None);
            }
        }
        let (Some(properties), Some(fields)) =
            (schema.get("properties").and_then(Value::as_object), instance.as_object())
        else {
            return;
        };
        if let Some(name) = name {
            let all = self.documented.entry(name.to_owned()).or_default();
            all.extend(properties.keys().cloned());
            let seen =
                fields.iter().filter(|(_, it)| !it.is_null()).map(|(field, _)| field.clone());
            self.seen.entry(name.to_owned()).or_default().extend(seen);
        }
        for (field, value) in fields {
            if let Some(schema) = properties.get(field) {
                self.walk(document, schema, value, None);
            }
        }
    }

    /// `Schema: field, field` for each schema of which a field never came.
    pub(crate) fn never_seen(&self) -> Vec<String> {
        let missing = self.documented.iter().map(|(name, all)| {
            let seen = self.seen.get(name);
            let missing = all.iter().filter(|it| seen.is_none_or(|seen| !seen.contains(*it)));
            (name, missing.map(String::as_str).collect::<Vec<_>>())
        });
        let missing = missing.filter(|(_, fields)| !fields.is_empty());
        missing.map(|(name, fields)| format!("{name}: {}", fields.join(", "))).collect()
    }
}

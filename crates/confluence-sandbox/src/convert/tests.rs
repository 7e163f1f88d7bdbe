//! Tests of the conversions, on documents of other projects and on made-up ones.

mod corpus;
mod from_adf;
mod inventory;
mod normalize;
mod plain;
mod properties;
mod to_adf;
mod view;

use std::{fs, path::Path, sync::LazyLock};

use jsonschema::Validator;
use serde_json::Value;

/// The documents of a folder under `fixtures`, with their names.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(folder);
    let mut documents: Vec<(String, String)> = fs::read_dir(root)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it != "md"))
        .map(|it| {
            let name = it.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(it).unwrap())
        })
        .collect();
    documents.sort();
    documents
}

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let (_, schema) =
        fixtures("adf/schema/").into_iter().find(|(it, _)| it.starts_with("adf-schema")).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap()
});

/// What Atlassian's schema says against the document.
fn objections(document: &Value) -> Vec<String> {
    SCHEMA.iter_errors(document).map(|it| format!("{it} at {}", it.instance_path())).collect()
}

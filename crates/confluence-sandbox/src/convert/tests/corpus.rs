//! Real documents: nothing gets lost on the way to ADF and back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{fixtures, inventory, objections};
use crate::convert::{adf_to_storage, storage, storage_to_adf, storage_to_text};

#[track_caller]
fn survives(name: &str, source: &str) {
    let document = storage_to_adf(source).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(objections(&document), [""; 0], "{name}: {document:#}");
    let back = adf_to_storage(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
    let difference = inventory::of(source).difference(&inventory::of(&back));
    assert_eq!(difference, None, "{name}");
    let again = storage_to_adf(&back).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(self::difference(&without_ids(document), &without_ids(again)), None, "{name}");
}

/// The innermost nodes in which two documents differ first.
fn difference(a: &Value, b: &Value) -> Option<(Value, Value)> {
    let children = |it: &Value| it["content"].as_array().cloned().unwrap_or_default();
    let (inside_a, inside_b) = (children(a), children(b));
    let inner = inside_a.iter().zip(&inside_b).find_map(|(a, b)| difference(a, b));
    inner.or_else(|| (a != b).then(|| (a.clone(), b.clone())))
}

/// The document without ids that Confluence makes up.
fn without_ids(mut node: Value) -> Value {
    if let Some(attrs) = node.get_mut("attrs").and_then(Value::as_object_mut) {
        attrs.remove("localId");
    }
    for child in node.get_mut("content").and_then(Value::as_array_mut).into_iter().flatten() {
        *child = without_ids(child.take());
    }
    node
}

#[test]
fn storage_documents_survive_adf() {
    for (name, source) in fixtures("storage/") {
        survives(&name, &source);
        survives(&name, &storage::normalize(&source).unwrap());
    }
}

#[test]
fn demo_pages_survive_adf() {
    let mut folders = vec![PathBuf::from("demo/spaces")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder);
        for entry in fs::read_dir(root).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            let absolute = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
            if absolute.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "xml") {
                let text = fs::read_to_string(absolute).unwrap();
                // Attachments have no front matter.
                if let Some((_, body)) = text.split_once("\n+++\n") {
                    survives(&path.to_string_lossy(), body);
                    count += 1;
                }
            }
        }
    }
    assert_ne!(count, 0);
}

/// The ADF documents of the corpus.
fn documents() -> Vec<(String, Value)> {
    let mut documents = Vec::new();
    for (name, source) in fixtures("adf/") {
        let value: Value = serde_json::from_str(&source).unwrap();
        match (value.get("adf"), value["tests"].as_array()) {
            (Some(document), _) => documents.push((name, document.clone())),
            (None, Some(tests)) => {
                documents.extend(tests.iter().map(|it| (name.clone(), it["adf"].clone())));
            }
            (None, None) => documents.push((name, value)),
        }
    }
    documents
}

#[test]
fn adf_documents_survive_storage() {
    for (name, document) in documents() {
        let source = adf_to_storage(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        let back = storage_to_adf(&source).unwrap();
        assert_eq!(objections(&back), [""; 0], "{name}: {back:#}");
        let again = adf_to_storage(&back).unwrap();
        assert_eq!(inventory::of(&again), inventory::of(&source), "{name}");
        assert_eq!(types(&back), types(&document), "{name}: {source}");
    }
}

/// The types of all nodes, in order, and the texts of the leaves.
fn types(node: &Value) -> Vec<String> {
    let kind = match node["type"].as_str() {
        // Confluence's answers have extensions with content, which the schema calls otherwise.
        Some("extension") if node.get("content").is_some() => "bodiedExtension",
        Some(kind) => kind,
        None => "",
    };
    let text = node["text"].as_str().unwrap_or_default().replace('\n', " ");
    let own = format!("{kind} {text}");
    let children = node["content"].as_array().into_iter().flatten();
    std::iter::once(own).chain(children.flat_map(types)).collect()
}

#[test]
fn the_same_document_in_both_formats_is_converted_to_the_other() {
    let storage = fixtures("storage/");
    let document =
        documents().into_iter().find(|(it, _)| it == "atlcli-pair-basic.json").unwrap().1;
    let (_, source) = storage.iter().find(|(it, _)| it == "atlcli-pair-basic.xml").unwrap();
    assert_eq!(types(&storage_to_adf(source).unwrap()), types(&document));
    assert_eq!(storage_to_text(&adf_to_storage(&document).unwrap()), storage_to_text(source));
}

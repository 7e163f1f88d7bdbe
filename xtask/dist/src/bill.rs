//! The software bill of materials, in `CycloneDX`'s JSON.
//!
//! cargo-cyclonedx makes it, with the features that the whole workspace asks for, and names the
//! folders of the machine. Here it is cut down to what the program is really made of, as cargo lists
//! it, and then checked for what its readers rely on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What every program of ours has in it; a bill without it is not of all that is linked.
const KNOWN: [&str; 3] = ["reqwest", "ring", "tokio"];

/// What only tests have in them; a bill with it is of more than is linked.
const TESTS: [&str; 3] = ["insta", "proptest", "wiremock"];

/// Where a purl has the folder of a package of ours.
const FOLDER: &str = "?download_url=file://";

/// How the identifier of a package of ours starts, before its folder.
const OWN: &str = "path+file://";

/// Name and version of a package.
type Part = (String, String);

/// The bill of a program, from two files below `folder`: what cargo-cyclonedx and `cargo tree` say.
///
/// # Errors
///
/// When one is missing, or is not what it should be.
pub(crate) fn read(folder: &Path, program: &str) -> Result<Value> {
    let text = |name: String| fs::read_to_string(folder.join(&name)).context(name);
    let raw = serde_json::from_str(&text(format!("{program}.cdx.json"))?)?;
    let parts = parts(&text(format!("{program}.parts"))?)?;
    cut(raw, &parts)
}

/// Reads lines of `cargo tree`: `serde v1.0.0`, and what does not matter here.
fn parts(text: &str) -> Result<BTreeSet<Part>> {
    let part = |line: &str| {
        let (name, rest) = line.split_once(" v")?;
        Some((name.to_owned(), rest.split(' ').next()?.to_owned()))
    };
    let lines = text.lines().filter(|it| !it.is_empty());
    lines.map(|it| part(it).with_context(|| format!("no package: `{it}`"))).collect()
}

/// Leaves only these packages, and names them without folders.
fn cut(mut bill: Value, parts: &BTreeSet<Part>) -> Result<Value> {
    let components = bill.get_mut("components").and_then(Value::as_array_mut);
    let components = components.context("it has no components")?;
    components.retain(|it| {
        parts.contains(&(text(it, "name").to_owned(), text(it, "version").to_owned()))
    });
    let mut kept: BTreeSet<_> =
        components.iter().map(|it| text(it, "bom-ref").to_owned()).collect();
    let own = bill.pointer("/metadata/component").context("it does not say whose it is")?;
    kept.insert(text(own, "bom-ref").to_owned());
    let edges = bill.get_mut("dependencies").and_then(Value::as_array_mut);
    let edges = edges.context("it does not say what depends on what")?;
    edges.retain(|it| kept.contains(text(it, "ref")));
    for edge in edges {
        if let Some(targets) = edge.get_mut("dependsOn").and_then(Value::as_array_mut) {
            targets.retain(|it| it.as_str().is_some_and(|it| kept.contains(it)));
        }
    }
    without_folders(&mut bill);
    Ok(bill)
}

fn without_folders(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((folder, rest)) = text.strip_prefix(OWN).and_then(|it| it.split_once('#')) {
                let name = folder.rsplit('/').next().unwrap_or(folder);
                *text = format!("{name}#{rest}");
            } else if let Some((purl, _)) = text.split_once(FOLDER) {
                *text = purl.to_owned();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(without_folders),
        Value::Object(fields) => fields.values_mut().for_each(without_folders),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Checks a bill of materials.
///
/// # Errors
///
/// When it is none, is another program's, or something in it is missing.
pub(crate) fn check(bill: &Value, program: &str) -> Result<()> {
    examine(bill, program).context("the bill of materials cannot be used")
}

fn examine(bill: &Value, program: &str) -> Result<()> {
    ensure!(text(bill, "bomFormat") == "CycloneDX", "it is not CycloneDX");
    let own = bill.pointer("/metadata/component").context("it does not say whose it is")?;
    ensure!(text(own, "name") == program, "it is that of `{}`", text(own, "name"));
    ensure!(text(own, "version") == env!("CARGO_PKG_VERSION"), "it is of another version");

    let components = bill.get("components").and_then(Value::as_array);
    let components = components.context("it has no components")?;
    let mut names = BTreeSet::new();
    let mut references = BTreeSet::from([text(own, "bom-ref")]);
    for component in components {
        let name = text(component, "name");
        names.insert(name);
        let is_new = references.insert(text(component, "bom-ref"));
        ensure!(is_new, "`{name}` is there twice");
        for field in ["version", "purl", "bom-ref"] {
            ensure!(!text(component, field).is_empty(), "`{name}` has no `{field}`");
        }
        let licences = component.get("licenses").and_then(Value::as_array);
        ensure!(licences.is_some_and(|it| !it.is_empty()), "`{name}` has no licence");
    }
    for name in KNOWN {
        ensure!(names.contains(name), "`{name}` is missing");
    }
    for name in TESTS {
        ensure!(!names.contains(name), "`{name}` is not in the program");
    }
    for edge in bill.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
        let targets = edge.get("dependsOn").and_then(Value::as_array).into_iter().flatten();
        for reference in targets.filter_map(Value::as_str).chain([text(edge, "ref")]) {
            ensure!(references.contains(reference), "`{reference}` is no component of it");
        }
    }
    // Where it was built is nobody's business.
    ensure!(!bill.to_string().contains("file://"), "it names a folder of this machine");
    Ok(())
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;

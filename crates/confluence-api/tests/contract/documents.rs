//! Atlassian's documents: found, read, mended, and compared with those that this test was written for.

use std::{fmt::Write, io, path::Path, sync::LazyLock};

use http::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{defects, operation::Operation};

/// Names the folder of the documents.
const VARIABLE: &str = "CONFLUENCE_OPENAPI_DIR";

/// What is written as a key of a path beside its methods.
const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

/// A document as it was on 2026-07-21; `info.version` never changes.
struct Edition {
    file: &'static str,
    operations: usize,
    sha256: &'static str,
}

const V2: Edition = Edition {
    file: "confluence-v2.json",
    operations: 218,
    sha256: "c4bd1ed570f21cd6dee2360d9cda0d5aa09933233491c8286d60cc4fa16c5df5",
};

const V1: Edition = Edition {
    file: "confluence-v1.json",
    operations: 130,
    sha256: "70088490f4069e0a5b082411ac5296b822041b2848256444f0dfca3f3d319e73",
};

/// Both documents, mended.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) v2: Document,
    pub(crate) v1: Document,
}

/// One document.
#[derive(Debug)]
pub(crate) struct Document {
    /// What stands before each of its paths, below the root.
    base: String,
    pub(crate) json: Value,
}

/// The documents; `None` if nobody says where they are.
pub(crate) fn documents() -> Option<&'static Documents> {
    static DOCUMENTS: LazyLock<Option<Documents>> = LazyLock::new(load);
    DOCUMENTS.as_ref()
}

fn load() -> Option<Documents> {
    #[expect(clippy::disallowed_methods, reason = "a test has no other way to be told")]
    let Some(folder) = std::env::var_os(VARIABLE).filter(|it| !it.is_empty()) else {
        say(&format!(
            "contract: SKIPPED, nothing was compared: {VARIABLE} does not name a folder with {} and {}",
            V2.file, V1.file
        ));
        return None;
    };
    let folder = Path::new(&folder);
    let (mut v2, mut v1) = (V2.read(folder), V1.read(folder));
    defects::mend(&mut v2.json, &mut v1.json);
    Some(Documents { v2, v1 })
}

impl Edition {
    fn read(&self, folder: &Path) -> Document {
        let path = folder.join(self.file);
        let bytes = std::fs::read(&path).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
        let json: Value = serde_json::from_slice(&bytes).unwrap();
        let sha256 = Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        let operations = count(&json);
        if sha256 != self.sha256 || operations != self.operations {
            let Self { file, operations: known, .. } = self;
            say(&format!(
                "contract: {file} is not that of 2026-07-21: {operations} operations \
                 ({known} then), sha256 {sha256}"
            ));
        }
        Document { base: base(&json), json }
    }
}

fn count(json: &Value) -> usize {
    let paths = json["paths"].as_object().unwrap().values();
    paths.map(|it| METHODS.iter().filter(|method| it.get(**method).is_some()).count()).sum()
}

/// The path of the server's address: `/wiki/api/v2`, or nothing.
fn base(json: &Value) -> String {
    let url = json["servers"][0]["url"].as_str().unwrap();
    let (_, rest) = url.split_once("//").unwrap();
    rest.find('/').map_or("", |it| &rest[it..]).to_owned()
}

/// Written past the test harness, which keeps what a passing test prints to itself.
fn say(text: &str) {
    io::Write::write_all(&mut io::stderr(), format!("{text}\n").as_bytes()).unwrap();
}

impl Documents {
    /// The operation behind a path below the root.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Option<Operation<'_>> {
        [&self.v2, &self.v1].into_iter().find_map(|it| it.find(method, path))
    }
}

impl Document {
    fn find(&self, method: &Method, path: &str) -> Option<Operation<'_>> {
        let path = path.strip_prefix(&self.base)?;
        let paths = self.json["paths"].as_object().unwrap();
        let found = paths.iter().filter_map(|(template, item)| {
            let captures = captures(template, path)?;
            let json = item.get(method.as_str().to_ascii_lowercase())?;
            Some(Operation { document: &self.json, json, captures })
        });
        // What is spelled out goes before what stands in braces.
        found.min_by_key(|it| it.captures.len())
    }
}

/// What stands where the template has names in braces.
fn captures<'a>(template: &'a str, path: &str) -> Option<Vec<(&'a str, String)>> {
    let segments = |it: &'_ str| it.split('/').count();
    if segments(template) != segments(path) {
        return None;
    }
    let mut captures = Vec::new();
    for (expected, found) in template.split('/').zip(path.split('/')) {
        match expected.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) if !found.is_empty() => captures.push((name, found.to_owned())),
            None if expected == found => {}
            _ => return None,
        }
    }
    Some(captures)
}

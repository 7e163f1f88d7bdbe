//! All pages that there are: the fixtures, the corpus if somebody says where it is, and generated ones.

use std::{fs, path::Path};

use crate::generated;

/// Names a folder with more documents: `storage/*` in it is read.
const VARIABLE: &str = "CONFLUENCE_CORPUS_DIR";

/// A page and what it is called in a failure.
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) body: String,
}

/// Pages as the Cloud editor stores them: written by hand, and generated from 5 KB to 1 MB.
pub(crate) fn editor_pages() -> Vec<Page> {
    let mut pages = in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages"));
    assert!(pages.len() >= 4, "the fixtures are part of the checkout");
    // One page of the largest size is enough.
    let sizes = [1000, 160, 80, 80, 40, 40, 40, 30].into_iter().chain([5, 8, 13, 20].repeat(5));
    for (seed, kilobytes) in (0..).zip(sizes) {
        let name = format!("generated {seed}");
        pages.push(Page { name, body: generated::page(seed, kilobytes << 10) });
    }
    pages
}

/// Every document that there is.
pub(crate) fn all() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages = in_folder(&root.join("fixtures/storage"));
    assert!(pages.len() > 20, "the fixtures are part of the checkout");
    #[expect(clippy::disallowed_methods, reason = "a test has no other way to be told")]
    if let Some(folder) = std::env::var_os(VARIABLE).filter(|it| !it.is_empty()) {
        let more = in_folder(&Path::new(&folder).join("storage"));
        assert!(!more.is_empty(), "{VARIABLE} names a folder without documents");
        pages.extend(more);
    }
    pages.extend(editor_pages());
    pages
}

fn in_folder(folder: &Path) -> Vec<Page> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut pages: Vec<Page> = entries
        .map(|it| it.expect("the folder can be read").path())
        .filter(|it| it.extension().is_some_and(|it| it == "xml" || it == "html"))
        .map(|it| {
            let body = fs::read_to_string(&it).expect("the document can be read");
            Page { name: it.display().to_string(), body }
        })
        .collect();
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    pages
}

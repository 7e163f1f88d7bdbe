//! A page to Markdown and back, by size. `cargo bench -p confluence-markup` runs it.

use std::path::Path;

use confluence_markup::storage::{Document, compare, to_markdown};
use divan::{Bencher, counter::BytesCount};

fn main() {
    divan::main();
}

/// The pages of the editor, one after the other, up to this many bytes.
fn page(bytes: usize) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages");
    let read = |it: &str| std::fs::read_to_string(folder.join(it)).unwrap_or_default();
    let parts = [read("meeting-notes.xml"), read("decision-record.xml"), read("release-notes.xml")];
    let mut page = String::from("<p>The first words of a page.</p>");
    for part in parts.iter().cycle() {
        if page.len() + part.len() > bytes.max(1) && page.len() > 512 {
            break;
        }
        page.push_str(part);
        if part.is_empty() {
            break;
        }
    }
    page
}

const SIZES: [usize; 5] = [1 << 10, 20 << 10, 200 << 10, 1 << 20, 16 << 20];

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, bytes: usize) {
    let page = page(bytes);
    bencher.counter(BytesCount::of_str(&page)).bench(|| Document::parse(&page).is_ok());
}

#[divan::bench(args = SIZES)]
fn markdown(bencher: Bencher<'_, '_>, bytes: usize) {
    let page = page(bytes);
    bencher
        .counter(BytesCount::of_str(&page))
        .bench(|| Document::parse(&page).map(|it| to_markdown(&it).len()).is_ok());
}

#[divan::bench(args = SIZES)]
fn word(bencher: Bencher<'_, '_>, bytes: usize) {
    let page = page(bytes);
    let Ok(document) = Document::parse(&page) else { return };
    let edited = to_markdown(&document).replacen("first words", "last words", 1);
    bencher.counter(BytesCount::of_str(&page)).bench(|| {
        let document = Document::parse(&page);
        document.map(|it| it.merge_markdown(0..page.len(), &edited).is_ok()).is_ok()
    });
}

#[divan::bench(args = SIZES)]
fn loss(bencher: Bencher<'_, '_>, bytes: usize) {
    let page = page(bytes);
    let Ok(document) = Document::parse(&page) else { return };
    bencher.counter(BytesCount::of_str(&page)).bench(|| compare(&document, &document).is_empty());
}

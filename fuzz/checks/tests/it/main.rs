//! Runs every check on the inputs of its corpus.

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use checks::CHECKS;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder is part of the checkout");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
    entries.map(|it| name(it).expect("a file has a plain name")).collect()
}

#[test]
fn every_input_of_the_corpora_passes() {
    let mut failed = Vec::new();
    for (name, check) in CHECKS {
        let folder = corpus().join(name);
        for file in names(&folder) {
            let data = fs::read(folder.join(&file)).unwrap();
            if catch_unwind(AssertUnwindSafe(|| check(&data))).is_err() {
                failed.push(format!("fuzz/corpus/{name}/{file}"));
            }
        }
    }
    assert_eq!(failed, Vec::<String>::new());
}

#[test]
fn every_check_has_a_corpus_and_a_target() {
    let checks: BTreeSet<_> = CHECKS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&corpus()), checks);
    for name in &checks {
        assert!(names(&corpus().join(name)).len() >= 5, "{name} has too few inputs");
    }
    let targets = names(&corpus().join("../src/bin"));
    let targets: BTreeSet<_> =
        targets.iter().map(|it| it.trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(targets, checks);
}

#[test]
fn no_bytes_make_a_check_fail() {
    for (name, check) in CHECKS {
        for data in [&b""[..], b"\n", b"\xff\xfe", b"\n%%\n\n%%\n", &[0; 64], &[0xff; 64]] {
            assert!(catch_unwind(AssertUnwindSafe(|| check(data))).is_ok(), "{name}: {data:?}");
        }
    }
}

use crate::tidy::tests::check_rule;

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    check_rule(super::check, &[(path, text)], expected);
}

fn lines(count: usize) -> String {
    format!("//! Docs.\n{}", "fn f() {}\n".repeat(count - 1))
}

#[test]
fn a_long_file_is_named() {
    check("crates/a/src/b.rs", &lines(500), &[]);
    let warning = "warning: crates/a/src/b.rs: 501 lines; a file should stay below 500";
    check("crates/a/src/b.rs", &lines(501), &[warning]);
    let error = "crates/a/src/b.rs: 801 lines; split the file (800 at most)";
    check("crates/a/src/b.rs", &lines(801), &[error]);
}

#[test]
fn tests_may_be_long() {
    check("crates/a/src/b/tests.rs", &lines(900), &[]);
    check("crates/a/tests/it/main.rs", &lines(900), &[]);
}

#[test]
fn a_crate_root_is_short() {
    let error = "crates/a/src/lib.rs: 100 lines in a crate root; move code to modules (< 100)";
    check("crates/a/src/lib.rs", &lines(100), &[error]);
    check("crates/a/src/lib.rs", &lines(99), &[]);
}

#[test]
fn a_module_says_what_is_in_it() {
    let error = "a.rs:1: no `//!`: say in one sentence what is in this module";
    check("a.rs", "use std::fmt;\n//! Late.\n", &[error]);
    check("a.rs", "/// Of an item.\nfn f() {}\n", &[error]);
    check("a.rs", "", &[error]);
    check("a.rs", "#![doc = include_str!(\"../README.md\")]\n", &[]);
    check("a.rs", "#![cfg(unix)]\n\n//! Docs.\n", &[]);
}

#[test]
fn nothing_unfinished_stays() {
    check(
        "a.rs",
        "//! D.\nfn f() {\n    todo!()\n}\n",
        &["a.rs:3: `todo!` marks something unfinished"],
    );
    check(
        "a.rs",
        "//! D.\n#[ignore = \"slow\"]\nfn f() {}\n",
        &["a.rs:2: `ignore`: a test that does not run proves nothing"],
    );
    check(
        "a.rs",
        "//! D.\n#![cfg_attr(\n    x,\n    allow(dead_code)\n)]\n",
        &["a.rs:2: `allow`: use `#[expect(lint, reason = \"…\")]`"],
    );
}

#[test]
fn words_elsewhere_are_no_findings() {
    check("a.rs", "//! todo!\nfn allow(it: &str) { policy.allow(\"#[ignore]\") }\n", &[]);
    check("a.rs", "//! D.\n#[arg(ignore_case = true, allow = 1)]\nfn f() {}\n", &[]);
}

//! The rules, on trees made for them and on the real one.

use super::*;

/// Runs `rule` on these files and compares what it finds with `expected`, line by line.
#[track_caller]
pub(super) fn check_rule(rule: fn(&Tree, &mut Report), files: &[(&str, &str)], expected: &[&str]) {
    let mut report = Report::default();
    rule(&Tree::of(files), &mut report);
    let warnings = report.warnings.iter().map(|it| format!("warning: {it}"));
    let found: Vec<_> = report.errors.iter().map(ToString::to_string).chain(warnings).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_source_tree_keeps_its_rules() {
    let tree = Tree::read(Workspace::this().root()).unwrap();
    let report = check(&tree);
    let found: Vec<_> = report.errors.iter().map(|it| format!("\n  {it}")).collect();
    assert!(found.is_empty(), "`cargo xtask tidy` finds:{}", found.concat());
}

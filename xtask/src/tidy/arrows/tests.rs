use crate::tidy::tests::check_rule;

#[track_caller]
fn check(name: &str, rest: &str, expected: &[&str]) {
    let manifest = format!("[package]\nname = \"{name}\"\n{rest}");
    check_rule(super::check, &[("a/Cargo.toml", &manifest)], expected);
}

#[test]
fn dependencies_follow_the_arrows() {
    check("confluence-auth", "[dependencies]\nconfluence-api.workspace = true\n", &[]);
    check(
        "confluence-auth",
        "[dependencies]\nconfluence-tools.workspace = true\n",
        &["a/Cargo.toml: `confluence-auth` must not depend on `confluence-tools`"],
    );
    check(
        "confluence-api",
        "[target.'cfg(unix)'.dependencies]\nconfluence-auth.workspace = true\n",
        &["a/Cargo.toml: `confluence-api` must not depend on `confluence-auth`"],
    );
}

#[test]
fn tests_may_cross_the_arrows() {
    check("confluence-api", "[dev-dependencies]\nconfluence-auth.workspace = true\n", &[]);
}

#[test]
fn a_new_package_needs_a_row() {
    check(
        "confluence-new",
        "",
        &["a/Cargo.toml: `confluence-new` has no row in the table of arrows (xtask, `ARROWS`)"],
    );
}

#[test]
fn both_tables_say_the_same() {
    let check = |wrappers: &str, expected: &[&str]| {
        let bans = format!(
            "[bans]\ndeny = [{{ crate = \"confluence-api\", wrappers = [{wrappers}] }},\n\
             {{ crate = \"confluence-auth\" }}]"
        );
        check_rule(
            super::check,
            &[
                ("a/Cargo.toml", "[package]\nname = \"confluence-api\"\n"),
                ("b/Cargo.toml", "[package]\nname = \"confluence-auth\"\n"),
                ("deny.toml", &bans),
            ],
            expected,
        );
    };
    let wrong = "deny.toml: `confluence-api` needs `wrappers = [\"confluence-auth\"]`";
    check("\"confluence-auth\"", &[]);
    check("", &[wrong]);
    check("\"confluence-auth\", \"confluence-sandbox\"", &[wrong]);
}

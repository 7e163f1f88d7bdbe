use crate::tidy::tests::check_rule;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let files = [
        ("docs/guide.md", text),
        (
            "docs/tools.md",
            "# Tools\n\n## `pages` (8 actions)\n\n## Same\n## Same\n<a id=\"x\"></a>\n",
        ),
        ("README.md", "# Confluence\n```sh\n# a comment\n```\n"),
        ("docs/picture.svg", "<svg/>"),
    ];
    check_rule(super::check, &files, expected);
}

#[test]
fn a_link_leads_somewhere() {
    check("[a](tools.md) [b](../README.md) ![c](picture.svg) [d](./) [e](https://x.test/y)", &[]);
    check("[a](tool.md)", &["docs/guide.md:1: link to `tool.md`: there is no such file"]);
    check(
        "\n[a]: ../docs/tool.md \"Title\"",
        &["docs/guide.md:2: link to `../docs/tool.md`: there is no such file"],
    );
    check(
        "[a](../../secret.md) [b](/etc/hosts)",
        &[
            "docs/guide.md:1: link to `../../secret.md`: leads out of the repository",
            "docs/guide.md:1: link to `/etc/hosts`: leads out of the repository",
        ],
    );
}

#[test]
fn an_anchor_is_a_heading() {
    check(
        "# Here\n[a](#here) [b](tools.md#pages-8-actions) [c](tools.md#same-1) [d](tools.md#x)",
        &[],
    );
    check(
        "[a](tools.md#spaces) [b](#there)",
        &[
            "docs/guide.md:1: link to `tools.md#spaces`: there is no such heading",
            "docs/guide.md:1: link to `#there`: there is no such heading",
        ],
    );
    check(
        "[a](../README.md#a-comment)",
        &["docs/guide.md:1: link to `../README.md#a-comment`: there is no such heading"],
    );
}

#[test]
fn code_holds_no_links() {
    check("`[a](b.md)`\n```\n[a](b.md)\n```\n~~~~md\n```\n[a](b.md)\n~~~~\n", &[]);
    check("a lone ` and [a](b.md)", &["docs/guide.md:1: link to `b.md`: there is no such file"]);
}

#[test]
fn items_of_a_crate_are_left_to_rustdoc() {
    check("[`Client`](crate::Client)", &[]);
}

use crate::{
    markdown::{read, write},
    model::{Block, Inline, Style},
    storage::from_markdown,
};

/// Markdown that is written as it was read.
#[track_caller]
fn same(markdown: &str) {
    assert_eq!(write(&read(markdown)), format!("{markdown}\n"));
}

#[track_caller]
fn storage(markdown: &str, expected: &str) {
    assert_eq!(from_markdown(markdown).as_deref(), Ok(expected));
}

#[test]
fn blocks_are_written_as_they_were_read() {
    same("# One\n\n## Two\n\ntext\n\n___\n\n> quoted\n>\n> twice");
    same("- a\n- b\n  - c\n    - d\n- e");
    same("3. a\n4. b\n\n   more\n5. c");
    same("- [ ] open\n- [x] done");
    same("- a\n\n* b");
    same("1. a\n\n1) b");
    same("> [!NOTE]\n> text\n\n> [!WARNING]\n> - a\n> - b");
    same("```rust\nlet x = 1;\n\n    y\n```");
    same("````\n```\n````");
    same("| A | B |\n| :--- | ---: |\n| a \\| b | `c \\| d` |\n|  | x<br>y |");
    same("[[expand:Title #m4]]\n\ntext\n\n[[/expand #m4]]");
    same("- [[macro:toc #m1]]\n- [[expand:A #m2]]\n\n  - b\n\n  [[/expand #m2]]");
}

#[test]
fn running_text_is_written_as_it_was_read() {
    same("**bold** *italic* ~~struck~~ `code` [link](https://a.b) <https://a.b>");
    same("<u>a</u> x<sup>2</sup> H<sub>2</sub>O");
    same("one\\\ntwo");
    same("[[comment #m1]]a **b**[[/comment #m1]] c");
    same("![a \\[b\\]](attachment:c.png \"#m5\")");
    same("[a](<page:OPS/Runbook (v2)>)");
    same(
        "\\*not\\* \\[\\[x]] \\<b> \\`c\\` \\_d\\_ snake_case a & b &amp;lt;"
            .replace("&amp;lt;", "x")
            .as_str(),
    );
    same("a<strong>(b)</strong>c");
}

#[test]
fn text_that_looks_like_a_block_is_escaped() {
    for text in [
        "# a", "- a", "+ a", "1. a", "1) a", "> a", "=", "---", "| a |", "```", "[x] a", "\\a",
        "&lt;", "[[x]]", "***",
    ] {
        let block = Block::Paragraph(vec![Inline::Text(text.to_owned())]);
        let blocks = vec![block];
        assert_eq!(read(&write(&blocks)), blocks, "{}", write(&blocks));
    }
}

#[test]
fn styles_that_signs_cannot_say_are_tags() {
    let styled =
        |style, text: &str| Inline::Styled { style, content: vec![Inline::Text(text.to_owned())] };
    let text = |it: &str| Inline::Text(it.to_owned());
    for content in [
        vec![styled(Style::Strong, "a"), styled(Style::Emphasis, "b")],
        vec![text("x"), styled(Style::Strong, "(a)"), text("y")],
        vec![Inline::Styled {
            style: Style::Strong,
            content: vec![styled(Style::Emphasis, "a"), text("b")],
        }],
        vec![text("a*"), styled(Style::Emphasis, "b")],
        vec![text("a~"), styled(Style::Strike, "b"), text("~c")],
        vec![styled(Style::Emphasis, "a"), text("b")],
        vec![Inline::Code("a`b".to_owned()), Inline::Code("c".to_owned()), text("`d")],
    ] {
        let blocks = vec![Block::Paragraph(content)];
        assert_eq!(read(&write(&blocks)), blocks, "{}", write(&blocks));
    }
}

#[test]
fn markdown_becomes_storage() {
    storage("# A & B", "<h1>A &amp; B</h1>");
    storage(
        "- [ ] a\n- [x] b",
        "<ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>a</ac:task-body></ac:task><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>b</ac:task-body></ac:task></ac:task-list>",
    );
    storage(
        "```sh\na]]>b\n```",
        "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">sh</ac:parameter><ac:plain-text-body><![CDATA[a]]]]><![CDATA[>b]]></ac:plain-text-body></ac:structured-macro>",
    );
    storage(
        "> [!TIP]\n> a",
        "<ac:structured-macro ac:name=\"tip\"><ac:rich-text-body><p>a</p></ac:rich-text-body></ac:structured-macro>",
    );
    storage(
        "| A |\n| --- |\n| b |",
        "<table><tbody><tr><th><p>A</p></th></tr><tr><td><p>b</p></td></tr></tbody></table>",
    );
    storage(
        "[a](page:123) [b](<page:DOC/The title>) [c](#d)",
        "<p><ac:link><ri:content-entity ri:content-id=\"123\" /><ac:link-body>a</ac:link-body></ac:link> <ac:link><ri:page ri:space-key=\"DOC\" ri:content-title=\"The title\" /><ac:link-body>b</ac:link-body></ac:link> <ac:link ac:anchor=\"d\"><ac:link-body>c</ac:link-body></ac:link></p>",
    );
    storage(
        "[[status:ON:green]] [[date:2026-01-02]] [[mention:1:2]]",
        "<p><ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"title\">ON</ac:parameter><ac:parameter ac:name=\"colour\">Green</ac:parameter></ac:structured-macro> <time datetime=\"2026-01-02\" /> <ac:link><ri:user ri:account-id=\"1:2\" /></ac:link></p>",
    );
    storage(
        "[[macro:toc maxLevel=3 style=a b]]",
        "<ac:structured-macro ac:name=\"toc\"><ac:parameter ac:name=\"maxLevel\">3</ac:parameter><ac:parameter ac:name=\"style\">a b</ac:parameter></ac:structured-macro>",
    );
    storage(
        "[[expand:T]]\n\na\n\n[[/expand]]",
        "<ac:structured-macro ac:name=\"expand\"><ac:parameter ac:name=\"title\">T</ac:parameter><ac:rich-text-body><p>a</p></ac:rich-text-body></ac:structured-macro>",
    );
}

#[test]
fn html_is_text_but_for_a_few_tags() {
    storage("<div onclick=x>a</div>", "<p>&lt;div onclick=x&gt;a&lt;/div&gt;</p>");
    storage("a <img src=x> <u>b</u> <i>c", "<p>a &lt;img src=x&gt; <u>b</u> &lt;em&gt;c</p>");
    storage("<!-- a -->", "<p>&lt;!-- a --&gt;</p>");
}

#[test]
fn placeholders_are_text_in_code() {
    storage("`[[x]]`", "<p><code>[[x]]</code></p>");
    storage("\\[[x]]", "<p>[[x]]</p>");
}

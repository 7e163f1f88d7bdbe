use proptest::prelude::*;

use crate::storage::{Document, from_markdown, to_markdown};

/// Text that is hard on Markdown and on XML.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "word",
        " ",
        "*",
        "_",
        "**",
        "`",
        "[",
        "]",
        "(",
        ")",
        "&lt;",
        "&amp;",
        "&nbsp;",
        "#",
        "1.",
        "-",
        "+",
        "!",
        "~",
        "|",
        "\\",
        "&gt;",
        "=",
        ":",
        "[[x]]",
        "[ ]",
        "é",
        "😀",
        "&ldquo;",
        "http://a.b",
    ]);
    prop::collection::vec(piece, 1..8).prop_map(|it| it.concat())
}

fn inline() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => text(),
        1 => Just("<br />".to_owned()),
        1 => Just("<code>a*b`c</code>".to_owned()),
        1 => Just("<ac:link><ri:user ri:account-id=\"u\" /></ac:link>".to_owned()),
        1 => Just("<ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"title\">x</ac:parameter></ac:structured-macro>".to_owned()),
        1 => Just("<time datetime=\"2026-01-01\" />".to_owned()),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let names = prop::sample::select(vec![
            "strong",
            "em",
            "del",
            "u",
            "sub",
            "span",
            "a href=\"b\"",
            "ac:inline-comment-marker ac:ref=\"r\"",
        ]);
        (names, prop::collection::vec(inner, 1..4)).prop_map(|(name, content)| {
            let end = name.split(' ').next().unwrap_or_default();
            format!("<{name}>{}</{end}>", content.concat())
        })
    })
}

fn inlines() -> impl Strategy<Value = String> {
    prop::collection::vec(inline(), 1..4).prop_map(|it| it.concat())
}

fn block() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => inlines().prop_map(|it| format!("<p>{it}</p>")),
        1 => inlines().prop_map(|it| format!("<h2>{it}</h2>")),
        1 => Just("<hr />".to_owned()),
        1 => Just("<p />".to_owned()),
        1 => Just("<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[```\n a]]]]><![CDATA[>\n]]></ac:plain-text-body></ac:structured-macro>".to_owned()),
        1 => Just("<ac:structured-macro ac:name=\"toc\" />".to_owned()),
        1 => prop::collection::vec(inlines(), 2..5).prop_map(|it| {
            let cells = it.join("</td><td>");
            format!("<table><tbody><tr><td>{cells}</td></tr></tbody></table>")
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let shells = prop::sample::select(vec![
            ("<ul><li>", "</li></ul>"),
            ("<ol><li>", "</li></ol>"),
            ("<blockquote>", "</blockquote>"),
            (
                "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>",
                "</ac:task-body></ac:task></ac:task-list>",
            ),
            (
                "<ac:structured-macro ac:name=\"tip\"><ac:rich-text-body>",
                "</ac:rich-text-body></ac:structured-macro>",
            ),
            (
                "<ac:structured-macro ac:name=\"expand\"><ac:rich-text-body>",
                "</ac:rich-text-body></ac:structured-macro>",
            ),
            ("<div>", "</div>"),
        ]);
        (shells, prop::collection::vec(inner, 1..4))
            .prop_map(|((open, close), content)| format!("{open}{}{close}", content.concat()))
    })
}

fn body() -> impl Strategy<Value = String> {
    prop::collection::vec(block(), 1..5).prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn a_body_comes_back_from_markdown_that_nobody_edited(body in body()) {
        let document = Document::parse(&body).unwrap();
        let markdown = to_markdown(&document);
        let merged = document.merge_markdown(0..body.len(), &format!("{markdown}\n"));
        prop_assert_eq!(merged.as_ref(), Ok(&body), "{}", markdown);
    }

    #[test]
    fn a_paragraph_at_the_end_leaves_all_else(body in body()) {
        let document = Document::parse(&body).unwrap();
        let markdown = to_markdown(&document);
        let merged = document.merge_markdown(0..body.len(), &format!("{markdown}\n\nqqq\n"));
        let merged = merged.unwrap();
        prop_assert_eq!(merged.replacen("<p>qqq</p>", "", 1), body, "{}", markdown);
    }

    #[test]
    fn a_longer_word_leaves_all_else(body in body()) {
        let document = Document::parse(&body).unwrap();
        let markdown = to_markdown(&document);
        let edited = markdown.replacen("word", "wordq", 1);
        if let Ok(merged) = document.merge_markdown(0..body.len(), &edited) {
            let mut back = merged;
            if let Some(at) = back.find('q') {
                back.remove(at);
            }
            prop_assert_eq!(back, body, "{}", markdown);
        }
    }

    #[test]
    fn any_text_is_markdown_and_makes_storage(text in "[\\[\\]*_`<>&|#!~:/a-z0-9 \\n\\\\-]{0,60}") {
        if let Ok(storage) = from_markdown(&text) {
            prop_assert!(Document::parse(&storage).is_ok(), "{}", storage);
        }
    }

    #[test]
    fn any_edit_is_refused_or_makes_storage(body in body(), at in 0..400_usize, text in "[\\[\\]*_`<>&|#!~:/a-z0-9 \\n\\\\-]{0,12}") {
        let document = Document::parse(&body).unwrap();
        let mut markdown = to_markdown(&document);
        let mut at = at.min(markdown.len());
        while !markdown.is_char_boundary(at) {
            at -= 1;
        }
        markdown.insert_str(at, &text);
        if let Ok(merged) = document.merge_markdown(0..body.len(), &markdown) {
            prop_assert!(Document::parse(&merged).is_ok(), "{}", merged);
        }
    }
}

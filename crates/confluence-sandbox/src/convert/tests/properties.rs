//! What holds for every document.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{inventory, objections};
use crate::convert::{
    LinkResolver, Resolved, Target, adf_to_storage, storage, storage_to_adf, storage_to_text,
    storage_to_view,
    tree::{self, Element, Node},
};

struct Nowhere;

impl LinkResolver for Nowhere {
    fn resolve(&self, _: &Target) -> Option<Resolved> {
        None
    }
}

/// Runs everything on a text.
fn exercise(source: &str) {
    let normalized = storage::normalize(source);
    storage_to_text(source);
    assert_eq!(storage_to_view(source, &Nowhere).is_ok(), normalized.is_ok());
    assert_eq!(storage_to_adf(source).is_ok(), normalized.is_ok());
    if let Ok(normalized) = normalized {
        assert_eq!(storage::normalize(&normalized), Ok(normalized));
    }
}

/// Attributes that mean something somewhere, with values that do and do not fit.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("ac:name", &["code", "info", "expand", "status", "toc", "x", ""]),
    ("href", &["https://example.com", "#a", ""]),
    ("data-card-appearance", &["inline", "block", "embed"]),
    ("colspan", &["2", "99999999999", "-1"]),
    ("rowspan", &["3", "x"]),
    ("style", &["text-align: center;", "color: #f00", "margin-left: 30.0px;"]),
    ("start", &["0", "-4", "7"]),
    ("type", &["panel", "decision-list", "extension", "inline-extension"]),
    ("ac:type", &["single", "two_equal", "three_equal"]),
    ("ac:width", &["100", "-1", "NaN"]),
    ("ac:alt", &["alt"]),
    ("ac:local-id", &["id", ""]),
    ("ac:ref", &["r"]),
    ("datetime", &["2026-01-02", "x"]),
    ("valign", &["top", "x"]),
];

/// A tree of elements that storage uses, in places where they may well not belong.
fn tree() -> impl Strategy<Value = Node> {
    let text = prop_oneof![
        "[ a-z\u{a0}<&\"\n]{0,8}".prop_map(Node::Text),
        "[ a-z\\]>]{0,5}".prop_map(Node::Data),
        Just(Element::new("br").into()),
        Just(Element::new("hr").into()),
        Just(Element::new("ri:attachment").with("ri:filename", "a b.png").into()),
        Just(Element::new("ri:url").with("ri:value", "https://example.com/#a").into()),
        Just(Element::new("ri:user").with("ri:account-id", "1").into()),
        Just(
            Element::new("ri:page").with("ri:content-title", "T").with("ri:space-key", "S").into()
        ),
    ];
    text.prop_recursive(6, 60, 4, |inner| {
        let names = select(&[
            "p",
            "h1",
            "h6",
            "ul",
            "ol",
            "li",
            "table",
            "tbody",
            "tr",
            "td",
            "th",
            "blockquote",
            "div",
            "pre",
            "strong",
            "em",
            "code",
            "span",
            "a",
            "sub",
            "ac:link",
            "ac:link-body",
            "ac:image",
            "ac:caption",
            "ac:structured-macro",
            "ac:rich-text-body",
            "ac:plain-text-body",
            "ac:parameter",
            "ac:task-list",
            "ac:task",
            "ac:task-body",
            "ac:task-status",
            "ac:layout",
            "ac:layout-section",
            "ac:layout-cell",
            "ac:emoticon",
            "time",
            "ac:placeholder",
            "ac:adf-extension",
            "ac:adf-node",
            "ac:adf-content",
            "ac:inline-comment-marker",
            "x",
        ]);
        let attributes =
            prop::collection::btree_map(select(ATTRIBUTES), any::<prop::sample::Index>(), 0..4);
        (names, attributes, prop::collection::vec(inner, 0..5)).prop_map(
            |(name, attributes, children)| {
                let attributes = attributes
                    .into_iter()
                    .map(|((name, values), index)| {
                        (name.to_owned(), (*index.get(values)).to_owned())
                    })
                    .collect();
                Node::Element(Element { name: name.to_owned(), attributes, children })
            },
        )
    })
}

/// Blocks as people write them, every kind within every other.
fn written() -> impl Strategy<Value = String> {
    let inline = select(&[
        "a <strong>b</strong>",
        "<em>c<u>d</u></em>",
        "<code>e</code>",
        "<a href=\"https://example.com/\">f</a>",
        "<ac:link><ri:page ri:content-title=\"T\" /></ac:link>",
        "<ac:link ac:anchor=\"x\"><ac:link-body>g</ac:link-body></ac:link>",
        "<ac:link><ri:user ri:account-id=\"1\" /></ac:link>",
        "<time datetime=\"2026-01-02\" />",
        "<ac:emoticon ac:name=\"tick\" />",
        "<ac:image><ri:attachment ri:filename=\"i.png\" /></ac:image>",
        "<a href=\"https://example.com/\"><ac:image><ri:url ri:value=\"u\" /></ac:image></a>",
        "<ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"title\">h</ac:parameter>\
         </ac:structured-macro>",
        "<ac:structured-macro ac:name=\"toc\" />",
        "<kbd>i</kbd><br />",
    ]);
    let leaf =
        (inline, select(&["", "p", "h2", "code", "hr", "pre"])).prop_map(
            |(inline, tag)| match tag {
                "" => inline.to_owned(),
                "hr" => "<hr />".to_owned(),
                "code" => {
                    "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[x<y]]>\
                       </ac:plain-text-body></ac:structured-macro>"
                        .to_owned()
                }
                _ => format!("<{tag}>{inline}</{tag}>"),
            },
        );
    leaf.prop_recursive(5, 40, 3, |inner| {
        let around = select(&[
            "<ul><li>@</li></ul>",
            "<ol start=\"3\"><li>@</li><li>z</li></ol>",
            "<blockquote>@</blockquote>",
            "<table><tbody><tr><th>@</th></tr><tr><td rowspan=\"2\">@</td></tr></tbody></table>",
            "<ac:structured-macro ac:name=\"info\"><ac:rich-text-body>@</ac:rich-text-body></ac:structured-macro>",
            "<ac:structured-macro ac:name=\"panel\"><ac:parameter ac:name=\"title\">t</ac:parameter>\
             <ac:rich-text-body>@</ac:rich-text-body></ac:structured-macro>",
            "<ac:structured-macro ac:name=\"expand\"><ac:rich-text-body>@</ac:rich-text-body></ac:structured-macro>",
            "<ac:structured-macro ac:name=\"x\"><ac:rich-text-body>@</ac:rich-text-body></ac:structured-macro>",
            "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell>@</ac:layout-cell>\
             <ac:layout-cell>@</ac:layout-cell></ac:layout-section></ac:layout>",
            "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>@</ac:task-body>\
             </ac:task></ac:task-list>",
            "<div class=\"d\">@</div>",
        ]);
        (around, prop::collection::vec(inner, 1..3))
            .prop_map(|(around, blocks)| around.replace('@', &blocks.concat()))
    })
}

/// JSON that looks like ADF.
fn adf() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[ a-z<&\u{1}]{0,5}".prop_map(|it| json!({ "type": "text", "text": it })),
        Just(json!({ "type": "hardBreak" })),
        Just(json!(null)),
        Just(json!({ "type": 1 })),
        Just(json!({ "type": "date", "attrs": { "timestamp": "99999999999999999" } })),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let kinds = select(&[
            "paragraph",
            "heading",
            "bulletList",
            "orderedList",
            "listItem",
            "taskList",
            "taskItem",
            "panel",
            "expand",
            "table",
            "tableRow",
            "tableCell",
            "layoutSection",
            "layoutColumn",
            "mediaSingle",
            "media",
            "codeBlock",
            "extension",
            "bodiedExtension",
            "blockquote",
        ]);
        (kinds, 0..9_u8, prop::collection::vec(inner, 0..4)).prop_map(|(kind, number, content)| {
            let attrs = json!({
                "level": number, "order": number, "state": "TODO", "panelType": "note",
                "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "k\"<",
                "width": f64::from(number) * 12.5, "colspan": number, "localId": "l",
            });
            json!({ "type": kind, "attrs": attrs, "content": content })
        })
    })
}

proptest! {
    #[test]
    fn no_text_makes_a_conversion_panic(text in "\\PC*") {
        exercise(&text);
    }

    #[test]
    fn no_likely_text_makes_a_conversion_panic(
        parts in prop::collection::vec(
            select(&[
                "<p>", "</p>", "<br/>", "<b", ">", "/>", "<", "&", "&amp;", "&nbsp;", "&#1;", "<![CDATA[",
                "]]>", "<!--", "-->", "<?x ?>", "<!DOCTYPE", "ac:name=\"code\"", " a='<'", "\"", "=", "é",
                "<ac:structured-macro ac:name=\"x\">", "</ac:structured-macro>", "<ac:task-list>",
                "</ac:task-list>", "<table><tr><td>", "</td></tr></table>", "\u{feff}", "\n",
            ]),
            0..30,
        ),
    ) {
        exercise(&parts.concat());
    }

    #[test]
    fn every_document_becomes_adf_that_the_schema_accepts(
        nodes in prop::collection::vec(tree(), 0..5),
    ) {
        let source = tree::write(&nodes);
        exercise(&source);
        let document = storage_to_adf(&source).unwrap();
        prop_assert_eq!(objections(&document), Vec::<String>::new(), "{}\n{:#}", source, document);
        let back = adf_to_storage(&document).unwrap();
        let again = storage_to_adf(&back).unwrap();
        prop_assert_eq!(objections(&again), Vec::<String>::new(), "{}", back);
    }

    #[test]
    fn nothing_is_lost_on_the_way_to_adf_and_back(blocks in prop::collection::vec(written(), 1..4)) {
        let source = blocks.concat();
        let document = storage_to_adf(&source).unwrap();
        prop_assert_eq!(objections(&document), Vec::<String>::new(), "{}\n{:#}", source, document);
        let back = adf_to_storage(&document).unwrap();
        prop_assert_eq!(inventory::of(&back), inventory::of(&source), "{}\n{}", source, back);
    }

    #[test]
    fn no_json_makes_a_conversion_panic(content in prop::collection::vec(adf(), 0..4)) {
        let document = json!({ "version": 1, "type": "doc", "content": content });
        if let Ok(source) = adf_to_storage(&document) {
            let back = storage_to_adf(&source).unwrap();
            prop_assert_eq!(objections(&back), Vec::<String>::new(), "{}", source);
        }
    }
}

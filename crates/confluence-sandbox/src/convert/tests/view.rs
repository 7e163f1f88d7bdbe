//! The HTML that a browser gets.

use crate::convert::{LinkResolver, Resolved, Target, storage_to_view};

struct Site;

impl LinkResolver for Site {
    fn resolve(&self, target: &Target) -> Option<Resolved> {
        let (href, name) = match target {
            Target::Page { title, .. } if title == "Known" => {
                ("/wiki/spaces/DOCS/pages/1", "Known")
            }
            Target::Attachment { .. } => ("/wiki/download/a.png", "a.png"),
            Target::User { .. } => ("/wiki/people/1", "Ann Example"),
            Target::Page { .. } | Target::Content { .. } | Target::Space { .. } => return None,
        };
        Some(Resolved { href: href.to_owned(), name: name.to_owned() })
    }
}

fn view(source: &str) -> String {
    storage_to_view(source, &Site).unwrap()
}

#[track_caller]
fn shows(source: &str, expected: &str) {
    assert_eq!(view(source), expected);
}

#[test]
fn malformed_storage_is_refused() {
    assert!(storage_to_view("<p>", &Site).is_err());
}

#[test]
fn nothing_that_runs_survives() {
    for source in [
        "<script>alert(1)</script>",
        "<p onclick=\"alert(1)\">x</p>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" JaVaScRiPt:alert(1)\">x</a>",
        "<a href=\"java&#10;script:alert(1)\">x</a>",
        "<a href=\"&#x9;javascript:alert(1)\">x</a>",
        "<a href=\"data:text/html,alert(1)\">x</a>",
        "<a href=\"vbscript:alert(1)\">x</a>",
        "<a href=\"//evil.example/alert\">x</a>",
        "<a href=\"\\\\evil.example/alert\">x</a>",
        "<p style=\"background: url(javascript:alert(1))\">x</p>",
        "<p style=\"width: expression(alert(1))\">x</p>",
        "<img src=\"x\" onerror=\"alert(1)\"/>",
        "<svg onload=\"alert(1)\"/>",
        "<iframe src=\"javascript:alert(1)\"/>",
        "<style>@import 'alert'</style>",
        "<ac:image ac:alt=\"x\"><ri:url ri:value=\"javascript:alert(1)\"/></ac:image>",
        "<ac:image ac:href=\"javascript:alert(1)\"><ri:attachment ri:filename=\"a\"/></ac:image>",
        "<ac:link><ri:url ri:value=\"javascript:alert(1)\"/></ac:link>",
        "<ac:structured-macro ac:name=\"html\"><ac:plain-text-body><![CDATA[<script>]]></ac:plain-text-body></ac:structured-macro>",
        "<ac:structured-macro ac:name=\"&quot;&gt;&lt;script&gt;\"/>",
        "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">\"&gt;&lt;script&gt;</ac:parameter></ac:structured-macro>",
        "<ac:layout-section ac:type=\"&quot; onclick=&quot;alert(1)\"><p/></ac:layout-section>",
    ] {
        let html = view(source).to_lowercase();
        let tags = html.split('<').skip(1).map(|it| it.split('>').next().unwrap());
        for tag in tags {
            let mut parts = tag.split('"');
            let names: String = parts.clone().step_by(2).collect();
            assert!(
                !names.contains(" on") && !FORBIDDEN.iter().any(|it| names.starts_with(it)),
                "{html}"
            );
            assert!(
                parts.all(|part| !SCHEMES.iter().any(|it| part.trim().starts_with(it))),
                "{html}"
            );
            assert!(!tag.contains("expression") && !tag.contains("url("), "{html}");
        }
    }
}

const FORBIDDEN: [&str; 5] = ["script", "style", "svg", "iframe", "object"];
const SCHEMES: [&str; 6] = ["javascript:", "java\n", "vbscript:", "data:", "//", "\\"];

#[test]
fn text_is_escaped() {
    shows("<p>a &lt;b&gt; &amp; &quot;c&quot;</p>", "<p>a &lt;b&gt; &amp; \"c\"</p>");
    shows("<p><![CDATA[<b>]]></p>", "<p>&lt;b&gt;</p>");
    shows("<unknown-tag>x</unknown-tag>", "x");
}

#[test]
fn links_lead_to_where_things_are() {
    shows(
        "<ac:link ac:anchor=\"a\"><ri:page ri:content-title=\"Known\"/></ac:link>",
        "<a href=\"/wiki/spaces/DOCS/pages/1#a\" class=\"confluence-link\">Known</a>",
    );
    shows(
        "<ac:link><ri:page ri:content-title=\"Gone\"/><ac:link-body>it</ac:link-body></ac:link>",
        "<span class=\"unresolved\">it</span>",
    );
    shows(
        "<ac:link><ri:user ri:account-id=\"1\"/></ac:link>",
        "<a href=\"/wiki/people/1\" class=\"confluence-userlink user-mention\">Ann Example</a>",
    );
    shows("<ac:link ac:anchor=\"x\"/>", "<a href=\"#x\" class=\"confluence-link\">x</a>");
    shows(
        "<a href=\"https://example.com/\">x</a>",
        "<a href=\"https://example.com/\" class=\"external-link\" rel=\"nofollow noopener\">x</a>",
    );
    shows(
        "<ac:image ac:width=\"10\"><ri:attachment ri:filename=\"a.png\"/></ac:image>",
        "<span class=\"confluence-embedded-file-wrapper\"><img class=\"confluence-embedded-image\" \
         src=\"/wiki/download/a.png\" alt=\"a.png\" width=\"10\" /></span>",
    );
}

#[test]
fn macros_are_drawn() {
    shows(
        "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[a < b]]></ac:plain-text-body></ac:structured-macro>",
        "<div class=\"code panel pdl conf-macro output-block\"><div class=\"codeContent panelContent pdl\">\
         <pre class=\"syntaxhighlighter-pre\" data-syntaxhighlighter-params=\"brush: java; gutter: false; theme: Confluence\">\
         a &lt; b</pre></div></div>",
    );
    let html = view(
        "<h1>One two</h1><ac:structured-macro ac:name=\"toc\"/><ac:structured-macro ac:name=\"tip\">\
         <ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
    );
    assert!(html.contains("<h1 id=\"Onetwo\">"), "{html}");
    assert!(html.contains("<a href=\"#Onetwo\" class=\"toc-link\">One two</a>"), "{html}");
    assert!(html.contains("confluence-information-macro-tip"), "{html}");
    shows(
        "<p><ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"colour\">Green</ac:parameter>\
         <ac:parameter ac:name=\"title\">OK</ac:parameter></ac:structured-macro></p>",
        "<p><span class=\"status-macro aui-lozenge aui-lozenge-success conf-macro output-inline\">OK</span></p>",
    );
}

#[test]
fn tables_tasks_and_styles_are_drawn() {
    shows(
        "<table><tbody><tr><td colspan=\"2\" data-highlight-colour=\"#abc\">x<br/></td></tr></tbody></table>",
        "<div class=\"table-wrap\"><table class=\"confluenceTable\"><tbody><tr>\
         <td colspan=\"2\" style=\"background-color: #aabbcc;\" class=\"confluenceTd\">x<br /></td>\
         </tr></tbody></table></div>",
    );
    shows(
        "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status>\
         <ac:task-body>x</ac:task-body></ac:task></ac:task-list>",
        "<ul class=\"inline-task-list\"><li class=\"checked\" data-inline-task-id=\"7\">x</li></ul>",
    );
}

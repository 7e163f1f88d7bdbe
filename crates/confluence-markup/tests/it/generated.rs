//! Pages as the Cloud editor stores them, made from a seed: one line, everything with its `local-id`.
//!
//! The same seed and size make the same page on every machine.

use std::fmt::Write;

use fastrand::Rng;

const WORDS: [&str; 48] = [
    "release",
    "plan",
    "the",
    "of",
    "service",
    "deploys",
    "database",
    "customer",
    "review",
    "we",
    "agree",
    "that",
    "latency",
    "budget",
    "owner",
    "is",
    "due",
    "rollback",
    "Größe",
    "naïve",
    "東京",
    "snake_case",
    "2*3",
    "a_b_c",
    "C#",
    "#1",
    "1.",
    "-",
    "+",
    "~200",
    "[draft]",
    "(see",
    "below)",
    "f(x)",
    "<T>",
    "A&B",
    "100%",
    "e.g.",
    "https://example.com/a_b?c=1&d=2",
    "😀",
    "x|y",
    "`tick`",
    "back\\slash",
    "\u{201C}quoted\u{201D}",
    "don't",
    "***",
    "!",
    "end.",
];

/// How deep panels, lists and tables go into each other.
const MAX_DEPTH: usize = 3;

/// A page of about this many bytes.
pub(crate) fn page(seed: u64, bytes: usize) -> String {
    let mut page = Page { rng: Rng::with_seed(seed), out: String::new(), ids: 0, depth: 0 };
    let layout = page.rng.u8(0..3) == 0;
    if layout {
        page.out.push_str("<ac:layout>");
    }
    while page.out.len() < bytes {
        if layout {
            page.layout_section();
        } else {
            page.block();
        }
    }
    if layout {
        page.out.push_str("</ac:layout>");
    }
    page.out
}

struct Page {
    rng: Rng,
    out: String,
    ids: u32,
    depth: usize,
}

impl Page {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn id(&mut self) -> String {
        self.ids += 1;
        format!("{:08x}-0000-4000-8000-{:012x}", self.rng.u32(..), self.ids)
    }

    fn local_id(&mut self) {
        let id = self.id();
        let _ = write!(self.out, " local-id=\"{id}\"");
    }

    fn macro_start(&mut self, name: &str) {
        let (local, id) = (self.id(), self.id());
        let _ = write!(
            self.out,
            "<ac:structured-macro ac:name=\"{name}\" ac:schema-version=\"1\" \
             ac:local-id=\"{local}\" ac:macro-id=\"{id}\">"
        );
    }

    fn parameter(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, "<ac:parameter ac:name=\"{name}\">{value}</ac:parameter>");
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.rng.usize(..WORDS.len())]
    }

    /// Some words, escaped as the editor does.
    fn words(&mut self, count: usize) {
        for index in 0..count {
            if index > 0 {
                let space = if self.rng.u8(0..30) == 0 { "&nbsp;" } else { " " };
                self.push(space);
            }
            for char in self.word().chars() {
                match char {
                    '&' => self.push("&amp;"),
                    '<' => self.push("&lt;"),
                    '>' => self.push("&gt;"),
                    '\u{201C}' => self.push("&ldquo;"),
                    '\u{201D}' => self.push("&rdquo;"),
                    'ö' => self.push("&ouml;"),
                    it => self.out.push(it),
                }
            }
        }
    }

    fn inline(&mut self) {
        let pieces = self.rng.usize(1..6);
        for index in 0..pieces {
            if index > 0 {
                self.push(" ");
            }
            self.piece();
        }
    }

    fn piece(&mut self) {
        let count = self.rng.usize(1..5);
        match self.rng.u8(0..24) {
            0 => self.wrapped("strong", count),
            1 => self.wrapped("em", count),
            2 => self.wrapped("u", count),
            3 => self.wrapped("del", count),
            4 => self.push("<code>let x = a &lt; b;</code>"),
            5 => self.push("<strong>all <em>of</em></strong><em>it</em>"),
            6 => self.marker(count),
            7 => self.mention(),
            8 => self.page_link(count),
            9 => self.push("<ac:link><ri:attachment ri:filename=\"Plan (v2) [final].pdf\" ri:version-at-save=\"2\" /><ac:link-body>the file</ac:link-body></ac:link>"),
            10 => self.push("<ac:emoticon ac:emoji-fallback=\"👍\" ac:emoji-id=\"1f44d\" ac:emoji-shortname=\":thumbsup:\" ac:name=\"blue-star\" />"),
            11 => self.push("<time datetime=\"2026-05-01\" />"),
            12 => self.status(),
            13 => {
                self.macro_start("jira");
                self.parameter("key", "ABC-123");
                self.parameter("server", "System Jira");
                self.push("</ac:structured-macro>");
            }
            14 => self.push("<a href=\"https://example.com/?q=1&amp;r=2\">a <strong>bold</strong> link</a>"),
            15 => self.push("<a href=\"https://example.com/browse/X-1\" data-card-appearance=\"inline\">https://example.com/browse/X-1</a>"),
            16 => self.push("one<br />two"),
            17 => self.push("<span style=\"color: rgb(255,86,48);\">coloured</span>"),
            18 => self.push("x<sup>2</sup> and H<sub>2</sub>O"),
            _ => self.words(count * 3),
        }
    }

    fn wrapped(&mut self, name: &str, count: usize) {
        let _ = write!(self.out, "<{name}>");
        self.words(count);
        let _ = write!(self.out, "</{name}>");
    }

    fn marker(&mut self, count: usize) {
        let id = self.id();
        let _ = write!(self.out, "<ac:inline-comment-marker ac:ref=\"{id}\">");
        self.words(count);
        self.push("</ac:inline-comment-marker>");
    }

    fn mention(&mut self) {
        let (id, number) = (self.id(), self.rng.u32(0..9));
        let _ = write!(
            self.out,
            "<ac:link><ri:user ri:account-id=\"557058:{number}\" ri:local-id=\"{id}\" /></ac:link>"
        );
    }

    fn page_link(&mut self, count: usize) {
        self.push("<ac:link ac:card-appearance=\"inline\"><ri:page ri:content-title=\"Runbook &amp; FAQ\" ri:space-key=\"OPS\" ri:version-at-save=\"4\" /><ac:link-body>");
        self.words(count);
        self.push("</ac:link-body></ac:link>");
    }

    fn status(&mut self) {
        self.macro_start("status");
        self.parameter("title", "In progress");
        self.parameter("colour", "Yellow");
        self.push("</ac:structured-macro>");
    }

    fn layout_section(&mut self) {
        let id = self.id();
        let _ = write!(
            self.out,
            "<ac:layout-section ac:type=\"two_equal\" ac:breakout-mode=\"default\" ac:local-id=\"{id}\">"
        );
        for _ in 0..2 {
            let id = self.id();
            let _ = write!(self.out, "<ac:layout-cell ac:local-id=\"{id}\">");
            for _ in 0..self.rng.usize(1..4) {
                self.block();
            }
            self.push("</ac:layout-cell>");
        }
        self.push("</ac:layout-section>");
    }

    fn block(&mut self) {
        self.depth += 1;
        match if self.depth > MAX_DEPTH { 0 } else { self.rng.u8(0..22) } {
            1..=3 => self.heading(),
            4 | 5 => self.list(),
            6 => self.tasks(),
            7 | 8 => self.table(),
            9 => self.code(),
            10 => self.panel(),
            11 => self.expand(),
            12 => self.image(),
            13 => self.extension(),
            14 => self.unknown(),
            15 => self.push("<hr />"),
            16 => self.quote(),
            17 => {
                self.macro_start("toc");
                self.parameter("maxLevel", "3");
                self.push("</ac:structured-macro>");
            }
            _ => self.paragraph(),
        }
        self.depth -= 1;
    }

    fn paragraph(&mut self) {
        if self.rng.u8(0..25) == 0 {
            self.push("<p /><p local-id=\"x\"></p>");
        }
        self.push("<p");
        self.local_id();
        self.push(">");
        self.inline();
        self.push("</p>");
    }

    fn heading(&mut self) {
        let level = self.rng.u8(1..5);
        let _ = write!(self.out, "<h{level}");
        self.local_id();
        self.push(">");
        self.words(4);
        let _ = write!(self.out, "</h{level}>");
    }

    fn list(&mut self) {
        let name = if self.rng.bool() { "ul" } else { "ol" };
        let _ = write!(self.out, "<{name}");
        self.local_id();
        self.push(">");
        for _ in 0..self.rng.usize(1..5) {
            self.push("<li");
            self.local_id();
            self.push("><p");
            self.local_id();
            self.push(">");
            self.inline();
            self.push("</p>");
            if self.depth < MAX_DEPTH && self.rng.u8(0..3) == 0 {
                self.depth += 1;
                self.list();
                self.depth -= 1;
            }
            self.push("</li>");
        }
        let _ = write!(self.out, "</{name}>");
    }

    fn tasks(&mut self) {
        let id = self.id();
        let _ = write!(self.out, "<ac:task-list ac:task-list-id=\"{id}\">");
        for _ in 0..self.rng.usize(1..4) {
            let uuid = self.id();
            let status = if self.rng.bool() { "complete" } else { "incomplete" };
            let number = self.ids;
            let _ = write!(
                self.out,
                "<ac:task><ac:task-id>{number}</ac:task-id><ac:task-uuid>{uuid}</ac:task-uuid>\
                 <ac:task-status>{status}</ac:task-status><ac:task-body>\
                 <span class=\"placeholder-inline-tasks\">"
            );
            self.inline();
            self.push("</span></ac:task-body></ac:task>");
        }
        self.push("</ac:task-list>");
    }

    fn table(&mut self) {
        let columns = self.rng.usize(2..5);
        self.push(
            "<table data-table-width=\"760\" data-layout=\"default\" ac:local-id=\"t\"><colgroup>",
        );
        self.push(&"<col style=\"width: 226.0px;\" />".repeat(columns));
        self.push("</colgroup><tbody>");
        for row in 0..self.rng.usize(2..6) {
            self.push("<tr>");
            let merged = row > 0 && self.rng.u8(0..4) == 0;
            for column in 0..columns {
                let name = if row == 0 { "th" } else { "td" };
                let _ = write!(self.out, "<{name}");
                if merged && column == 0 {
                    self.push(" colspan=\"2\" data-highlight-colour=\"#e6fcff\"");
                }
                if merged && column == 1 {
                    self.out.truncate(self.out.len() - 3);
                    continue;
                }
                self.push("><p");
                self.local_id();
                self.push(">");
                self.inline();
                self.push("</p>");
                if row > 0 && self.depth < MAX_DEPTH && self.rng.u8(0..8) == 0 {
                    self.block();
                }
                let _ = write!(self.out, "</{name}>");
            }
            self.push("</tr>");
        }
        self.push("</tbody></table>");
    }

    fn code(&mut self) {
        self.macro_start("code");
        self.parameter("language", "rust");
        self.parameter("breakoutMode", "wide");
        self.push("<ac:plain-text-body><![CDATA[fn main() {\n    let a = vec![b[c[0]]]]><![CDATA[>2];\n    // ```\n}\n]]></ac:plain-text-body></ac:structured-macro>");
    }

    fn panel(&mut self) {
        let name = ["info", "note", "tip", "warning", "panel"][self.rng.usize(..5)];
        self.macro_start(name);
        if name == "panel" {
            self.parameter("bgColor", "#DEEBFF");
            self.parameter("title", "Mind &amp; body");
        }
        self.rich_body();
    }

    fn expand(&mut self) {
        self.macro_start("expand");
        self.parameter("title", "Details [1] &amp; *more*");
        self.parameter("breakoutWidth", "760");
        self.rich_body();
    }

    fn rich_body(&mut self) {
        self.push("<ac:rich-text-body>");
        for _ in 0..self.rng.usize(1..4) {
            self.block();
        }
        self.push("</ac:rich-text-body></ac:structured-macro>");
    }

    fn image(&mut self) {
        self.push("<ac:image ac:align=\"center\" ac:layout=\"center\" ac:original-height=\"400\" ac:original-width=\"900\" ac:custom-width=\"true\" ac:alt=\"a chart\" ac:width=\"760\"><ri:attachment ri:filename=\"chart 1.png\" ri:version-at-save=\"1\" /><ac:caption><p>The <em>chart</em></p></ac:caption></ac:image>");
    }

    fn extension(&mut self) {
        self.push("<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">custom</ac:adf-attribute><ac:adf-attribute key=\"panel-icon\">:sparkles:</ac:adf-attribute><ac:adf-content><p>");
        self.words(5);
        self.push("</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div class=\"panel conf-macro output-block\"><div class=\"panelContent\"><p>again</p></div></div></ac:adf-fallback></ac:adf-extension>");
    }

    fn unknown(&mut self) {
        self.macro_start("excerpt");
        self.parameter("name", "summary");
        self.rich_body();
    }

    fn quote(&mut self) {
        self.push("<blockquote><p");
        self.local_id();
        self.push(">");
        self.inline();
        self.push("</p></blockquote>");
    }
}

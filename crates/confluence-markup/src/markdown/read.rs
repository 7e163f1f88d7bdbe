//! Reads Markdown as the model.

use pulldown_cmark::{
    Alignment as Aligned, BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag, TagEnd,
};

use super::placeholder::{Extracted, Part};
use crate::model::{
    Alignment, Block, Cell, Inline, Item, MAX_DEPTH, PanelKind, Placeholder, Style, Table,
};

/// What the Markdown says.
pub fn read(markdown: &str) -> Vec<Block> {
    let extracted = Extracted::of(markdown);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let mut builder = Builder { extracted: &extracted, frames: vec![Frame::new(Holder::Page)] };
    for event in Parser::new_ext(&extracted.text, options) {
        builder.event(event);
    }
    builder.finish()
}

/// The tag that stands for a style where signs would not do.
pub(super) fn tag_name(style: Style) -> &'static str {
    match style {
        Style::Strong => "strong",
        Style::Emphasis => "em",
        Style::Strike => "del",
        Style::Underline => "u",
        Style::Subscript => "sub",
        Style::Superscript => "sup",
    }
}

fn style_of(tag: &str) -> Option<Style> {
    Some(match tag.to_ascii_lowercase().as_str() {
        "strong" | "b" => Style::Strong,
        "em" | "i" => Style::Emphasis,
        "del" | "s" => Style::Strike,
        "u" | "ins" => Style::Underline,
        "sub" => Style::Subscript,
        "sup" => Style::Superscript,
        _ => return None,
    })
}

/// What is being read.
#[derive(Debug, PartialEq, Eq)]
enum Holder {
    Page,
    Paragraph,
    Heading(u8),
    Quote(Option<PanelKind>),
    List(Option<u64>),
    Item,
    Code(String),
    Html,
    Table(Vec<Alignment>),
    Row,
    Cell,
    Styled(Style),
    /// A style that a tag began.
    Tagged(Style),
    Link(String),
    Image(String, String),
    /// Deeper than the model is.
    TooDeep,
}

#[derive(Debug)]
struct Frame {
    holder: Holder,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    items: Vec<Item>,
    rows: Vec<Vec<Cell>>,
    cells: Vec<Cell>,
    done: Option<bool>,
    text: String,
}

impl Frame {
    fn new(holder: Holder) -> Self {
        Self {
            holder,
            blocks: Vec::new(),
            inlines: Vec::new(),
            items: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            done: None,
            text: String::new(),
        }
    }
}

struct Builder<'e> {
    extracted: &'e Extracted,
    frames: Vec<Frame>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                let code = self.extracted.restored(&code);
                self.push(Inline::Code(code));
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.push(Inline::Break),
            Event::Rule => self.push_block(Block::Rule),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::Html(html) => self.text(&html),
            Event::TaskListMarker(is_done) => {
                let item = self.frames.iter_mut().rev().find(|it| it.holder == Holder::Item);
                if let Some(item) = item {
                    item.done = Some(is_done);
                }
            }
            Event::FootnoteReference(it) | Event::InlineMath(it) | Event::DisplayMath(it) => {
                self.text(&it);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let extracted = self.extracted;
        let holder = match tag {
            Tag::Paragraph => Holder::Paragraph,
            Tag::Heading { level, .. } => Holder::Heading(level as u8),
            Tag::BlockQuote(kind) => Holder::Quote(kind.map(panel)),
            Tag::CodeBlock(kind) => Holder::Code(match kind {
                CodeBlockKind::Fenced(info) => {
                    let info = extracted.restored(&info);
                    info.split_whitespace().next().unwrap_or_default().to_owned()
                }
                CodeBlockKind::Indented => String::new(),
            }),
            Tag::HtmlBlock => Holder::Html,
            Tag::List(start) => Holder::List(start),
            Tag::Item => Holder::Item,
            Tag::Table(alignments) => {
                Holder::Table(alignments.into_iter().map(alignment).collect())
            }
            Tag::TableHead | Tag::TableRow => Holder::Row,
            Tag::TableCell => Holder::Cell,
            Tag::Emphasis => Holder::Styled(Style::Emphasis),
            Tag::Strong => Holder::Styled(Style::Strong),
            Tag::Strikethrough => Holder::Styled(Style::Strike),
            Tag::Link { dest_url, .. } => Holder::Link(extracted.restored(&dest_url)),
            Tag::Image { dest_url, title, .. } => {
                Holder::Image(extracted.restored(&dest_url), extracted.restored(&title))
            }
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => Holder::TooDeep,
        };
        let is_block = matches!(
            holder,
            Holder::Paragraph
                | Holder::List(_)
                | Holder::Quote(_)
                | Holder::Code(_)
                | Holder::Heading(_)
                | Holder::Table(_)
                | Holder::Html
        );
        if is_block {
            self.end_loose();
        }
        self.frames.push(Frame::new(holder));
    }

    fn end(&mut self, tag: TagEnd) {
        let is_inline = matches!(
            tag,
            TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Image
        );
        // A tag that was not closed in what ends is text.
        while self.frames.last().is_some_and(|it| matches!(it.holder, Holder::Tagged(_))) {
            self.untag();
        }
        if !is_inline {
            self.end_loose_in_item(tag);
        }
        let Some(frame) = self.frames.pop() else { return };
        self.close(frame);
    }

    fn end_loose_in_item(&mut self, tag: TagEnd) {
        if matches!(tag, TagEnd::Item | TagEnd::BlockQuote(_)) {
            self.end_loose();
        }
    }

    /// Text that stands in an item without a paragraph is one.
    fn end_loose(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if matches!(frame.holder, Holder::Item | Holder::Quote(_) | Holder::Page)
            && !frame.inlines.is_empty()
        {
            let content = std::mem::take(&mut frame.inlines);
            push_paragraph(&mut frame.blocks, content);
        }
    }

    fn close(&mut self, frame: Frame) {
        let depth = self.frames.len();
        let Frame { holder, blocks, inlines, items, rows, cells, done, text } = frame;
        let is_deep = depth > MAX_DEPTH * 2;
        match holder {
            Holder::Paragraph => {
                if let Some(parent) = self.frames.last_mut() {
                    push_paragraph(&mut parent.blocks, inlines);
                }
            }
            _ if is_deep => {
                // All that is left of it is its text.
                for inline in inlines {
                    self.push(inline);
                }
                for block in blocks {
                    self.push_block(block);
                }
            }
            Holder::Heading(level) => {
                self.push_block(Block::Heading { level, content: enclosed(trimmed(inlines)) });
            }
            Holder::Quote(None) => self.push_block(Block::Quote(enclosed_blocks(blocks))),
            Holder::Quote(Some(kind)) => {
                self.push_block(Block::Panel { kind, blocks: enclosed_blocks(blocks) });
            }
            Holder::List(start) => self.push_block(Block::List { start, items }),
            Holder::Item => {
                if let Some(parent) = self.frames.last_mut() {
                    parent.items.push(Item { done, blocks: enclosed_blocks(blocks) });
                }
            }
            Holder::Code(language) => {
                let mut text = text;
                if text.ends_with('\n') {
                    text.pop();
                }
                self.push_block(Block::Code { language, text });
            }
            Holder::Html => {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if !text.is_empty() {
                    let mut content = Vec::new();
                    push_parts(self.extracted, &text, &mut content);
                    self.push_block(Block::Paragraph(enclosed(content)));
                }
            }
            Holder::Table(alignments) => {
                self.push_block(Block::Table(Table { alignments, rows }));
            }
            Holder::Row => {
                if let Some(parent) = self.frames.last_mut() {
                    parent.rows.push(cells);
                }
            }
            Holder::Cell => {
                if let Some(parent) = self.frames.last_mut() {
                    parent.cells.push(Cell { content: enclosed(trimmed(inlines)) });
                }
            }
            Holder::Styled(style) | Holder::Tagged(style) => {
                self.push(Inline::Styled { style, content: enclosed(inlines) });
            }
            Holder::Link(target) => self.push(Inline::Link { target, content: enclosed(inlines) }),
            Holder::Image(target, title) => {
                let id = title.strip_prefix('#').unwrap_or_default().to_owned();
                self.push(Inline::Image { target, alt: plain(&inlines), id });
            }
            Holder::Page | Holder::TooDeep => {
                for block in blocks {
                    self.push_block(block);
                }
                for inline in inlines {
                    self.push(inline);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        let extracted = self.extracted;
        let Some(frame) = self.frames.last_mut() else { return };
        if matches!(frame.holder, Holder::Code(_)) {
            frame.text.push_str(&extracted.restored(text));
        } else if frame.holder == Holder::Html {
            frame.text.push_str(text);
        } else {
            push_parts(extracted, text, &mut frame.inlines);
        }
    }

    fn push(&mut self, inline: Inline) {
        if let Some(frame) = self.frames.last_mut() {
            frame.inlines.push(inline);
        }
    }

    fn push_block(&mut self, block: Block) {
        self.end_loose();
        if let Some(frame) = self.frames.last_mut() {
            frame.blocks.push(block);
        }
    }

    fn inline_html(&mut self, html: &str) {
        if html == super::inline::SEPARATOR {
            return;
        }
        let name = html.trim_matches(['<', '>', '/']).trim();
        if name.eq_ignore_ascii_case("br") {
            self.push(Inline::Break);
            return;
        }
        match style_of(name) {
            Some(style) if html.starts_with("</") => {
                let is_open =
                    self.frames.last().is_some_and(|it| it.holder == Holder::Tagged(style));
                match self.frames.pop() {
                    Some(frame) if is_open => self.close(frame),
                    frame => {
                        self.frames.extend(frame);
                        self.text(html);
                    }
                }
            }
            Some(style) if !html.ends_with("/>") => {
                self.frames.push(Frame::new(Holder::Tagged(style)));
            }
            _ => self.text(html),
        }
    }

    /// Turns a tag that was not closed back into text.
    fn untag(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if let Holder::Tagged(style) = frame.holder {
            self.text(&format!("<{}>", tag_name(style)));
        }
        for inline in frame.inlines {
            self.push(inline);
        }
    }

    fn finish(mut self) -> Vec<Block> {
        while self.frames.len() > 1 {
            let Some(frame) = self.frames.pop() else { break };
            self.close(frame);
        }
        self.end_loose();
        self.frames.pop().map(|it| enclosed_blocks(it.blocks)).unwrap_or_default()
    }
}

fn push_parts(extracted: &Extracted, text: &str, out: &mut Vec<Inline>) {
    for part in extracted.parts(text) {
        match part {
            Part::Placeholder(placeholder) => out.push(Inline::Placeholder(placeholder)),
            Part::Text(text) => match out.last_mut() {
                Some(Inline::Text(last)) => last.push_str(text),
                _ => out.push(Inline::Text(text.to_owned())),
            },
        }
    }
}

fn push_paragraph(blocks: &mut Vec<Block>, content: Vec<Inline>) {
    let content = trimmed(content);
    if !content.is_empty() {
        blocks.push(Block::Paragraph(enclosed(content)));
    }
}

/// Without white space at the ends. No-break spaces stay.
fn trimmed(mut content: Vec<Inline>) -> Vec<Inline> {
    let is_space = |it: char| it.is_ascii_whitespace();
    if let Some(Inline::Text(first)) = content.first_mut() {
        *first = first.trim_start_matches(is_space).to_owned();
    }
    if let Some(Inline::Text(last)) = content.last_mut() {
        last.truncate(last.trim_end_matches(is_space).len());
    }
    content.retain(|it| !matches!(it, Inline::Text(text) if text.is_empty()));
    content
}

fn plain(content: &[Inline]) -> String {
    let mut out = String::new();
    for inline in content {
        match inline {
            Inline::Text(it) | Inline::Code(it) => out.push_str(it),
            Inline::Break => out.push(' '),
            Inline::Styled { content, .. }
            | Inline::Link { content, .. }
            | Inline::Enclosed { content, .. } => out.push_str(&plain(content)),
            Inline::Image { alt, .. } => out.push_str(alt),
            Inline::Placeholder(it) => out.push_str(&it.to_string()),
        }
    }
    out
}

/// Puts what stands between a placeholder and its end into it.
fn enclosed(content: Vec<Inline>) -> Vec<Inline> {
    fold(content, placeholder, |placeholder, content| Inline::Enclosed {
        placeholder,
        content: trimmed(content),
    })
}

/// Puts the blocks between a placeholder and its end into it.
fn enclosed_blocks(blocks: Vec<Block>) -> Vec<Block> {
    let alone = |it: &Block| {
        let Block::Paragraph(content) = it else { return None };
        let [only] = content.as_slice() else { return None };
        placeholder(only)
    };
    fold(blocks, alone, |placeholder, blocks| Block::Enclosed { placeholder, blocks })
}

fn placeholder(inline: &Inline) -> Option<Placeholder> {
    if let Inline::Placeholder(it) = inline { Some(it.clone()) } else { None }
}

fn fold<T>(
    items: Vec<T>,
    placeholder: impl Fn(&T) -> Option<Placeholder>,
    enclose: impl Fn(Placeholder, Vec<T>) -> T,
) -> Vec<T> {
    let mut out: Vec<T> = Vec::with_capacity(items.len());
    // Where in `out` placeholders are that may be closed.
    let mut open: Vec<(usize, Placeholder)> = Vec::new();
    for item in items {
        let Some(found) = placeholder(&item) else {
            out.push(item);
            continue;
        };
        let Some(kind) = found.kind.strip_prefix('/') else {
            open.push((out.len(), found.clone()));
            out.push(item);
            continue;
        };
        let start = open.iter().rposition(|(_, it)| it.kind == kind && it.id == found.id);
        let Some(start) = start else {
            out.push(item);
            continue;
        };
        let at = open.get(start).map_or(out.len(), |it| it.0);
        let opening = open.get(start).map(|it| it.1.clone()).unwrap_or_default();
        open.truncate(start);
        let mut inside = out.split_off(at);
        inside.remove(0);
        out.push(enclose(opening, inside));
    }
    out
}

fn panel(kind: BlockQuoteKind) -> PanelKind {
    match kind {
        BlockQuoteKind::Note => PanelKind::Info,
        BlockQuoteKind::Tip => PanelKind::Tip,
        BlockQuoteKind::Important => PanelKind::Note,
        BlockQuoteKind::Warning => PanelKind::Warning,
        BlockQuoteKind::Caution => PanelKind::Caution,
    }
}

fn alignment(it: Aligned) -> Alignment {
    match it {
        Aligned::None => Alignment::None,
        Aligned::Left => Alignment::Left,
        Aligned::Center => Alignment::Center,
        Aligned::Right => Alignment::Right,
    }
}

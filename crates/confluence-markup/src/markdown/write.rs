//! Writes the model as Markdown.

use super::inline::InlineWriter;
use crate::model::{Alignment, Block, Inline, Item, PanelKind, Table};

/// The blocks as Markdown; ends with a line break unless there are none.
pub fn write(blocks: &[Block]) -> String {
    let mut writer = Writer { out: String::new(), prefix: String::new() };
    writer.blocks(blocks);
    if !writer.out.is_empty() {
        writer.out.push('\n');
    }
    writer.out
}

struct Writer {
    out: String,
    /// What stands before each line.
    prefix: String,
}

impl Writer {
    /// Blocks with an empty line between them. The first goes on in the line that is there.
    fn blocks(&mut self, blocks: &[Block]) {
        let mut is_other_list = false;
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 {
                self.empty_line();
            }
            // Two lists that touch would be one if they had the same signs.
            let touches = match (index.checked_sub(1).and_then(|it| blocks.get(it)), block) {
                (Some(Block::List { start: a, .. }), Block::List { start: b, .. }) => {
                    a.is_some() == b.is_some()
                }
                _ => false,
            };
            is_other_list = touches && !is_other_list;
            self.block(block, is_other_list);
        }
    }

    fn empty_line(&mut self) {
        self.line();
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.line();
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.push_str(&self.prefix);
    }

    fn within(&mut self, prefix: &str, content: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        self.prefix.push_str(prefix);
        content(self);
        self.prefix.truncate(length);
    }

    fn inlines(&mut self, content: &[Inline], is_line: bool) {
        let start = self.out.len();
        let mut writer = InlineWriter {
            out: &mut self.out,
            prefix: &self.prefix,
            is_cell: false,
            is_line,
            start,
            in_link: false,
        };
        writer.all(content, None);
    }

    fn block(&mut self, block: &Block, is_other_list: bool) {
        match block {
            Block::Paragraph(content) => self.inlines(content, false),
            Block::Heading { level, content } => {
                self.out.push_str(&"#".repeat(usize::from(*level)));
                self.out.push(' ');
                let from = self.out.len();
                self.inlines(content, true);
                // Hashes at the end would close the heading.
                if self.out[from..].ends_with('#') {
                    self.out.pop();
                    self.out.push_str("\\#");
                }
            }
            Block::Rule => self.out.push_str("___"),
            Block::Quote(blocks) => {
                self.out.push_str("> ");
                self.within("> ", |it| it.blocks(blocks));
            }
            Block::Panel { kind, blocks } => {
                self.out.push_str("> [!");
                self.out.push_str(alert(*kind));
                self.out.push(']');
                self.within("> ", |it| {
                    if !blocks.is_empty() {
                        // Right below text, only a list that begins with 1 is one.
                        let is_late = |it: &Block| {
                            matches!(it, Block::List { start: Some(start), .. } if *start != 1)
                        };
                        if blocks.first().is_some_and(is_late) {
                            it.empty_line();
                        } else {
                            it.line();
                        }
                        it.blocks(blocks);
                    }
                });
            }
            Block::List { start, items } => self.list(*start, items, is_other_list),
            Block::Code { language, text } => self.code(language, text),
            Block::Table(table) => self.table(table),
            Block::Enclosed { placeholder, blocks } => {
                self.out.push_str(&placeholder.to_string());
                self.empty_line();
                if !blocks.is_empty() {
                    self.blocks(blocks);
                    self.empty_line();
                }
                self.out.push_str(&placeholder.closing().to_string());
            }
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item], is_other: bool) {
        let mut number = start;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.line();
            }
            let marker = match number {
                Some(number) => format!("{number}{} ", if is_other { ')' } else { '.' }),
                None => if is_other { "* " } else { "- " }.to_owned(),
            };
            number = number.map(|it| it.saturating_add(1).min(999_999_999));
            self.out.push_str(&marker);
            if let Some(is_done) = item.done {
                self.out.push_str(if is_done { "[x] " } else { "[ ] " });
            }
            self.within(&" ".repeat(marker.len()), |it| it.item(&item.blocks));
            self.out.truncate(self.out.trim_end_matches(' ').len());
        }
    }

    fn item(&mut self, blocks: &[Block]) {
        // A list right below its item's text needs no empty line.
        if let [Block::Paragraph(content), list @ Block::List { start, .. }] = blocks
            && start.is_none_or(|it| it == 1)
        {
            self.inlines(content, false);
            self.line();
            self.block(list, false);
        } else {
            self.blocks(blocks);
        }
    }

    fn code(&mut self, language: &str, text: &str) {
        let mut longest = 2;
        for line in text.lines() {
            let line = line.trim_start();
            longest = longest.max(line.bytes().take_while(|it| *it == b'`').count());
        }
        let fence = "`".repeat(longest + 1);
        self.out.push_str(&fence);
        self.out.push_str(language);
        for line in text.split('\n') {
            self.line();
            self.out.push_str(line);
        }
        self.line();
        self.out.push_str(&fence);
    }

    fn table(&mut self, table: &Table) {
        for (index, row) in table.rows.iter().enumerate() {
            if index > 0 {
                self.line();
            }
            self.out.push('|');
            for cell in row {
                self.out.push(' ');
                let start = self.out.len();
                let mut writer = InlineWriter {
                    out: &mut self.out,
                    prefix: "",
                    is_cell: true,
                    is_line: true,
                    start,
                    in_link: false,
                };
                writer.all(&cell.content, None);
                self.out.push_str(" |");
            }
            if index == 0 {
                self.line();
                self.out.push('|');
                for column in 0..row.len() {
                    self.out.push_str(match table.alignments.get(column) {
                        Some(Alignment::Left) => " :--- |",
                        Some(Alignment::Center) => " :---: |",
                        Some(Alignment::Right) => " ---: |",
                        Some(Alignment::None) | None => " --- |",
                    });
                }
            }
        }
    }
}

/// The alert that a panel is.
fn alert(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Info => "NOTE",
        PanelKind::Tip => "TIP",
        PanelKind::Note => "IMPORTANT",
        PanelKind::Warning => "WARNING",
        PanelKind::Caution => "CAUTION",
    }
}

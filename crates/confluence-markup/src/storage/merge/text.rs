//! Merges running text.

use std::ops::Range;

use super::{MergeError, Merger, inline, paths::Mark, pieces, words::Grain};
use crate::{
    model::Inline,
    storage::{
        read::Run,
        text::{data_into, escape_text_into},
        write::{Shell, WriteError, style_name},
    },
};

impl Merger<'_, '_> {
    /// Writes a run with an edit. Where the Markdown is not what the run says, all of it is written anew.
    pub(super) fn running_text(
        &mut self,
        run: &Run,
        base: &[Inline],
        edited: &[Inline],
    ) -> Result<(), MergeError> {
        let texts = pieces::texts(self.reader, run);
        let from = self.writer.out.len();
        for grain in [Grain::Words, Grain::Characters] {
            let old = pieces::pieces(self.reader, run, &texts, grain);
            let (base, _) = pieces::flatten(base, grain);
            let (new, originals) = pieces::flatten(edited, grain);
            let mut out =
                Out { merger: self, new: &new, originals: &originals, shells: Vec::new() };
            if let Some(result) = inline::merge(&old, &base, &new, &mut out) {
                return Ok(result?);
            }
            self.writer.out.truncate(from);
        }
        Ok(self.writer.inlines(edited)?)
    }
}

/// Writes what [`inline::merge`] decides on.
struct Out<'o, 'm, 'r, 'a> {
    merger: &'o mut Merger<'r, 'a>,
    new: &'o super::paths::Flat<'m>,
    originals: &'o [&'m Inline],
    /// What stands after the content of what is open.
    shells: Vec<Shell>,
}

impl inline::Writer for Out<'_, '_, '_, '_> {
    type Error = WriteError;

    fn copy(&mut self, raw: Range<usize>) {
        self.merger.copy(raw);
    }

    fn link_body(&mut self, begins: bool) {
        let tag = if begins { "<ac:link-body>" } else { "</ac:link-body>" };
        self.merger.writer.out.push_str(tag);
    }

    fn piece(&mut self, index: usize, is_data: bool) -> Result<(), WriteError> {
        let out = &mut self.merger.writer.out;
        match self.new.keys.get(index) {
            Some(super::paths::Key::Space) => {
                // A no-break space that is new is meant.
                let text = self.new.texts.get(index).copied().unwrap_or(" ");
                if is_data {
                    out.push_str(text);
                } else {
                    escape_text_into(text, out);
                }
                Ok(())
            }
            Some(super::paths::Key::Word(word)) => {
                if is_data {
                    push_data(word, out);
                } else {
                    escape_text_into(word, out);
                }
                Ok(())
            }
            _ => match self.originals.get(index) {
                Some(inline) => self.merger.writer.inline(inline),
                None => Ok(()),
            },
        }
    }

    fn open(&mut self, instance: usize) -> Result<(), WriteError> {
        match self.new.mark(instance) {
            Some(Mark::Styled(style)) => {
                let name = style_name(*style);
                self.merger.writer.open(name, &[], false);
            }
            Some(Mark::Link(target)) => self.merger.writer.open_link(target)?,
            Some(Mark::Enclosed(placeholder)) => {
                let shell = self.merger.writer.shell(placeholder)?;
                self.merger.writer.out.push_str(&shell.open);
                self.shells.push(shell);
            }
            None => {}
        }
        Ok(())
    }

    fn close(&mut self, instance: usize) -> Result<(), WriteError> {
        match self.new.mark(instance) {
            Some(Mark::Styled(style)) => {
                let out = &mut self.merger.writer.out;
                out.push_str("</");
                out.push_str(style_name(*style));
                out.push('>');
            }
            Some(Mark::Link(target)) => self.merger.writer.close_link(target)?,
            Some(Mark::Enclosed(_)) => {
                if let Some(shell) = self.shells.pop() {
                    self.merger.writer.out.push_str(&shell.close);
                }
            }
            None => {}
        }
        Ok(())
    }
}

/// A piece never has all of `]]>`, but what stands before it may end in its beginning.
fn push_data(word: &str, out: &mut String) {
    if word.starts_with('>') && out.ends_with("]]") {
        out.push_str("]]><![CDATA[");
    }
    let mut data = String::new();
    data_into(word, &mut data);
    out.push_str(data.trim_start_matches("<![CDATA[").trim_end_matches("]]>"));
}

//! Makes the model of running text.

use std::{mem, ops::Range};

use super::{Holds, Reader, Sink, Walker, Wrap, source::Run};
use crate::{model::Inline, storage::text};

/// The model of a run, without white space at its ends.
pub(super) fn inlines(reader: &Reader<'_, '_>, run: &Run) -> Vec<Inline> {
    let mut sink = ModelSink {
        source: reader.document.source(),
        stack: Vec::new(),
        content: Vec::new(),
        text: String::new(),
        space: Space::Start,
        decoded: String::new(),
    };
    Walker::run(reader, run, &mut sink);
    sink.flush();
    sink.content
}

/// What is known of the white space before what comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    /// None is wanted: a line begins here.
    Start,
    /// There is some that was not written yet: it may be the line's end.
    Due,
    /// The last thing was not white space.
    No,
}

struct ModelSink<'a> {
    source: &'a str,
    /// What is open, and what stands before it; `None` as long as nothing stands in it.
    stack: Vec<(Wrap, Option<Vec<Inline>>)>,
    content: Vec<Inline>,
    text: String,
    space: Space,
    decoded: String,
}

impl ModelSink<'_> {
    fn push_text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let is_space = |it: u8| it.is_ascii_whitespace();
            let spaces = rest.bytes().take_while(|it| is_space(*it)).count();
            if spaces > 0 {
                if self.space == Space::No {
                    self.space = Space::Due;
                }
                rest = &rest[spaces..];
                continue;
            }
            let length = rest.bytes().position(is_space).unwrap_or(rest.len());
            self.begin();
            self.text.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }

    /// Something comes: the space before it, and what it stands in. White space at the beginning of
    /// what is marked goes before it, as Markdown takes no mark for one beside a space.
    fn begin(&mut self) {
        if self.space == Space::Due {
            self.text.push(' ');
        }
        self.space = Space::No;
        let opened = self.stack.iter().rposition(|it| it.1.is_some()).map_or(0, |it| it + 1);
        for index in opened..self.stack.len() {
            if self.stack.get(index).is_some_and(|it| it.0.is_unseen()) {
                continue;
            }
            self.flush();
            let outside = mem::take(&mut self.content);
            if let Some(entry) = self.stack.get_mut(index) {
                entry.1 = Some(outside);
            }
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.content.push(Inline::Text(mem::take(&mut self.text)));
        }
    }
}

impl Sink for ModelSink<'_> {
    fn text(&mut self, raw: Range<usize>, is_data: bool) {
        let raw = self.source.get(raw).unwrap_or_default();
        if is_data || !raw.as_bytes().contains(&b'&') {
            self.push_text(raw);
            return;
        }
        let mut decoded = mem::take(&mut self.decoded);
        decoded.clear();
        text::decode_into(raw, &mut decoded);
        self.push_text(&decoded);
        self.decoded = decoded;
    }

    fn words(&mut self, text: &str, _raw: Range<usize>) {
        self.begin();
        self.text.push_str(text);
    }

    fn line_break(&mut self, _raw: Range<usize>) {
        self.space = Space::Start;
        self.begin();
        self.flush();
        self.content.push(Inline::Break);
        self.space = Space::Start;
    }

    fn atom(&mut self, inline: Inline, _raw: Range<usize>) {
        self.begin();
        self.flush();
        self.content.push(inline);
    }

    fn hidden(&mut self, _raw: Range<usize>) {}

    fn open(&mut self, wrap: Wrap, _open: Range<usize>, _close: Range<usize>, _holds: Holds) {
        let is_enclosed = matches!(wrap, Wrap::Enclosed(_));
        self.stack.push((wrap, None));
        if is_enclosed {
            // A placeholder is something even without content.
            self.begin();
            self.space = Space::Start;
        }
    }

    fn close(&mut self) {
        let Some((wrap, Some(outside))) = self.stack.pop() else { return };
        self.flush();
        let content = mem::replace(&mut self.content, outside);
        let inline = match wrap {
            Wrap::Styled(style) => {
                // What touches and looks the same is one.
                if let Some(Inline::Styled { style: last, content: before }) =
                    self.content.last_mut()
                    && *last == style
                {
                    before.extend(content);
                    return;
                }
                Inline::Styled { style, content }
            }
            Wrap::Link(target) => Inline::Link { target, content },
            Wrap::Enclosed(placeholder) => {
                if self.space == Space::Start {
                    self.space = Space::No;
                }
                Inline::Enclosed { placeholder, content }
            }
            Wrap::Unseen | Wrap::Block => return,
        };
        self.content.push(inline);
    }
}

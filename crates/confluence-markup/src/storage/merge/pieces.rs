//! Running text in pieces: of the source, and of Markdown.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
};

use super::{
    paths::{Flat, Instance, Key, Mark, Pieces, Wrapper},
    words::{Grain, cut, is_space},
};
use crate::{
    model::Inline,
    storage::{
        edit::Mapped,
        read::{Holds, Reader, Run, Sink, Walker, Wrap},
    },
};

/// What a line break is among the keys.
pub(super) const LINE_BREAK: Key<'static> = Key::Atom(0);

/// The texts that pieces point into: they live as long as the pieces.
#[derive(Debug, Default)]
pub(super) struct Texts(Vec<String>);

/// Resolves the text of a run, so that pieces can point into it.
pub(super) fn texts(reader: &Reader<'_, '_>, run: &Run) -> Texts {
    struct Collect<'a>(&'a str, Vec<String>);
    impl Sink for Collect<'_> {
        fn text(&mut self, raw: Range<usize>, is_data: bool) {
            let raw = self.0.get(raw).unwrap_or_default();
            self.1.push(if is_data { raw.to_owned() } else { Mapped::of(raw).text });
        }
        fn words(&mut self, text: &str, _: Range<usize>) {
            self.1.push(text.to_owned());
        }
        fn line_break(&mut self, _: Range<usize>) {}
        fn atom(&mut self, _: Inline, _: Range<usize>) {}
        fn hidden(&mut self, _: Range<usize>) {}
        fn open(&mut self, _: Wrap, _: Range<usize>, _: Range<usize>, _: Holds) {}
        fn close(&mut self) {}
    }
    let mut collect = Collect(reader.document.source(), Vec::new());
    Walker::run(reader, run, &mut collect);
    Texts(collect.1)
}

/// The pieces of a run of the source.
pub(super) fn pieces<'t>(
    reader: &Reader<'_, '_>,
    run: &Run,
    texts: &'t Texts,
    grain: Grain,
) -> Pieces<'t> {
    let mut sink = PieceSink {
        source: reader.document.source(),
        pieces: Pieces::default(),
        inside: None,
        texts: texts.0.iter(),
        grain,
        starts: Vec::new(),
    };
    Walker::run(reader, run, &mut sink);
    sink.pieces
}

struct PieceSink<'a, 't> {
    source: &'a str,
    pieces: Pieces<'t>,
    inside: Option<usize>,
    texts: std::slice::Iter<'t, String>,
    grain: Grain,
    /// For each wrapper, how many pieces stand before it.
    starts: Vec<usize>,
}

impl<'t> PieceSink<'_, 't> {
    fn push(&mut self, key: Key<'t>, raw: Range<usize>) {
        self.pieces.keys.push(key);
        self.pieces.raw.push(raw);
        self.pieces.inside.push(self.inside);
    }
}

impl Sink for PieceSink<'_, '_> {
    fn text(&mut self, raw: Range<usize>, is_data: bool) {
        let Some(text) = self.texts.next() else { return };
        let source = self.source.get(raw.clone()).unwrap_or_default();
        let mapped = if is_data { None } else { Some(Mapped::of(source)) };
        let at = |offset: usize| raw.start + mapped.as_ref().map_or(offset, |it| it.raw(offset));
        for piece in cut(text, self.grain) {
            let key = key(text.get(piece.clone()).unwrap_or_default());
            self.push(key, at(piece.start)..at(piece.end));
        }
    }

    fn words(&mut self, _text: &str, raw: Range<usize>) {
        let Some(text) = self.texts.next() else { return };
        // The first stands for all of it; the others are nothing in the source.
        let mut raw = raw;
        for piece in cut(text, self.grain) {
            self.push(key(text.get(piece).unwrap_or_default()), raw.clone());
            raw.start = raw.end;
        }
    }

    fn line_break(&mut self, raw: Range<usize>) {
        self.push(LINE_BREAK, raw);
    }

    fn atom(&mut self, inline: Inline, raw: Range<usize>) {
        self.push(Key::Atom(hash(&inline)), raw);
    }

    fn hidden(&mut self, raw: Range<usize>) {
        self.push(Key::Hidden, raw);
    }

    fn open(&mut self, wrap: Wrap, open: Range<usize>, close: Range<usize>, holds: Holds) {
        let is_block = wrap == Wrap::Block;
        let mark = match wrap {
            Wrap::Unseen | Wrap::Block => None,
            Wrap::Styled(it) => Some(Mark::Styled(it)),
            Wrap::Link(it) => Some(Mark::Link(it)),
            Wrap::Enclosed(it) => Some(Mark::Enclosed(it)),
        };
        let wrapper = Wrapper { mark, parent: self.inside, open, close, holds, is_block };
        self.inside = Some(self.pieces.wrappers.len());
        self.pieces.wrappers.push(wrapper);
        self.starts.push(self.pieces.keys.len());
    }

    fn close(&mut self) {
        let Some(index) = self.inside else { return };
        let start = self.starts.get(index).copied().unwrap_or_default();
        let inside = self.pieces.keys.get(start..).unwrap_or_default();
        let is_empty = inside.is_empty();
        let is_blank = inside.iter().all(|it| matches!(it, Key::Space | Key::Hidden));
        let Some(wrapper) = self.pieces.wrappers.get(index) else { return };
        let (parent, outer) = (wrapper.parent, wrapper.open.start..wrapper.close.end);
        let mark = wrapper.mark.clone();
        self.inside = parent;
        match mark {
            // Markdown shows that there is something, and not the white space in it.
            Some(Mark::Enclosed(placeholder)) if is_blank => {
                self.pieces.keys.truncate(start);
                self.pieces.raw.truncate(start);
                self.pieces.inside.truncate(start);
                let inline = Inline::Enclosed { placeholder, content: Vec::new() };
                self.push(Key::Atom(hash(&inline)), outer);
            }
            _ if is_empty => self.push(Key::Hidden, outer),
            _ => {}
        }
    }
}

/// Running text of Markdown in pieces.
pub(super) fn flatten(content: &[Inline], grain: Grain) -> (Flat<'_>, Vec<&Inline>) {
    let mut flat = Flattener { flat: Flat::default(), pieces: Vec::new(), inside: None, grain };
    flat.push_all(content);
    (flat.flat, flat.pieces)
}

struct Flattener<'t> {
    flat: Flat<'t>,
    /// What each piece was read from.
    pieces: Vec<&'t Inline>,
    inside: Option<usize>,
    grain: Grain,
}

impl<'t> Flattener<'t> {
    fn push_all(&mut self, content: &'t [Inline]) {
        for inline in content {
            match inline {
                Inline::Text(text) => {
                    for piece in cut(text, self.grain) {
                        let piece = text.get(piece).unwrap_or_default();
                        self.push(key(piece), piece, inline);
                    }
                }
                Inline::Break => self.push(LINE_BREAK, "", inline),
                Inline::Styled { style, content } => {
                    self.within(Mark::Styled(*style), content);
                }
                Inline::Link { target, content } if !is_atom(content) => {
                    self.within(Mark::Link(target.clone()), content);
                }
                Inline::Enclosed { placeholder, content } if !content.is_empty() => {
                    self.within(Mark::Enclosed(placeholder.clone()), content);
                }
                Inline::Code(_)
                | Inline::Link { .. }
                | Inline::Image { .. }
                | Inline::Placeholder(_)
                | Inline::Enclosed { .. } => self.push(Key::Atom(hash(inline)), "", inline),
            }
        }
    }

    fn within(&mut self, mark: Mark, content: &'t [Inline]) {
        let parent = self.inside;
        self.inside = Some(self.flat.instances.len());
        self.flat.instances.push(Instance { mark, parent });
        self.push_all(content);
        self.inside = parent;
    }

    fn push(&mut self, key: Key<'t>, text: &'t str, inline: &'t Inline) {
        self.flat.texts.push(text);
        self.flat.keys.push(key);
        self.flat.inside.push(self.inside);
        self.pieces.push(inline);
    }
}

/// Whether a link has nothing to go into.
fn is_atom(content: &[Inline]) -> bool {
    content.is_empty()
}

fn key(piece: &str) -> Key<'_> {
    if is_space(piece) { Key::Space } else { Key::Word(piece) }
}

fn hash(inline: &Inline) -> u64 {
    let mut hasher = DefaultHasher::new();
    inline.hash(&mut hasher);
    hasher.finish().max(1)
}

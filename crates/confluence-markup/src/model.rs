//! What a page says, whatever format it is kept in.
//!
//! Storage format and ADF become this on reading, Markdown is written from it and read into it. What
//! Markdown has no words for is a [`Placeholder`]: a name, and an id by which the original is found
//! again. Nesting is bounded by [`MAX_DEPTH`], so that walking it may recurse.

use std::fmt;

/// How deep blocks and inlines are nested at most; what is deeper is one placeholder.
pub const MAX_DEPTH: usize = 48;

/// Stands for something of the original that Markdown cannot say: `[[macro:jira key=ABC-1 #m3]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Placeholder {
    /// What sort of thing it is: `macro`, `image`, `mention`, `status`.
    pub kind: String,
    /// What a reader needs to know of it, such as `jira key=ABC-1`. On one line.
    pub label: String,
    /// Finds the original; empty for something that is new.
    pub id: String,
}

impl Placeholder {
    /// What ends something that this begins.
    #[must_use]
    pub fn closing(&self) -> Self {
        Self { kind: format!("/{}", self.kind), label: String::new(), id: self.id.clone() }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[[{}", self.kind)?;
        if !self.label.is_empty() {
            write!(f, ":{}", self.label)?;
        }
        if !self.id.is_empty() {
            write!(f, " #{}", self.id)?;
        }
        f.write_str("]]")
    }
}

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading.
    Heading {
        /// From 1 to 6.
        level: u8,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A line across the page.
    Rule,
    /// A quotation.
    Quote(Vec<Self>),
    /// A list of any sort.
    List {
        /// The first number, if the items are numbered.
        start: Option<u64>,
        /// Its items.
        items: Vec<Item>,
    },
    /// Code, or other text that is kept as it is.
    Code {
        /// As after the fence; may be empty.
        language: String,
        /// Without the fence; ends without a line break.
        text: String,
    },
    /// A table.
    Table(Table),
    /// An info, note, tip or warning panel.
    Panel {
        /// Which of them.
        kind: PanelKind,
        /// What is in it.
        blocks: Vec<Self>,
    },
    /// Something with blocks in it: an expand, a layout's cell, a macro with a body.
    Enclosed {
        /// Names it; stands before and, without its label, after the content.
        placeholder: Placeholder,
        /// The content.
        blocks: Vec<Self>,
    },
}

/// One item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Item {
    /// For a task, whether it is done.
    pub done: Option<bool>,
    /// What the item says.
    pub blocks: Vec<Block>,
}

/// A panel that Markdown has an alert for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PanelKind {
    /// `[!NOTE]`.
    Info,
    /// `[!TIP]`.
    Tip,
    /// `[!IMPORTANT]`.
    Note,
    /// `[!WARNING]`.
    Warning,
    /// `[!CAUTION]`.
    Caution,
}

/// A table; its first row is the head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Table {
    /// How each column's text is aligned.
    pub alignments: Vec<Alignment>,
    /// All rows, the head's first. Every row has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// How text is aligned in a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Alignment {
    /// Nothing is said.
    #[default]
    None,
    /// To the left.
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// What it says, as one line of Markdown: paragraphs are parted by line breaks.
    pub content: Vec<Inline>,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Inline {
    /// Text as it is read, without escapes.
    Text(String),
    /// Code.
    Code(String),
    /// A line break.
    Break,
    /// Text in a certain style.
    Styled {
        /// Which style.
        style: Style,
        /// The text.
        content: Vec<Self>,
    },
    /// A link.
    Link {
        /// A URL, or what the connector writes for pages and files.
        target: String,
        /// Its text.
        content: Vec<Self>,
    },
    /// An image.
    Image {
        /// A URL, or what the connector writes for attachments.
        target: String,
        /// The text in its place.
        alt: String,
        /// Finds the original; empty for one that is new.
        id: String,
    },
    /// Something without text.
    Placeholder(Placeholder),
    /// Something with text: where a comment stands.
    Enclosed {
        /// Names it; stands before and, without its label, after the content.
        placeholder: Placeholder,
        /// The text.
        content: Vec<Self>,
    },
}

/// What text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `**bold**`.
    Strong,
    /// `*italic*`.
    Emphasis,
    /// `~~struck~~`.
    Strike,
    /// `<u>underlined</u>`.
    Underline,
    /// `<sub>below</sub>`.
    Subscript,
    /// `<sup>above</sup>`.
    Superscript,
}

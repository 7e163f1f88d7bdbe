//! What sorts of nodes and marks there are.

/// The type of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The whole document.
    Doc,
    /// Running text.
    Paragraph,
    /// A heading.
    Heading,
    /// A quotation.
    Blockquote,
    /// A list with dots.
    BulletList,
    /// A list with numbers.
    OrderedList,
    /// An item of one of these.
    ListItem,
    /// A list of tasks.
    TaskList,
    /// A task.
    TaskItem,
    /// A task with blocks in it.
    BlockTaskItem,
    /// A list of decisions.
    DecisionList,
    /// A decision.
    DecisionItem,
    /// Code.
    CodeBlock,
    /// A line across the page.
    Rule,
    /// A panel of any sort.
    Panel,
    /// Something to open.
    Expand,
    /// The same, in another one or in a table.
    NestedExpand,
    /// A table.
    Table,
    /// A row of a table.
    TableRow,
    /// A cell that heads others.
    TableHeader,
    /// A cell.
    TableCell,
    /// One image or file on lines of its own.
    MediaSingle,
    /// Some files on lines of their own.
    MediaGroup,
    /// An image or a file in one of these.
    Media,
    /// An image or a file in running text.
    MediaInline,
    /// What stands below an image.
    Caption,
    /// A macro.
    Extension,
    /// A macro in running text.
    InlineExtension,
    /// A macro with blocks in it.
    BodiedExtension,
    /// A section of a layout.
    LayoutSection,
    /// A cell of a layout.
    LayoutColumn,
    /// A link that is shown as a card.
    BlockCard,
    /// A link that is shown with what it leads to.
    EmbedCard,
    /// A link that is shown in running text.
    InlineCard,
    /// Text.
    Text,
    /// A line break.
    HardBreak,
    /// A user who is mentioned.
    Mention,
    /// An emoji.
    Emoji,
    /// A date.
    Date,
    /// A coloured word.
    Status,
    /// What a template asks for.
    Placeholder,
    /// Any other; [`Node::name`](super::Node::name) says which.
    Unknown,
}

const KINDS: [(&str, Kind); 41] = [
    ("doc", Kind::Doc),
    ("paragraph", Kind::Paragraph),
    ("heading", Kind::Heading),
    ("blockquote", Kind::Blockquote),
    ("bulletList", Kind::BulletList),
    ("orderedList", Kind::OrderedList),
    ("listItem", Kind::ListItem),
    ("taskList", Kind::TaskList),
    ("taskItem", Kind::TaskItem),
    ("blockTaskItem", Kind::BlockTaskItem),
    ("decisionList", Kind::DecisionList),
    ("decisionItem", Kind::DecisionItem),
    ("codeBlock", Kind::CodeBlock),
    ("rule", Kind::Rule),
    ("panel", Kind::Panel),
    ("expand", Kind::Expand),
    ("nestedExpand", Kind::NestedExpand),
    ("table", Kind::Table),
    ("tableRow", Kind::TableRow),
    ("tableHeader", Kind::TableHeader),
    ("tableCell", Kind::TableCell),
    ("mediaSingle", Kind::MediaSingle),
    ("mediaGroup", Kind::MediaGroup),
    ("media", Kind::Media),
    ("mediaInline", Kind::MediaInline),
    ("caption", Kind::Caption),
    ("extension", Kind::Extension),
    ("inlineExtension", Kind::InlineExtension),
    ("bodiedExtension", Kind::BodiedExtension),
    ("layoutSection", Kind::LayoutSection),
    ("layoutColumn", Kind::LayoutColumn),
    ("blockCard", Kind::BlockCard),
    ("embedCard", Kind::EmbedCard),
    ("inlineCard", Kind::InlineCard),
    ("text", Kind::Text),
    ("hardBreak", Kind::HardBreak),
    ("mention", Kind::Mention),
    ("emoji", Kind::Emoji),
    ("date", Kind::Date),
    ("status", Kind::Status),
    ("placeholder", Kind::Placeholder),
];

impl Kind {
    pub(super) fn of(name: &str) -> Self {
        KINDS.iter().find(|it| it.0 == name).map_or(Self::Unknown, |it| it.1)
    }

    /// Whether it stands in running text.
    pub fn is_inline(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::HardBreak
                | Self::Mention
                | Self::Emoji
                | Self::Date
                | Self::Status
                | Self::InlineCard
                | Self::InlineExtension
                | Self::MediaInline
                | Self::Placeholder
        )
    }

    /// Whether running text stands directly in it.
    pub fn holds_text(self) -> bool {
        matches!(
            self,
            Self::Paragraph
                | Self::Heading
                | Self::TaskItem
                | Self::DecisionItem
                | Self::CodeBlock
                | Self::Caption
        )
    }

    /// Whether its placeholder has an id: what Markdown says of it does not make another one.
    pub(super) fn is_numbered(self) -> bool {
        matches!(
            self,
            Self::DecisionList
                | Self::Panel
                | Self::Expand
                | Self::NestedExpand
                | Self::MediaSingle
                | Self::MediaGroup
                | Self::MediaInline
                | Self::Extension
                | Self::InlineExtension
                | Self::BodiedExtension
                | Self::LayoutSection
                | Self::LayoutColumn
                | Self::BlockCard
                | Self::EmbedCard
                | Self::Emoji
                | Self::Placeholder
                | Self::Unknown
        )
    }
}

/// The type of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// Bold.
    Strong,
    /// Italic.
    Em,
    /// Struck.
    Strike,
    /// Underlined.
    Underline,
    /// Above or below the line.
    Subsup,
    /// Code.
    Code,
    /// A link.
    Link,
    /// Where a comment stands.
    Annotation,
    /// Any other.
    Unknown,
}

impl MarkKind {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "strong" => Self::Strong,
            "em" => Self::Em,
            "strike" => Self::Strike,
            "underline" => Self::Underline,
            "subsup" => Self::Subsup,
            "code" => Self::Code,
            "link" => Self::Link,
            "annotation" => Self::Annotation,
            _ => Self::Unknown,
        }
    }
}

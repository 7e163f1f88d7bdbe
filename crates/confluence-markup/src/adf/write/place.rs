//! What may stand in what, by Atlassian's schema.

use crate::adf::Kind;

/// Whether a block may stand in a node. What the schema does not know may stand anywhere.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other node holds blocks")]
pub(in crate::adf) fn holds(holder: Kind, block: Kind) -> bool {
    use Kind::{
        BlockCard, BlockTaskItem, Blockquote, BodiedExtension, BulletList, CodeBlock, DecisionList,
        Doc, EmbedCard, Expand, Extension, Heading, LayoutColumn, LayoutSection, ListItem,
        MediaGroup, MediaSingle, NestedExpand, OrderedList, Panel, Paragraph, Rule, Table,
        TableCell, TableHeader, TaskList, Unknown,
    };
    let is_anywhere = matches!(block, Paragraph | Extension | Unknown);
    let is_list = matches!(block, BulletList | OrderedList);
    let is_plain = is_list || matches!(block, CodeBlock | MediaSingle | MediaGroup);
    let is_common = is_plain || matches!(block, Heading | Rule | TaskList | DecisionList);
    let is_nested = is_common || matches!(block, Panel | Blockquote);
    let is_card = matches!(block, BlockCard | EmbedCard);
    match holder {
        LayoutSection => matches!(block, LayoutColumn | Unknown),
        TaskList => matches!(block, TaskList | Unknown),
        BlockTaskItem => is_anywhere,
        ListItem => is_anywhere || is_list || matches!(block, TaskList | CodeBlock | MediaSingle),
        Blockquote => is_anywhere || is_plain,
        Panel => is_anywhere || is_common || block == BlockCard,
        NestedExpand => is_anywhere || is_nested,
        TableCell | TableHeader => is_anywhere || is_nested || is_card || block == NestedExpand,
        Expand => is_anywhere || is_nested || is_card || matches!(block, Table | NestedExpand),
        BodiedExtension => is_anywhere || is_nested || is_card || block == Table,
        LayoutColumn | Extension | Unknown => {
            let is_large = matches!(block, Table | Expand | BodiedExtension);
            is_anywhere || is_nested || is_card || is_large
        }
        Doc => {
            let is_large = matches!(block, Table | Expand | BodiedExtension | LayoutSection);
            is_anywhere || is_nested || is_card || is_large
        }
        _ => false,
    }
}

/// In an error.
pub(super) fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Doc => "a page",
        Kind::Paragraph => "a paragraph",
        Kind::Heading => "a heading",
        Kind::Blockquote => "a quotation",
        Kind::BulletList | Kind::OrderedList => "a list",
        Kind::ListItem => "an item of a list",
        Kind::TaskList => "a list of tasks",
        Kind::TaskItem | Kind::BlockTaskItem => "a task",
        Kind::DecisionList => "a list of decisions",
        Kind::DecisionItem => "a decision",
        Kind::CodeBlock => "a block of code",
        Kind::Rule => "a line across the page",
        Kind::Panel => "a panel",
        Kind::Expand => "an expand",
        Kind::NestedExpand => "an expand in something else",
        Kind::Table => "a table",
        Kind::TableRow => "a row of a table",
        Kind::TableHeader | Kind::TableCell => "a cell of a table",
        Kind::MediaSingle | Kind::Media | Kind::MediaInline => "an image",
        Kind::MediaGroup => "a group of files",
        Kind::Caption => "what stands below an image",
        Kind::Extension | Kind::InlineExtension => "a macro",
        Kind::BodiedExtension => "a macro with content",
        Kind::LayoutSection => "a layout, between its cells,",
        Kind::LayoutColumn => "a cell of a layout",
        Kind::BlockCard | Kind::EmbedCard | Kind::InlineCard => "a card",
        Kind::Text | Kind::HardBreak => "text",
        Kind::Mention => "a mention",
        Kind::Emoji => "an emoji",
        Kind::Date => "a date",
        Kind::Status => "a status",
        Kind::Placeholder | Kind::Unknown => "this",
    }
}

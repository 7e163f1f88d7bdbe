//! The elements that have a meaning here; every other name is [`Tag::Other`].

/// Makes the enum and both directions of its spelling from one list.
macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The name of an element, as far as it has a meaning here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each is named as the element it stands for")]
        pub enum Tag {
            $($(#[$doc])* $name,)*
            /// Any other name; the source has it.
            Other,
        }

        impl Tag {
            /// The tag with this name.
            pub fn of(name: &str) -> Self {
                match name {
                    $($text => Self::$name,)*
                    _ => Self::Other,
                }
            }

            /// The name as it is written; empty for [`Tag::Other`].
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other => "",
                }
            }
        }
    };
}

tags! {
    P = "p",
    Strong = "strong",
    Em = "em",
    Td = "td",
    Tr = "tr",
    Li = "li",
    A = "a",
    Code = "code",
    Br = "br",
    Span = "span",
    Parameter = "ac:parameter",
    StructuredMacro = "ac:structured-macro",
    RichTextBody = "ac:rich-text-body",
    PlainTextBody = "ac:plain-text-body",
    Link = "ac:link",
    LinkBody = "ac:link-body",
    PlainTextLinkBody = "ac:plain-text-link-body",
    RiUser = "ri:user",
    RiPage = "ri:page",
    RiAttachment = "ri:attachment",
    RiUrl = "ri:url",
    InlineCommentMarker = "ac:inline-comment-marker",
    Image = "ac:image",
    Emoticon = "ac:emoticon",
    Time = "time",
    Ul = "ul",
    Ol = "ol",
    Th = "th",
    H1 = "h1",
    H2 = "h2",
    H3 = "h3",
    H4 = "h4",
    H5 = "h5",
    H6 = "h6",
    Table = "table",
    Tbody = "tbody",
    Thead = "thead",
    Tfoot = "tfoot",
    Colgroup = "colgroup",
    Col = "col",
    Task = "ac:task",
    TaskList = "ac:task-list",
    TaskId = "ac:task-id",
    TaskUuid = "ac:task-uuid",
    TaskStatus = "ac:task-status",
    TaskBody = "ac:task-body",
    Layout = "ac:layout",
    LayoutSection = "ac:layout-section",
    LayoutCell = "ac:layout-cell",
    AdfExtension = "ac:adf-extension",
    AdfNode = "ac:adf-node",
    AdfAttribute = "ac:adf-attribute",
    AdfContent = "ac:adf-content",
    AdfFallback = "ac:adf-fallback",
    AdfMark = "ac:adf-mark",
    Placeholder = "ac:placeholder",
    AcCaption = "ac:caption",
    OldMacro = "ac:macro",
    DefaultParameter = "ac:default-parameter",
    RiBlogPost = "ri:blog-post",
    RiSpace = "ri:space",
    RiShortcut = "ri:shortcut",
    RiContentEntity = "ri:content-entity",
    Blockquote = "blockquote",
    Hr = "hr",
    Pre = "pre",
    Div = "div",
    B = "b",
    I = "i",
    U = "u",
    S = "s",
    Del = "del",
    Strike = "strike",
    Sub = "sub",
    Sup = "sup",
    Tt = "tt",
    Kbd = "kbd",
    Samp = "samp",
    Small = "small",
    Big = "big",
    Ins = "ins",
    Cite = "cite",
    Q = "q",
    Img = "img",
    Caption = "caption",
    Dl = "dl",
    Dt = "dt",
    Dd = "dd",
}

impl Tag {
    /// Whether HTML gives this element no end tag. Old bodies leave out the slash.
    pub(super) fn is_void(self) -> bool {
        matches!(self, Self::Br | Self::Hr | Self::Img | Self::Col)
    }

    /// 1 to 6 for a heading.
    pub fn heading_level(self) -> Option<u8> {
        let levels = [Self::H1, Self::H2, Self::H3, Self::H4, Self::H5, Self::H6];
        (1..).zip(levels).find(|it| it.1 == self).map(|it| it.0)
    }

    /// Whether the element names a resource of Confluence or the web.
    pub fn is_resource(self) -> bool {
        matches!(
            self,
            Self::RiUser
                | Self::RiPage
                | Self::RiAttachment
                | Self::RiUrl
                | Self::RiBlogPost
                | Self::RiSpace
                | Self::RiShortcut
                | Self::RiContentEntity
        )
    }
}

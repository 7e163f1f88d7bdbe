//! Bodies of pages and comments, and the forms they come in.

use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// How a list gives the bodies of its rows. Without one, rows come without bodies.
    BodyFormat {
        /// XHTML-based storage format.
        Storage = "storage",
        /// Atlassian document format: JSON in a string.
        AtlasDocFormat = "atlas_doc_format",
    }
}

words! {
    /// How a single page gives its body. Lists know only the first two.
    PageBodyFormat {
        /// XHTML-based storage format.
        Storage = "storage",
        /// Atlassian document format: JSON in a string.
        AtlasDocFormat = "atlas_doc_format",
        /// HTML of the legacy renderer.
        View = "view",
        /// HTML with absolute links.
        ExportView = "export_view",
        /// HTML as an anonymous visitor would see it.
        AnonymousExportView = "anonymous_export_view",
        /// HTML with its styles.
        StyledView = "styled_view",
        /// What the old editor loads.
        Editor = "editor",
    }
}

words! {
    /// The form of a body that is written.
    Representation {
        /// XHTML-based storage format.
        Storage = "storage",
        /// Atlassian document format: JSON in a string.
        AtlasDocFormat = "atlas_doc_format",
        /// The old wiki markup. Confluence converts it.
        Wiki = "wiki",
    }
}

/// A body to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBody {
    /// Form of `value`.
    pub representation: Representation,
    /// The content.
    pub value: String,
}

impl NewBody {
    /// A body in storage format: XHTML with Confluence's macros.
    pub fn storage(value: impl Into<String>) -> Self {
        Self { representation: Representation::Storage, value: value.into() }
    }
}

/// The bodies in an answer, by format. Empty unless a format was asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct Bodies {
    /// XHTML-based storage format.
    pub storage: Option<Body>,
    /// Atlassian document format: JSON in a string.
    pub atlas_doc_format: Option<Body>,
    /// HTML of the legacy renderer.
    pub view: Option<Body>,
    /// HTML with absolute links.
    pub export_view: Option<Body>,
    /// HTML as an anonymous visitor would see it.
    pub anonymous_export_view: Option<Body>,
    /// HTML with its styles.
    pub styled_view: Option<Body>,
    /// What the old editor loads.
    pub editor: Option<Body>,
}

impl Bodies {
    /// The one body that is there.
    pub fn any(&self) -> Option<&Body> {
        let Self {
            storage,
            atlas_doc_format,
            view,
            export_view,
            anonymous_export_view,
            styled_view,
            editor,
        } = self;
        [storage, atlas_doc_format, view, export_view, anonymous_export_view, styled_view, editor]
            .into_iter()
            .find_map(Option::as_ref)
    }
}

/// A body in one format.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct Body {
    /// The format's name.
    pub representation: Option<String>,
    /// The content.
    pub value: Option<String>,
}

//! Why a file of the demo site cannot be used.

/// A mistake in the demo content, which only its authors ever see.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// A file that has to be there is not.
    #[error("`{file}` is missing or not UTF-8")]
    Unreadable {
        /// Path below `demo/`.
        file: String,
    },
    /// A page without its two `+++` lines.
    #[error("`{file}` does not start with front matter between `+++` lines")]
    NoFrontMatter {
        /// Path below `demo/`.
        file: String,
    },
    /// TOML that does not say what is expected.
    #[error("`{file}` has wrong metadata")]
    Metadata {
        /// Path below `demo/`.
        file: String,
        /// Position and reason.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Only the latest version of a page takes its body from the file itself.
    #[error("version {number} in `{file}` must have a body unless it is the last, which must not")]
    VersionBody {
        /// Path below `demo/`.
        file: String,
        /// Counted from 1.
        number: u32,
    },
    /// A page whose parents do not lead to the top of the space.
    #[error("`{file}` is not below any page of its space")]
    Orphan {
        /// Path below `demo/`.
        file: String,
    },
}

//! A page of the demo site with everything that hangs on it.

use jiff::Timestamp;
use serde::Deserialize;

use super::error::DemoError;

/// A page or a folder.
#[derive(Debug, Clone)]
pub(crate) struct DemoPage {
    /// Numeric id.
    pub(crate) id: String,
    /// File stem; unique in the whole site.
    pub(crate) slug: String,
    /// Current title.
    pub(crate) title: String,
    /// Page or folder.
    pub(crate) kind: PageKind,
    /// Where in its life it is.
    pub(crate) status: PageStatus,
    /// Slug of the page or folder above; `None` at the top of the space.
    pub(crate) parent: Option<String>,
    /// Order among siblings.
    pub(crate) position: u32,
    /// Key of the user who created it.
    pub(crate) author: String,
    /// Key of the user who owns it now.
    pub(crate) owner: String,
    /// When it was created.
    pub(crate) created: Timestamp,
    /// Labels in the order they were added.
    pub(crate) labels: Vec<DemoLabel>,
    /// Who may see or change it beyond the space's permissions.
    pub(crate) restrictions: DemoRestrictions,
    /// All versions, oldest first, never empty; a folder's only version has an empty body.
    pub(crate) versions: Vec<DemoVersion>,
    /// Footer comments, oldest first.
    pub(crate) comments: Vec<DemoComment>,
    /// Inline comments, oldest first.
    pub(crate) inline_comments: Vec<DemoInlineComment>,
    /// Attached files.
    pub(crate) attachments: Vec<DemoAttachment>,
}

impl DemoPage {
    /// The version that readers see.
    pub(crate) fn latest(&self) -> &DemoVersion {
        self.versions.last().expect("`PageFile::into_page` adds one if there are none")
    }
}

/// What kind of content it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PageKind {
    /// Has a body.
    #[default]
    Page,
    /// Only holds other content.
    Folder,
}

/// Where in its life a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PageStatus {
    /// Published.
    #[default]
    Current,
    /// Readable by id, out of the tree and of search.
    Archived,
    /// Never published; only its author sees it.
    Draft,
    /// Deleted, not yet purged.
    Trashed,
}

/// A label, written `name`, `my:name` or `team:name` in front matter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) struct DemoLabel {
    /// Namespace.
    pub(crate) prefix: LabelPrefix,
    /// Without the prefix.
    pub(crate) name: String,
}

/// Namespace of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LabelPrefix {
    /// Seen by all.
    Global,
    /// Seen by who set it: the page's author.
    My,
    /// A team's.
    Team,
}

impl From<String> for DemoLabel {
    fn from(text: String) -> Self {
        match text.split_once(':') {
            Some(("my", name)) => Self { prefix: LabelPrefix::My, name: name.into() },
            Some(("team", name)) => Self { prefix: LabelPrefix::Team, name: name.into() },
            _ => Self { prefix: LabelPrefix::Global, name: text },
        }
    }
}

/// Page restrictions; an empty list restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DemoRestrictions {
    /// Keys of the only users who may see the page.
    pub(crate) view: Vec<String>,
    /// Keys of the only users who may change it.
    pub(crate) edit: Vec<String>,
}

/// One state of a page.
#[derive(Debug, Clone)]
pub(crate) struct DemoVersion {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Key of the user who saved it.
    pub(crate) author: String,
    /// When it was saved.
    pub(crate) at: Timestamp,
    /// What changed, may be empty.
    pub(crate) message: String,
    /// Saved without notifying watchers.
    pub(crate) minor_edit: bool,
    /// Title at the time.
    pub(crate) title: String,
    /// Storage format.
    pub(crate) body: String,
}

/// A footer comment, or a reply to a comment of either kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoComment {
    /// Numeric id.
    pub(crate) id: String,
    /// Key of the user who wrote it.
    pub(crate) author: String,
    /// When it was written.
    pub(crate) at: Timestamp,
    /// Storage format.
    pub(crate) body: String,
    /// Answers, oldest first.
    #[serde(default)]
    pub(crate) replies: Vec<Self>,
}

/// A comment on some words of the body.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoInlineComment {
    /// Numeric id.
    pub(crate) id: String,
    /// Key of the user who wrote it.
    pub(crate) author: String,
    /// When it was written.
    pub(crate) at: Timestamp,
    /// `ac:ref` of the marker in the body; a dangling comment's marker is gone from it.
    pub(crate) marker: String,
    /// The words it was made on.
    pub(crate) selection: String,
    /// Open until somebody resolves it or its words vanish.
    #[serde(default)]
    pub(crate) resolution: Resolution,
    /// Who last resolved or reopened it, and when.
    pub(crate) resolution_by: Option<String>,
    /// When it was last resolved or reopened.
    pub(crate) resolution_at: Option<Timestamp>,
    /// Storage format.
    pub(crate) body: String,
    /// Answers, oldest first.
    #[serde(default)]
    pub(crate) replies: Vec<DemoComment>,
}

/// State of an inline comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Resolution {
    /// Waits for an answer.
    #[default]
    Open,
    /// Done.
    Resolved,
    /// Was done, is not.
    Reopened,
    /// The commented words are no longer in the body.
    Dangling,
}

/// A file attached to a page.
#[derive(Debug, Clone)]
pub(crate) struct DemoAttachment {
    /// Starts with `att`.
    pub(crate) id: String,
    /// File name, unique on its page.
    pub(crate) name: String,
    /// As in `text/csv`.
    pub(crate) media_type: String,
    /// UUID by which ADF media nodes name the file.
    pub(crate) file_id: String,
    /// Key of the user who uploaded it.
    pub(crate) author: String,
    /// When it was uploaded.
    pub(crate) at: Timestamp,
    /// The upload's comment, may be empty.
    pub(crate) comment: String,
    /// Number of uploads under this name; only the last one's bytes are kept.
    pub(crate) version: u32,
    /// Labels of the attachment itself.
    pub(crate) labels: Vec<DemoLabel>,
    /// The file.
    pub(crate) bytes: &'static [u8],
}

/// Front matter of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageFile {
    id: String,
    title: String,
    #[serde(default, rename = "type")]
    kind: PageKind,
    #[serde(default)]
    status: PageStatus,
    parent: Option<String>,
    #[serde(default)]
    position: u32,
    author: String,
    owner: Option<String>,
    created: Timestamp,
    #[serde(default)]
    labels: Vec<DemoLabel>,
    #[serde(default)]
    restrictions: DemoRestrictions,
    #[serde(default)]
    versions: Vec<VersionEntry>,
    #[serde(default)]
    comments: Vec<DemoComment>,
    #[serde(default)]
    inline_comments: Vec<DemoInlineComment>,
    #[serde(default)]
    attachments: Vec<AttachmentEntry>,
}

/// An entry of `[[versions]]`, oldest first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionEntry {
    author: String,
    at: Timestamp,
    #[serde(default)]
    message: String,
    #[serde(default)]
    minor_edit: bool,
    /// Left out if it is today's title.
    title: Option<String>,
    /// Left out in the last entry: its body follows the front matter.
    body: Option<String>,
}

/// An entry of `[[attachments]]`; the bytes are in `files/<slug>/<name>`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachmentEntry {
    id: String,
    name: String,
    media_type: String,
    file_id: String,
    author: String,
    at: Timestamp,
    #[serde(default)]
    comment: String,
    #[serde(default = "one")]
    version: u32,
    #[serde(default)]
    labels: Vec<DemoLabel>,
}

impl PageFile {
    /// Joins front matter, body and attached files.
    pub(super) fn into_page(
        self,
        path: &str,
        slug: &str,
        body: &str,
        attached: impl Fn(&str) -> Result<&'static [u8], DemoError>,
    ) -> Result<DemoPage, DemoError> {
        let first = VersionEntry {
            author: self.author.clone(),
            at: self.created,
            message: String::new(),
            minor_edit: false,
            title: None,
            body: None,
        };
        let entries = if self.versions.is_empty() { vec![first] } else { self.versions };
        let last = entries.len();
        let versions = (1..)
            .zip(entries)
            .map(|(number, entry)| {
                let body = match (entry.body, number as usize == last) {
                    (None, true) => body.to_owned(),
                    (Some(older), false) => older.trim_end().to_owned(),
                    (Some(_), true) | (None, false) => {
                        return Err(DemoError::VersionBody { file: path.into(), number });
                    }
                };
                Ok(DemoVersion {
                    number,
                    author: entry.author,
                    at: entry.at,
                    message: entry.message,
                    minor_edit: entry.minor_edit,
                    title: entry.title.unwrap_or_else(|| self.title.clone()),
                    body,
                })
            })
            .collect::<Result<_, DemoError>>()?;
        let attachments = self
            .attachments
            .into_iter()
            .map(|it| {
                Ok(DemoAttachment {
                    bytes: attached(&it.name)?,
                    id: it.id,
                    name: it.name,
                    media_type: it.media_type,
                    file_id: it.file_id,
                    author: it.author,
                    at: it.at,
                    comment: it.comment,
                    version: it.version,
                    labels: it.labels,
                })
            })
            .collect::<Result<_, DemoError>>()?;
        Ok(DemoPage {
            id: self.id,
            slug: slug.into(),
            title: self.title,
            kind: self.kind,
            status: self.status,
            parent: self.parent,
            position: self.position,
            owner: self.owner.unwrap_or_else(|| self.author.clone()),
            author: self.author,
            created: self.created,
            labels: self.labels,
            restrictions: self.restrictions,
            versions,
            comments: self.comments,
            inline_comments: self.inline_comments,
            attachments,
        })
    }
}

fn one() -> u32 {
    1
}

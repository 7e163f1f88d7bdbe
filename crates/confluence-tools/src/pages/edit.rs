//! Changing parts of a page: one read, one write.

use std::fmt::Write as _;

use confluence_api::{
    body::{NewBody, PageBodyFormat, Representation},
    id::PageId,
    pages::{GetPage, PageDetail, UpdatePage},
};
use confluence_markup::storage::{Document, EditError, Place};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{conflict, original};
use crate::{
    arguments::refuse,
    call::{Call, Success},
    diff,
    failure::{Failure, FailureKind, told},
    format::WriteFormat,
    lenient,
    render::{self, CONTENT_NOTICE, Reader},
};

/// Arguments of `edit`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Edit {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "The version that you read"))]
    version: u64,
    #[serde(deserialize_with = "lenient::array")]
    #[cfg_attr(feature = "clap", arg(long = "edit", required = true, value_name = "JSON", value_parser = change, help = "An edit, such as {\"op\":\"findReplace\",\"find\":\"old\",\"replace\":\"new\"}; may be repeated"))]
    edits: Vec<Change>,
    #[serde(default)]
    #[cfg_attr(
        feature = "clap",
        arg(
            long,
            help = "Write even if macros, images, mentions or comments of the page are lost"
        )
    )]
    allow_loss: bool,
}

#[cfg(feature = "clap")]
fn change(text: &str) -> Result<Change, serde_json::Error> {
    serde_json::from_str(text)
}

/// One change.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(description = "")]
pub(crate) struct Change {
    op: Op,
    /// else whole page.
    #[serde(default)]
    section: Option<String>,
    /// Markdown.
    #[serde(default)]
    content: Option<String>,
    /// of content.
    #[serde(default)]
    #[schemars(skip)]
    representation: Option<WriteFormat>,
    #[serde(default)]
    find: Option<String>,
    #[serde(default)]
    replace: Option<String>,
    #[serde(default)]
    replace_all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[schemars(description = "")]
enum Op {
    ReplaceSection,
    AppendToSection,
    PrependToSection,
    FindReplace,
}

impl Op {
    fn as_str(self) -> &'static str {
        match self {
            Self::ReplaceSection => "replaceSection",
            Self::AppendToSection => "appendToSection",
            Self::PrependToSection => "prependToSection",
            Self::FindReplace => "findReplace",
        }
    }
}

pub(super) async fn edit(call: &Call<'_>, arguments: Edit) -> Result<Success, Failure> {
    let Edit { id, version, edits, allow_loss } = arguments;
    if edits.is_empty() {
        return Err(refuse(call.operation, "argument `edits`: got none, expected at least one"));
    }
    for (index, change) in edits.iter().enumerate() {
        change.check().map_err(|reason| wrong(call, index, change, &reason))?;
    }
    let page = original::read(call, &id, false).await?;
    let source = page.body_text().unwrap_or_default().to_owned();
    let old = Document::parse(&source).map_err(|error| original::broken(call, &id, &error))?;
    match page.version_number() {
        Some(current) if current == version => {}
        _ => return Err(changed_meanwhile(call, &page, version, None).await),
    }
    if page.status.as_deref() == Some("trashed") {
        let reason = format!(
            "page {id} is in the trash, where an edit would not be saved; nothing was written"
        );
        return Err(refuse(call.operation, &reason));
    }
    let mut storage = source.clone();
    for (index, change) in edits.iter().enumerate() {
        storage = change.apply(&storage).map_err(|reason| wrong(call, index, change, &reason))?;
    }
    if storage == source {
        let reason = "the edits change nothing; nothing was written";
        return Err(refuse(call.operation, reason));
    }
    let new = Document::parse(&storage).map_err(|error| {
        let reason = format!("the edits make a body that is not well-formed: {}", told(&error));
        refuse(call.operation, &reason)
    })?;
    if !allow_loss {
        original::check(call, &id, &old, &new)?;
    }
    let diff = diff_of(&old, &new);
    let body = NewBody::storage(storage);
    write(call, &page, UpdatePage::new(id, page.title.clone(), body, version + 1), &old, diff).await
}

async fn write(
    call: &Call<'_>,
    page: &PageDetail,
    endpoint: UpdatePage,
    old: &Document<'_>,
    diff: String,
) -> Result<Success, Failure> {
    let answer = match call.fetch(&endpoint).await {
        Ok(answer) => answer,
        Err(failure) if failure.kind == FailureKind::Conflict => {
            let Ok(current) = original::read(call, &endpoint.id, false).await else {
                return Err(failure);
            };
            let read = page.version_number().unwrap_or_default();
            return Err(changed_meanwhile(call, &current, read, Some(old)).await);
        }
        Err(failure) => return Err(failure),
    };
    let written: PageDetail = call.decode(&answer)?;
    if let Some(failure) = conflict::not_saved(&endpoint, &written) {
        return Err(failure);
    }
    let Some(output) = call.output else {
        return call.finish(&answer, |_, _| Ok(String::new()));
    };
    let mut value = call.parse(&answer)?;
    if let Some(object) = value.as_object_mut() {
        object.shift_remove("body");
        object.insert("__diff".to_owned(), Value::String(diff.clone()));
    }
    let text = render::pages::written(&written, "Edited");
    let text = format!("{text}\nchanged. {CONTENT_NOTICE}\n{}", render::fenced("diff", &diff));
    call.present(value, None, output, |_, _| Ok(text))
}

/// What differs between two bodies, as a reader of their Markdown sees it.
fn diff_of(old: &Document<'_>, new: &Document<'_>) -> String {
    let all = |it: &Document<'_>| it.to_markdown(0..it.source().len());
    let diff = diff::lines(&all(old), &all(new));
    if diff.is_empty() { "(only in markup that Markdown does not show)".to_owned() } else { diff }
}

/// The page is not at the version that was read: says what changed since. `old` is that version's body,
/// if it is at hand; else it is read.
async fn changed_meanwhile(
    call: &Call<'_>,
    page: &PageDetail,
    read: u64,
    old: Option<&Document<'_>>,
) -> Failure {
    let name = call.operation.instruction;
    let (id, current) = (&page.id, page.version_number().unwrap_or_default());
    let mut who = String::new();
    if let Some(it) = &page.version {
        let _ = write!(who, " ({})", render::version(it));
    }
    let mut text = format!(
        "Error 409 while {name}: conflict: page {id} is at version {current}{who}, and you read version {read}; nothing was written."
    );
    let new = page.body_text().and_then(|it| Document::parse(it).ok());
    let earlier = match old {
        Some(old) => Some(old.source().to_owned()),
        None if read < current => earlier(call, id, read).await,
        None => None,
    };
    let old = earlier.as_deref().and_then(|it| Document::parse(it).ok());
    let known = old.zip(new).map(|(old, new)| diff_of(&old, &new));
    match known {
        Some(diff) => {
            let _ = write!(
                text,
                " Changed since then. {CONTENT_NOTICE}\n{}\n",
                render::fenced("diff", &diff)
            );
        }
        None => text.push_str(" What changed since then could not be read. "),
    }
    let _ = match call.reader {
        Reader::Model => write!(
            text,
            "If your edits still fit, repeat the call with version {current}; else read the page again (pages getBody id {id})."
        ),
        Reader::Person => write!(
            text,
            "If your edits still fit, give --version {current}; else read the page again (pages get-body {id})."
        ),
    };
    Failure { text, ..Failure::new(FailureKind::Conflict, String::new()) }
}

async fn earlier(call: &Call<'_>, id: &PageId, version: u64) -> Option<String> {
    let endpoint = GetPage {
        body_format: Some(PageBodyFormat::Storage),
        version: Some(version),
        ..GetPage::new(id.clone())
    };
    let reading = call.as_read();
    let page: PageDetail = reading.decode(&reading.fetch(&endpoint).await.ok()?).ok()?;
    page.body_text().map(str::to_owned)
}

/// An edit that cannot be made.
fn wrong(call: &Call<'_>, index: usize, change: &Change, reason: &str) -> Failure {
    let op = change.op.as_str();
    let reason = reason.trim_end_matches('.');
    refuse(call.operation, &format!("edits[{index}] ({op}): {reason}; nothing was written"))
}

impl Change {
    /// Whether it has what its operation takes, and nothing else.
    fn check(&self) -> Result<(), String> {
        let Self { op, section, content, representation, find, replace, replace_all } = self;
        let has_format = representation.is_some();
        let given = [
            ("content", content.is_some()),
            ("representation", has_format),
            ("find", find.is_some()),
            ("replace", replace.is_some()),
            ("replaceAll", *replace_all),
        ];
        let takes: &[&str] = match op {
            Op::FindReplace => &["find", "replace", "replaceAll"],
            Op::ReplaceSection | Op::AppendToSection | Op::PrependToSection => {
                &["content", "representation"]
            }
        };
        if let Some((name, _)) = given.iter().find(|it| it.1 && !takes.contains(&it.0)) {
            return Err(format!("takes no `{name}`; it takes section, {}", takes.join(", ")));
        }
        let needed = takes.iter().filter(|it| !["replaceAll", "representation"].contains(it));
        for name in needed {
            if given.iter().any(|it| it.0 == *name && !it.1) {
                return Err(format!("Missing required argument: {name}"));
            }
        }
        if *op == Op::ReplaceSection && section.is_none() {
            return Err("Missing required argument: section (an id or title, from pages getBody outline true)".to_owned());
        }
        match representation {
            None
            | Some(WriteFormat::Markdown | WriteFormat::Confluence(Representation::Storage)) => {
                Ok(())
            }
            Some(other) => {
                Err(format!("representation: got {other}, expected markdown or storage"))
            }
        }
    }

    /// The body after it, or what is wrong.
    fn apply(&self, storage: &str) -> Result<String, String> {
        let document = Document::parse(storage).map_err(|error| told(&error))?;
        let place = match self.op {
            Op::FindReplace => return self.find_replace(&document),
            Op::ReplaceSection => Place::Replace,
            Op::AppendToSection => Place::Append,
            Op::PrependToSection => Place::Prepend,
        };
        let content = self.content.as_deref().unwrap_or_default();
        let is_markdown = self.representation.is_none_or(WriteFormat::is_markdown);
        let edited = match (&self.section, is_markdown) {
            (Some(section), true) => markdown_section(&document, section, place, content),
            (Some(section), false) => document.edit_section(section, place, content),
            (None, true) => {
                let base = document.to_markdown(0..storage.len());
                let whole = match place {
                    Place::Prepend => format!("{content}\n\n{base}"),
                    Place::Append | Place::Replace => format!("{base}\n{content}\n"),
                };
                document.merge_markdown(0..storage.len(), &whole).map_err(EditError::from)
            }
            (None, false) => match Document::parse(content) {
                Err(error) => Err(error.into()),
                Ok(_) if place == Place::Prepend => Ok(format!("{content}{storage}")),
                Ok(_) => Ok(format!("{storage}{content}")),
            },
        };
        edited.map_err(|error| told(&error))
    }

    fn find_replace(&self, document: &Document<'_>) -> Result<String, String> {
        let range = match &self.section {
            Some(section) => document.section(section).map_err(|error| told(&error))?.outer(),
            None => 0..document.source().len(),
        };
        let find = self.find.as_deref().unwrap_or_default();
        let replace = self.replace.as_deref().unwrap_or_default();
        let replaced = document.replace_text(range, find, replace).map_err(|error| told(&error))?;
        if replaced.count > 1 && !self.replace_all {
            return Err(format!(
                "the text is there {} times: give more of what stands around it, a section, or replaceAll true",
                replaced.count
            ));
        }
        Ok(replaced.storage)
    }
}

/// Puts Markdown into a section. Its heading, with which a section is read, is not put in again.
fn markdown_section(
    document: &Document<'_>,
    section: &str,
    place: Place,
    content: &str,
) -> Result<String, EditError> {
    let mut content = content;
    if place == Place::Replace {
        let heading = document.to_markdown(document.section(section)?.heading);
        let (heading, trimmed) = (heading.trim(), content.trim_start());
        if let Some(rest) = trimmed.strip_prefix(heading)
            && (rest.is_empty() || rest.starts_with(['\n', '\r']))
        {
            content = rest.trim_start_matches(['\n', '\r']);
        }
    }
    document.edit_section_markdown(section, place, content)
}

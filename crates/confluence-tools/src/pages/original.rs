//! The page as it is before a write, and what a new body would lose of it.

use std::fmt::Write as _;

use confluence_api::{
    body::PageBodyFormat,
    id::PageId,
    pages::{GetPage, PageDetail},
};
use confluence_markup::{
    loss::LossReport,
    storage::{Document, ParseError, compare, inventory},
};

use crate::{
    call::Call,
    failure::{Failure, FailureKind, told},
    render::{Reader, line},
};

/// The most losses that are listed.
const MAX_LISTED: usize = 20;

/// Reads the page with its body in storage format. Whatever fails here, nothing was written.
pub(super) async fn read(call: &Call<'_>, id: &PageId, draft: bool) -> Result<PageDetail, Failure> {
    let endpoint = GetPage {
        body_format: Some(PageBodyFormat::Storage),
        get_draft: draft,
        ..GetPage::new(id.clone())
    };
    let reading = call.as_read();
    let page = async { reading.decode::<PageDetail>(&reading.fetch(&endpoint).await?) };
    page.await.map_err(|failure| {
        let name = call.operation.instruction;
        let text = format!(
            "{} {name} reads the page before it writes; nothing was written.",
            failure.text
        );
        Failure { text, ..failure }
    })
}

/// Fails if `new` lacks something of `old` that cannot be typed again.
pub(super) fn check(
    call: &Call<'_>,
    id: &PageId,
    old: &Document<'_>,
    new: &Document<'_>,
) -> Result<(), Failure> {
    let report = compare(old, new);
    if report.is_empty() {
        return Ok(());
    }
    Err(refused(call, id, "the new body loses what the page has", &report))
}

/// Fails if `old` has something that could get lost in a body that cannot be compared with it.
pub(super) fn check_incomparable(
    call: &Call<'_>,
    id: &PageId,
    old: &Document<'_>,
) -> Result<(), Failure> {
    let nothing = inventory(&Document::parse("").map_err(|error| broken(call, id, &error))?);
    let report = inventory(old).compare(&nothing);
    if report.is_empty() {
        return Ok(());
    }
    let reason = "a body in this representation cannot be compared with the page, which has what could get lost (send markdown or storage to have it compared)";
    Err(refused(call, id, reason, &report))
}

fn refused(call: &Call<'_>, id: &PageId, reason: &str, report: &LossReport) -> Failure {
    let name = call.operation.instruction;
    let mut list = String::new();
    for loss in report.losses.iter().take(MAX_LISTED) {
        list.push_str("\n- ");
        list.push_str(&line(&loss.to_string()));
    }
    let more = report.losses.len().saturating_sub(MAX_LISTED);
    if more > 0 {
        let _ = write!(list, "\n- and {more} more");
    }
    let advice = match call.reader {
        Reader::Model => format!(
            "Read the page again (pages getBody id {id}), keep these as they are, and repeat the call; to change only a part, use pages edit. If the user wants them gone, repeat it with allowLoss true."
        ),
        Reader::Person => format!(
            "Read the page again (pages get-body {id}) and keep these as they are, or give --allow-loss."
        ),
    };
    let text = format!("Refused while {name}: {reason}; nothing was written.{list}\n{advice}");
    let kind = FailureKind::Arguments;
    Failure { text, ..Failure::new(kind, String::new()) }
}

/// A body of Confluence's own that is not what it should be, so that nothing can be said about losses.
pub(super) fn broken(call: &Call<'_>, id: &PageId, error: &ParseError) -> Failure {
    let text = format!(
        "Refused while {}: the body of page {id}, as Confluence gives it, cannot be read ({}), so that nobody can tell what would be lost; nothing was written. To replace it all the same, pages update takes storage format with allowLoss true: ask the user first.",
        call.operation.instruction,
        told(error)
    );
    Failure::new(FailureKind::Upstream, text)
}

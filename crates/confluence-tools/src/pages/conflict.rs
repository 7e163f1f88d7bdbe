//! What to say when an update was not carried out as it was meant.

use confluence_api::pages::{GetPage, NewPageStatus, PageDetail, UpdatePage};

use crate::{
    call::Call,
    failure::{Failure, FailureKind},
    render::{Reader, line, time},
};

/// Adds to a conflict what the page is now: one extra read.
pub(super) async fn explain(call: &Call<'_>, sent: &UpdatePage, failure: Failure) -> Failure {
    let Ok(answer) = call.fetch(&GetPage::new(sent.id.clone())).await else { return failure };
    let Ok(page) = call.decode::<PageDetail>(&answer) else { return failure };
    told(call, sent, &page, failure)
}

/// A conflict that is seen before anything is written: the page that was read is not at the version
/// before the one that is sent.
pub(super) fn stale(call: &Call<'_>, sent: &UpdatePage, page: &PageDetail) -> Option<Failure> {
    // A draft keeps its number, and Confluence has rules of its own for what is in the trash.
    let is_published = page.status.as_deref() == Some("current");
    let current = page.version_number()?;
    if !is_published || sent.status == NewPageStatus::Draft || current + 1 == sent.version.number {
        return None;
    }
    let text = format!(
        "Error 409 while {}: conflict: this is not the version that comes next, and nothing was written",
        call.operation.instruction
    );
    Some(told(call, sent, page, Failure::new(FailureKind::Conflict, text)))
}

fn told(call: &Call<'_>, sent: &UpdatePage, page: &PageDetail, failure: Failure) -> Failure {
    let Some(version) = &page.version else { return failure };
    let Some(current) = version.number else { return failure };
    let mut who = String::new();
    if let Some(author) = &version.author_id {
        who = format!(", changed by {}", line(author));
    }
    if let Some(time) = time(version.created_at) {
        who = format!("{who} at {time}");
    }
    // The advice of the general case is replaced, Confluence's own words stay.
    let said = failure.text.split(". Somebody changed it").next().unwrap_or_default();
    let text = match call.reader {
        Reader::Person => format!(
            "{said}. The page is at version {current}{who}; you sent {}. Read it again (pages get-body {}), apply your change to that text and send --version-number {}.",
            sent.version.number,
            sent.id,
            current + 1
        ),
        Reader::Model => format!(
            "{said}. The page is at version {current}{who}; you sent version.number {}. Read it again (pages getBody id {}), apply your change to that text and send version.number {}.",
            sent.version.number,
            sent.id,
            current + 1
        ),
    };
    Failure { text, ..failure }
}

/// What to say when Confluence answers an update with success and has not saved the text: it does
/// so for a page in the trash, which it only restores.
pub(super) fn not_saved(sent: &UpdatePage, page: &PageDetail) -> Option<Failure> {
    // A draft keeps its number.
    let number = page.version.as_ref()?.number?;
    if number == sent.version.number || sent.status == NewPageStatus::Draft {
        return None;
    }
    let parent = page.parent_id.as_ref().map_or(String::new(), |parent| format!(" below {parent}"));
    let text = format!(
        "The text was NOT saved while updatePage: Confluence answered with version {number} of page {}, not {}. A page in the trash is only restored by an update; it now stands{parent}. To save the text, send the update again with version.number {}.",
        sent.id,
        sent.version.number,
        number + 1
    );
    Some(Failure::new(FailureKind::Conflict, text))
}

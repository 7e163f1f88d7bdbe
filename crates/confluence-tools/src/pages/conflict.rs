//! What to say when somebody else was faster.

use confluence_api::pages::{GetPage, UpdatePage};

use crate::{
    call::Call,
    failure::Failure,
    render::{line, time},
};

/// Adds to a conflict what the page is now: one extra read.
pub(super) async fn explain(call: &Call<'_>, sent: &UpdatePage, failure: Failure) -> Failure {
    let Ok(page) = call.client.send(&GetPage::new(sent.id.clone())).await else { return failure };
    let Some(version) = page.version else { return failure };
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
    let text = format!(
        "{said}. The page is at version {current}{who}; you sent version.number {}. Read it again (pages getBody id {}), apply your change to that text and send version.number {}.",
        sent.version.number,
        sent.id,
        current + 1
    );
    Failure { text, ..failure }
}

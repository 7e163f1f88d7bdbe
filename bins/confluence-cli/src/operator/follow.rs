//! `audit tail`: the last calls, and those that come.
//!
//! Several servers write to one log, and an entry can become visible after one that stands behind it.
//! So the newest part of the log is looked through each time, and what was shown already is known by
//! its position.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use tokio::time::sleep;

use super::{Operator, pages::items};
use crate::failed::Failed;

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_secs(1);

/// Calls that are looked through at once. An entry that comes later than so many others is missed.
const WINDOW: usize = 200;

/// How many positions are kept of calls that were shown.
const MOST_KNOWN: usize = 10 * WINDOW;

/// What was shown.
#[derive(Debug, Default)]
struct Known {
    positions: BTreeSet<u64>,
    /// What stands here, or before, is not asked for.
    floor: Option<u64>,
}

impl Known {
    /// Whether a call is to be shown; from then on, it was.
    fn is_new(&mut self, position: u64) -> bool {
        if self.floor.is_some_and(|floor| position <= floor) {
            return false;
        }
        let is_new = self.positions.insert(position);
        if self.positions.len() > MOST_KNOWN {
            self.floor = self.positions.pop_first();
        }
        is_new
    }
}

/// Shows the last `lines` calls, oldest first, and with `goes_on` those that come.
pub(super) async fn tail(
    operator: &mut Operator,
    conditions: &[(&str, String)],
    lines: usize,
    goes_on: bool,
) -> Result<(), Failed> {
    let mut known = Known::default();
    // One more tells where what is not asked for begins.
    let newest = page(operator, conditions, lines + 1, None).await?;
    let calls = items(&newest)?;
    known.floor = calls.get(lines).map(position);
    for call in calls.iter().take(lines).rev() {
        known.is_new(position(call));
        operator.call(call)?;
    }
    operator.output.flush()?;
    if !goes_on {
        return Ok(());
    }
    loop {
        sleep(PAUSE).await;
        for call in unseen(operator, conditions, &mut known).await?.iter().rev() {
            operator.call(call)?;
        }
        operator.output.flush()?;
    }
}

/// The calls that were not shown yet, newest first. Goes back until there is one that was.
async fn unseen(
    operator: &Operator,
    conditions: &[(&str, String)],
    known: &mut Known,
) -> Result<Vec<Value>, Failed> {
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page = page(operator, conditions, WINDOW, cursor.as_deref()).await?;
        let calls = items(&page)?;
        let before = found.len();
        found.extend(calls.iter().filter(|it| known.is_new(position(it))).cloned());
        let all_new = found.len() - before == calls.len();
        let next = page["next"].as_str();
        // More than can be known again is not held back either.
        if !all_new || next.is_none() || found.len() >= MOST_KNOWN / 2 {
            return Ok(found);
        }
        cursor = next.map(str::to_owned);
    }
}

async fn page(
    operator: &Operator,
    conditions: &[(&str, String)],
    limit: usize,
    cursor: Option<&str>,
) -> Result<Value, Failed> {
    let mut query = conditions.to_vec();
    query.push(("limit", limit.to_string()));
    query.extend(cursor.map(|it| ("cursor", it.to_owned())));
    operator.server.get(&["audit"], &query).await
}

fn position(call: &Value) -> u64 {
    call["position"].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Known, MOST_KNOWN};

    #[test]
    fn a_call_is_new_once_also_if_it_comes_late() {
        let mut known = Known { floor: Some(3), ..Known::default() };
        let new = [5, 3, 4, 7, 6, 5, 4, 1].map(|it| known.is_new(it));
        assert_eq!(new, [true, false, true, true, true, false, false, false]);
    }

    #[test]
    fn what_is_known_is_bounded_and_nothing_old_becomes_new() {
        let mut known = Known::default();
        let last = 3 * MOST_KNOWN as u64;
        assert!((0..last).all(|it| known.is_new(it)));
        assert_eq!(known.positions.len(), MOST_KNOWN);
        assert!((0..last).all(|it| !known.is_new(it)));
    }
}

//! Changes of an instance: made to what is stored now, and again if somebody else was faster.

use confluence_connector::{Instance, InstanceKey, Saved};

use super::{AppState, refused::Refused};

/// How often a write is tried again that somebody else was ahead of.
const ATTEMPTS: usize = 5;

/// Changes what is stored, and tells what it is now.
pub(super) async fn instance(
    state: &AppState,
    key: &InstanceKey,
    change: impl Fn(&mut Instance) -> Result<(), Refused>,
) -> Result<Instance, Refused> {
    let instances = &state.deployment.instances;
    for _ in 0..ATTEMPTS {
        let stored = instances.load(key).await?.ok_or(Refused::NotFound)?;
        let mut value = stored.value;
        change(&mut value)?;
        if instances.save(&value, Some(&stored.revision)).await? != Saved::Moved {
            return Ok(value);
        }
    }
    Err(Refused::Moved)
}

//! Limits that do not come from an instance's settings: a request's own, and how often it may call.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use confluence_api::scope::Scope;
use confluence_auth::scopes::Granted;
use confluence_tools::{OPERATIONS, Operation, Surface};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::Clock as _};
use moka::sync::Cache;

use crate::{Action, Denial, Limits, Policy, WorkspaceSlug};

/// How many workspaces' rates are watched at once; one not seen for long starts anew.
const WORKSPACES: u64 = 10_000;

/// How long a workspace is not seen before its rate is forgotten.
const FORGOTTEN: Duration = Duration::from_hours(1);

impl Policy {
    /// What a request's headers ask for, `x-confluence-read-only` and `x-confluence-tools`. It can
    /// only make a policy narrower.
    ///
    /// The first is on unless it is blank, `false` or `0`. The second names tools (`pages`), actions
    /// (`pages.get`) or instructions (`getPage`), separated by commas; what it does not name is
    /// closed, and a name that means nothing opens nothing.
    pub fn of_headers(read_only: Option<&str>, tools: Option<&str>) -> Self {
        let off = |it: &str| it.is_empty() || it == "0" || it.eq_ignore_ascii_case("false");
        let read_only = read_only.is_some_and(|it| !off(it.trim()));
        let named = tools.filter(|it| !it.trim().is_empty());
        let allowed = named.map(|it| it.split(',').flat_map(Action::meant_by).collect());
        let actions = Limits { allowed, ..Limits::default() };
        Self { read_only, actions, ..Self::default() }
    }

    /// Whether the actions of this policy leave the operation open.
    ///
    /// To edit parts of pages is one way to update them: whoever is denied the one may not do the other,
    /// also where the denial is older than the second way.
    fn opens(&self, operation: &Operation) -> bool {
        let denied = |name: &str| self.actions.denied.iter().any(|it| it.to_string() == name);
        self.actions.permits(&Action::of(operation))
            && !(operation.instruction == "editPage" && denied("updatePage"))
    }

    /// The operations that the policy and the granted scopes leave.
    pub(crate) fn surface(&self, granted: Option<&Granted>) -> Surface {
        let closed = OPERATIONS.iter().filter(|it| !self.opens(it));
        Surface {
            read_only: self.read_only,
            closed: closed.map(|it| it.instruction).collect(),
            granted: granted.map(|granted| {
                // Classic scopes count for the granular ones that they stand for.
                Scope::ALL.iter().copied().filter(|it| granted.allows(&[*it])).collect()
            }),
        }
    }
}

/// How many calls a workspace may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallRate {
    /// In the long run.
    pub per_minute: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

impl Default for CallRate {
    fn default() -> Self {
        let number = |it| NonZeroU32::new(it).expect("not zero");
        Self { per_minute: number(600), burst: number(120) }
    }
}

/// Counts the calls of each workspace.
pub(crate) struct CallRates {
    quota: Quota,
    workspaces: Cache<WorkspaceSlug, Arc<DefaultDirectRateLimiter>>,
}

impl CallRates {
    pub(crate) fn new(rate: CallRate) -> Self {
        let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        let workspaces = Cache::builder().max_capacity(WORKSPACES).time_to_idle(FORGOTTEN).build();
        Self { quota, workspaces }
    }

    /// Counts a call.
    pub(crate) fn admit(&self, workspace: &WorkspaceSlug) -> Result<(), Denial> {
        let new = || Arc::new(RateLimiter::direct(self.quota));
        let limiter = self.workspaces.get_with_by_ref(workspace, new);
        limiter.check().map_err(|until| {
            let wait = until.wait_time_from(limiter.clock().now());
            Denial::rate_limited(wait.as_secs() + 1)
        })
    }
}

#[cfg(test)]
mod tests;

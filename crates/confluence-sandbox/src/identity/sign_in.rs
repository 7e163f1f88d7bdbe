//! Sign-ins under way: consent screens that wait for a person, and codes that wait for the
//! application.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;

use crate::clock;

use super::{
    authorization::AuthorizationRequest,
    grants::GrantId,
    secret::{self, Challenge, prefix},
};

/// How long a person may take to decide.
const SCREEN_LIFETIME: Duration = Duration::from_mins(10);

/// Most screens and most codes that are remembered; the oldest one makes room.
const CAPACITY: usize = 1000;

/// A consent screen in somebody's browser.
struct Screen {
    request: AuthorizationRequest,
    /// Cookie of the browser that it was shown in: no other may answer it.
    browser: String,
    since: Timestamp,
}

/// A code on its way to the application.
pub(super) struct Code {
    pub(super) client_id: String,
    pub(super) callback_url: String,
    pub(super) grant: GrantId,
    pub(super) challenge: Option<Challenge>,
    since: Timestamp,
}

/// What has begun and not ended yet.
#[derive(Default)]
pub(super) struct SignIns {
    screens: HashMap<String, Screen>,
    codes: HashMap<String, Code>,
}

impl SignIns {
    /// Remembers a screen; the answer to it has to name the secret.
    pub(super) fn show(
        &mut self,
        request: AuthorizationRequest,
        browser: &str,
        now: Timestamp,
    ) -> String {
        make_room(&mut self.screens, |it| it.since);
        let secret = secret::short(prefix::SCREEN);
        let screen = Screen { request, browser: browser.to_owned(), since: now };
        self.screens.insert(secret.clone(), screen);
        secret
    }

    /// The request behind a screen of that browser, as long as it can be decided on.
    pub(super) fn shown(
        &self,
        secret: &str,
        browser: &str,
        now: Timestamp,
    ) -> Option<&AuthorizationRequest> {
        self.screens
            .get(secret)
            .filter(|it| it.browser == browser && clock::after(it.since, SCREEN_LIFETIME) > now)
            .map(|it| &it.request)
    }

    /// The same, which nobody can decide on again.
    pub(super) fn decided(
        &mut self,
        secret: &str,
        browser: &str,
        now: Timestamp,
    ) -> Option<AuthorizationRequest> {
        self.shown(secret, browser, now)?;
        self.screens.remove(secret).map(|it| it.request)
    }

    /// Makes a code for what a person has accepted.
    pub(super) fn issue_code(
        &mut self,
        request: &AuthorizationRequest,
        grant: GrantId,
        now: Timestamp,
    ) -> String {
        make_room(&mut self.codes, |it| it.since);
        let secret = secret::short(prefix::CODE);
        let code = Code {
            client_id: request.client_id.clone(),
            callback_url: request.callback_url.clone(),
            grant,
            challenge: request.challenge.clone(),
            since: now,
        };
        self.codes.insert(secret.clone(), code);
        secret
    }

    /// The code, which works once, and only for the application it was made for.
    pub(super) fn redeem(
        &mut self,
        secret: &str,
        client_id: &str,
        lifetime: Duration,
        now: Timestamp,
    ) -> Option<Code> {
        if self.codes.get(secret)?.client_id != client_id {
            return None;
        }
        self.codes.remove(secret).filter(|it| clock::after(it.since, lifetime) > now)
    }
}

fn make_room<T>(entries: &mut HashMap<String, T>, since: impl Fn(&T) -> Timestamp) {
    if entries.len() < CAPACITY {
        return;
    }
    let oldest = entries.iter().min_by_key(|(_, it)| since(it)).map(|(secret, _)| secret.clone());
    if let Some(oldest) = oldest {
        entries.remove(&oldest);
    }
}

//! What signing in takes, checked.

use std::path::PathBuf;

use confluence_auth::{BaseUrl, Hosts, ids::UserId, scopes::Scopes};
use etcetera::BaseStrategy as _;

use super::{Checked, Found, text};
use crate::{
    ConfiguredClient, Core, DEPLOYMENT_KEY, DataArguments, OAUTH_CLIENT_SECRET, OAuthArguments,
    Problem, ProfileArguments, ProfileChoice, Setting,
};

const DATA_DIR: Setting = Setting::new("--data-dir", "CONFLUENCE_DATA_DIR");
const SCOPES: Setting = Setting::new("--oauth-scopes", "CONFLUENCE_OAUTH_SCOPES");
const CENTRAL_URL: Setting = Setting::new("--central-url", "CONFLUENCE_CENTRAL_URL");
const PROFILE: Setting = Setting::new("--profile", "CONFLUENCE_PROFILE");

const NAME: &str = "expected a name of at most 256 printable characters without spaces";

/// Name of the folder below the platform's own for data.
const FOLDER: &str = "confluence-connector";

impl Found {
    /// The folder for data: the one that was given, else the platform's.
    ///
    /// # Errors
    ///
    /// What is wrong has been told: there is neither.
    pub fn data_dir(&mut self, given: &DataArguments) -> Checked<PathBuf> {
        if let Some(folder) = given.data_dir.as_ref().filter(|it| !it.is_empty()) {
            return Ok(folder.into());
        }
        match etcetera::base_strategy::choose_native_strategy() {
            Ok(folders) => Ok(folders.data_dir().join(FOLDER)),
            Err(_no_home) => self.tell(Problem::Other(format!(
                "there is no home folder to keep data in: name a folder with {DATA_DIR}"
            ))),
        }
    }

    /// The OAuth client that is configured, if one is. `is_needed` says whether there has to be one.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn oauth_client(
        &mut self,
        given: &OAuthArguments,
        is_needed: bool,
    ) -> Checked<Option<ConfiguredClient>> {
        let secret = self.secret(given.client_secret())?;
        let id = text(given.oauth_client_id.as_ref()).map(str::to_owned);
        match (id, secret) {
            (Some(id), Some(secret)) => Ok(Some(ConfiguredClient { id, secret })),
            (None, None) if !is_needed => Ok(None),
            (id, secret) => {
                let mut missing = Vec::new();
                missing.extend(id.is_none().then(|| "CONFLUENCE_OAUTH_CLIENT_ID".to_owned()));
                let variable = OAUTH_CLIENT_SECRET.variable;
                missing.extend(secret.is_none().then(|| variable.to_owned()));
                let missing = missing.join(" and ");
                self.tell(Problem::Other(format!("an OAuth client also needs {missing}")))
            }
        }
    }

    /// The scopes to ask for, if some are given.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn oauth_scopes(&mut self, given: &OAuthArguments) -> Checked<Option<Scopes>> {
        match text(given.oauth_scopes.as_ref()) {
            Some(text) => self.valid(SCOPES, text.parse::<Scopes>()).map(Some),
            None => Ok(None),
        }
    }

    /// The core of another deployment, if that holds the client.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub fn core(&mut self, given: &OAuthArguments) -> Checked<Option<Core>> {
        let key = self.secret(given.deployment_key());
        let webhooks = match text(given.central_url.as_ref()) {
            Some(text) => self.valid(CENTRAL_URL, BaseUrl::parse(text, Hosts::Any)).map(Some),
            None => Ok(None),
        };
        let (key, webhooks) = (key?, webhooks?);
        match (webhooks, key) {
            (Some(webhooks), key) => Ok(Some(Core { webhooks, key })),
            (None, None) => Ok(None),
            (None, Some(_)) => {
                let setting = Setting::new(DEPLOYMENT_KEY.file_flag, DEPLOYMENT_KEY.variable);
                self.tell(Problem::Needs { setting, needs: "--central-url" })
            }
        }
    }

    /// Which profile, and where it is.
    pub(super) fn profile(&mut self, given: &ProfileArguments) -> Checked<ProfileChoice> {
        let name = match text(given.profile.as_ref()) {
            Some(text) => {
                let name = text.parse::<UserId>().map_err(|_invalid| NAME);
                Some(self.valid(PROFILE, name)?)
            }
            None => None,
        };
        // That there is no folder matters only to those who use a profile.
        let mut aside = Self::default();
        let folder = aside.data_dir(&given.data);
        Ok(ProfileChoice { name, folder: aside.finish(folder), no_keyring: given.no_keyring })
    }
}

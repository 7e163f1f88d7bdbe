//! Which account at Atlassian, and where.

use confluence_api::id::{CloudId, SiteName};
use confluence_auth::{AuthMode, BaseUrl, Endpoints, Hosts, InvalidBaseUrl, Location};

use super::{Checked, Found, text};
use crate::{
    ACCESS_TOKEN, API_TOKEN, Account, ConfluenceArguments, GivenProfile, OAuthArguments, Problem,
    Problems, ProfileChoice, Secret, Setting, SingleUser, Source,
};

/// What is given of an account, read and not yet judged as a whole.
struct Read {
    location: Location,
    email: Option<String>,
    api_token: Option<Secret>,
    access_token: Option<Secret>,
}

impl Read {
    /// Whether there is a credential that the mode can use.
    fn has_token(&self, mode: Option<AuthMode>) -> bool {
        let (api, access) = (self.api_token.is_some(), self.access_token.is_some());
        match mode {
            Some(AuthMode::ApiToken) => api,
            Some(AuthMode::AccessToken) => access,
            Some(AuthMode::OAuth | AuthMode::OAuthCentral) => false,
            None => api || access,
        }
    }
}

impl Found {
    /// Whose account a single person uses: the one that is given, else a profile.
    pub(super) fn personal(
        &mut self,
        given: &ConfluenceArguments,
        oauth: &OAuthArguments,
        choice: ProfileChoice,
    ) -> Checked<Source> {
        let read = self.given(given);
        let mode = self.mode(given);
        let (read, mode) = (read?, mode?);
        if read.has_token(mode) {
            let mode = match mode {
                Some(mode) => mode,
                None => {
                    self.guess(given, &read)?.map_or_else(|| self.tell(Problem::NoAccount), Ok)?
                }
            };
            return Ok(Source::Account(Box::new(self.complete(given, read, mode)?)));
        }
        Ok(Source::Profile(Box::new(self.profile_of(given, oauth, choice, read, mode)?)))
    }

    /// What is given of a profile, and whether a credential is given that wins over all of them.
    pub(super) fn given_profile(
        &mut self,
        given: &ConfluenceArguments,
        oauth: &OAuthArguments,
        choice: Checked<ProfileChoice>,
    ) -> Checked<(GivenProfile, bool)> {
        let read = self.given(given);
        let mode = self.mode(given);
        let (read, mode) = (read?, mode?);
        let is_account_given = read.has_token(mode);
        Ok((self.profile_of(given, oauth, choice?, read, mode)?, is_account_given))
    }

    fn profile_of(
        &mut self,
        given: &ConfluenceArguments,
        oauth: &OAuthArguments,
        choice: ProfileChoice,
        read: Read,
        mode: Option<AuthMode>,
    ) -> Checked<GivenProfile> {
        let client = self.oauth_client(oauth, false);
        let scopes = self.oauth_scopes(oauth);
        let core = self.core(oauth);
        let (location, email) = (read.location.clone(), read.email.clone());
        let without = Self::without_profile(given, read, mode);
        Ok(GivenProfile {
            choice,
            mode,
            location,
            email,
            client: client?,
            scopes: scopes?,
            core: core?,
            without,
        })
    }

    /// What is to be said if there is no profile: what is missing of an account.
    fn without_profile(
        given: &ConfluenceArguments,
        read: Read,
        mode: Option<AuthMode>,
    ) -> Problems {
        let mut aside = Self::default();
        let guessed = mode.map_or_else(|| aside.guess(given, &read), |mode| Ok(Some(mode)));
        let told = match guessed {
            Ok(Some(AuthMode::OAuth | AuthMode::OAuthCentral) | None) => {
                aside.tell(Problem::NoAccount)
            }
            Ok(Some(mode)) => aside.complete(given, read, mode),
            Err(told) => Err(told),
        };
        aside.finish(told).err().unwrap_or_else(|| Problems(vec![Problem::NoAccount]))
    }

    /// What a server has for its single user, and the addresses for all.
    pub(super) fn single_user(
        &mut self,
        given: &ConfluenceArguments,
    ) -> Checked<(Option<SingleUser>, Endpoints)> {
        let read = self.given(given);
        let mode = self.mode(given);
        let (read, mode) = (read?, mode?);
        let mode = match mode {
            Some(mode) => Some(mode),
            None => self.guess(given, &read)?,
        };
        let endpoints = read.location.endpoints.clone();
        let single_user = match mode {
            None => None,
            Some(mode @ (AuthMode::OAuth | AuthMode::OAuthCentral)) => {
                Some(SingleUser::SignIn { mode, site: read.location.site })
            }
            Some(mode @ (AuthMode::ApiToken | AuthMode::AccessToken)) => {
                let account = self.complete(given, read, mode)?;
                Some(SingleUser::Account(Box::new(account)))
            }
        };
        Ok((single_user, endpoints))
    }

    fn given(&mut self, given: &ConfluenceArguments) -> Checked<Read> {
        let location = self.location(given);
        let api_token = self.secret(given.api_token());
        let access_token = self.secret(given.access_token());
        let (location, api_token, access_token) = (location?, api_token?, access_token?);
        let email = text(given.email.as_ref()).map(str::to_owned);
        Ok(Read { location, email, api_token, access_token })
    }

    /// The account, if nothing of it is missing.
    fn complete(
        &mut self,
        given: &ConfluenceArguments,
        read: Read,
        mode: AuthMode,
    ) -> Checked<Account> {
        let Read { location, email, api_token, access_token } = read;
        let mut missing = Vec::new();
        let (names, blank, token) = if mode == AuthMode::AccessToken {
            if !location.is_known() {
                missing.push("CONFLUENCE_CLOUD_ID or CONFLUENCE_SITE".to_owned());
            }
            (&ACCESS_TOKEN, given.access_token().is_blank(), access_token)
        } else {
            if !location.is_known() {
                missing.push("CONFLUENCE_SITE".to_owned());
            }
            if email.is_none() {
                missing.push("CONFLUENCE_EMAIL".to_owned());
            }
            (&API_TOKEN, given.api_token().is_blank(), api_token)
        };
        if token.is_none() {
            let hint = if blank { " (it is set, but empty)" } else { "" };
            missing.push(format!("{}{hint}", names.variable));
        }
        match token {
            Some(token) if missing.is_empty() => Ok(Account { mode, location, email, token }),
            Some(_) | None => self.tell(Problem::Incomplete { mode, missing }),
        }
    }

    fn location(&mut self, given: &ConfluenceArguments) -> Checked<Location> {
        let site = self.parsed(Setting::SITE, given.site.as_ref(), |text| {
            text.parse::<SiteName>().map_err(|_invalid| {
                "expected `acme`, `acme.atlassian.net` or `https://acme.atlassian.net/…`".to_owned()
            })
        });
        let cloud_id = self.parsed(Setting::CLOUD_ID, given.cloud_id.as_ref(), |text| {
            text.parse::<CloudId>().map_err(|_invalid| {
                "expected an id such as `11111111-2222-4333-8444-555555555555`".to_owned()
            })
        });
        let (endpoints, site, cloud_id) = (self.endpoints(given)?, site?, cloud_id?);
        Ok(Location { site, cloud_id, endpoints })
    }

    /// Addresses instead of Atlassian's.
    fn endpoints(&mut self, given: &ConfluenceArguments) -> Checked<Endpoints> {
        let hosts = if given.allow_custom_endpoints { Hosts::Any } else { Hosts::Loopback };
        let mut address = |setting, text: &Option<String>| {
            self.parsed(setting, text.as_ref(), |text| {
                BaseUrl::parse(text, hosts).map_err(|error| {
                    let hint = if error == InvalidBaseUrl::NotLoopback {
                        " with --allow-custom-endpoints (CONFLUENCE_ALLOW_CUSTOM_ENDPOINTS)"
                    } else {
                        ""
                    };
                    format!("{error}{hint}")
                })
            })
        };
        let api = address(Setting::API_BASE_URL, &given.api_base_url);
        let gateway = address(Setting::GATEWAY_BASE_URL, &given.gateway_base_url);
        let auth = address(Setting::AUTH_BASE_URL, &given.auth_base_url);
        Ok(Endpoints { api: api?, gateway: gateway?, auth: auth?, site: None })
    }

    /// The mode in which the sandbox's users sign in, if they do: it has no other account than its
    /// own, so that any other mode is that of a real account, which is left alone.
    pub(super) fn sandbox_sign_in(
        &mut self,
        given: &ConfluenceArguments,
    ) -> Checked<Option<AuthMode>> {
        let mode = self.mode(given)?;
        Ok(mode.filter(|it| matches!(it, AuthMode::OAuth | AuthMode::OAuthCentral)))
    }

    /// The mode that was chosen, if one was.
    fn mode(&mut self, given: &ConfluenceArguments) -> Checked<Option<AuthMode>> {
        self.parsed(Setting::AUTH_MODE, given.auth_mode.as_ref(), |text| {
            text.parse::<AuthMode>().map_err(|_unknown| {
                "expected `apiToken`, `accessToken`, `oauth` or `oauthCentral`".to_owned()
            })
        })
    }

    /// The mode that fits what is given; `None` if nothing is.
    fn guess(&mut self, given: &ConfluenceArguments, read: &Read) -> Checked<Option<AuthMode>> {
        Ok(match (&read.api_token, &read.access_token) {
            (Some(_), None) => Some(AuthMode::ApiToken),
            (None, Some(_)) => Some(AuthMode::AccessToken),
            (Some(_), Some(_)) => return self.tell(Problem::TwoTokens),
            (None, None) if given.access_token().is_blank() => Some(AuthMode::AccessToken),
            // Whoever gives an e-mail address is about to use an API token.
            (None, None)
                if given.api_token().is_blank() || text(given.email.as_ref()).is_some() =>
            {
                Some(AuthMode::ApiToken)
            }
            (None, None) => None,
        })
    }

    /// What was given, if something was.
    fn parsed<T>(
        &mut self,
        setting: Setting,
        given: Option<&String>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Checked<Option<T>> {
        match text(given) {
            Some(text) => self.valid(setting, parse(text)).map(Some),
            None => Ok(None),
        }
    }
}

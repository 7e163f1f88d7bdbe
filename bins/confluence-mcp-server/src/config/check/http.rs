//! Where the HTTP server is, and who may use it.

use url::Url;

use super::{Checked, Found, text};
use crate::config::{
    Problem, Secret, Serve, address,
    arguments::{DEFAULT_LISTEN, HttpArguments, WORKSPACE_KEY},
    problem::Setting,
};

impl Found {
    pub(super) fn serve(&mut self, given: &HttpArguments) -> Checked<Serve> {
        let listen = text(Some(&given.listen)).unwrap_or(DEFAULT_LISTEN);
        let listen = self.valid(Setting::LISTEN, address::listen(listen));
        let public_url = match text(given.public_url.as_ref()) {
            Some(text) => self.valid(Setting::PUBLIC_URL, address::public_url(text)).map(Some),
            None => Ok(None),
        };
        let allowed_hosts = self.all(Setting::ALLOWED_HOSTS, &given.allowed_hosts, address::host);
        let allowed_origins =
            self.all(Setting::ALLOWED_ORIGINS, &given.allowed_origins, address::origin);
        let workspace_key = self.workspace_key(given);
        let (listen, public_url, workspace_key) = (listen?, public_url?, workspace_key?);
        let outside = |url: &Url| !address::is_loopback(url);
        if workspace_key.is_none() {
            let setting = if !listen.ip().is_loopback() {
                Some(Setting::LISTEN)
            } else if public_url.as_ref().is_some_and(outside) {
                Some(Setting::PUBLIC_URL)
            } else {
                None
            };
            if let Some(setting) = setting {
                return self.tell(Problem::KeyNeeded { setting });
            }
        }
        Ok(Serve {
            listen,
            public_url,
            allowed_hosts: allowed_hosts?,
            allowed_origins: allowed_origins?,
            workspace_key,
        })
    }

    /// A key that was meant to be there must not be missing unnoticed.
    fn workspace_key(&mut self, given: &HttpArguments) -> Checked<Option<Secret>> {
        let key = given.workspace_key();
        if key.file.is_none() && key.is_blank() {
            return self.tell(Problem::SecretBlank(&WORKSPACE_KEY));
        }
        self.secret(key)
    }

    fn all<T, E: std::fmt::Display>(
        &mut self,
        setting: Setting,
        given: &[String],
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Checked<Vec<T>> {
        let given = given.iter().filter_map(|it| text(Some(it)));
        let values = given.map(parse).collect::<Result<_, E>>();
        self.valid(setting, values)
    }
}

//! People as the content names them.

use std::sync::Arc;

use crate::access::{Account, Role};

use super::Site;

/// An account, whether or not it can still sign in.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) account_id: Arc<str>,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) time_zone: String,
    pub(crate) role: Role,
    pub(crate) active: bool,
}

impl From<&Account> for User {
    fn from(account: &Account) -> Self {
        Self {
            account_id: account.account_id.as_str().into(),
            email: account.email.clone(),
            display_name: account.display_name.clone(),
            time_zone: account.time_zone.clone(),
            role: account.role,
            active: true,
        }
    }
}

impl Site {
    /// Everybody with an account, whether or not it can still sign in.
    pub(crate) fn users(&self) -> &[Arc<User>] {
        &self.users
    }

    /// The account with that id.
    pub(crate) fn user(&self, account_id: &str) -> Option<&Arc<User>> {
        self.users.iter().find(|it| &*it.account_id == account_id)
    }

    /// The account that signs in with that address, as long as it is active.
    pub(crate) fn user_by_email(&self, email: &str) -> Option<Arc<User>> {
        self.users
            .iter()
            .find(|it| it.active && it.email.eq_ignore_ascii_case(email))
            .map(Arc::clone)
    }

    /// Adds an account, or replaces the one with its id.
    pub(crate) fn add_user(&mut self, user: User) {
        self.users.retain(|it| it.account_id != user.account_id);
        self.users.push(Arc::new(user));
    }
}

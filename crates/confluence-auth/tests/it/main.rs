//! Credentials against Confluence as it behaves at its worst.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]
#![expect(clippy::duplicate_mod, reason = "each example is a program, with a module for accounts")]

mod access_token;
mod api_token;
mod atlassian;
mod directory;
mod examples;
mod network;
mod oauth;
mod probe;

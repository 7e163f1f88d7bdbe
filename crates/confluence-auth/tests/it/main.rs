//! Credentials against Confluence as it behaves at its worst.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod access_token;
mod api_token;
mod atlassian;
mod directory;
mod network;
mod probe;

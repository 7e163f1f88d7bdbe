//! Credentials against Confluence as it behaves at its worst.

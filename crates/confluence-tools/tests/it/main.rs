//! The tools against the embedded Confluence, through their public face.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod arguments;
mod edits;
mod errors;
mod gate;
mod header;
mod limits;
mod loss;
mod results;
mod rig;
mod transcripts;

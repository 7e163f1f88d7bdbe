//! The client and the sandbox against Atlassian's own `OpenAPI` documents.
//!
//! The documents are Atlassian's and not part of this project: `CONFLUENCE_OPENAPI_DIR` names the
//! folder that holds them as `confluence-v2.json` and `confluence-v1.json`. Without it nothing is
//! checked, and each run says so. They are read strictly: what they do not describe is a mismatch.
//! Where they are known to be wrong they are mended first, in `defects`, each time with the reason.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod check;
mod conversation;
mod coverage;
mod defects;
mod documents;
mod fixtures;
mod mutations;
mod operation;
mod operations;
mod reads;
mod refusals;
mod schema;
mod scopes;
mod site;
mod words;
mod writes;

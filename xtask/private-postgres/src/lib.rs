//! A PostgreSQL server of their own for tests: empty, reachable by nobody else, gone with them.
//!
//! The programs are those of the folder that `CONFLUENCE_POSTGRES_BIN` names; `cargo xtask test`
//! finds and names it. The server listens on a socket in a temporary folder. It ends when the
//! [`Server`] is dropped, and when the test's process ends in whatever way: it hangs on a pipe.

mod server;

pub use server::Server;

//! The server as its clients see it, in front of an embedded Confluence.

mod actions;
mod calls;
mod cancellation;
mod clients;
mod connections;
mod eras;
mod faulty;
mod gate;
mod logs;
mod paths;
mod stdio;
mod support;
mod traps;

//! The commands for operators against a server that runs as a process of its own.

mod agents;
mod audit;
mod auth_mode;
mod connections;
mod failures;
mod guide;
mod keys;
mod served;
mod workspaces;

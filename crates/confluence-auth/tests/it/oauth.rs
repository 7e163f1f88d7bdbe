//! Signing in, and keeping users connected, whatever Atlassian, stores and browsers do.

mod central;
mod credentials;
mod end_to_end;
mod identity;
mod memory;
mod processes;
mod refresh;
mod rig;
mod secrets;
mod sign_in;
mod status;

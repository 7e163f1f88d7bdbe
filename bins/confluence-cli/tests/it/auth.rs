//! Signing in and out, with the identity service of a sandbox in Atlassian's place.

mod browser;
mod central;
mod journey;
mod killed;
mod login;
mod profiles;
mod race;
mod rig;
mod sandbox;
mod secrets;
mod stdio;
mod tokens;

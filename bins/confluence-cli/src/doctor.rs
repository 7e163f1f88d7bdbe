//! Finding out what is wrong, and saying what to do.

use crate::{config::Config, exit::Exit, failed::Failed};

pub(crate) async fn examine(_config: &Config) -> Result<Exit, Failed> {
    Ok(Exit::Ok)
}

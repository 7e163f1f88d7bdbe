//! `auth-mode`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{
    Operator,
    arguments::{AuthModeCommand, InstanceArguments, NamedValue},
    text,
};
use crate::{failed::Failed, input};

/// The path of an instance's settings.
fn path(of: &InstanceArguments) -> [&str; 5] {
    ["workspaces", of.workspace.as_str(), "instances", of.instance.as_str(), "auth"]
}

pub(super) async fn perform(
    operator: &mut Operator,
    command: AuthModeCommand,
) -> Result<(), Failed> {
    let settings = match command {
        AuthModeCommand::Show { of } => operator.server.get(&path(&of), &[]).await?,
        AuthModeCommand::Set { of, mode, settings, secret_file, forget_secret } => {
            let mut new = json!({ "mode": mode });
            for NamedValue(name, value) in settings {
                new[name] = value.into();
            }
            if let Some(file) = secret_file {
                let secret = input::read_text(&file, "--secret-file")?;
                let secret = secret.trim();
                if secret.is_empty() {
                    return Err(Failed::usage("--secret-file has no secret in it"));
                }
                new["secret"] = secret.into();
            } else if forget_secret {
                new["secret"] = Value::Null;
            }
            operator.server.put(&path(&of), &new).await?
        }
    };
    operator.show(&settings, described)
}

/// Settings as people read them.
pub(super) fn described(settings: &Value) -> String {
    let mut out = format!("mode          {}\n", text(settings, "mode"));
    for (name, title) in [
        ("site", "site"),
        ("cloudId", "cloud id"),
        ("email", "e-mail"),
        ("clientId", "client id"),
        ("scopes", "scopes"),
    ] {
        if let Some(value) = settings[name].as_str() {
            let _ = writeln!(out, "{title:13} {value}");
        }
    }
    if settings["mode"] != "oauthCentral" {
        let is_set = if settings["secretIsSet"] == true { "set" } else { "not set" };
        let _ = writeln!(out, "secret        {is_set}");
    }
    out
}

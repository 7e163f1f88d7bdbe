//! `audit`.

use serde_json::Value;

use super::{
    Operator,
    arguments::{AuditCommand, Conditions},
    follow,
    pages::items,
    text,
};
use crate::{config::Format, failed::Failed};

/// Calls of a page: as many as the server gives.
const ROWS: usize = 1_000;

/// Conditions as parameters.
pub(super) fn query(of: &Conditions) -> Vec<(&'static str, String)> {
    let given = [
        ("workspace", of.workspace.as_ref().map(ToString::to_string)),
        ("instance", of.instance.as_ref().map(ToString::to_string)),
        ("user", of.user.as_ref().map(ToString::to_string)),
        ("agent", of.agent.as_ref().map(ToString::to_string)),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

pub(super) async fn perform(operator: &mut Operator, command: AuditCommand) -> Result<(), Failed> {
    match command {
        AuditCommand::Tail { of, lines, follow } => {
            follow::tail(operator, &query(&of), lines.into(), follow).await
        }
        AuditCommand::Export { of, since, until } => {
            let mut conditions = query(&of);
            conditions.extend(since.map(|it| ("since", it.to_string())));
            conditions.extend(until.map(|it| ("until", it.to_string())));
            export(operator, &conditions).await
        }
    }
}

/// Writes all calls, one page at a time.
async fn export(operator: &mut Operator, conditions: &[(&str, String)]) -> Result<(), Failed> {
    let mut query = conditions.to_vec();
    query.push(("limit", ROWS.to_string()));
    let fixed = query.len();
    loop {
        let page = operator.server.get(&["audit"], &query).await?;
        for item in items(&page)? {
            operator.output.row(item.to_string().as_bytes())?;
        }
        operator.output.flush()?;
        let Some(next) = page["next"].as_str() else { return Ok(()) };
        query.truncate(fixed);
        query.push(("cursor", next.to_owned()));
    }
}

impl Operator {
    /// Writes a call.
    pub(super) fn call(&mut self, call: &Value) -> Result<(), Failed> {
        match self.format {
            Format::Json => self.output.row(call.to_string().as_bytes())?,
            Format::Text => self.output.text(&line(call))?,
        }
        Ok(())
    }
}

fn line(call: &Value) -> String {
    let mut words = vec![
        text(call, "at").to_owned(),
        format!("{}/{}", text(call, "workspace"), text(call, "instance")),
    ];
    words.extend(call["user"].as_str().map(|it| format!("user {it}")));
    words.extend(call["agent"].as_str().map(|it| format!("agent {it}")));
    let operation = call["operation"].as_str().unwrap_or("(no operation)");
    let target = call["target"].as_str().map(|it| format!(" {it}")).unwrap_or_default();
    words.push(format!("{operation}{target}"));
    words.push(text(call, "outcome").to_owned());
    words.push(format!("{} ms", call["durationMs"].as_u64().unwrap_or_default()));
    words.join("  ")
}

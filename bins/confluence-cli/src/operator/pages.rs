//! Long lists, one page at a time: no more than one is held.

use serde_json::Value;

use super::{Operator, table::Table};
use crate::{config::Format, failed::Failed};

/// Rows of a page that people look at.
const ROWS: usize = 200;

impl Operator {
    /// Writes a whole list: a table, or one JSON object a line. `empty` is told in its place.
    pub(super) async fn list(
        &mut self,
        path: &[&str],
        titles: &[&str],
        row: impl Fn(&Value) -> Vec<String>,
        empty: &str,
    ) -> Result<Value, Failed> {
        let mut query = vec![("limit", ROWS.to_string())];
        let mut is_first = true;
        loop {
            let page = self.server.get(path, &query).await?;
            let items = items(&page)?;
            match self.format {
                Format::Json => {
                    for item in items {
                        self.output.row(item.to_string().as_bytes())?;
                    }
                    self.output.flush()?;
                }
                Format::Text if items.is_empty() && is_first => self.output.text(empty)?,
                Format::Text => {
                    let mut table = Table::new(titles, is_first);
                    for item in items {
                        table.row(row(item));
                    }
                    self.output.text(&table.to_string())?;
                }
            }
            is_first = false;
            let Some(next) = page["next"].as_str() else { return Ok(page) };
            query.truncate(1);
            query.push(("cursor", next.to_owned()));
        }
    }
}

/// The rows of a page.
pub(super) fn items(page: &Value) -> Result<&Vec<Value>, Failed> {
    page["items"].as_array().ok_or_else(super::server::not_ours)
}

//! Everything that a list has, page by page: one is held at a time.

use std::io::{self, IsTerminal, Write};

use confluence_api::{Client, cursor_of};
use confluence_tools::{Options, cli::CommandCall};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{call, exit::Exit, failed::Failed, output::Output};

/// Rows that are asked for at once, unless the command line says otherwise.
const PAGE_SIZE: u32 = 100;

/// A page of a list, as much of it as is needed.
#[derive(Debug, Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
    #[serde(rename = "_links", default)]
    links: Links,
}

#[derive(Debug, Default, Deserialize)]
struct Links {
    #[serde(default)]
    next: Option<String>,
}

/// Writes every row of a list as a line of JSON.
pub(crate) async fn stream(
    client: &Client,
    mut call: CommandCall,
    options: &Options,
    output: &mut Output,
) -> Result<(), Failed> {
    call.arguments.entry("limit").or_insert_with(|| Value::from(PAGE_SIZE));
    let mut progress = Progress::start(output);
    let mut cursor: Option<String> = None;
    loop {
        let success = call::raw(client, &call, options).await?;
        let raw = success.raw.unwrap_or_default();
        let page: Page<'_> = serde_json::from_slice(&raw).map_err(|error| {
            let name = call.operation.instruction;
            Failed::new(Exit::Error, format!("Confluence's answer to {name} is no list: {error}"))
        })?;
        for row in &page.results {
            output.row(one_line(row.get()).as_bytes())?;
        }
        output.flush()?;
        progress.add(page.results.len());
        // An empty page does not end a list: Confluence filters by permission after paging.
        let next = page.links.next.as_deref().and_then(cursor_of).or(success.next);
        let Some(next) = next else { return Ok(()) };
        if cursor.as_ref() == Some(&next) {
            let reason = "Confluence gave the same cursor twice: the list may be incomplete";
            return Err(Failed::new(Exit::Error, reason));
        }
        call.arguments.insert("cursor".to_owned(), Value::String(next.clone()));
        cursor = Some(next);
    }
}

/// JSON without line breaks, which it has only between its tokens.
fn one_line(json: &str) -> String {
    json.chars().map(|it| if matches!(it, '\n' | '\r') { ' ' } else { it }).collect()
}

/// How far it is, on a terminal. Confluence does not say how much there is.
#[derive(Debug)]
struct Progress {
    rows: usize,
    pages: usize,
    shown: bool,
}

impl Progress {
    /// Shows progress on standard error unless the rows themselves go by on a terminal.
    fn start(output: &Output) -> Self {
        let shown = io::stderr().is_terminal() && !output.is_terminal();
        Self { rows: 0, pages: 0, shown }
    }

    fn add(&mut self, rows: usize) {
        /// The moving part, one for each page.
        const BAR: [&str; 4] = ["=   ", " =  ", "  = ", "   ="];
        self.rows += rows;
        self.pages += 1;
        if self.shown {
            let bar = BAR[self.pages % BAR.len()];
            let mut stderr = io::stderr().lock();
            let pages = if self.pages == 1 { "page" } else { "pages" };
            let _ =
                write!(stderr, "\r[{bar}] {} rows, {} {pages} of results", self.rows, self.pages);
            let _ = stderr.flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown && self.pages > 0 {
            // What follows starts on a line of its own.
            let _ = writeln!(io::stderr().lock());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, one_line};

    #[test]
    fn a_row_stays_as_it_came_but_on_one_line() {
        let page: Page<'_> =
            serde_json::from_str("{\"results\":[{\"a\":\n 1.50,\r\n\"b\":\"x\\ny\"}]}").unwrap();
        assert_eq!(one_line(page.results[0].get()), "{\"a\":  1.50,  \"b\":\"x\\ny\"}");
        assert!(page.links.next.is_none());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for json in ["null", "{}", "[]", "{\"results\":1}"] {
            assert!(serde_json::from_str::<Page<'_>>(json).is_err(), "{json}");
        }
    }
}

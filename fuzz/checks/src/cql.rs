//! The CQL parser: takes any text, and reads what it prints.

use confluence_sandbox::cql;

/// A query as it is written.
///
/// # Panics
///
/// When the parser does, or does not read the query that it printed.
pub fn cql(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let query = match cql::parse(&text) {
        Ok(query) => query,
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1, "{error}");
            assert!(error.to_string().len() <= text.len() * 4 + 400, "{error}");
            return;
        }
    };
    let printed = query.to_string();
    match cql::parse(&printed) {
        Ok(read) => assert_eq!(read, query, "{printed}"),
        // Printing adds parentheses and quotes, and may so exceed a limit.
        Err(error) => assert!(is_limit(&error.reason), "{error}\n{printed}"),
    }
    query.text_terms();
}

fn is_limit(reason: &cql::Reason) -> bool {
    matches!(reason, cql::Reason::TooLong { .. } | cql::Reason::TooDeep { .. })
}

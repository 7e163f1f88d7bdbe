//! What Confluence does to a document in storage format before it keeps it.

use std::{collections::HashMap, fmt::Write as _, ops::Range};

use super::{
    error::Malformed,
    identity,
    scanner::{Scanner, Token},
};

/// A macro that lacks an attribute which Confluence adds.
struct Macro {
    /// Where the attributes are to be added.
    insert_at: usize,
    source: Range<usize>,
    needs_version: bool,
    needs_id: bool,
}

/// Checks that a document is well-formed and rewrites it as Confluence does on save.
///
/// Empty elements are written `<hr />`; macros gain `ac:schema-version` and an `ac:macro-id`,
/// which is the same whenever the content is. Everything else is kept to the letter.
///
/// # Errors
/// If the document is not well-formed.
pub fn normalize(source: &str) -> Result<String, Malformed> {
    let mut scanner = Scanner::new(source);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut open: Vec<Option<Macro>> = Vec::new();
    let mut macros = Vec::new();
    while let Some((range, token)) = scanner.next_token()? {
        match token {
            Token::Open { name, attributes, empty } => {
                let tag_end = range.end - if empty { 2 } else { 1 };
                let written = source[range.start..tag_end].trim_end().len();
                let insert_at = range.start + written;
                if empty {
                    edits.push((insert_at..range.end, " />".to_owned()));
                }
                let has = |name: &str| attributes.iter().any(|(it, _)| *it == name);
                let found = (name == "ac:structured-macro").then(|| Macro {
                    insert_at,
                    source: range.clone(),
                    needs_version: !has("ac:schema-version"),
                    needs_id: !has("ac:macro-id"),
                });
                if empty {
                    macros.extend(found);
                } else {
                    open.push(found);
                }
            }
            Token::Close => {
                if let Some(Some(mut found)) = open.pop() {
                    found.source.end = range.end;
                    macros.push(found);
                }
            }
            Token::Text(_) | Token::Data(_) | Token::Comment(_) | Token::Instruction(_) => {}
        }
    }
    macros.sort_by_key(|it| it.insert_at);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for found in macros {
        let content = &source[found.source.clone()];
        let mut added = String::new();
        if found.needs_version {
            added.push_str(" ac:schema-version=\"1\"");
        }
        if found.needs_id {
            let count = counts.entry(content).or_default();
            let _ = write!(added, " ac:macro-id=\"{}\"", identity::uuid(content, *count));
            *count += 1;
        }
        edits.push((found.insert_at..found.insert_at, added));
    }
    // An insertion goes before the end of the same tag.
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    Ok(apply(source, &edits))
}

fn apply(source: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut result = String::with_capacity(source.len());
    let mut at = 0;
    for (range, text) in edits {
        result.push_str(&source[at..range.start]);
        result.push_str(text);
        at = range.end;
    }
    result.push_str(&source[at..]);
    result
}

//! The document: what is measured stands between two marks, the rest is written by hand.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const BEGIN: &str = "<!-- measured: written by `cargo xtask bench`, not by hand -->\n";
const END: &str = "<!-- end of what is measured -->";

/// Puts the measured part into the document.
///
/// # Errors
///
/// When the file cannot be read or written, or has lost its marks.
pub(crate) fn write(path: &Path, measured: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let text = with(&text, measured).with_context(|| format!("{} has no marks", path.display()))?;
    fs::write(path, text).with_context(|| path.display().to_string())
}

fn with(text: &str, measured: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n\n{END}{after}", measured.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let text = format!("# Title\n{BEGIN}old\n{END}\nreasons\n");
        let expected = format!("# Title\n{BEGIN}\nnew\n\n{END}\nreasons\n");
        assert_eq!(with(&text, "new\n"), Some(expected.clone()));
        assert_eq!(with(&expected, "new"), Some(expected));
    }

    #[test]
    fn a_document_without_marks_is_left_alone() {
        assert_eq!(with("# Title\n", "new"), None);
        assert_eq!(with(&format!("{END}{BEGIN}"), "new"), None);
    }
}

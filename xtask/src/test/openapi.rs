//! The client and the sandbox against Atlassian's `OpenAPI` documents.
//!
//! The documents are Atlassian's, and not part of this project: whoever has them says where they are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::parts::Run;
use crate::{built, process};

/// Names the folder of the documents, here and to the tests themselves.
pub(super) const VARIABLE: &str = "CONFLUENCE_OPENAPI_DIR";

/// The documents of REST v2 and v1.
const DOCUMENTS: [&str; 2] = ["confluence-v2.json", "confluence-v1.json"];

/// The package with the test.
const PACKAGE: &str = "crates/confluence-api";

/// The folder that the environment names.
///
/// # Errors
///
/// When there is no current folder to start from.
pub(super) fn folder(option: Option<&Path>) -> Result<Option<PathBuf>> {
    #[expect(clippy::disallowed_methods, reason = "`ci` runs the tests without their options")]
    let variable = std::env::var_os(VARIABLE).filter(|it| !it.is_empty()).map(PathBuf::from);
    // The tests run in another folder.
    let folder = option.map(Path::to_owned).or(variable);
    folder.map(|it| std::path::absolute(&it).with_context(|| it.display().to_string())).transpose()
}

pub(super) fn missing(run: &Run<'_>) -> Option<String> {
    let Some(folder) = run.openapi else {
        let [v2, v1] = DOCUMENTS;
        return Some(format!("{VARIABLE} does not name a folder with Atlassian's {v2} and {v1}"));
    };
    let missing = DOCUMENTS.iter().map(|it| folder.join(it)).find(|it| !it.is_file())?;
    Some(format!("there is no {}", missing.display()))
}

pub(super) fn run(run: &Run<'_>) -> Result<()> {
    let test = built::test(run.workspace, "contract")?;
    let mut command = process::program(run.workspace, test);
    command.current_dir(run.workspace.join(PACKAGE));
    command.envs(run.openapi.map(|it| (VARIABLE, it)));
    process::run(&mut command)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn both_documents_are_needed() {
        let workspace = Workspace::this();
        let folder = tempfile::tempdir().unwrap();
        let missing = |openapi| {
            missing(&Run { workspace: &workspace, filter: None, openapi }).unwrap_or_default()
        };
        assert!(missing(None).starts_with("CONFLUENCE_OPENAPI_DIR does not name a folder"));
        fs::write(folder.path().join("confluence-v2.json"), "{}").unwrap();
        assert!(missing(Some(folder.path())).ends_with("confluence-v1.json"));
        fs::write(folder.path().join("confluence-v1.json"), "{}").unwrap();
        assert_eq!(missing(Some(folder.path())), "");
    }

    #[test]
    fn a_folder_is_found_from_wherever_the_tests_run() {
        let folder = folder(Some(Path::new("documents"))).unwrap().unwrap();
        assert!(folder.is_absolute());
        assert!(folder.ends_with("documents"));
    }
}

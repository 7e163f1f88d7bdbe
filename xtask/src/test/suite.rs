//! The official MCP conformance suite, in both of its versions, against our server with the tools
//! that the suite calls.
//!
//! What may fail is in `xtask/tools/undeclared.toml`. The suite fails when anything else does, and
//! when something there does not; here it is checked that each entry failed at least once, and that
//! the server indeed does not declare what its scenarios are about.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::client::Client;
use super::npm;
use super::server::{self, Served};
use crate::workspace::Workspace;
use crate::{console, process};

/// How long one run may take; it takes seconds.
const PATIENCE: Duration = Duration::from_mins(3);

/// One run of the suite.
#[derive(Debug)]
struct Run {
    /// How `xtask/tools/package.json` calls the version of the suite.
    package: &'static str,
    scenarios: [&'static str; 2],
    /// The revision that scenarios run at which know several.
    revision: &'static str,
}

const RUNS: [Run; 4] = [
    Run { package: "conformance", scenarios: ["--suite", "all"], revision: "2025-11-25" },
    Run { package: "conformance-alpha", scenarios: ["--suite", "all"], revision: "2025-11-25" },
    Run {
        package: "conformance-alpha",
        scenarios: ["--requirements", "2025-11-25"],
        revision: "2025-11-25",
    },
    Run {
        package: "conformance-alpha",
        scenarios: ["--requirements", "2026-07-28"],
        revision: "2026-07-28",
    },
];

/// What the server does not offer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Baseline {
    undeclared: Vec<Undeclared>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Undeclared {
    capability: String,
    why: String,
    /// The one revision in which the scenarios fail.
    revision: Option<String>,
    scenarios: Vec<String>,
}

/// Runs all of it.
///
/// # Errors
///
/// When something fails that may not, or does not fail that should.
pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let baseline = Baseline::read(&workspace.join("xtask/tools/undeclared.toml"))?;
    let program = server::with_fixtures(workspace)?;
    let served = Served::start(workspace, &program, &[])?;
    for era in ["legacy", "modern"] {
        let mut command = npm::script(workspace, "xtask/tools/clients/client.mjs")?;
        let client = Client::start(command.args(["2", era, "http", &served.endpoint]))?;
        baseline.check_undeclared(&client.hello["capabilities"])?;
        client.finish()?;
    }
    let mut failed = BTreeSet::new();
    for run in &RUNS {
        failed.extend(run.of(workspace, &served.endpoint, &baseline)?);
    }
    baseline.check_failed(&failed)
}

impl Run {
    /// Runs the suite, and returns the entries of the baseline that failed.
    fn of(&self, workspace: &Workspace, url: &str, baseline: &Baseline) -> Result<Vec<String>> {
        let [_, scenarios] = self.scenarios;
        let name = format!("{} {scenarios}", self.package);
        let folder = workspace.join("target/conformance").join(self.package).join(scenarios);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let expected = folder.join("expected-failures.yaml");
        fs::write(&expected, baseline.yaml(self.revision)).context("cannot write the baseline")?;

        let mut command = npm::package(workspace, &format!("{}/dist/index.js", self.package))?;
        command.args(["server", "--url", url]).args(self.scenarios);
        command.arg("--expected-failures").arg(&expected).arg("--output-dir").arg(&folder);
        let (status, output) = process::output_within(&mut command, PATIENCE)?;
        let (_, summary) = output.split_once("=== SUMMARY ===").unwrap_or(("", &output));
        console::line(summary.trim());
        if !status.success() {
            let unexpected = summary.lines().filter_map(|line| line.strip_prefix("  ✗ "));
            let unexpected = unexpected.filter_map(|it| it.split([':', ' ']).next());
            for line in failures(&folder, &unexpected.collect())? {
                console::line(&line);
            }
            bail!("{name}: the suite ended with {status}");
        }
        // Else no scenario ran at all.
        ensure!(summary.contains("✓ tools-list:"), "{name}: tools-list is not among the results");
        let failed = summary.lines().filter_map(|line| line.strip_prefix("  ~ "));
        Ok(failed.map(str::to_owned).collect())
    }
}

/// What the suite wrote about each check of these scenarios that it does not count as passed.
fn failures(folder: &Path, scenarios: &BTreeSet<&str>) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        // The name of the scenario stands between the side that is tested and the time.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_of = |it: &&&str| name.starts_with(&format!("server-{it}-2"));
        let Some(scenario) = scenarios.iter().find(is_of) else { continue };
        let text = fs::read_to_string(path.join("checks.json"))?;
        let checks: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        let failed = |it: &&Value| it["status"] == "FAILURE" || it["status"] == "WARNING";
        for check in checks.as_array().into_iter().flatten().filter(failed) {
            let text = |key: &str| check[key].as_str().unwrap_or("not said");
            lines.push(format!("{scenario}: {}: {}", text("id"), text("errorMessage")));
        }
    }
    lines.sort();
    Ok(lines)
}

impl Baseline {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let baseline: Self = toml::from_str(text)?;
        for it in &baseline.undeclared {
            ensure!(!it.why.trim().is_empty(), "`{}` gives no reason", it.capability);
        }
        Ok(baseline)
    }

    /// The file that the suite reads, for a run at `revision`.
    fn yaml(&self, revision: &str) -> String {
        let applies = |it: &&Undeclared| it.revision.as_ref().is_none_or(|it| it == revision);
        let entries = self.undeclared.iter().filter(applies).flat_map(|it| &it.scenarios);
        let lines = entries.map(|it| format!("  - {it}\n"));
        std::iter::once("server:\n".to_owned()).chain(lines).collect()
    }

    /// A capability that the server declares must work.
    fn check_undeclared(&self, capabilities: &Value) -> Result<()> {
        ensure!(capabilities.is_object(), "no capabilities: {capabilities}");
        let places = [capabilities, &capabilities["extensions"], &capabilities["experimental"]];
        for Undeclared { capability, .. } in &self.undeclared {
            let declared = places.iter().any(|it| it.get(capability).is_some());
            ensure!(!declared, "the server declares `{capability}`: its scenarios must pass");
        }
        Ok(())
    }

    /// The suite passes over names that it does not know.
    fn check_failed(&self, failed: &BTreeSet<String>) -> Result<()> {
        let listed = self.undeclared.iter().flat_map(|it| &it.scenarios);
        let idle: Vec<_> = listed.filter(|it| !failed.contains(*it)).cloned().collect();
        ensure!(idle.is_empty(), "in the baseline, but no run failed at it: {}", idle.join(", "));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_failed_is_found_in_what_the_suite_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, checks: Value| {
            let folder = folder.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("checks.json"), checks.to_string()).unwrap();
        };
        let failed = json!({ "id": "names", "status": "FAILURE", "errorMessage": "no names" });
        let passed = json!({ "id": "list", "status": "SUCCESS" });
        write("server-tools-list-2026-11-27T10-00-00-000Z", json!([passed, failed]));
        write("server-tools-list-more-2026-11-27T10-00-00-000Z", json!([failed]));
        write("server-server-ping-2026-11-27T10-00-00-000Z", json!([failed]));
        let lines = failures(folder.path(), &["tools-list", "server-ping"].into()).unwrap();
        let [ping, list] = ["server-ping", "tools-list"].map(|it| format!("{it}: names: no names"));
        assert_eq!(lines, [ping, list]);
    }

    const BASELINE: &str = r#"
        [[undeclared]]
        capability = "prompts"
        why = "There are none."
        scenarios = ["prompts-list", "caching:prompts"]

        [[undeclared]]
        capability = "sessions"
        why = "There are none."
        revision = "2025-11-25"
        scenarios = ["sse"]
    "#;

    #[test]
    fn an_entry_counts_for_its_revision() {
        let baseline = Baseline::parse(BASELINE).unwrap();
        let all = "server:\n  - prompts-list\n  - caching:prompts\n  - sse\n";
        assert_eq!(baseline.yaml("2025-11-25"), all);
        let modern = "server:\n  - prompts-list\n  - caching:prompts\n";
        assert_eq!(baseline.yaml("2026-07-28"), modern);
    }

    #[test]
    fn a_declared_capability_may_not_be_in_the_baseline() {
        let baseline = Baseline::parse(BASELINE).unwrap();
        baseline.check_undeclared(&json!({ "tools": {} })).unwrap();
        for declared in [json!({ "prompts": {} }), json!({ "extensions": { "prompts": {} } })] {
            let error = baseline.check_undeclared(&declared).unwrap_err();
            assert!(error.to_string().contains("declares `prompts`"), "{error}");
        }
        assert!(baseline.check_undeclared(&Value::Null).is_err(), "nobody answered");
    }

    #[test]
    fn an_entry_that_no_run_failed_at_is_an_error() {
        let baseline = Baseline::parse(BASELINE).unwrap();
        let mut failed: BTreeSet<_> = ["prompts-list", "sse"].map(str::to_owned).into();
        let error = baseline.check_failed(&failed).unwrap_err();
        assert!(error.to_string().ends_with("failed at it: caching:prompts"), "{error}");
        failed.insert("caching:prompts".to_owned());
        baseline.check_failed(&failed).unwrap();
    }

    #[test]
    fn an_entry_needs_a_reason() {
        assert!(Baseline::parse(&BASELINE.replace("There are none.", " ")).is_err());
        assert!(Baseline::parse(&BASELINE.replace("why", "reason")).is_err());
    }
}

//! `docs/env.md`: every environment variable, from the definitions that parse them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Arg, Command};

const INTRODUCTION: &str = "\
<!-- Written by `cargo xtask codegen` from the commands' definitions. Do not edit. -->

# Environment variables

Each variable stands for the flag beside it; a flag wins over its variable. A variable without a flag
holds a secret, which must not appear in a list of processes.
";

/// The document for these programs.
pub(super) fn markdown(programs: &[Command]) -> String {
    let mut variables = BTreeMap::new();
    for program in programs {
        let mut program = program.clone();
        program.build();
        collect(&program, program.get_name(), &mut variables);
    }
    let mut text = String::from(INTRODUCTION);
    text.push_str("\n| variable | flag | taken by | default | meaning |\n|---|---|---|---|---|\n");
    for (name, variable) in &variables {
        let Variable { flag, default, meaning, takers } = variable;
        let takers: Vec<_> = takers.iter().map(|it| format!("`{it}`")).collect();
        let _ =
            writeln!(text, "| `{name}` | {flag} | {} | {default} | {meaning} |", takers.join(", "));
    }
    text
}

/// A row of the document; the cells are Markdown.
#[derive(Debug)]
struct Variable {
    flag: String,
    default: String,
    meaning: String,
    takers: Vec<String>,
}

fn collect(command: &Command, path: &str, variables: &mut BTreeMap<String, Variable>) {
    for argument in command.get_arguments() {
        let Some(name) = argument.get_env() else { continue };
        let variable = variables
            .entry(name.to_string_lossy().into_owned())
            .or_insert_with(|| Variable::of(argument));
        // A global argument is seen again in each sub-command.
        let covered = variable.takers.iter().any(|it| path.starts_with(&format!("{it} ")));
        if !covered && !variable.takers.iter().any(|it| it == path) {
            variable.takers.push(path.to_owned());
        }
    }
    for subcommand in command.get_subcommands().filter(|it| it.get_name() != "help") {
        collect(subcommand, &format!("{path} {}", subcommand.get_name()), variables);
    }
}

impl Variable {
    fn of(argument: &Arg) -> Self {
        let takes_value = argument.get_action().takes_values();
        let named =
            argument.get_value_names().and_then(|it| it.first()).map(clap::builder::Str::as_str);
        let value = format!(" <{}>", named.unwrap_or(argument.get_id().as_str()));
        let value = if takes_value { value.as_str() } else { "" };
        let flag = argument.get_long().filter(|_| !argument.is_hide_set());
        let defaults = argument.get_default_values();
        let default = defaults.first().filter(|_| takes_value);
        let meaning = argument.get_long_help().or_else(|| argument.get_help());
        let possible: Vec<_> = argument
            .get_possible_values()
            .iter()
            .filter(|it| takes_value && !it.is_hide_set())
            .map(|it| format!("`{}`", it.get_name()))
            .collect();
        let mut meaning = cell(&meaning.map(ToString::to_string).unwrap_or_default());
        if !possible.is_empty() {
            let _ = write!(meaning, " One of {}.", possible.join(", "));
        }
        Self {
            flag: flag.map_or_else(String::new, |it| format!("`--{it}{value}`")),
            default: default.map_or_else(String::new, |it| format!("`{}`", it.to_string_lossy())),
            meaning,
            takers: Vec::new(),
        }
    }
}

/// Text that stays within a cell: one line, and no bar that ends it.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests;

//! `docs/cli.md`: every command of the command line, from the definition that parses them.

use std::fmt::Write as _;

use clap::{Arg, Command};

const INTRODUCTION: &str = "\
<!-- Written by `cargo xtask codegen` from the command's definition. Do not edit. -->

# Command line

";

const REMARKS: &str = "\
Wherever a page is asked for (`PAGE`), its id, its address in a browser, or a tiny link (`…/wiki/x/…`)
can be given; an address of another site than the configured one is refused.

Output is text for people, or Confluence's own JSON with `--output json`; then errors are one JSON
object on standard error. `--all` pages through a whole list and writes one JSON object a line, whatever
the output. `--dry-run` shows a request instead of sending it. What deletes asks on a terminal, and
needs `--yes` elsewhere.

`workspace`, `agents`, `connections`, `keys`, `audit` and `auth-mode` are for operators of a server: they
talk to `--server-url` with the key of `CONFLUENCE_SERVER_KEY` (see [operator.md](operator.md)), and need no
account. With `--output json`, their lists are one JSON object a line.

| exit code | meaning |
|---|---|
| 0 | done; also when nobody reads the output any more |
| 1 | Confluence failed, refused, or could not be reached |
| 2 | wrong usage, or a setting that cannot be used; nothing was done |
| 3 | not authenticated |
| 4 | not found, or not visible |
| 5 | conflict: somebody else changed it meanwhile |
| 6 | forbidden, or a missing scope, or read-only |
| 7 | too many requests |
";

/// The document for this program.
pub(super) fn markdown(program: &Command) -> String {
    let mut program = program.clone();
    program.build();
    let mut text = String::from(INTRODUCTION);
    if let Some(about) = program.get_about() {
        let _ = writeln!(text, "`{}`: {about}.\n", program.get_name());
    }
    text.push_str(REMARKS);
    let shared: Vec<_> = program.get_arguments().filter(|it| it.is_global_set()).collect();
    text.push_str("\n## For every command\n\n");
    table(&mut text, shared.iter().copied());
    document(&mut text, &program, program.get_name());
    text
}

fn document(text: &mut String, command: &Command, path: &str) {
    for subcommand in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        let path = format!("{path} {}", subcommand.get_name());
        let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
        if subcommand.has_subcommands() {
            let _ = writeln!(text, "\n## `{}`\n\n{about}.", subcommand.get_name());
            document(text, subcommand, &path);
            continue;
        }
        // A command without sub-commands stands beside those with some.
        let level = if path.matches(' ').count() == 1 { "##" } else { "###" };
        let usage = subcommand.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ");
        let _ = writeln!(text, "\n{level} `{path}`\n\n{about}.\n\n```text\n{usage}\n```\n");
        table(text, subcommand.get_arguments().filter(|it| !it.is_global_set()));
    }
}

fn table<'a>(text: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    let shown = arguments.filter(|it| !it.is_hide_set() && it.get_id() != "help");
    let shown: Vec<_> = shown.filter(|it| it.get_id() != "version" || it.is_global_set()).collect();
    if shown.is_empty() {
        return;
    }
    text.push_str("| argument | default | meaning |\n|---|---|---|\n");
    for argument in shown {
        let defaults = argument.get_default_values();
        let default = defaults.first().filter(|_| {
            argument.get_action().takes_values() && !argument.is_hide_default_value_set()
        });
        let default = default.map_or_else(String::new, |it| format!("`{}`", it.to_string_lossy()));
        let words: Vec<_> = argument
            .get_possible_values()
            .iter()
            .filter(|it| argument.get_action().takes_values() && !it.is_hide_set())
            .map(|it| format!("`{}`", it.get_name()))
            .collect();
        let meaning = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let mut meaning = meaning.split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() {
            let stop = if meaning.ends_with('.') { "" } else { "." };
            let _ = write!(meaning, "{stop} One of {}.", words.join(", "));
        }
        let _ = writeln!(
            text,
            "| `{}` | {default} | {} |",
            name(argument),
            meaning.replace('|', "\\|")
        );
    }
}

/// An argument as it is typed.
fn name(argument: &Arg) -> String {
    let named = argument.get_value_names().and_then(|it| it.first());
    let value =
        named.map_or_else(|| argument.get_id().to_string().to_uppercase(), ToString::to_string);
    let value = if argument.get_action().takes_values() { value } else { String::new() };
    match (argument.get_short(), argument.get_long()) {
        (_, None) => format!("<{value}>"),
        (short, Some(long)) => {
            let short = short.map(|it| format!("-{it}, ")).unwrap_or_default();
            let value = if value.is_empty() { value } else { format!(" <{value}>") };
            format!("{short}--{long}{value}")
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, Command};

    use super::markdown;

    #[test]
    fn commands_are_listed_with_their_arguments_and_hidden_ones_are_not() {
        let get = Command::new("get").about("Shows one").arg(Arg::new("id").required(true));
        let get = get.arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("a|b"));
        let program = Command::new("demo")
            .about("Demo")
            .arg(Arg::new("site").long("site").global(true).help("The site."))
            .arg(Arg::new("secret").long("secret").global(true).hide(true))
            .subcommand(Command::new("pages").about("Pages").subcommand(get))
            .subcommand(Command::new("man").hide(true));
        let text = markdown(&program);
        assert!(text.contains("## `pages`\n\nPages.\n\n### `demo pages get`"), "{text}");
        assert!(text.contains("| `<ID>` |"), "{text}");
        assert!(text.contains("| `--all` |  | a\\|b |"), "{text}");
        assert_eq!(text.matches("`--site <SITE>`").count(), 1, "{text}");
        assert!(!text.contains("secret") && !text.contains("man`"), "{text}");
    }
}

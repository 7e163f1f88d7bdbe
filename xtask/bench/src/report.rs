//! What was measured, as Markdown.

use std::fmt::Write as _;

use crate::bounds::Verdict;
use crate::goals;
use crate::latency::{Turn, real};
use crate::measure::Measured;
use crate::rounds::{Load, Series};
use crate::usage::Memory;

/// The measured part of the document.
pub(crate) fn markdown(measured: &Measured, verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    machine(&mut text, measured);
    goals(&mut text, measured);
    starts(&mut text, measured);
    memory(&mut text, measured);
    speed(&mut text, measured);
    against(&mut text, measured);
    lengths(&mut text, measured);
    let held = verdicts.iter().filter(|it| it.holds()).count();
    heading(&mut text, "Bounds");
    push(
        &mut text,
        &format!("{held} of {} figures hold what `xtask/bench/bounds.toml` says.", verdicts.len()),
    );
    text
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn heading(text: &mut String, name: &str) {
    push(text, &format!("\n## {name}\n"));
}

/// A table: its head, then its rows, cells separated by bars. All columns but the first are figures.
fn table(text: &mut String, head: &str, rows: impl IntoIterator<Item = String>) {
    let columns = head.split('|').count();
    push(text, &format!("| {head} |"));
    push(text, &format!("|---{}|", "|---:".repeat(columns - 1)));
    for row in rows {
        push(text, &format!("| {row} |"));
    }
    text.push('\n');
}

fn machine(text: &mut String, measured: &Measured) {
    let it = &measured.machine;
    let _ = writeln!(
        text,
        "Measured on {}: {} cores of {}, {} GiB, {}, {}; load average before: {}.",
        it.date, it.cores, it.processor, it.memory_gib, it.system, it.compiler, it.load
    );
}

fn goals(text: &mut String, measured: &Measured) {
    heading(text, "Goals");
    let rows = goals::all(measured).into_iter().map(|it| {
        let state = match (&it.measured, it.met) {
            (None, _) => "not measured",
            (_, true) => "met",
            (_, false) => "**missed**",
        };
        let figure = it.measured.unwrap_or_else(|| "–".to_owned());
        format!("{} | {} | {figure} | {state}", it.name, it.wanted)
    });
    table(text, "figure | goal | measured | ", rows);
}

fn starts(text: &mut String, measured: &Measured) {
    heading(text, "Start");
    push(text, "From the start of the process until the whole answer is there.\n");
    let rows = measured.starts.iter().map(|it| {
        let at = |part| it.durations.quantile(part).as_secs_f64() * 1e3;
        format!("{} | {:.2} | {:.2}", it.name, at(0.5), at(0.95))
    });
    table(text, "start | median, ms | p95, ms", rows);
}

fn memory(text: &mut String, measured: &Measured) {
    heading(text, "Memory");
    let memories = &measured.memories;
    let row = |name: &str, memory: Memory| {
        let mebibytes = |kib| real(kib) / 1024.0;
        format!(
            "{name} | {:.1} | {:.1} | {:.1}",
            mebibytes(memory.resident),
            mebibytes(memory.anonymous),
            mebibytes(memory.peak)
        )
    };
    let mut rows = vec![
        row("stdio, at rest", memories.stdio_idle),
        row("stdio, after load", memories.stdio_loaded),
        row("HTTP, at rest", memories.http_idle),
    ];
    for (calls, memory) in memories.endurance.iter().skip(3).step_by(4) {
        rows.push(row(&format!("HTTP, after {} calls", grouped(*calls)), *memory));
    }
    table(text, "process | resident, MiB | of it its own | most ever", rows);
}

fn speed(text: &mut String, measured: &Measured) {
    if measured.http.is_empty() {
        return;
    }
    heading(text, "Speed");
    push(
        text,
        "Latency in milliseconds, processor seconds per 1,000 calls. Direct: the same requests, byte for byte, sent straight to the sandbox.\n",
    );
    let rows = measured.http.iter().map(|load| {
        let (own, direct) = (&load.server, &load.direct);
        format!(
            "{} | {} | {} | {} | {:+.3}",
            load.workload,
            load.in_flight,
            latency(direct),
            latency(own),
            own.added_to(direct) / 1e3
        )
    });
    table(
        text,
        "HTTP | in flight | direct p50 | p99 | calls/s | server p50 | p99 | calls/s | added p50",
        rows,
    );
    let rows = measured.http.iter().map(|load| {
        let requests = measured.requests.iter().find(|(name, _)| *name == load.workload);
        format!(
            "{} | {} | {} | {} | {}",
            load.workload,
            load.in_flight,
            processor(&load.server),
            seconds(load.direct.processor(|it: &Turn| it.sandbox)),
            requests.map_or_else(|| "–".to_owned(), |(_, it)| it.to_string()),
        )
    });
    table(
        text,
        "per 1,000 calls | in flight | server, s | sandbox, s | load, s | sandbox when asked directly, s | requests to Confluence",
        rows,
    );
    let rows = measured.stdio.iter().map(|load| {
        format!(
            "{} | {} | {} | {}",
            load.workload,
            load.in_flight,
            latency(&load.server),
            processor(&load.server)
        )
    });
    table(text, "stdio | in flight | p50 | p99 | calls/s | server, s | sandbox, s | load, s", rows);
}

fn against(text: &mut String, measured: &Measured) {
    let both = |load: &Load| {
        let other = load.against.as_ref()?;
        Some(format!(
            "{} | {} | {} | {} | {} | {}",
            load.workload,
            load.in_flight,
            latency(other),
            seconds(other.processor(|it: &Turn| it.server)),
            latency(&load.server),
            seconds(load.server.processor(|it: &Turn| it.server)),
        ))
    };
    let loads = |name: &'static str, loads: &[Load]| -> Vec<String> {
        loads.iter().filter_map(both).map(|it| format!("{name}, {it}")).collect()
    };
    let rows = [loads("HTTP", &measured.http), loads("stdio", &measured.stdio)].concat();
    if rows.is_empty() {
        return;
    }
    heading(text, "Against the other build");
    table(
        text,
        "| in flight | other p50 | p99 | calls/s | server, s | this p50 | p99 | calls/s | server, s",
        rows,
    );
}

fn latency(series: &Series) -> String {
    format!(
        "{:.3} | {:.3} | {:.0}",
        series.p50() / 1e3,
        series.p99() / 1e3,
        series.calls_per_second()
    )
}

fn processor(series: &Series) -> String {
    let parts: [fn(&Turn) -> u64; 3] = [|it| it.server, |it| it.sandbox, |it| it.load];
    parts.map(|part| seconds(series.processor(part))).join(" | ")
}

/// Milliseconds per call are seconds per 1,000 calls.
fn seconds(figure: f64) -> String {
    format!("{figure:.3}")
}

fn lengths(text: &mut String, measured: &Measured) {
    heading(text, "Lengths");
    push(
        text,
        "What a model reads. Tokens are those of `o200k_base`; other models' are near. The answers are verbose ones, on the demo.\n",
    );
    let lengths = &measured.lengths;
    let all = [&lengths.tools, &lengths.instructions].into_iter().chain(&lengths.answers);
    let rows = all.map(|it| {
        format!("{} | {} | {}", it.name, grouped(it.bytes as u64), grouped(it.tokens as u64))
    });
    table(text, "text | bytes | tokens", rows);
}

/// With commas: `1,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let texts = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_table_has_a_rule_below_its_head() {
        let mut text = String::new();
        table(&mut text, "a | b", ["1 | 2".to_owned()]);
        assert_eq!(text, "| a | b |\n|---|---:|\n| 1 | 2 |\n\n");
    }
}

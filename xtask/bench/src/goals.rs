//! What was set as a goal before anything was built, and what came of it.

use crate::latency::real;
use crate::measure::Measured;
use crate::start;

/// A goal and what was measured.
#[derive(Debug)]
pub(crate) struct Goal {
    pub(crate) name: &'static str,
    pub(crate) wanted: &'static str,
    /// `None` where nothing was measured.
    pub(crate) measured: Option<String>,
    pub(crate) met: bool,
}

/// All goals.
pub(crate) fn all(measured: &Measured) -> Vec<Goal> {
    let memories = &measured.memories;
    let mebibytes = |kib: u64| real(kib) / 1024.0;
    vec![
        most("spawn to first answer, stdio", 5.0, "5 ms", measured.start(start::STDIO), "ms"),
        most("`confluence-cli --version`", 3.0, "3 ms", measured.start(start::CLI), "ms"),
        most(
            "memory at rest, stdio",
            8.0,
            "8 MiB",
            Some(mebibytes(memories.stdio_idle.resident)),
            "MiB",
        ),
        most(
            "memory at rest, HTTP",
            12.0,
            "12 MiB",
            Some(mebibytes(memories.http_idle.resident)),
            "MiB",
        ),
        most(
            "memory after load, HTTP",
            40.0,
            "40 MiB",
            Some(mebibytes(memories.http_loaded().resident)),
            "MiB",
        ),
        most(
            "memory gained in the second half of all calls",
            1.0,
            "flat: 1 MiB",
            Some(mebibytes(memories.growth())),
            "MiB",
        ),
        most(
            "median latency added to a direct request, 20 KB",
            0.15,
            "0.15 ms",
            measured.main(1).map(|it| it.server.added_to(&it.direct) / 1e3),
            "ms",
        ),
        least(
            "getBody 20 KB per second, 64 in flight",
            8000.0,
            "8,000",
            measured.main(64).map(|it| it.server.calls_per_second()),
        ),
        most("server program", 15.0, "15 MB", Some(measured.server_megabytes()), "MB"),
        most(
            "`tools/list`",
            9000.0,
            "9,000 bytes",
            Some(real(measured.lengths.tools.bytes as u64)),
            "bytes",
        ),
    ]
}

fn most(
    name: &'static str,
    bound: f64,
    wanted: &'static str,
    measured: Option<f64>,
    unit: &str,
) -> Goal {
    let met = measured.is_some_and(|it| it <= bound);
    let measured = measured.map(|it| {
        let digits = if it >= 1000.0 { 0 } else { 2 };
        format!("{it:.digits$} {unit}")
    });
    Goal { name, wanted, measured, met }
}

fn least(name: &'static str, bound: f64, wanted: &'static str, measured: Option<f64>) -> Goal {
    let met = measured.is_some_and(|it| it >= bound);
    Goal { name, wanted, measured: measured.map(|it| format!("{it:.0}")), met }
}

//! Reads ten thousand pages with their bodies; memory holds one answer at a time.

use std::{
    fs,
    io::{self, Write},
    pin::pin,
    time::Instant,
};

use confluence_api::{BoxError, body::BodyFormat, pages::ListPages};
use confluence_sandbox::Sandbox;
use futures::TryStreamExt;

use account::Arguments;

mod account;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    run(std::env::args().skip(1), &mut io::stdout()).await
}

pub(crate) async fn run(
    arguments: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let arguments = Arguments::parse(arguments)?;
    let account = arguments.open(Sandbox::builder().generate(10_000)).await?;

    let all = ListPages {
        body_format: Some(BodyFormat::Storage),
        // Fewer requests; the largest answer that Confluence gives.
        limit: Some(250),
        ..ListPages::default()
    };
    let started = Instant::now();
    let (mut count, mut bytes) = (0_usize, 0_usize);
    let mut pages = pin!(account.client.stream(all));
    while let Some(page) = pages.try_next().await? {
        count += 1;
        bytes += page.body_text().map_or(0, str::len);
        if count % 2_500 == 0 {
            writeln!(out, "{count:>6} pages, {:>5} kB of text{}", bytes / 1_000, memory())?;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    writeln!(out, "{count:>6} pages in {seconds:.1} s")?;
    Ok(())
}

/// What this process occupies, the sandbox included, where the system tells it as Linux does.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let number = line.and_then(|it| it.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    number.map(|it| format!(", {} MB in memory", it / 1_000)).unwrap_or_default()
}

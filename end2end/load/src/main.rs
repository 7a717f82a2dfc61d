//! The program: does what it is told, one scenario after the other, and says with its exit code how that went: 0 where all
//! is good, 1 where something was lost, doubled or unequal, or could not be done, 2 where the generator was the bottleneck.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use load::{Args, Report, prepare, scenario::perform};

fn main() -> ExitCode {
    let args = Args::parse();
    prepare(&args);
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(all(&args)),
        Err(error) => complain(&error.into()),
    }
}

async fn all(args: &Args) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for scenario in args.scenarios() {
        match perform(scenario, args).await {
            Ok(report) => {
                tell(&report, args.json);
                if report.is_wrong() {
                    code = ExitCode::FAILURE;
                } else if !report.is_good() && code == ExitCode::SUCCESS {
                    code = ExitCode::from(2);
                }
            }
            Err(error) => code = complain(&error),
        }
    }
    code
}

/// The table where people look; with JSON that is beside it.
fn tell(report: &Report, json: bool) {
    if json {
        writeln!(io::stderr(), "{}", report.table()).ok();
        writeln!(io::stdout(), "{}", report.json()).ok();
    } else {
        writeln!(io::stdout(), "{}", report.table()).ok();
    }
}

fn complain(error: &anyhow::Error) -> ExitCode {
    writeln!(io::stderr(), "load: {error:#}").ok();
    ExitCode::FAILURE
}

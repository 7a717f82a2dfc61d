//! The program: does what it is told, one scenario after the other, and says with its exit code how that went: 0 where all
//! is good, 1 where something was lost, doubled or unequal, or could not be done, 2 where the generator was the bottleneck.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use load::{Args, Report, prepare, runtime, scenario::perform};

fn main() -> ExitCode {
    let args = Args::parse();
    prepare(&args);
    match runtime() {
        Ok(runtime) => runtime.block_on(async {
            tokio::select! {
                code = all(&args) => code,
                // What was started here ends with what is dropped.
                () = told_to_stop() => ExitCode::FAILURE,
            }
        }),
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

/// Ctrl-C, or SIGTERM.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
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

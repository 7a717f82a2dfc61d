//! Small versions of the scenarios against a server in this process: nothing is lost, doubled or unequal, and the figures
//! are those of what was done.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use clap::Parser;
use load::{Args, Report, Scenario, scenario::perform};
use server::{Config, Server, config::Limits, server::Running};
use tokio::net::TcpListener;

const SECRET: &str = "a secret for the load generator, long enough for production";

async fn server() -> Running {
    let config = Config {
        jwt_secret: Some(SECRET.to_owned()),
        limits: Limits::unhurried(),
        ..Config::development()
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    Server::new(config).await.unwrap().listen(listener).unwrap()
}

/// Does what the words say, against a server of its own.
async fn report(scenario: Scenario, words: &str) -> Report {
    let server = server().await;
    let url = format!("http://{}", server.address);
    let pid = std::process::id().to_string();
    let fixed = ["load", "--quiet", "--secret", SECRET, "--url", &url, "--pid", &pid];
    let args = Args::try_parse_from(fixed.into_iter().chain(words.split_whitespace())).unwrap();
    let report = perform(scenario, &args).await.unwrap();
    server.shutdown().await;
    assert!(!report.is_wrong(), "{}", report.table());
    report
}

fn figure(report: &Report, key: &str) -> f64 {
    report
        .figure(key)
        .unwrap_or_else(|| panic!("no {key} in {}", report.json()))
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_everybody_move_and_hears_what_they_say() {
    for batch in ["", "--no-batch"] {
        let words = format!("--rooms 2 --members 4 --moves 10 --chat-every 0.5 --duration 1 {batch}");
        let report = report(Scenario::FanOut, &words).await;
        assert_eq!(figure(&report, "connections"), 8.0);
        assert!(figure(&report, "moves") > 20.0, "{}", report.table());
        assert_eq!(figure(&report, "chat_expected"), figure(&report, "chat_delivered"));
        assert!(figure(&report, "delivered") <= figure(&report, "expected"));
        assert!(figure(&report, "chat_p99_ms") > 0.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_let_in() {
    let report = report(Scenario::Storm, "--connections 60 --at-once 20").await;
    assert_eq!(
        (figure(&report, "joined"), figure(&report, "disconnected")),
        (60.0, 0.0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_held_loses_nothing() {
    let report = report(Scenario::Idle, "--connections 30 --hold 1 --chat-every 1").await;
    assert_eq!(figure(&report, "connections"), 30.0);
    assert!(figure(&report, "expected") > 0.0);
    assert_eq!(figure(&report, "expected"), figure(&report, "delivered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_document_is_the_same_for_all_who_edit_it() {
    let report = report(Scenario::Document, "--members 6 --edits 20 --duration 1").await;
    assert!(figure(&report, "edits_heard") > 60.0, "{}", report.table());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_cut_off_comes_back_to_all_of_it() {
    let report = report(Scenario::Reconnect, "--rooms 2 --members 5 --chat-every 0.1 --edits 2").await;
    assert_eq!(
        (figure(&report, "disconnected"), figure(&report, "back_1")),
        (10.0, 10.0)
    );
    assert_eq!(figure(&report, "expected"), figure(&report, "delivered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_come_and_go() {
    let report = report(Scenario::Soak, "--joins 50 --at-once 10").await;
    assert_eq!(figure(&report, "joins"), 50.0);
    assert!(figure(&report, "delivered") >= 250.0, "{}", report.table());
}

#[tokio::test]
async fn what_cannot_be_done_is_told_in_words() {
    let args = Args::try_parse_from(["load", "storm"]).unwrap();
    let error = perform(Scenario::Storm, &args).await.unwrap_err();
    assert!(error.to_string().contains("--url"), "{error:#}");
    let args = Args::try_parse_from(["load", "--url", "http://127.0.0.1:9"]).unwrap();
    let error = perform(Scenario::CrossReplica, &args).await.unwrap_err();
    assert!(format!("{error:#}").contains("each replica"), "{error:#}");
}

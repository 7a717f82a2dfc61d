//! Rules of the house that no lint knows, as tests: `cargo test` is the whole gate.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::workspace;

/// What is built, fetched or kept by git is nobody's to tidy.
const NOT_OURS: [&str; 6] = [
    ".git",
    "target",
    "node_modules",
    "test-results",
    "playwright-report",
    "data",
];

/// Every file of ours, relative to the workspace.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![workspace::root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !NOT_OURS.contains(&name.as_str()) {
                folders.push(path);
            } else if path.is_file() {
                files.push(path.strip_prefix(workspace::root()).unwrap().to_owned());
            }
        }
    }
    files
}

fn text(path: &Path) -> String {
    fs::read_to_string(workspace::root().join(path)).unwrap()
}

fn rust_files() -> impl Iterator<Item = PathBuf> {
    files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
}

#[test]
fn every_file_says_what_it_owns() {
    let silent: Vec<PathBuf> = rust_files().filter(|path| !text(path).starts_with("//!")).collect();
    assert!(silent.is_empty(), "no //! at the top of {silent:?}");
}

#[test]
fn no_page_asks_where_it_runs_by_a_cargo_feature() {
    let asking: Vec<PathBuf> = rust_files()
        .filter(|path| path.starts_with("app/src") && text(path).contains("cfg(feature"))
        .collect();
    assert!(asking.is_empty(), "cfg(feature) in {asking:?}");
}

/// People's words become text. What becomes HTML is ours, and in a constant.
#[test]
fn html_is_never_made_from_words() {
    let ways = [
        "inner_html",
        "outer_html",
        "insert_adjacent_html",
        "document.write",
        "eval(",
    ];
    let known = [("app/src/pages/room.rs", "<noscript inner_html=WITHOUT_SCRIPT />")];
    for path in rust_files().filter(|path| path.starts_with("app/src") || path.starts_with("frontend/src")) {
        let is_known = |line: &str| {
            known
                .iter()
                .any(|(place, words)| path.ends_with(place) && line.trim() == *words)
        };
        for line in text(&path).lines().filter(|line| !is_known(line)) {
            let way = ways.iter().find(|way| line.contains(**way));
            assert_eq!(way, None, "{}: {line}", path.display());
        }
    }
}

/// The map names files by the end of their path, as people do.
#[test]
fn every_file_on_the_map_is_there() {
    let files = files();
    let there = |name: &str| files.iter().any(|path| path.ends_with(name));
    for document in ["ARCHITECTURE.md", "README.md"] {
        let text = text(Path::new(document));
        let named = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| name.ends_with(".rs") && !name.contains(['*', ' ']));
        for name in named {
            assert!(there(name), "{document} names {name}, which is not there");
        }
    }
}

/// What the map itself names: folders, and files beside the README.
#[test]
fn every_place_on_the_map_is_there() {
    let architecture = text(Path::new("ARCHITECTURE.md"));
    let map = architecture
        .split("\n## The map\n")
        .nth(1)
        .unwrap()
        .split("```")
        .nth(1)
        .unwrap();
    let names = map.lines().flat_map(|line| line.split("  ").next().unwrap().split(' '));
    for name in names.filter(|name| !name.is_empty()) {
        assert!(
            workspace::root().join(name).exists(),
            "the map names {name}, which is not there"
        );
    }
}

/// Nobody builds the image on every change, so what would break it is looked for here.
#[test]
fn every_member_of_the_workspace_is_let_into_the_image() {
    let (manifest, rules) = (text(Path::new("Cargo.toml")), text(Path::new(".dockerignore")));
    let members = manifest
        .split("\nmembers = [")
        .nth(1)
        .unwrap()
        .split(']')
        .next()
        .unwrap();
    for member in members.split('"').skip(1).step_by(2) {
        let is_below = |folder: &str| Path::new(member).starts_with(folder);
        let last_word = rules.lines().filter(|rule| !rule.is_empty()).rfind(|rule| {
            let place = rule.trim_start_matches('!');
            is_below(place) || place.strip_suffix('*').is_some_and(is_below)
        });
        assert!(
            last_word.is_some_and(|rule| rule.starts_with('!')),
            "{member} is left out by .dockerignore"
        );
    }
}

#[test]
fn the_image_is_built_by_a_compiler_that_is_new_enough() {
    let number = |text: &str, before: &str| -> Vec<u32> {
        let digits = text.split(before).nth(1).unwrap();
        let digits = digits.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap();
        digits.split('.').map(|number| number.parse().unwrap()).collect()
    };
    let oldest = number(&text(Path::new("Cargo.toml")), "rust-version = \"");
    for stage in text(Path::new("Dockerfile"))
        .lines()
        .filter(|line| line.starts_with("FROM rust:"))
    {
        assert!(
            number(stage, "rust:") >= oldest,
            "{stage}: Cargo.toml asks for {oldest:?}"
        );
    }
}

/// The seams that the map promises.
#[test]
fn libraries_are_named_only_where_they_belong() {
    let gateway = |path: &Path| path.starts_with("server/src/gateway") || path.ends_with("gateway.rs");
    let room = |path: &Path| path.starts_with("server/src/room") || path.ends_with("room.rs");
    let shares = |path: &Path| {
        let places = [
            "server/src/cluster",
            "server/src/cluster.rs",
            "server/src/store/redis.rs",
        ];
        places.iter().any(|place| path.starts_with(place))
    };
    for path in rust_files().filter(|path| path.starts_with("server/src")) {
        let text = text(&path);
        let names = |library: &str| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.into_iter().any(|line| line.contains(&format!("{library}::")))
        };
        assert!(
            gateway(&path) || !names("socketioxide"),
            "{} names socketioxide",
            path.display()
        );
        assert!(shares(&path) || !names("fred"), "{} names fred", path.display());
        assert!(
            !room(&path) || gateway(&path) || !names("axum"),
            "{} names axum",
            path.display()
        );
    }
}

//! Holds the rooms of the server against their order: each may use those that stand before it, and none of those behind.

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground floor up.
const ORDER: [&str; 45] = [
    "clock",
    "crash",
    "process_name",
    "stop",
    "doors",
    "shares",
    "causes",
    "file",
    "digest",
    "secret",
    "fold",
    "look_alike",
    "source_name",
    "manner",
    "mask",
    "error_classes",
    "openbao_errors",
    "outgoing",
    "event",
    "config",
    "veil",
    "store",
    "identity",
    "watched",
    "jobs",
    "index",
    "pseudonyms",
    "reports",
    "exports",
    "risk",
    "behavior",
    "story",
    "reviews",
    "views",
    "retention",
    "backups",
    "ingest",
    "operations",
    "exposure",
    "notifications",
    "demo",
    "http",
    "cli",
    "lib",
    "main",
];

/// Every file of a folder and of those in it.
pub(crate) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The names behind each `crate::`, alone or in braces.
fn rooms(text: &str) -> Vec<&str> {
    let name = |path: &'_ str| path.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(path.len());
    let mut found = Vec::new();
    for path in text.split("crate::").skip(1) {
        let Some(group) = path.strip_prefix('{') else {
            found.push(&path[..name(path)]);
            continue;
        };
        let (mut depth, mut begins) = (0, true);
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                _ if begins && !letter.is_whitespace() => {
                    begins = false;
                    found.push(&group[at..at + name(&group[at..])]);
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn the_names_of_rooms_are_found_alone_and_in_groups() {
    let text = "use crate::store::Store; use crate::{cli::{self, Out}, http, \n    jobs::Job}; crate::mask::line(x)";
    assert_eq!(rooms(text), ["store", "cli", "http", "jobs", "mask"]);
}

#[test]
fn imports_never_run_upward() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let place = |room: &str| ORDER.iter().position(|known| *known == room);
    let (mut all, mut upward) = (Vec::new(), Vec::new());
    files(&source, &mut all);
    assert!(all.len() > 200, "these are all files");
    for path in all {
        let below = path.strip_prefix(&source).expect("below");
        let room = below.iter().next().and_then(|room| room.to_str()).expect("a name").trim_end_matches(".rs");
        if ["layers", "rings", "guides"].contains(&room) {
            continue;
        }
        let own = place(room).unwrap_or_else(|| panic!("{room} has no place in the order"));
        let text = fs::read_to_string(&path).expect("text");
        for used in rooms(&text) {
            if place(used).is_some_and(|used| used > own) {
                upward.push(format!("{} uses {used}", below.display()));
            }
        }
    }
    assert!(upward.is_empty(), "{upward:#?}");
}

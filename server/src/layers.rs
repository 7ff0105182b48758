//! Holds the rooms of the server against their order: each may use those that stand before it, and none of those behind.

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground floor up.
const ORDER: [&str; 25] = [
    "clock",
    "crash",
    "stop",
    "file",
    "digest",
    "secret",
    "source_name",
    "mask",
    "error_classes",
    "outgoing",
    "event",
    "config",
    "store",
    "reports",
    "identity",
    "jobs",
    "retention",
    "ingest",
    "operations",
    "notifications",
    "demo",
    "http",
    "cli",
    "lib",
    "main",
];

/// Every file of a folder and of those in it.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
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
        if room == "layers" {
            continue;
        }
        let own = place(room).unwrap_or_else(|| panic!("{room} has no place in the order"));
        let text = fs::read_to_string(&path).expect("text");
        for used in text.split("crate::").skip(1) {
            let used = used.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap_or_default();
            if place(used).is_some_and(|used| used > own) {
                upward.push(format!("{} uses {used}", below.display()));
            }
        }
    }
    assert!(upward.is_empty(), "{upward:#?}");
}

//! Holds the guides for those who change Vigia against the sources: the files and tests they name are there, and adding a report costs what they say.

use std::fs;
use std::path::{Path, PathBuf};

const GUIDES: [&str; 3] = ["docs/ADDING_A_REPORT.md", "docs/RECIPES.md", "CONTRIBUTING.md"];

/// What is searched for names of tests, and for whoever knows a report by name.
const SOURCES: [&str; 7] = ["app/src", "app/words", "server/src", "server/tests", "server/migrations", "end2end", "style"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether a path lies in what a build, a test or a run makes, and a clean checkout has not: what `.gitignore` lists.
fn is_made(path: &str) -> bool {
    let ignored = fs::read_to_string(root().join(".gitignore")).expect("the list of what is made");
    ignored
        .lines()
        .filter_map(|line| line.strip_suffix('/'))
        .any(|made| format!("/{path}/").contains(&format!("/{}/", made.trim_start_matches('/'))))
}

/// Every file of a folder and of those in it, and its text; from the root.
fn texts(folder: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(root().join(folder)).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let path = format!("{folder}/{name}");
        if is_made(&path) || name == "snapshots" || name.starts_with('.') {
            continue;
        } else if root().join(&path).is_dir() {
            texts(&path, found);
        } else if let Ok(text) = fs::read_to_string(root().join(&path)) {
            found.push((path, text));
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    SOURCES.iter().for_each(|folder| texts(folder, &mut found));
    found.sort();
    found
}

/// What stands between backticks, not in the indented blocks.
fn quoted(guide: &str) -> Vec<&str> {
    guide.split('`').skip(1).step_by(2).filter(|quoted| !quoted.contains(char::is_whitespace)).collect()
}

#[test]
fn files_and_tests_that_the_guides_name_are_there() {
    let sources = sources();
    let (mut files, mut tests) = (0, 0);
    for guide in GUIDES {
        let text = fs::read_to_string(root().join(guide)).expect("a guide");
        for name in quoted(&text) {
            if name.contains('/') && name.is_ascii() && !name.starts_with('/') {
                if is_made(name) {
                    continue;
                }
                files += 1;
                assert!(root().join(name).exists(), "{guide} names {name}, and there is no such file");
            } else if name.matches('_').count() >= 3 {
                tests += 1;
                let declared = format!("fn {name}(");
                assert!(sources.iter().any(|(_, text)| text.contains(&declared)), "{guide} names {name}, and there is no such test");
            }
        }
    }
    assert!(files > 40 && tests > 12, "{files} files, {tests} tests");
}

/// The lines of a source that are no test's.
fn own_lines<'a>(path: &str, text: &'a str) -> Vec<&'a str> {
    // Every new database has the tables of the feature's report printed into it; other reports have files of their own, which are found.
    let feature = path == "server/src/store/migrations.rs";
    let is_test = feature || path.starts_with("server/tests") || path.ends_with("tests.rs") || path == "server/src/guides.rs";
    if is_test { Vec::new() } else { text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().collect() }
}

/// The declaration, its words, and every other line that knows the report by name. What makes it a feature is not what a report costs.
#[test]
fn a_fifth_report_costs_what_the_guide_says() {
    let (mut lines, mut files) = (0, Vec::new());
    for (path, text) in sources() {
        let own = own_lines(&path, &text);
        let named = |line: &&&str| ["account_discovery", "ACCOUNT_DISCOVERY", "account-discovery"].iter().any(|name| line.contains(name));
        let whole = path.ends_with("/account_discovery.rs") || path == "app/words/fifth-report/en.ini";
        let count = if whole { own.len() } else { own.iter().filter(named).count() };
        if count > 0 {
            lines += count;
            files.push(path);
        }
    }
    assert_eq!(files, ["app/src/reports/account_discovery.rs", "app/src/reports/mod.rs", "app/words/fifth-report/en.ini"]);
    assert!(lines <= 120, "{lines} lines");
    let guide = fs::read_to_string(root().join(GUIDES[0])).expect("a guide");
    assert!(guide.contains(&format!("**{lines} lines in {} files**", files.len())), "the guide has another figure than {lines} lines");
}

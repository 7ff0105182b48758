//! Lists the migrations of each database by the files there are, in the order of their numbers.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let (sqlite, postgres) = (steps(&root.join("migrations/sqlite")), steps(&root.join("migrations/postgres")));
    let names = |steps: &[PathBuf]| steps.iter().map(|path| path.file_name().map(ToOwned::to_owned)).collect::<Vec<_>>();
    assert!(names(&sqlite) == names(&postgres), "each migration has a file for SQLite and one for PostgreSQL, of the same name");
    let list = |name: &str, steps: &[PathBuf]| {
        let texts: Vec<_> = steps.iter().map(|path| format!("include_str!({path:?})")).collect();
        format!("const {name}: &[&str] = &[{}];\n", texts.join(", "))
    };
    fs::write(out.join("migrations.rs"), list("SQLITE", &sqlite) + &list("POSTGRES", &postgres)).expect("OUT_DIR can be written");
}

/// The files of a folder, named `0001_events.sql` and so on without a gap.
fn steps(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder of migrations");
    let mut steps: Vec<_> = files.map(|file| file.expect("a migration").path()).collect();
    steps.sort();
    for (at, path) in steps.iter().enumerate() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let numbered = name.starts_with(&format!("{:04}_", at + 1)) && name.ends_with(".sql");
        assert!(numbered, "{} is not migration {} of a row without a gap", path.display(), at + 1);
    }
    steps
}

//! What every command of the command line leaves in Audit tracking: the program itself, on a database.

use crate::house::{House, view};
use clap::CommandFactory as _;
use std::collections::HashSet;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigia::index::Index;
use vigia::store::{self, ResolvedQuery, Store};
use vigia_app::model::{Cell, Query, Test, Timestamp};
use vigia_app::reports::AUDIT_TRACKING;

/// Operation, entity, and what the name of the entity has in it.
type Row = (&'static str, &'static str, &'static str);

/// What is decided for a command.
enum Decided {
    /// It is run so, with this on its standard input, and leaves these rows; `FOLDER`, `ARCHIVE` stand for places.
    Rows(&'static str, &'static str, &'static [Row]),
    /// It is run so until the first row is there, is stopped, and leaves these rows.
    Follows(&'static str, &'static [Row]),
    /// It leaves none, because.
    None(&'static str),
}
use Decided::{Follows, None as Nothing, Rows};

const PASSWORD: &str = "violet harbor 12\n";

/// In the order in which they are run. A command that is not here fails the test.
const DECIDED: &[(&str, Decided)] = &[
    ("serve", Nothing("what it does has rows of its own, when it is done")),
    ("mapping check", Nothing("it opens no database, and stores nothing")),
    ("mapping try", Nothing("it opens no database, and stores nothing")),
    ("demo device", Nothing("it is what a script of the demo calls; the attempt that calls it has its row")),
    ("demo vault get", Nothing("as demo device")),
    ("demo vault put", Nothing("as demo device")),
    ("risk evaluate", Nothing("it opens no database")),
    ("config show", Nothing("it opens no database, and hides what is secret")),
    ("index status", Nothing("it shows the sizes of files, and nothing of events or people")),
    ("user add", Rows("user add ana --role admin --password-stdin", PASSWORD, &[("Creation", "User", "ana")])),
    ("user add", Rows("user add ana --role admin --password-stdin", PASSWORD, &[("Execution", "Command", "vigia user")])),
    ("user passwd", Rows("user passwd ana --password-stdin", "amber lantern 34\n", &[("Update", "User", "ana")])),
    ("user passwd", Rows("user passwd nobody --password-stdin", PASSWORD, &[("Execution", "Command", "vigia user")])),
    ("user list", Rows("user list", "", &[("Read", "User", "All")])),
    ("token create", Rows("token create bao --scope write --source vault", "", &[("Creation", "Token", "bao")])),
    ("token list", Rows("token list", "", &[("Read", "Token", "All")])),
    ("token revoke", Rows("token revoke bao", "", &[("Revocation", "Token", "bao")])),
    ("user disable", Rows("user disable ana", "", &[("Update", "User", "ana")])),
    ("user enable", Rows("user enable ana", "", &[("Update", "User", "ana")])),
    (
        "import",
        Rows(
            "import --format vigia --source app FOLDER/log.ndjson",
            "",
            &[("Creation", "Import", "/log.ndjson"), ("Execution", "Import", "/log.ndjson")],
        ),
    ),
    (
        "import",
        Rows(
            "import --format vigia --source app FOLDER/missing",
            "",
            &[("Creation", "Import", "/missing"), ("Execution", "Import", "/missing")],
        ),
    ),
    ("import", Rows("import --format vigia FOLDER/log.ndjson", "", &[])),
    (
        "tail",
        Follows(
            "tail --format vigia --source app FOLDER/log.ndjson",
            &[("Creation", "Import", "/log.ndjson"), ("Execution", "Import", "/log.ndjson")],
        ),
    ),
    ("quarantine list", Rows("quarantine list --source app", "", &[("Read", "Quarantine", "All lines of source app")])),
    ("quarantine show", Rows("quarantine show 1", "", &[("Read", "Quarantine", "Lines 1")])),
    ("quarantine replay", Rows("quarantine replay --all", "", &[("Update", "Quarantine", "All lines")])),
    ("quarantine drop", Rows("quarantine drop 1", "", &[("Deletion", "Quarantine", "Lines 1")])),
    (
        "demo",
        Rows("demo --events 10 --days 2", "", &[("Creation", "Demo", "10 made-up events"), ("Execution", "Demo", "10 made-up events")]),
    ),
    ("demo", Rows("demo --remove", "", &[("Deletion", "Demo", "Made-up events"), ("Execution", "Demo", "Made-up events")])),
    ("demo", Rows("demo --mend", "", &[("Update", "Demo", "/demo"), ("Execution", "Demo", "/demo")])),
    ("index check", Rows("index check", "", &[("Update", "Index", "index"), ("Execution", "Index", "index")])),
    ("index rebuild", Rows("index rebuild", "", &[("Deletion", "Index", "index"), ("Execution", "Index", "index")])),
    ("backup now", Rows("backup now", "", &[("Creation", "Backup", "-full")])),
    ("backup list", Rows("backup list", "", &[("Read", "Backup", "All")])),
    ("backup keys", Rows("backup keys", "", &[("Read", "Backup", "Keys")])),
    ("backup verify", Rows("backup verify", "", &[("Verification", "Backup", "-full")])),
    ("backup drill", Rows("backup drill", "", &[("Verification", "Backup", "-full")])),
    ("backup drill", Rows("backup drill ARCHIVE --identity FOLDER/key", "", &[("Read", "Backup", "-full")])),
    ("backup fetch", Rows("backup fetch nothing", "", &[("Execution", "Command", "vigia backup")])),
    ("backup prune", Rows("backup prune --dry-run", "", &[("Read", "Backup", "Those to be removed")])),
    ("release", Rows("release", "", &[])),
    ("restore", Rows("restore ARCHIVE --to sqlite://FOLDER/restored.db --identity FOLDER/key", "", &[])),
    (
        "db copy",
        Rows(
            "db copy --from sqlite://FOLDER/vigia.db --to sqlite://FOLDER/copy.db",
            "",
            &[("Export", "Database", "/copy.db"), ("Export", "Database", "/copy.db")],
        ),
    ),
];

/// The commands that do something, as they are called.
fn commands(command: &clap::Command, before: &str, found: &mut Vec<String>) {
    for one in command.get_subcommands() {
        let name = format!("{before}{}", one.get_name());
        if !one.is_subcommand_required_set() {
            found.push(name.clone());
        }
        commands(one, &format!("{name} "), found);
    }
}

#[test]
fn of_every_command_it_is_decided_what_the_trail_says_and_the_documentation_tells() {
    let mut found = Vec::new();
    commands(&vigia::cli::Cli::command(), "", &mut found);
    let decided: HashSet<_> = DECIDED.iter().map(|(name, _)| *name).collect();
    let text = include_str!("../../../docs/operations.md");
    for name in &found {
        assert!(
            decided.contains(&**name),
            "`vigia {name}` is new: decide what it leaves in Audit tracking, here and in docs/operations.md"
        );
        assert!(text.contains(&format!("`{name}`")), "docs/operations.md does not say what `vigia {name}` leaves in Audit tracking");
    }
    assert_eq!(decided.len(), found.len(), "a command that is decided for is gone");
}

struct Scene {
    house: House,
    archive: String,
    seen: HashSet<String>,
}

impl Scene {
    fn command(&self, line: &str) -> Command {
        let folder = self.house.folder.path().display().to_string();
        let database = format!("sqlite://{folder}/vigia.db");
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
        let words = line.split(' ').map(|word| word.replace("FOLDER", &folder).replace("ARCHIVE", &self.archive));
        command.args(words).args(["--database", &database, "--log", "error"]).env_clear();
        command.env("USER", "liar").env("SUDO_USER", "maria").env("SUDO_UID", "1001");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn start(&self, line: &str, input: &str) -> Child {
        let mut child = self.command(line).spawn().expect("runs");
        // A command that reads nothing may have ended.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        child
    }

    fn run(&self, line: &str, input: &str) -> Output {
        self.start(line, input).wait_with_output().expect("ends")
    }

    /// The rows that have come since the last call, oldest first: operation, entity, name; each is by whoever runs this.
    async fn came(&mut self) -> Vec<[String; 3]> {
        let new = rows(self.house.store()).await.into_iter().filter(|row| self.seen.insert(row[0].clone())).collect();
        by_me(new)
    }

    /// The same, once there are so many.
    async fn until(&mut self, count: usize) -> Vec<[String; 3]> {
        let (start, mut found) = (Instant::now(), Vec::new());
        loop {
            found.extend(self.came().await);
            if found.len() >= count || start.elapsed() > Duration::from_secs(60) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Id, operation, entity, name, user, username and origin of all rows of the trail, oldest first.
async fn rows(store: &Arc<dyn Store>) -> Vec<Vec<String>> {
    store.settle().await;
    let columns =
        ["id", "operation", "entity", "entity_name", "user", "username", "origin"].map(|key| AUDIT_TRACKING.column(key).expect("a column"));
    let query = Query {
        limit: 500,
        columns: columns.to_vec(),
        ..Query::all(&AUDIT_TRACKING).narrowed("source", Test::Is(vec!["vigia".to_owned()])).expect("a query")
    };
    let query = ResolvedQuery::new(query, Timestamp::saturating(1_795_356_207_000)).expect("a query");
    let index = Index::default();
    let page = index.page(&**store, &query).await.expect("an answer").expect("rows");
    page.rows.iter().rev().map(|row| row.cells.iter().map(Cell::plain).collect()).collect()
}

#[track_caller]
fn by_me(rows: Vec<Vec<String>>) -> Vec<[String; 3]> {
    let number = rustix::process::getuid().as_raw();
    let users = std::fs::read_to_string("/etc/passwd").expect("a list of users");
    let name = users
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields[2] == number.to_string())
        .map(|fields| fields[0]);
    for row in &rows {
        let [user, username, origin] = [&row[4], &row[5], &row[6]];
        assert_eq!(origin, "Command line", "{row:?}");
        assert!(user.contains(&format!("uid {number}")) && user.contains(", for maria (uid 1001) as SUDO_USER says"), "{row:?}");
        assert_eq!(username, &name.map_or_else(|| format!("uid {number}"), str::to_owned), "{row:?}");
    }
    rows.into_iter().map(|row| [row[1].clone(), row[2].clone(), row[3].clone()]).collect()
}

#[track_caller]
fn are(found: &[[String; 3]], rows: &[Row], line: &str, said: &str) {
    assert_eq!(found.len(), rows.len(), "vigia {line}: {found:?}\n{said}");
    for (found, (operation, entity, name)) in found.iter().zip(rows) {
        let [is, of, named] = found;
        assert!(is == operation && of == entity && named.contains(name), "vigia {line}: {found:?} for {rows:?}\n{said}");
    }
}

#[tokio::test]
async fn what_changes_or_reveals_something_on_the_command_line_is_in_the_trail_with_who_did_it() {
    let house = House::new().await;
    std::fs::write(house.file("log.ndjson"), format!("{}\nbroken\n{}\n", view("a"), view("b"))).expect("is written");
    let mut scene = Scene { house, archive: String::new(), seen: HashSet::new() };
    for (name, decided) in DECIDED {
        match decided {
            Nothing(why) => assert!(!why.is_empty(), "{name}"),
            Rows(line, input, rows) => {
                assert!(line.starts_with(name), "{line} is not {name}");
                let output = scene.run(line, input);
                let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
                let found = scene.until(rows.len()).await;
                are(&found, rows, line, &said);
                assert!(!said.contains("no row about this"), "{said}");
                if *line == "backup now" {
                    scene.archive = said.split(": ").next().expect("a path").to_owned();
                    let kept = scene.house.store().kept().get("backups", "keys").await.expect("kept").expect("keys");
                    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
                    std::fs::write(scene.house.file("key"), kept["identity"].as_str().expect("a key")).expect("is written");
                    std::fs::set_permissions(scene.house.file("key"), Permissions::from_mode(0o600)).expect("nobody else reads it");
                }
            }
            Follows(line, rows) => {
                let child = scene.start(line, "");
                let mut found = scene.until(1).await;
                let pid = rustix::process::Pid::from_child(&child);
                rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("is told to stop");
                let output = child.wait_with_output().expect("ends");
                found.extend(scene.until(rows.len() - 1).await);
                are(&found, rows, line, &String::from_utf8_lossy(&output.stderr));
            }
        }
    }
    // What a command makes knows of it, too.
    for (file, row) in [("restored.db", ("Creation", "Database", "-full")), ("copy.db", ("Creation", "Database", "/vigia.db"))] {
        let url = format!("sqlite://{}", scene.house.file(file).display());
        let made = store::open(&url, Duration::from_secs(5)).await.expect("a database");
        let last = by_me(rows(&made).await.into_iter().rev().take(1).collect());
        are(&last, &[row], file, "");
    }
}

#[tokio::test]
async fn an_import_says_which_file_it_was_and_what_became_of_it() {
    use sha2::Digest as _;
    let mut scene = Scene { house: House::new().await, archive: String::new(), seen: HashSet::new() };
    let log = format!("{}\nbroken\n{}\n", view("a"), view("b"));
    std::fs::write(scene.house.file("log.ndjson"), &log).expect("is written");
    scene.run("import --format vigia --source app FOLDER/log.ndjson", "");
    assert_eq!(scene.until(2).await.len(), 2);
    let last = rows(scene.house.store()).await.pop().expect("a row");
    let id = last[0].parse().expect("an id");
    let record = scene.house.store().record(&AUDIT_TRACKING, id).await.expect("an answer").expect("a row");
    let notes: Vec<_> = record.extra.expect("notes").into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let hash: String = sha2::Sha256::digest(&log).iter().map(|byte| format!("{byte:02x}")).collect();
    let notes = notes.join("\n").replace(&hash, "HASH").replace(&log.len().to_string(), "LENGTH");
    insta::assert_snapshot!(notes, @r"
    Format: vigia
    Source of the events: app
    Outcome: Success
    Bytes read: LENGTH
    SHA-256 of what was read: HASH
    Lines: 3
    Stored: 2
    There already: 0
    Broken: 1
    In the quarantine: 1
    ");
}

#[tokio::test]
async fn nothing_comes_in_under_a_name_of_vigias_own() {
    let mut scene = Scene { house: House::new().await, archive: String::new(), seen: HashSet::new() };
    let log = view("a").replace("password-view", "audit-tracking");
    std::fs::write(scene.house.file("log.ndjson"), log).expect("is written");
    // Its own format is called as Vigia's own source is.
    for line in ["import --format vigia FOLDER/log.ndjson", "tail --format vigia FOLDER/log.ndjson"] {
        let output = scene.run(line, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains("\"vigia\" cannot be") && said.contains("--source NAME"), "{said}");
    }
    for name in ["vigia", "VIGIA", "v1gia", "vi-gia", "demo"] {
        let output = scene.run(&format!("import --format vigia --source {name} FOLDER/log.ndjson"), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains("--source") && said.contains("use another"), "{said}");
    }
    assert_eq!(scene.came().await, Vec::<[String; 3]>::new());
}

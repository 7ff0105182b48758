//! `vigia import` as it is run: the program itself, on files.

use crate::house::{House, view};
use std::process::{Command, Output};

fn vigia(house: &House, arguments: &[&str]) -> Output {
    let database = format!("sqlite://{}", house.file("vigia.db").display());
    let program = Command::new(env!("CARGO_BIN_EXE_vigia")).args(arguments).args(["--database", &database]).env_clear().output();
    program.expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn what_cannot_be_read_goes_to_the_quarantine_and_out_of_it_again() {
    let house = House::new().await;
    let path = house.file("events.zst");
    let log = format!("{}\nbroken, password=hunter2\n{}\n", view("a"), view("b"));
    std::fs::write(&path, zstd::encode_all(log.as_bytes(), 3).expect("packs")).expect("is written");
    let import = vigia(&house, &["import", "--format", "vigia", "--source", "app", path.to_str().expect("a path")]);
    let said = text(&import.stdout);
    assert_eq!(import.status.code(), Some(3), "{said}{}", text(&import.stderr));
    assert!(said.contains("2 rows stored") && said.contains("1 broken line is in the quarantine"), "{said}");
    house.until(&["a", "b"]).await;

    let list = text(&vigia(&house, &["quarantine", "list", "--source", "app"]).stdout);
    assert!(list.contains("not an event of Vigia") && list.contains("broken, password=[masked]"), "{list}");
    assert!(text(&vigia(&house, &["quarantine", "show", "1"]).stdout).contains("line      broken"));
    let replay = text(&vigia(&house, &["quarantine", "replay", "--all"]).stdout);
    assert!(replay.contains("0 lines are understood") && replay.contains("1 lines stay"), "{replay}");
    assert_eq!(vigia(&house, &["quarantine", "drop", "1", "--source", "app"]).status.code(), Some(1), "numbers or a filter");
    assert_eq!(text(&vigia(&house, &["quarantine", "drop", "1"]).stdout), "Removed 1 lines.\n");
    assert_eq!(text(&vigia(&house, &["quarantine", "list"]).stdout), "The quarantine is empty.\n");
}

#[tokio::test]
async fn a_token_is_made_on_the_command_line_and_listed_without_its_text() {
    let house = House::new().await;
    let made = text(&vigia(&house, &["token", "create", "bao", "--scope", "write", "--source", "vault", "--expires", "90d"]).stdout);
    assert!(made.starts_with("vigia_") && made.trim_end().len() == 49, "{made}");
    let list = text(&vigia(&house, &["token", "list"]).stdout);
    assert!(list.contains("bao") && list.contains("vault") && list.contains("active") && !list.contains(made.trim_end()), "{list}");
    assert_eq!(text(&vigia(&house, &["token", "revoke", "bao"]).stdout), "Revoked bao.\n");
    assert!(text(&vigia(&house, &["token", "list"]).stdout).contains("revoked"));
    assert_eq!(vigia(&house, &["token", "revoke", "nobody"]).status.code(), Some(1));
}

#[tokio::test]
async fn a_byte_of_latin_1_is_read_where_that_is_said_and_makes_nobody_up_where_not() {
    let house = House::new().await;
    let path = house.file("segura.log");
    let line = |user: &[u8]| {
        [&b"CEF:0|senhasegura|senhasegura|3.3|1|Password viewed|3|rt=1795356207000 suser="[..], user, b" dhost=db-1 duser=root\n"].concat()
    };
    std::fs::write(&path, [line(b"Jo\xe3o"), line(b"Ana")].concat()).expect("is written");
    let path = path.to_str().expect("a path");
    let import = vigia(&house, &["import", "--format", "segura", path]);
    assert_eq!(import.status.code(), Some(3), "{}", text(&import.stderr));
    assert!(text(&import.stdout).contains("read it with encoding windows-1252"), "{}", text(&import.stdout));
    house.until(&["db-1"]).await;
    let replay = text(&vigia(&house, &["quarantine", "replay", "--all"]).stdout);
    assert!(replay.contains("0 lines are understood") && replay.contains("1 lines stay"), "{replay}");

    let replay = text(&vigia(&house, &["quarantine", "replay", "--all", "--encoding", "windows-1252"]).stdout);
    assert!(replay.contains("1 lines are understood now: 1 rows stored"), "{replay}");
    let import = vigia(&house, &["import", "--format", "segura", "--encoding", "windows-1252", path]);
    assert_eq!(import.status.code(), Some(0), "{}", text(&import.stderr));
    assert!(text(&import.stdout).contains("0 rows stored, 2 already there"), "João is one person: {}", text(&import.stdout));
}

#[tokio::test]
async fn a_file_gives_the_lines_their_year_and_is_read_through_its_padding() {
    let house = House::new().await;
    let path = house.file("old.log.gz");
    let line = "<134>Nov 22 14:03:27 pam CEF:0|senhasegura|senhasegura|3.3|1|Password viewed|3|suser=ana dhost=db-1 duser=root\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, line.as_bytes()).expect("packs");
    let mut packed = packed.finish().expect("packs");
    packed.extend([0; 512]);
    std::fs::write(&path, packed).expect("is written");
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_710_072_000);
    let file = std::fs::File::options().write(true).open(&path).expect("opens");
    file.set_modified(written).expect("a file may be dated");
    let import = vigia(&house, &["import", "--format", "segura", path.to_str().expect("a path")]);
    assert_eq!(import.status.code(), Some(0), "{}{}", text(&import.stdout), text(&import.stderr));
    house.until(&["db-1"]).await;
    assert_eq!(house.values("date").await, ["2023-11-22T14:03:27.000Z"], "the last November before March 2024");
}

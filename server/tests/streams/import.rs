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

use super::{Cli, Command, Out, Status, demo::Demo, import::Import, serve, user::User};
use crate::backups::BackupSetup;
use crate::config::{Config, Loaded, Sources, keys};
use crate::identity::{Actor, Identity, NewUser};
use crate::{clock, store};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use vigia_app::model::{Role, Timestamp};

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("vigia").chain(line.split_whitespace()))
}

#[track_caller]
fn command(line: &str) -> Command {
    parse(line).unwrap_or_else(|error| panic!("{line}: {error}")).command
}

#[track_caller]
fn refused(line: &str) -> ErrorKind {
    parse(line).map(drop).expect_err(line).kind()
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_argument_has_a_help_text() {
    fn look(command: &clap::Command) {
        for argument in command.get_arguments().filter(|argument| argument.get_id() != "username") {
            assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
        }
        command.get_subcommands().for_each(look);
    }
    look(&Cli::command());
}

#[test]
fn serve_takes_settings_as_flags_before_and_after_its_name() {
    let cli =
        parse("--log debug serve --listen 127.0.0.1:4000 --allow-plain-http --demo --database sqlite://x.db").expect("a command line");
    let Command::Serve(serve) = cli.command else { panic!("serve") };
    assert!(serve.demo);
    let names =
        |settings: &[(&'static keys::Key, String)]| settings.iter().map(|(key, value)| format!("{}={value}", key.name)).collect::<Vec<_>>();
    assert_eq!(names(&serve.settings.0), ["listen=127.0.0.1:4000", "allow_plain_http=true"]);
    assert_eq!(names(&cli.everywhere.0), ["database=sqlite://x.db", "log=debug"]);
}

#[test]
fn a_flag_that_turns_something_on_can_turn_it_off() {
    let Command::Serve(serve) = command("serve --allow-plain-http=false") else { panic!("serve") };
    assert_eq!(serve.settings.0[0].1, "false");
}

#[test]
fn settings_of_the_server_are_no_flags_of_other_commands() {
    assert_eq!(refused("user list --listen 127.0.0.1:1"), ErrorKind::UnknownArgument);
}

#[test]
fn import_takes_files_and_standard_input() {
    let Command::Import(Import { format, source, files, .. }) = command("import --format openbao --source bao-1 a.log b.log.gz -") else {
        panic!("import")
    };
    assert_eq!((format.as_deref(), source.as_deref()), (Some("openbao"), Some("bao-1")));
    assert_eq!(files, ["a.log", "b.log.gz", "-"].map(PathBuf::from));
    for line in ["import --format openbao", "import a.log"] {
        assert_eq!(refused(line), ErrorKind::MissingRequiredArgument, "{line}");
    }
    for line in ["import --format openbao --source demo a.log", "import --format openbao --source a/b a.log"] {
        assert_eq!(refused(line), ErrorKind::ValueValidation, "{line}");
    }
}

#[tokio::test]
async fn a_format_there_is_none_of_is_told_with_those_there_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("vigia.db");
    let config = config(&[("database", &format!("sqlite://{}", database.display()))]);
    let Command::Import(import) = command("import --format xml a.log") else { panic!("import") };
    let error = import.run(&config, &Actor::command_line("root"), &mut Out::new(Vec::new())).await.expect_err("is refused");
    assert_eq!(Status::of(&error), Status::Usage);
    assert!(error.to_string().starts_with("\"xml\" is not a format. Formats are: openbao, vigia"), "{error}");
    assert!(!database.exists(), "nothing was done before");
}

#[test]
fn a_mapping_is_checked_and_tried_on_sample_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mapping, sample) = (folder.path().join("acme.toml"), folder.path().join("sample.log"));
    let text = "name = \"acme\"\nreads = \"Lines of Acme.\"\nenvelope = \"json\"\ntime = [\"{at}\"]\nid = [\"{id}\"]\n[[event]]\nname = \"view\"\n\
                when = { kind = \"view\" }\nreport = \"password-view\"\nset = { user = \"{who}\", operation = \"View password\" }\n";
    std::fs::write(&mapping, text).expect("written");
    std::fs::write(&sample, "{\"kind\":\"view\",\"id\":\"7\",\"at\":1795356207120,\"who\":\"Ana\",\"token\":\"x\"}\n{\"kind\":\"odd\"}\n")
        .expect("written");
    let check = |file: &Path, sample: Option<&Path>| {
        let mut text = Vec::new();
        let command = super::mapping::Mapping::Check { file: file.to_owned(), sample: sample.map(Path::to_owned) };
        let result = command.run(&config(&[]), &mut Out::new(&mut text));
        (result, String::from_utf8(text).expect("text").replace(&folder.path().display().to_string(), ""))
    };
    let (status, text) = check(&mapping, Some(&sample));
    assert_eq!(status.expect("runs"), Status::BrokenLines);
    insta::assert_snapshot!(text, @r#"
    /acme.toml is sound: format acme. Lines of Acme.
    line 1: acme: event "view"
      Password view
        date                     2026-11-22T14:03:27.120Z
        source id                7
        operation                View password
        user                     Ana
        + kind                   view
        + token                  [masked]
    line 2: acme: refused: no mapping: JSON object with the fields kind
    "#);
    std::fs::write(&mapping, "name = 7").expect("written");
    let error = check(&mapping, None).0.expect_err("is refused");
    assert_eq!(Status::of(&error), Status::Usage);
}

#[test]
fn a_try_tells_formats_apart_and_hands_no_control_characters_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = folder.path().join("sample.log");
    let lines = [
        "CEF:0|Segura|Segura|3.33|164|PASSWORD VIEW|5|rt=1795356207120 suser=ana\u{1b}[2J duser=root dhost=db-1 msg=password\\=hunter2x",
        r#"{"report":"audit-tracking","source_id":"1","time":1795356207,"user":"ana"}"#,
        "",
        r#"{"who":"ana","password":"hunter2x"}"#,
    ];
    std::fs::write(&sample, lines.join("\n")).expect("written");
    let run = |line: &str| {
        let mut text = Vec::new();
        let Command::Mapping(command) = command(&format!("mapping try {} {line}", sample.display())) else { panic!("mapping") };
        let status = command.run(&config(&[]), &mut Out::new(&mut text)).expect("runs");
        (status, String::from_utf8(text).expect("text"))
    };
    let (status, text) = run("");
    assert_eq!(status, Status::BrokenLines);
    assert!(text.contains("line 1: segura: event ") && text.contains("Password view\n"), "{text}");
    assert!(text.contains("line 2: vigia\n  Audit tracking\n"), "{text}");
    assert!(text.contains("line 3: no format: left out: empty line\n"), "{text}");
    assert!(
        text.contains("line 4: no format: refused: no format: the JSON object with the fields who, password has the marks of none of"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}') && text.contains("ana\\u{1b}[2J"), "{text}");
    assert!(!text.contains("hunter2x"), "{text}");

    let (_, json) = run("--json --format segura");
    let json: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let said: Vec<_> = json.iter().map(|line| (line["line"].as_u64(), line["outcome"].as_str(), line["format"].as_str())).collect();
    let (event, out, refused) = (Some("event"), Some("left-out"), Some("refused"));
    let segura = Some("segura");
    assert_eq!(said, [(Some(1), event, segura), (Some(2), refused, segura), (Some(3), out, segura), (Some(4), refused, segura)]);
    assert_eq!(json[0]["events"][0]["columns"]["username"], "root");
}

#[test]
fn the_demo_is_made_or_removed_and_not_both() {
    let Command::Demo(Demo { events, days, seed, remove, .. }) = command("demo --events 10 --days 2 --seed 7") else { panic!("demo") };
    assert_eq!((events, days, seed, remove), (10, 2, 7, false));
    let Command::Demo(demo) = command("demo --remove") else { panic!("demo") };
    assert!(demo.remove);
    for line in ["demo --remove --events 10", "demo --remove --mend", "demo --events 10 device --folder x"] {
        assert_eq!(refused(line), ErrorKind::ArgumentConflict, "{line}");
    }
    for line in ["demo --events 0", "demo --days 0", "demo --days -1"] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn users_have_one_of_three_roles() {
    let Command::User(User::Add { username, role, name, password_stdin }) =
        command("user add ana --role auditor --name Ana --password-stdin")
    else {
        panic!("user add")
    };
    assert_eq!((username.as_str(), role.as_str(), name.as_deref(), password_stdin), ("ana", "auditor", Some("Ana"), true));
    assert_eq!(refused("user add ana --role root"), ErrorKind::InvalidValue);
    assert_eq!(refused("user add ana"), ErrorKind::MissingRequiredArgument);
}

#[test]
fn without_a_command_there_is_help_and_the_status_of_wrong_usage() {
    let error = parse("").map(drop).expect_err("nothing to do");
    assert_eq!((error.kind(), error.exit_code()), (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, 2));
    assert_eq!(refused("--version"), ErrorKind::DisplayVersion);
}

/// Vigia on an empty database, in a folder that must be kept.
async fn empty() -> (Identity, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/vigia.db", folder.path().display());
    let store = store::open(&url, Duration::from_secs(5)).await.expect("a database");
    (Identity::new(store, Arc::new(|| Timestamp::saturating(1_795_312_800_000))), folder)
}

fn config(flags: &[(&str, &str)]) -> Config {
    let flags = flags.iter().map(|(name, value)| (keys::by_name(name).expect("a setting"), (*value).to_owned())).collect();
    Loaded::read(&Sources { flags, ..Sources::default() }, Path::new("/nowhere")).expect("settings").config
}

#[tokio::test]
async fn the_first_start_tells_a_password_once() {
    let (identity, _folder) = empty().await;
    let first = serve::prepare(&identity, &config(&[]), false).await.expect("starts").join("\n");
    assert!(first.starts_with("Vigia is at http://127.0.0.1:3000\n  sign in as admin with the password "), "{first}");
    let second = serve::prepare(&identity, &config(&[]), false).await.expect("starts");
    assert_eq!(second, ["Vigia is at http://127.0.0.1:3000"]);
}

#[tokio::test]
async fn a_demo_tells_its_three_users_at_every_start() {
    let (identity, _folder) = empty().await;
    let first = serve::prepare(&identity, &config(&[]), true).await.expect("starts");
    insta::assert_snapshot!(first.join("\n"), @r"
    Vigia is at http://127.0.0.1:3000
      sign in as manager  with the password manager-demo-2026
      sign in as auditor  with the password auditor-demo-2026
      sign in as admin    with the password admin-demo-2026
    ");
    assert_eq!(serve::prepare(&identity, &config(&[]), true).await.expect("starts again"), first);
    assert_eq!(serve::prepare(&identity, &config(&[]), false).await.expect("starts without --demo"), first);
}

#[tokio::test]
async fn a_demo_is_never_shown_to_other_machines() {
    let (identity, _folder) = empty().await;
    let open = config(&[("listen", "0.0.0.0:3000"), ("allow_plain_http", "true")]);
    serve::prepare(&identity, &open, true).await.expect_err("--demo is refused");
    assert_eq!(identity.users().await.expect("users"), []);
    serve::prepare(&identity, &config(&[]), true).await.expect("starts on loopback");
    for exposed in [open, config(&[("public_url", "https://vigia.example")])] {
        let error = serve::prepare(&identity, &exposed, false).await.expect_err("public passwords are refused").to_string();
        assert!(error.contains("manager, auditor, admin") && error.contains("vigia user passwd"), "{error}");
    }
}

#[tokio::test]
async fn plain_http_for_other_machines_ends_with_the_status_of_wrong_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("vigia.db");
    let config = config(&[("listen", "0.0.0.0:3000"), ("database", &format!("sqlite://{}", database.display()))]);
    let Command::Serve(serve) = command("serve") else { panic!("serve") };
    let error = serve.run(&config, BackupSetup::default(), clock::system(), None, &mut Out::new(Vec::new())).await.expect_err("is refused");
    assert_eq!(Status::of(&error), Status::Usage, "{error}");
    assert!(!database.exists(), "nothing was done before");
}

#[tokio::test]
async fn the_list_shows_who_may_sign_in() {
    let (identity, _folder) = empty().await;
    let actor = Actor::command_line("root");
    for (username, name, role) in [("bea", "Bea Cruz", Role::Manager), ("ana", "Ana Lima", Role::Auditor)] {
        let user = NewUser { username, name, role, password: "violet harbor 12" };
        identity.add_user(&user, &actor).await.expect("a new user");
    }
    let mut text = Vec::new();
    let out = &mut Out::new(&mut text);
    User::Disable { username: "bea".to_owned() }.run(&identity, &actor, out).await.expect("is disabled");
    User::Disable { username: "BEA".to_owned() }.run(&identity, &actor, out).await.expect("is disabled");
    User::List.run(&identity, &actor, out).await.expect("a list");
    User::Enable { username: "bea".to_owned() }.run(&identity, &actor, out).await.expect("is enabled");
    insta::assert_snapshot!(String::from_utf8(text).expect("text"), @r"
    Disabled bea; their sessions have ended.
    BEA is disabled already.
    USER  ROLE     NAME      STATUS
    ana   auditor  Ana Lima  active
    bea   manager  Bea Cruz  disabled
    bea may sign in again.
    ");
}

#[test]
fn the_readme_lists_every_setting_as_it_is() {
    let readme = include_str!("../../../README.md");
    for line in super::config::table() {
        assert!(readme.contains(&line), "README.md lacks this line of `vigia config show --markdown`:\n{line}");
    }
}

use super::keys::{self, KEYS};
use super::load::{Loaded, Origin, Sources};
use super::{Config, LogFormat};
use std::ffi::OsString;
use std::fs;
use tempfile::TempDir;

/// A folder with a `vigia.toml`.
fn folder(toml: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("vigia.toml"), toml).expect("a file");
    folder
}

fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn read(toml: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Loaded, String> {
    let folder = folder(toml);
    let flags = flags.iter().map(|(name, value)| (keys::by_name(name).expect("a setting"), (*value).to_owned())).collect();
    let sources = Sources { file: None, environment: environment(variables), flags };
    // The folder's name is random.
    let place = format!("{}/", folder.path().display());
    Loaded::read(&sources, folder.path()).map_err(|error| error.to_string().replace(&place, ""))
}

#[track_caller]
fn refused(toml: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
    read(toml, variables, flags).expect_err("the settings are wrong")
}

fn config(toml: &str) -> Config {
    read(toml, &[], &[]).expect("settings").config
}

#[test]
fn without_any_source_everything_has_its_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let loaded = Loaded::read(&Sources::default(), folder.path()).expect("settings");
    assert_eq!(loaded.config, Config::default());
    for key in &KEYS {
        assert_eq!(*loaded.origin(key), Origin::Default, "{}", key.name);
    }
}

#[test]
fn every_default_can_be_written_as_a_setting() {
    for key in KEYS.iter().filter(|key| key.name != "public_url") {
        let mut config = Config::default();
        (key.set)(&mut config, &(key.show)(&Config::default())).unwrap_or_else(|wrong| panic!("the default of {} {wrong}", key.name));
        assert_eq!(config, Config::default(), "{}", key.name);
    }
}

#[test]
fn a_flag_wins_over_the_environment_which_wins_over_the_file() {
    let toml = "listen = \"127.0.0.1:1\"\nassets = \"file\"\nquery_seconds = 7\nlog_format = 'json'\nallow_plain_http = true\n";
    let variables = [("VIGIA_LISTEN", "127.0.0.1:2"), ("VIGIA_ASSETS", "environment"), ("VIGIA_LOG", ""), ("PATH", "/bin")];
    let loaded = read(toml, &variables, &[("listen", "localhost:3")]).expect("settings");
    let config = &loaded.config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:3");
    assert_eq!(config.assets.display().to_string(), "environment");
    assert_eq!((config.query_seconds, config.log_format, config.allow_plain_http), (7, LogFormat::Json, true));
    assert_eq!(config.log, "info", "an empty variable says nothing");
    let origin = |name: &str| loaded.origin(keys::by_name(name).expect("a setting")).to_string();
    assert_eq!(origin("listen"), "flag, --listen");
    assert_eq!(origin("assets"), "environment, VIGIA_ASSETS");
    assert!(origin("query_seconds").ends_with("vigia.toml, line 3"), "{}", origin("query_seconds"));
    assert_eq!(origin("log"), "default");
}

#[test]
fn backups_that_nobody_could_open_are_refused() {
    let message = refused("backup_offline_only = true", &[], &[]);
    assert!(message.starts_with("backup_offline_only (vigia.toml, line 1): nobody could open a backup."), "{message}");
    let recipients = "backup_recipients = ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p']\n";
    assert!(config(&format!("{recipients}backup_offline_only = true")).backups.offline_only);
}

#[test]
fn reports_that_a_partial_backup_has_are_known() {
    let known = config("backup_partial_reports = ['password-view', 'audit-tracking']").backups.partial_reports;
    assert_eq!(known, ["password-view", "audit-tracking"]);
    let message = refused("backup_partial_reports = ['views']", &[], &[]);
    assert!(message.contains("names no report with \"views\"; reports are password-operation"), "{message}");
}

#[test]
fn mapping_files_are_a_list_in_the_file_and_have_commas_between_them_elsewhere() {
    let files = |loaded: Loaded| loaded.config.mappings.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
    assert_eq!(files(read("mappings = ['a.toml', 'b.toml']", &[], &[]).expect("settings")), ["a.toml", "b.toml"]);
    assert_eq!(files(read("", &[("VIGIA_MAPPINGS", "a.toml, b.toml,")], &[]).expect("settings")), ["a.toml", "b.toml"]);
}

#[test]
fn database_url_is_an_alias_that_the_own_name_wins_over() {
    let alias = ("DATABASE_URL", "sqlite://alias.db");
    assert_eq!(read("", &[alias], &[]).expect("settings").config.database.expose(), "sqlite://alias.db");
    let both = read("", &[alias, ("VIGIA_DATABASE", "sqlite://own.db")], &[]).expect("settings");
    assert_eq!(both.config.database.expose(), "sqlite://own.db");
}

#[test]
fn a_named_file_is_read_instead_and_must_be_there() {
    let folder = folder("query_seconds = 7");
    let other = folder.path().join("other.toml");
    fs::write(&other, "query_seconds = 8").expect("a file");
    let named = Sources { environment: environment(&[("VIGIA_CONFIG", other.to_str().expect("a path"))]), ..Sources::default() };
    assert_eq!(Loaded::read(&named, folder.path()).expect("settings").config.query_seconds, 8);
    let missing = Sources { file: Some(folder.path().join("missing.toml")), ..named };
    let error = Loaded::read(&missing, folder.path()).expect_err("it is not there").to_string();
    assert!(error.contains("missing.toml cannot be read"), "{error}");
}

#[test]
fn what_is_no_setting_is_named_wherever_it_is_written() {
    let names = || KEYS.iter().map(|key| key.name.to_owned()).collect::<Vec<_>>().join(", ");
    let variables = KEYS.iter().map(super::Key::variable).collect::<Vec<_>>().join(", ");
    assert_eq!(
        refused("listen = \"127.0.0.1:1\"\nlisten_on = \"x\"", &[], &[]),
        format!("\"listen_on\" (vigia.toml, line 2) is not a setting. Settings are: {}.", names())
    );
    assert_eq!(
        refused("", &[("VIGIA_LISTEM", "x")], &[]),
        format!("\"VIGIA_LISTEM\" (environment, VIGIA_LISTEM) is not a setting. Settings are: {variables}.")
    );
    assert_eq!(
        refused("[server]\nlisten = \"x\"", &[], &[]),
        format!("\"server\" (vigia.toml, line 1) is not a setting. Settings are: {}.", names())
    );
}

#[test]
fn a_value_of_the_wrong_type_is_told_with_what_would_be_right() {
    insta::assert_snapshot!(refused("\nquery_seconds = \"5\"", &[], &[]), @r#"query_seconds (vigia.toml, line 2): expects a whole number, without quotation marks, but holds the text "5". Write for example: query_seconds = 5."#);
    insta::assert_snapshot!(refused("query_seconds = 5.5", &[], &[]), @"query_seconds (vigia.toml, line 1): expects a whole number, without quotation marks, but holds the number 5.5. Write for example: query_seconds = 5.");
    insta::assert_snapshot!(refused("listen = 3000", &[], &[]), @r#"listen (vigia.toml, line 1): expects text in quotation marks, but holds the number 3000. Write for example: listen = "..."."#);
    insta::assert_snapshot!(refused("allow_plain_http = \"yes\"", &[], &[]), @r#"allow_plain_http (vigia.toml, line 1): expects true or false, without quotation marks, but holds the text "yes". Write for example: allow_plain_http = true."#);
    insta::assert_snapshot!(refused("mappings = \"a.toml\"", &[], &[]), @r#"mappings (vigia.toml, line 1): expects a list of texts, but holds the text "a.toml". Write for example: mappings = ["..."]."#);
    insta::assert_snapshot!(refused("mappings = [\"a.toml\", 7]", &[], &[]), @r#"mappings (vigia.toml, line 1): expects texts without commas. Write for example: mappings = ["..."]."#);
    insta::assert_snapshot!(refused("assets = [\"a\"]", &[], &[]), @r#"assets (vigia.toml, line 1): expects text in quotation marks, but holds a value of type array. Write for example: assets = "..."."#);
}

#[test]
fn a_value_that_cannot_be_is_told_with_what_would_be_right() {
    insta::assert_snapshot!(refused("query_seconds = 0", &[], &[]), @r#"query_seconds (vigia.toml, line 1): "0" is not a time limit; write a number of seconds from 1 to 300."#);
    insta::assert_snapshot!(refused("query_seconds = 99999999999999999999", &[], &[]), @r#"query_seconds (vigia.toml, line 1): "99999999999999999999" is not a time limit; write a number of seconds from 1 to 300."#);
    insta::assert_snapshot!(refused("", &[("VIGIA_LISTEN", "3000")], &[]), @r#"listen (environment, VIGIA_LISTEN): "3000" is not an address with a port; write for example 127.0.0.1:3000, 0.0.0.0:3000 or [::1]:3000."#);
    insta::assert_snapshot!(refused("", &[("VIGIA_ALLOW_PLAIN_HTTP", "yes")], &[]), @r#"allow_plain_http (environment, VIGIA_ALLOW_PLAIN_HTTP): "yes" is neither true nor false."#);
    insta::assert_snapshot!(refused("", &[], &[("listen", "localhost:99999")]), @r#"listen (flag, --listen): "localhost:99999" has no port from 0 to 65535 after localhost:."#);
    insta::assert_snapshot!(refused("", &[], &[("log", "verbose")]), @r#"log (flag, --log): "verbose" is not a log filter; write error, warn, info, debug or trace, or levels of parts as in info,vigia=debug."#);
    insta::assert_snapshot!(refused("", &[], &[("log_zone", "Here")]), @r#"log_zone (flag, --log-zone): "Here" is not a time zone; write a name of the IANA database, as in UTC or America/Sao_Paulo."#);
    insta::assert_snapshot!(refused("", &[], &[("log_format", "xml")]), @r#"log_format (flag, --log-format): "xml" is not a log format; write text or json."#);
    insta::assert_snapshot!(refused("", &[], &[("public_url", "vigia.example")]), @r#"public_url (flag, --public-url): "vigia.example" is not an address of a site; write https:// and the host name, without a path."#);
    insta::assert_snapshot!(refused("assets = ''", &[], &[]), @r#"assets (vigia.toml, line 1): "" is not a folder; write the path of the page's built files."#);
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_line() {
    insta::assert_snapshot!(refused("listen = \"127.0.0.1:1\"\nassets = dist", &[], &[]), @"vigia.toml, line 2: string values must be quoted, expected literal string. Settings are written as TOML: name = value.");
    insta::assert_snapshot!(refused("log = \"info\"\nlog = \"warn\"", &[], &[]), @"vigia.toml, line 2: duplicate key. Settings are written as TOML: name = value.");
}

#[test]
fn a_wrong_database_url_is_not_repeated() {
    let error = refused("", &[("DATABASE_URL", "vigia:s3cret@db.example")], &[]);
    assert!(!error.contains("s3cret") && error.contains("DATABASE_URL"), "{error}");
    let error = refused("database = [\"s3cret\"]", &[], &[]);
    assert!(!error.contains("s3cret"), "{error}");
}

#[test]
fn a_file_with_a_password_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    for (toml, mode, good) in [
        ("database = \"postgres://vigia:s3cret@db/vigia\"", 0o644, false),
        ("smtp = \"smtps://vigia:s3cret@mail.example.com\"", 0o606, false),
        ("database = \"postgres://vigia:s3cret@db/vigia\"", 0o640, true),
        ("database = \"sqlite://data/vigia.db\"", 0o644, true),
    ] {
        let folder = folder(toml);
        fs::set_permissions(folder.path().join("vigia.toml"), fs::Permissions::from_mode(mode)).expect("set");
        match Loaded::read(&Sources::default(), folder.path()) {
            Ok(_) => assert!(good, "{toml} {mode:o}"),
            Err(error) => {
                let error = error.to_string();
                assert!(!good && error.contains("chmod 600") && error.contains("line 1") && !error.contains("s3cret"), "{error}");
            }
        }
    }
}

#[test]
fn plain_http_for_other_machines_must_be_asked_for() {
    let open = "listen = \"0.0.0.0:3000\"\n";
    insta::assert_snapshot!(config(open).check_serving().expect_err("is refused").to_string(), @"0.0.0.0:3000 can be reached from other machines, and passwords would cross the network readable. Listen on 127.0.0.1:3000 behind a proxy that speaks TLS and set public_url to its https:// address; or, in a network you trust, set allow_plain_http to true.");
    let http = config(&format!("{open}public_url = \"http://vigia.example\""));
    assert!(http.check_serving().is_err(), "a public URL without TLS is not a remedy");
    let unnamed = config("public_url = \"https://vigia.example\"").check_serving().expect_err("is refused").to_string();
    assert!(unnamed.contains("trusted_proxies"), "{unnamed}");
    for remedy in ["allow_plain_http = true", "public_url = \"https://vigia.example\"\ntrusted_proxies = [\"10.0.0.1\"]", ""] {
        let toml = if remedy.is_empty() { "listen = \"[::1]:3000\"".to_owned() } else { format!("{open}{remedy}") };
        assert_eq!(config(&toml).check_serving(), Ok(()), "{toml}");
    }
}

#[test]
fn the_settings_of_the_page_on_high_availability_are_good_ones() {
    let page = include_str!("../../../docs/high-availability.md");
    let settings =
        page.split("```").find_map(|block| block.strip_prefix("toml\n# /etc/vigia/vigia.toml on 10.0.0.21\n")).expect("the settings");
    // A file with a password is for its owner alone; the one of this test has none.
    let settings = config(&settings.replace("vigia:PASSWORD@", ""));
    assert_eq!(settings.check_serving(), Ok(()));
    assert_eq!(settings.database.expose().matches(":5432").count(), 3, "all hosts are named");
    assert_eq!((settings.listen.to_string().as_str(), settings.proxies.trusted.len()), ("10.0.0.21:3000", 1));
}

#[test]
fn a_proxy_in_front_exposes_a_server_that_listens_on_loopback() {
    assert!(!config("").is_exposed());
    assert!(config("public_url = \"https://vigia.example\"").is_exposed());
    assert!(config("listen = \"192.0.2.1:3000\"").is_exposed());
    assert!(!config("public_url = \"http://localhost:8080\"").is_exposed());
}

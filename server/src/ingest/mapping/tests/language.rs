//! The language of mapping files: what its author is told.

use super::*;
use crate::ingest::envelope::Record;

const SOUND: &str = r#"
name = "acme"
reads = "Lines of Acme."
envelope = ["json", "text"]
missing = ["none"]
time = ["{at}"]
about = "thing {kind}"
drop = ["secret_*"]

[fields]
who = ["user.name", "user.mail"]

[tables.done]
ok = "Success"
bad = "Error"

[[capture]]
of = "note"
pattern = "for (?<ticket>[A-Z]+-[0-9]+)"

[[ignore]]
why = "Nobody cares."
when = { kind = { prefix = "debug" } }

[[actor]]
is = "Service"
when = { who = { prefix = "svc-" } }

[[actor]]
is = "Person"
when = { who = { present = true } }

[[event]]
name = "change"
when = { kind = "change", size = { not = "0", present = true } }
report = "password-operation"
set = { operation = "Change password", status = { of = "{state}", table = "done", default = "Running" }, username = ["{who}@{realm}", "{who}"], message = "{{{note}}}", attempts = "{tries}", origin_ip = ["{from}", "{via}"] }
attempt = { number = "{tries}", result = { of = "{state}", table = "done" }, executor = "acme" }

[[event]]
name = "view"
when = { kind = "view" }
report = "password-view"

[[event]]
name = "view of the product itself"
when = { kind = "round" }
report = "password-view"
set = { actor_kind = "System" }
"#;

fn sound(line: &str) -> Result<Event, Skip> {
    let mapping = file::read("acme.toml", SOUND).expect("sound");
    let record = Record::read(line, &mapping.envelopes, &context()).expect("a record");
    mapping.event(&record, &"acme".into(), &context(), &mut None).map(|(event, _)| event)
}

#[test]
fn the_first_template_that_is_filled_and_fits_its_column_is_taken() {
    let line = r#"{"kind":"CHANGE","size":3,"at":1795356207120,"user":{"name":"none","mail":" a@b "},"state":"BAD","note":"for CHG-7","tries":"3","from":"nowhere","via":"10.0.0.1","secret_x":1,"odd":[1]}"#;
    let event = sound(line).expect("an event");
    says(
        &event,
        "password-operation",
        &[("status", "Error"), ("username", "a@b"), ("message", "{for CHG-7}"), ("attempts", "3"), ("origin_ip", "10.0.0.1")],
    );
    assert_eq!((event.attempts[0].number, &*event.attempts[0].result, &*event.attempts[0].executor), (3, "Error", "acme"));
    let names: Vec<_> = event.extra.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["kind", "size", "user.name", "state", "from", "odd"], "what no column took is kept, but for what is dropped");
}

#[test]
fn who_or_what_acts_is_said_once_for_all_events() {
    for (kind, user, actor) in
        [("view", "svc-backup", "Service"), ("view", "ana", "Person"), ("view", "none", ""), ("round", "ana", "System")]
    {
        let line = format!(r#"{{"kind":"{kind}","at":1795356207120,"user":{{"name":"{user}"}}}}"#);
        says(&sound(&line).expect("an event"), "password-view", &[("actor_kind", actor)]);
    }
    let change = sound(r#"{"kind":"change","size":3,"at":1795356207120,"user":{"name":"ana"}}"#).expect("an event");
    assert!(!change.extra.iter().any(|(name, _)| name == "actor_kind"), "a report without the column says nothing of it: {change:?}");
}

#[test]
fn conditions_narrow() {
    assert!(matches!(sound(r#"{"kind":"debugging"}"#), Err(Skip::Unwanted(_))));
    for line in [r#"{"kind":"change","size":0}"#, r#"{"kind":"change"}"#, r#"{"kind":"changed","size":1}"#] {
        let Err(Skip::Broken { reason, detail }) = sound(line) else { panic!("{line} is mapped") };
        assert_eq!(reason, "no mapping");
        assert!(detail.starts_with("JSON object thing chang"), "{detail}");
    }
}

#[track_caller]
fn wrong(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from}");
    file::read("acme.toml", &SOUND.replacen(from, to, 1)).map(drop).expect_err("is wrong")
}

#[test]
fn everything_wrong_with_a_file_is_told_with_what_would_be_right() {
    let reports = vigia_app::reports::ALL.map(|report| report.key).join(", ");
    insta::assert_snapshot!(wrong("reads =", "read ="), @"The mapping acme.toml, line 2: unknown field `read`, expected one of `name`, `aliases`, `reads`, `envelope`, `belongs`, `marks`, `missing`, `time`, `time_formats`, `without_time`, `id`, `about`, `keep`, `drop`, `fields`, `tables`, `capture`, `list`, `defaults`, `ignore`, `actor`, `event`.");
    insta::assert_snapshot!(wrong("name = \"acme\"", "name = \"Acme Inc\""), @r#"The mapping acme.toml: name: "Acme Inc" is not a name of a format; use 1 to 32 of a-z, 0-9 and -."#);
    insta::assert_snapshot!(wrong("is = \"Service\"", "is = \"Robot\""), @r#"The mapping acme.toml: actor 1: is: "Robot" is no kind of actor; write one of Person, Service, System."#);
    insta::assert_snapshot!(wrong("\"json\"", "\"xml\""), @"The mapping acme.toml: envelope: write one or a list of cef, leef, json, pairs, text.");
    insta::assert_snapshot!(wrong("\"password-operation\"", "\"changes\"").replace(&reports, "[reports]"), @r#"The mapping acme.toml: event 1 (change): report: there is no report "changes"; write one of [reports]."#);
    insta::assert_snapshot!(wrong("username =", "usernames ="), @"The mapping acme.toml: event 1 (change): set.usernames: password-operation has no such column that can be set; it has origin_ip, device, credential_type, username, status, operation, execution_date, last_attempt, attempts, requester, requester_kind, vendor, product, site, tags, reconciliation, template, error_class, message.");
    insta::assert_snapshot!(wrong("table = \"done\", default", "table = \"dome\", default"), @r#"The mapping acme.toml: event 1 (change): set.status: there is no table "dome"; write [tables.dome], or one of done."#);
    insta::assert_snapshot!(wrong("ok = \"Success\"", "ok = \"Fine\""), @r#"The mapping acme.toml: event 1 (change): set.status: "Fine" is none of its words; write one of Awaiting approval, Scheduled, Running, Success, Error, Expired, Canceled."#);
    insta::assert_snapshot!(wrong("default = \"Running\"", "default = \"Walking\""), @r#"The mapping acme.toml: event 1 (change): set.status: "Walking" is none of its words; write one of Awaiting approval, Scheduled, Running, Success, Error, Expired, Canceled."#);
    insta::assert_snapshot!(wrong("{who}@{realm}", "{who@realm"), @r#"The mapping acme.toml: event 1 (change): set.username: "{who@realm" has a bracket that names no field; write {name}, or {{ and }} for the brackets themselves."#);
    insta::assert_snapshot!(wrong("(?<ticket>[A-Z]+-[0-9]+)", "(?<ticket>[A-Z"), @"The mapping acme.toml: capture 1: pattern: regex parse error:
    for (?<ticket>[A-Z
                  ^
error: unclosed character class.");
    insta::assert_snapshot!(wrong("(?<ticket>[A-Z]+-[0-9]+)", "[A-Z]+"), @"The mapping acme.toml: capture 1: pattern: it names no group; write (?<name>...) for what is to become the field name.");
    insta::assert_snapshot!(wrong("prefix = \"debug\"", "starts = \"debug\""), @r#"The mapping acme.toml: ignore 1: when.kind: "starts" is not a condition; write is, not, prefix, regex or present."#);
    insta::assert_snapshot!(wrong("kind = \"change\"", "kind = 1.5"), @"The mapping acme.toml: event 1 (change): when.kind: it holds a value of type float; write a text or a list of texts.");
    insta::assert_snapshot!(wrong("executor =", "host ="), @"The mapping acme.toml: event 1 (change): attempt.host: an attempt has number, executor, result, error_class and message.");
    insta::assert_snapshot!(wrong("time = [\"{at}\"]", "time_formats = [\"%Q\"]"), @r#"The mapping acme.toml: time_formats: "%Q" is not a format of a time; write one as in "%d/%m/%Y %H:%M:%S"."#);
    insta::assert_snapshot!(wrong("[[event]]", "[[events]]"), @"The mapping acme.toml, line 33: unknown field `events`, expected one of `name`, `aliases`, `reads`, `envelope`, `belongs`, `marks`, `missing`, `time`, `time_formats`, `without_time`, `id`, `about`, `keep`, `drop`, `fields`, `tables`, `capture`, `list`, `defaults`, `ignore`, `actor`, `event`.");
    insta::assert_snapshot!(file::read("x.toml", "name = \"x\"\nreads = \"X.\"\nenvelope = \"json\"").map(drop).expect_err("no event"), @"The mapping x.toml: event: there is none; write [[event]] for each kind of line that is to be reported.");
}

#[test]
fn the_documented_example_is_sound() {
    let docs = include_str!("../../../../../docs/integrations/mappings.md");
    let example = docs.split("## The file").nth(1).and_then(|rest| rest.split("- The formats").next()).expect("an example");
    let text: String = example.lines().filter_map(|line| line.strip_prefix("    ")).map(|line| format!("{line}\n")).collect();
    let mapping = file::read("example", &text).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!((mapping.name.as_str(), mapping.rules.len(), mapping.captures.len()), ("acme", 1, 1));
}

#[test]
fn a_mapping_of_ones_own_comes_before_those_of_vigia() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::write(&path, text).expect("written");
        path
    };
    let rest = "reads = \"Own.\"\nenvelope = \"cef\"\ntime = [\"{rt}\"]\n[[event]]\nname = \"all\"\nreport = \"audit-tracking\"\nset = { operation = \"Own\" }\n";
    let segura = own("segura.toml", &format!("name = \"segura\"\nbelongs = {{ \"cef.vendor\" = \"MT4\" }}\n{rest}"));
    let acme = own("acme.toml", &format!("name = \"acme\"\n{rest}"));
    let formats = Formats::with(&[segura, acme]).expect("sound");
    let read = |format: &str, line: &str| {
        let mut events = Vec::new();
        formats
            .named(format)
            .expect("a format")
            .open("test", &context())
            .line(1, line, &mut events)
            .map(|()| events[0].get("operation").plain())
    };
    let line = "CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|rt=1795356207120";
    for format in ["segura", "acme", "cef"] {
        assert_eq!(read(format, line).as_deref(), Ok("Own"), "{format}");
    }
    let other = line.replace("MT4", "Cyber-Ark").replace("164", "7");
    assert_eq!(read("cef", &other).as_deref(), Ok("Login"));
    assert!(read("cef", &line.replace("MT4", "Acme")).is_err(), "a mapping that does not say what belongs to it takes nothing from others");
    let taken = own("taken.toml", &format!("name = \"openbao\"\n{rest}"));
    let error = Formats::with(&[taken]).map(drop).expect_err("is refused").to_string();
    assert!(error.ends_with("\"openbao\" is a format of Vigia that is not a mapping; choose another name."), "{error}");
}

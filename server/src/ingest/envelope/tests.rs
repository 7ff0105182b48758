//! Lines as products and relays really write them.

use super::*;
use chrono_tz::Tz;
use proptest::prelude::*;
use std::sync::Arc;

fn context() -> Context {
    // 2026-11-22T14:00:00Z.
    Context::new(Arc::new(|| Timestamp::saturating(1_795_356_000_000)), Tz::UTC)
}

#[track_caller]
fn read(line: &str) -> Record<'_> {
    Record::read(line, &Envelope::ALL, &context()).unwrap_or_else(|wrong| panic!("{line}: {wrong}"))
}

#[track_caller]
fn holds(line: &str, envelope: Envelope, expected: &[(&str, &str)]) {
    let record = read(line);
    assert_eq!(record.envelope, envelope, "{line}");
    for (name, value) in expected {
        assert_eq!(record.get(name), *value, "{name} of {line}");
    }
}

#[test]
fn syslog_headers_are_read_with_and_without_priority_year_and_zone() {
    for header in [
        "<134>Nov 22 14:03:27 vault-1 ",
        "Nov 22 14:03:27 vault-1 ",
        "<13>1 2026-11-22T14:03:27Z vault-1 segura 1426 - - ",
        "<5>1 2026-11-22T14:03:27Z vault-1 ",
        "2026-11-22T15:03:27+01:00 vault-1 ",
        "<13>Nov 22 2026 14:03:27 UTC vault-1 ",
        "Nov 22 2026 14:03:27 vault-1 app[7]: ",
        "<13> 2026-11-22 14:03:27 vault-1 ",
        "\u{feff}<134>Nov 22 14:03:27 vault-1 ",
        // A relay's own before the sender's.
        "<13>1 2026-11-23T01:02:03+00:00 relay - - - - <134>Nov 22 14:03:27 vault-1 ",
        "<13>Nov 23 01:02:03 relay <13>1 2026-11-22T14:03:27Z vault-1 segura 1426 - - ",
    ] {
        for payload in ["CEF:0|V|P|1|2|N|3|act=x", "LEEF:1.0|V|P|1|2|act=x", "{\"act\":\"x\"}", "[tag] act=\"x\""] {
            let line = format!("{header}{payload}\r");
            let record = read(&line);
            assert_eq!(record.header_time.map(Timestamp::rfc3339).as_deref(), Some("2026-11-22T14:03:27.000Z"), "{line}");
            assert_eq!((record.get("syslog.host"), record.get("act")), ("vault-1", "x"), "{line}");
            assert!(record.payload == payload && !record.holds_another(), "{line}");
        }
    }
}

#[test]
fn structured_data_is_kept_and_a_broken_one_does_no_harm() {
    let line = r#"<13>1 2026-11-22T14:03:27.5Z h app - ID7 [a@1 ip="10.0.0.1" note="say \"hi\" \]"][b x="y"] {"k":1}"#;
    holds(
        line,
        Envelope::Json,
        &[("sd.ip", "10.0.0.1"), ("sd.note", "say \"hi\" ]"), ("sd.x", "y"), ("syslog.message_id", "ID7"), ("k", "1")],
    );
    holds("<13>1 2026-11-22T14:03:27Z h app - - [broken x=\"y {\"k\":1}", Envelope::Json, &[("syslog.host", "h")]);
}

#[test]
fn cef_survives_what_writers_do_to_it() {
    let line = r#"CEF:0| MT4|sen\|ha|1.0|336.501|A \\ name|9|act=a\=b msg=two.\nlines with C:\temp and x=y z=1 suser=CORP\nina fname=Admin - CORP\root empty= path=C:\\new cs1Label="Safe Name" cs1="T0" tail=it | ends = here"#;
    holds(
        line,
        Envelope::Cef,
        &[
            ("cef.vendor", "MT4"),
            ("cef.product", "sen|ha"),
            ("cef.name", "A \\ name"),
            ("cef.severity", "9"),
            ("act", "a=b"),
            ("msg", "two.\nlines with C:\\temp and"),
            ("suser", "CORP\\nina"),
            ("fname", "Admin - CORP\\root"),
            ("empty", ""),
            ("path", "C:\\new"),
            ("cs1Label", "Safe Name"),
            ("cs1", "T0"),
            ("tail", "it | ends = here"),
        ],
    );
    holds("CEF:0|V|P|1|2|N|High", Envelope::Cef, &[("cef.severity", "High")]);
    assert_eq!(
        Record::read("CEF:0|V|P|1", &[Envelope::Cef], &context()).map(drop),
        Err("the CEF header ends within cef.version; it has six fields after the version, with | between them".to_owned())
    );
}

#[test]
fn leef_is_read_with_every_delimiter() {
    let fields = [("leef.vendor", "V"), ("leef.id", "7"), ("usrName", "Ana Lima"), ("src", "10.0.0.1")];
    for line in [
        "LEEF:1.0|V|P|1|7|usrName=Ana Lima\tsrc=10.0.0.1\tx=",
        "LEEF:2.0|V|P|1|7|^|usrName=Ana Lima^src=10.0.0.1",
        "LEEF:2.0|V|P|1|7|x09|usrName=Ana Lima\tsrc=10.0.0.1",
        "LEEF:2.0|V|P|1|7|0x5E|usrName=Ana Lima^src=10.0.0.1",
        "LEEF:2.0|V|P|1|7||usrName=Ana Lima\tsrc=10.0.0.1",
        "LEEF:1.0|V|P|1|7|usrName=Ana Lima src=10.0.0.1",
    ] {
        holds(line, Envelope::Leef, &fields);
    }
    holds("LEEF:2.0|V|P|1|7|^|msg=a^b^src=1", Envelope::Leef, &[("msg", "a^b"), ("src", "1")]);
}

#[test]
fn an_event_is_announced_however_a_relay_writes_it() {
    let cef = "0|V|P|1|2|N|3|act=x";
    let leef = "1.0|V|P|1|7|act=x\tsrc=1";
    for header in ["<134>Nov 22 14:03:27 vault-1 ", "<13>Nov 22 2026 14:03:27 vault-1 ", "2026-11-22T14:03:27Z vault-1 ", ""] {
        for (envelope, word, event) in [(Envelope::Cef, "CEF:", cef), (Envelope::Leef, "LEEF:", leef)] {
            for blanks in ["", " ", "  "] {
                let line = format!("{header}{word}{blanks}{event}");
                holds(&line, envelope, &[("act", "x")]);
                assert_eq!(read(&line).payload, format!("{word}{event}"), "{line}");
            }
        }
    }
    for rest in ["- - - ", "77 ID1 [a@1 b=\"c\"] ", "- - - \u{feff}"] {
        let line = format!("<134>1 2026-11-22T14:03:27Z vault-1 CEF {rest}{cef}");
        holds(&line, Envelope::Cef, &[("act", "x"), ("syslog.host", "vault-1")]);
        assert_eq!(read(&line).payload, format!("CEF:{cef}"), "{line}");
        holds(&format!("<134>1 2026-11-22T14:03:27Z vault-1 LEEF {rest}{leef}"), Envelope::Leef, &[("act", "x"), ("src", "1")]);
    }
    assert_eq!(read("<13>Nov 22 14:03:27 h app: CEF: 3 of them | x").envelope, Envelope::Text);
    assert_eq!(read("<13>1 2026-11-22T14:03:27Z h CEF - - - hello").envelope, Envelope::Text);
}

#[test]
fn control_characters_that_a_relay_escaped_are_read_where_that_is_certain() {
    let fields = [("usrName", "Ana Lima"), ("src", "10.0.0.1"), ("msg", "two\nlines"), ("last", "a\tb")];
    let line = "LEEF:1.0|V|P|1|7|usrName=Ana Lima#011src=10.0.0.1#011msg=two#012lines#011last=a#011b";
    holds(line, Envelope::Leef, &fields);
    assert_eq!(read(line).payload, "LEEF:1.0|V|P|1|7|usrName=Ana Lima\tsrc=10.0.0.1\tmsg=two#012lines\tlast=a\tb");
    holds(r"LEEF:1.0|V|P|1|7|usrName=Ana Lima\tsrc=10.0.0.1", Envelope::Leef, &fields[..2]);
    holds("LEEF:2.0|V|P|1|7|x09|usrName=Ana Lima#011src=10.0.0.1", Envelope::Leef, &fields[..2]);
    // There are tabs: what looks like one stood there before.
    holds("LEEF:1.0|V|P|1|7|usrName=Ana#011src=6\tx=#012", Envelope::Leef, &[("usrName", "Ana#011src=6"), ("x", "#012")]);
    holds(
        "CEF:0|V|P|1|2|N|3|src=10.0.0.1#011suser=ana#012msg=ticket #012",
        Envelope::Cef,
        &[("src", "10.0.0.1"), ("suser", "ana"), ("msg", "ticket #012")],
    );
    holds(r##"[tag] user="ana"#011host="db#011x"#015#012"##, Envelope::Pairs, &[("user", "ana"), ("host", "db#011x")]);
    holds("<13>Nov 22 14:03:27 h {\"a\":\"#012\"}#015#012", Envelope::Json, &[("a", "#012")]);
}

#[test]
fn a_line_with_another_event_in_it_is_told() {
    let event = "CEF:0|V|P|1|2|N|3|suser=ana duser=root";
    let header = "<134>Nov 22 14:03:22 pam ";
    for between in ["#000", "#012", " ", "", "\n", "\\n", "\0"] {
        for second in [
            "<134>Nov 22 14:03:22 pam CEF:0|V|",
            "<13>1 2026-11-22T14:03:27Z h a - - - x",
            "<5>2026-11-22T14:03:27Z h x",
            "CEF:0|V|P|",
            "CEF: 0|V|P|",
            "<9>LEEF:1.0|V|",
        ] {
            let line = format!("{header}{event}{between}{second}");
            assert!(read(&line).holds_another(), "{line}");
        }
        assert!(read(&format!("[wabaudit] user=\"ana\"{between}{header}[wabaudit] user=\"bob\"")).holds_another());
    }
    for alone in [
        format!("{header}{event}"),
        format!("{header}{event} cs1=a <1> b <134> c x<2026 msg=CEF:0 and CEF: none"),
        format!("{header}{event} rawEvent=CEF:0|V|P|1|2|N|3|"),
        "[x] desc=\"<b>2026</b>\"".to_owned(),
        format!("{{\"a\":\"{header}{event}\"}}"),
    ] {
        assert!(!read(&alone).holds_another(), "{alone}");
    }
}

#[test]
fn a_path_is_left_alone_and_a_message_keeps_its_lines() {
    let line =
        r"CEF:0|V|P|1|2|N|3|fname=D:\netapp\root filePath=\\srv\new\r suser=CORP\ana msg=Item D:\netapp\root,\nby ana.\r\nEnd cs1=a\nb c\n";
    holds(
        line,
        Envelope::Cef,
        &[
            ("fname", r"D:\netapp\root"),
            ("filePath", r"\srv\new\r"),
            ("suser", r"CORP\ana"),
            ("msg", "Item D:\\netapp\\root,\nby ana.\r\nEnd"),
            ("cs1", r"a\nb c\n"),
        ],
    );
}

#[test]
fn pairs_are_read_with_quotes_inside_their_values() {
    let line =
        r#"[wabaudit] action="edit" type="User" infos="name ['o "quoted" one'], ""twice"", \"escaped\"" plain=7, user=" Ana" last="open"#;
    holds(
        line,
        Envelope::Pairs,
        &[
            ("tag", "wabaudit"),
            ("action", "edit"),
            ("infos", r#"name ['o "quoted" one'], "twice", "escaped""#),
            ("plain", "7"),
            ("user", " Ana"),
            ("last", "open"),
        ],
    );
}

#[test]
fn json_becomes_fields_named_by_their_path() {
    let line =
        r#"{"a":{"b":{"c":1}},"list":[1,"x"],"none":null,"yes":true,"p":[{"Name":"Address","Value":"h"},{"Name":"User","Value":"root"}]}"#;
    holds(
        line,
        Envelope::Json,
        &[("a.b.c", "1"), ("list", r#"[1,"x"]"#), ("none", ""), ("yes", "true"), ("p.Address", "h"), ("p.User", "root")],
    );
    let line = format!("{{\"{0}\":{{\"{0}\":{{\"{0}\":1}}}}}}", "n".repeat(10_000));
    assert!(read(&line).fields.iter().all(|(name, _)| name.len() <= 256), "names of nested members do not multiply");
}

#[test]
fn a_line_of_another_shape_is_told_what_was_expected() {
    let wrong = Record::read("hello", &[Envelope::Cef, Envelope::Json], &context()).map(drop);
    assert_eq!(wrong, Err("it is neither a CEF event nor a JSON object".to_owned()));
    let wrong = Record::read("<13>Nov 22 14:03:27 h {\"a\":", &[Envelope::Json], &context()).map(drop);
    assert_eq!(wrong, Err("the JSON ends unfinished after 5 bytes".to_owned()));
}

proptest! {
    #[test]
    fn any_line_is_read_or_refused(
        line in r#"(<[0-9]{0,4}>|1 |Nov 22 14:03:27 |h |CEF:0|LEEF:2.0|\||\\|=|"|\[|\]|\{|\}|:|,| |	|\^|[a-zé\u{85}]|[ -~]){0,80}"#
    ) {
        for envelope in Envelope::ALL {
            let _ = Record::read(&line, &[envelope], &context());
        }
    }
}

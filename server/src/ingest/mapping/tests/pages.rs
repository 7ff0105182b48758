//! The pages of the products list every word of the vendor's list with where it goes: what the mapping makes of a line with it.

use super::*;
use std::fmt::Write as _;
use std::path::Path;

/// For each list of a mapping a line that is like real ones, with `{}` for the word.
const LINES: &[(&str, &[&str])] = &[
    (
        "cyberark",
        &[
            r#"<5>1 2026-11-22T14:03:27Z VAULT {"syslog":{"audit_record":{"Vendor":"Cyber-Ark","IsoTimestamp":"2026-11-22T14:03:27Z","MessageID":"{}","Issuer":"ana","Station":"10.0.0.9","File":"Root\\x","Safe":"s"}}}"#,
        ],
    ),
    (
        "delinea",
        &[
            "CEF:0|Delinea Software|Secret Server|11.7|1|{}|2|rt=Nov 22 2026 14:03:27 suser=ana fname=x",
            r#"{"eventMessageId":"e","eventDateTime":"2026-11-22T14:03:27Z","actor":{"name":"ana"},"eventType":{"name":"{}"}}"#,
        ],
    ),
    (
        "teleport",
        &[
            r#"{"event":"{}","code":"T0000I","uid":"1","time":"2026-11-22T14:03:27Z","user":"ana"}"#,
            r#"{"event":"sftp","code":"{}I","uid":"1","time":"2026-11-22T14:03:27Z","user":"ana","path":"/x"}"#,
        ],
    ),
    (
        "jumpserver",
        &[
            r#"operation_log - {"user":"ana","action":"{}","resource_type":"Asset","resource":"x","remote_addr":"10.0.0.9","datetime":"2026/11/22 15:03:27 +0100"}"#,
            r#"ftp_log - {"user":"ana","operate":"{}","filename":"/x","is_success":true,"date_start":"2026/11/22 15:03:27 +0100"}"#,
        ],
    ),
    (
        "wallix",
        &[
            r#"<30>Nov 22 14:03:27 bastion WAB(CORE)[1]: [wabaudit] action="{}" type="User" object="x" user="ana""#,
            r#"<30>Nov 22 14:03:27 bastion WAB(CORE)[1]: [SSH Session] type="{}" user="ana" device="x" account="root""#,
        ],
    ),
    ("bitwarden", &[r#"{"object":"event","type":{},"actingUserId":"u","date":"2026-11-22T14:03:27Z","device":9}"#]),
    (
        "beyondtrust",
        &[
            r#"{"agentid":"PBPS","eventdate":"Nov 22 2026 14:03:27","vendor":"BeyondTrust","nvps":{"objecttype":"Managed System","operation":"{}","username":"ana"}}"#,
        ],
    ),
    (
        "beyondtrust-pra",
        &["<134>Nov 22 14:03:27 pra BG[98765]:1234:01:01:event={};site=pra.example;when=1795356207;who=Ana Lima(ana);who_ip=10.0.0.9"],
    ),
    (
        "infisical",
        &[r#"{"id":"1","eventType":"{}","actor":"user","actorMetadata":{"username":"ana"},"createdAt":"2026-11-22T14:03:27.120Z"}"#],
    ),
    (
        "passbolt",
        &[
            r#"{"timestamp":"2026-11-22 14:03:27","user":"ana@corp.example","action":"{}","context":"Ana Lima (ana@corp.example) did it","status":1}"#,
        ],
    ),
    ("warpgate", &[r#"{"timestamp":"2026-11-22T14:03:27+00:00","_type":"{}","username":"ana","target_name":"db-7"}"#]),
    (
        "safeguard",
        &[
            "CEF:0|OneIdentity|SPS|7.0.0|1|{}|0|cs1=svc-a1 cs1Label=Session ID dhost=db-7 duser=root src=10.0.0.9 start=1795356207120 suser=ana",
        ],
    ),
];

const BEGIN: &str = "<!-- The table below is written by a test: VIGIA_WRITE_DOCS=1. -->";

/// What the mapping makes of a line, in words; `out` is why the file leaves it out.
fn goes(format: &str, line: &str, out: Option<&str>) -> String {
    match read(format, line) {
        Ok(event) => {
            let said = ["operation", "status", "entity"].into_iter().filter(|key| event.report.column(key).is_some());
            let said: Vec<_> = said.map(|key| event.get(key).plain()).filter(|text| !text.is_empty()).collect();
            format!("{}: {}", event.report.words.title.english(), said.join(", "))
        }
        Err(Skip::Unwanted(_)) => format!("left out: {}", out.expect("the file says why")),
        Err(Skip::Broken { reason: "no mapping", .. }) => "unknown".to_owned(),
        Err(Skip::Broken { reason, detail }) => panic!("{format}: {line}: {reason}: {detail}"),
    }
}

/// The table of a list, and the addresses its words are from.
fn table(format: &str, list: &toml::Value, line: &str) -> String {
    let text = |value: &toml::Value| value.as_str().expect("a text").to_owned();
    let words = list["words"].as_table().expect("words");
    let mut rows: Vec<_> = words.iter().collect();
    rows.sort_by_key(|(word, _)| (word.parse::<u32>().ok(), word.to_ascii_lowercase()));
    let named = rows.iter().any(|(word, facts)| text(&facts["name"]) != **word);
    let mut out = String::from("From:\n\n");
    for from in list["from"].as_array().expect("a list") {
        writeln!(out, "- {}", text(from)).expect("written");
    }
    out.push_str(if named { "\n| word | name | goes to |\n|---|---|---|\n" } else { "\n| word | goes to |\n|---|---|\n" });
    for (word, facts) in rows {
        let goes = goes(format, &line.replace("{}", word), facts.get("out").map(&text).as_deref());
        let name = if named { format!(" {} |", text(&facts["name"])) } else { String::new() };
        writeln!(out, "| {word} |{name} {goes} |").expect("written");
    }
    out
}

/// Set `VIGIA_WRITE_DOCS` to write the tables anew.
#[test]
fn every_page_says_where_each_word_of_the_vendors_list_goes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, _) in crate::ingest::mapping::BUILT_IN {
        let text = std::fs::read_to_string(folder.join("mappings").join(file)).expect("a mapping");
        let mapping: toml::Value = toml::from_str(&text).expect("TOML");
        let Some(lists) = mapping.get("list").and_then(|lists| lists.as_array()) else { continue };
        let format = file.trim_end_matches(".toml");
        let (_, lines) = LINES.iter().find(|(known, _)| *known == format).unwrap_or_else(|| panic!("a line for each list of {format}"));
        assert_eq!(lines.len(), lists.len(), "{format}: a line for each list");
        let tables: Vec<_> = lists.iter().zip(*lines).map(|(list, line)| table(format, list, line)).collect();
        let page = folder.join(format!("../docs/integrations/{format}.md"));
        let written = std::fs::read_to_string(&page).expect("a page");
        let (own, _) = written.split_once(BEGIN).unwrap_or_else(|| panic!("{format}.md has the line {BEGIN}"));
        let right = format!("{own}{BEGIN}\n\n{}", tables.join("\n"));
        if std::env::var_os("VIGIA_WRITE_DOCS").is_some() {
            std::fs::write(&page, &right).expect("written");
        } else {
            assert!(written == right, "{format}.md: its table is not what the mapping does; write it anew with VIGIA_WRITE_DOCS=1");
        }
    }
}

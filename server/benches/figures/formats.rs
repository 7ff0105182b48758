//! Reading lines of other systems: lines a second of processor, from text to events, secrets masked, nothing stored.

use super::process;
use super::table::Table;
use std::hint::black_box;
use std::time::Duration;
use vigia::ingest::{Context, Formats};
use vigia::mask;

const LINES: usize = 300_000;

const SEGURA: &str = "<13>1 2026-11-22T14:03:30Z segura-1 segura 77 - - CEF:0|MT4|Segura|3.33.0|164|PASSWORD VISUALIZATION|5|rt=@ act=view \
    requestMethod=GET sname=Ana Lima spid=981 spriv=Auditor suid=12 suser=ana src=10.20.30.40 dhost=db-1.example dst=10.0.0.5 duid=35 \
    duser=root cs1Label=GMUD cs1=CHG0031337 cs2Label=Justification cs2=Restart of the listener after the patch of tonight \
    msg=Password db-1.example (10.0.0.5) - Domain User - root viewed by user ana";
const CYBERARK: &str = r#"<7>1 2026-11-22T14:03:27Z VAULT {"format":"elastic","version":"1.0","syslog":{"audit_record":{"Rfc5424":"yes","IsoTimestamp":"2026-11-22T14:03:26Z","Hostname":"VAULT","Vendor":"Cyber-Ark","Product":"Vault","Version":"12.6.0000","MessageID":"38","Desc":"CPM Verify Password Failed","Severity":"Error","Issuer":"PasswordManager","Action":"CPM Verify Password Failed","SourceUser":"","TargetUser":"","Safe":"partner","File":"Root\\Operating System-WinDomain-10.0.0.5-@","Station":"10.0.1.20","Reason":"ImmediateTask. Failure Description: CACPM344E Verifying Master Safe: partner, Folder: Root failed (try #2). Code: 2101","ExtraDetails":"address=10.0.0.5;username=bart;","CAProperties":{"CAProperty":[{"Name":"PolicyID","Value":"WinDomain"},{"Name":"UserName","Value":"CORP\\bart"},{"Name":"Address","Value":"10.0.0.5"},{"Name":"RetriesCount","Value":"2"}]}}}}"#;
const WALLIX: &str = r#"<30>Nov 22 14:03:27 bastion WAB(CORE)[1234]: [wabaudit] action="edit" type="User" object="ana@" user="admin" client_ip="192.168.0.12" infos="email ['' to 'ana@example.org'], groups ['dba']""#;
const VIGIA: &str = r#"{"report":"password-view","source_id":"@","time":1795356207120,"operation":"View password","user":"Ana Lima","login":"ana","ip":"10.1.2.3","device":"db-1.example","username":"root","justification":"Restart after CHG0031337","governance_id":"CHG0031337"}"#;

pub fn measure(table: &mut Table) {
    let formats = Formats::built_in();
    let context = Context::system(chrono_tz::Tz::UTC);
    for (format, what, line) in [
        ("segura", "Segura CEF", SEGURA),
        ("cef", "Segura CEF, product found by its header", SEGURA),
        ("cyberark", "CyberArk JSON of 1 kB", CYBERARK),
        ("wallix", "Wallix pairs", WALLIX),
        ("vigia", "Vigia's own JSON", VIGIA),
    ] {
        let lines: Vec<_> = (0..LINES).map(|number| line.replace('@', &(1_795_356_000_000 + number).to_string())).collect();
        let mut reader = formats.named(format).expect("a format").open("bench", &context);
        let mut events = Vec::new();
        let start = processor();
        for (number, line) in (1..).zip(&lines) {
            reader.line(number, line, &mut events).expect("read");
            if events.len() >= 1_000 {
                black_box(&events);
                events.clear();
            }
        }
        let rate = LINES as f64 / (processor() - start).as_secs_f64();
        let aim = if format == "segura" { "150,000 lines/s" } else { "" };
        table.row("formats", what, format!("{rate:.0} lines/s"), aim);
    }
    let text: String = (0..LINES).map(|number| SEGURA.replace('@', &number.to_string())).collect::<Vec<_>>().join("\n");
    let start = processor();
    for line in text.lines() {
        black_box(mask::line(line));
    }
    let seconds = (processor() - start).as_secs_f64();
    let figure = format!("{:.0} lines/s, {:.0} MB/s", LINES as f64 / seconds, text.len() as f64 / seconds / 1e6);
    table.row("formats", "masking a line of 400 bytes without secrets", figure, "");
}

/// Time of the processor this process took until now: other processes do not slow it.
fn processor() -> Duration {
    process::usage(std::process::id()).map(|usage| usage.processor).unwrap_or_default()
}

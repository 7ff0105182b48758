//! A secret in any field of any format reaches no event, no reason and no error text.

use super::*;
use crate::mask;

/// Told as a secret by the name before it alone.
const SECRET: &str = "Xq7-hunter2-Zw9";
/// Told by its own shape.
const TOKEN: &str = "hvs.CAESIJxq7hunter2zw9";

/// Lines of each format with every field there is.
const LINES: &[(&str, &str)] = &[
    (
        "segura",
        "<13>Nov 22 14:03:27 h CEF:0|MT4|Segura|@|164|PASSWORD VIEW|@|rt=1795356207120 suser=@ sname=@ src=@ dhost=@ duser=@ duid=@ cs1Label=GMUD cs1=@ cs2Label=Justification cs2=@ cs3Label=Reason cs3=@ spid=@ msg=@ other=@",
    ),
    ("segura", "CEF:0|MT4|Segura|4|0|Change failed|5|rt=1795356207120 suser=@ sname=@ dhost=@ duser=@ msg=@ other=@"),
    ("segura", "CEF:0|MT4|Segura|4|@|@|5|rt=1795356207120 suser=@"),
    (
        "cyberark",
        r#"<5>1 2026-11-22T14:03:27Z VAULT CEF:0|Cyber-Ark|Vault|12.6|57|CPM|5|act="@" suser=@ fname=@ shost=@ dhost=@ duser=@ reason=@ cs1Label="Affected User Name" cs1=@ cs2Label="Safe Name" cs2="@" msg=@"#,
    ),
    (
        "cyberark",
        r#"{"syslog":{"audit_record":{"IsoTimestamp":"2026-11-22T14:03:26Z","Vendor":"Cyber-Ark","MessageID":"295","Desc":"@","Issuer":"@","TargetUser":"@","Safe":"@","File":"@","Station":"@","Reason":"(Action: @)@","ExtraDetails":"@","CAProperties":{"CAProperty":[{"Name":"UserName","Value":"@"},{"Name":"Address","Value":"@"},{"Name":"@","Value":"@"}]}}}}"#,
    ),
    (
        "delinea",
        "CEF:0|Delinea|Secret Server|11|10004|@|2|msg=[[SecretServer]] Event: [Secret] Action: [View] By User: @ Item Name: @ (Item Id: 12) Container Name: @ (Container Id: 4) Details: @  suser=@ cs4=@ cs4Label=suser Display Name src=@ rt=Nov 22 2026 14:03:27 fname=@ fileId=@ cs3Label=@ cs3=@",
    ),
    ("wallix", r#"Nov 22 14:03:27 h WAB: [wabaudit] action="@" type="@" object="@" user="@" client_ip="@" infos="@" other="@""#),
    (
        "teleport",
        r#"{"event":"session.start","code":"T2000I","uid":"@","time":"2026-11-22T14:03:27Z","user":"@","login":"@","server_hostname":"@","addr.remote":"@","reason":"@","message":"@","x":{"y":["@"]}}"#,
    ),
    (
        "bitwarden",
        r#"{"type":1100,"date":"2026-11-22T14:03:27Z","itemId":"@","actingUserId":"@","userEmail":"@","ipAddress":"@","device":"@","other":"@"}"#,
    ),
    (
        "beyondtrust",
        r#"{"Agent ID":"PBPS","ObjectType":"@","Operation":"@","UserName":"@","LogTime":"11/22/2026 14:03:27","Target":"@","Details":"@","x":"@"}"#,
    ),
    ("leef", "LEEF:2.0|BeyondTrust|BI|1|@|^|ObjectType=@^Operation=@^usrName=@^devTime=1795356207120^Target=@^x=@"),
    (
        "vigia",
        r#"{"report":"password-operation","source_id":"@","time":1795356207000,"device":"@","operation":"@","message":"@","attempts":[{"start":1795356207000,"result":"Error","executor":"@","error_class":"@","message":"@"}],"extra":{"a":"@","b":["@",{"c":"@"}]},"other":"@"}"#,
    ),
    ("vigia", r#"{"report":"password-view","source_id":"1","time":1795356207000,"ip":"@"}"#),
    (
        "vigia",
        r#"{"report":"password-operation","source_id":"1","time":1795356207000,"attempts":[{"start":1795356207000,"result":"Error","@":1}]}"#,
    ),
    (
        "openbao",
        r#"{"time":"2026-11-22T14:03:27Z","type":"response","auth":{"display_name":"@","metadata":{"username":"@"}},"request":{"id":"@","operation":"read","path":"secret/data/@","mount_type":"kv","remote_address":"@"},"response":{"data":{"error":"@"}},"error":"@"}"#,
    ),
];

/// Everything that is kept or shown of a line, with the line itself as the pipeline keeps it.
fn kept(format: &str, line: &str) -> String {
    let mut events = Vec::new();
    let mut skipped = Vec::new();
    let mut reader = FORMATS.named(format).expect("a format").open("test", &context());
    let read = reader.line(1, line, &mut events);
    reader.finish(&mut events, &mut skipped);
    format!("{} {read:?} {skipped:?} {}", events.iter().map(|event| format!("{event:?}")).collect::<String>(), mask::line(line))
}

#[test]
fn no_secret_in_any_field_is_kept_anywhere() {
    let values = [
        TOKEN.to_owned(),
        format!("x password={SECRET}"),
        format!("api_key: {SECRET}"),
        format!("postgres://root:{SECRET}@db/erp"),
        format!("Authorization: Bearer {SECRET}"),
        "-----BEGIN PRIVATE KEY-----Xq7-hunter2-Zw9-----END PRIVATE KEY-----".to_owned(),
    ];
    for (format, line) in LINES {
        for value in &values {
            let line = line.replace('@', value);
            let kept = kept(format, &line);
            assert!(!kept.contains("hunter2"), "{line}\nis kept as\n{kept}");
        }
    }
    assert!(!kept("segura", &format!("<13>Nov 22 14:03:27 {TOKEN} CEF:0|MT4|S|4|164|PASSWORD VIEW|5|suser=a")).contains("hunter2"));
}

#[test]
fn no_field_with_a_secrets_name_keeps_its_value() {
    for name in ["password", "newPassword", "client_secret", "api_key", "access_token", "passphrase", "private_key", "pwd"] {
        for (format, line) in [
            ("segura", format!("CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|rt=1795356207120 suser=ana {name}=two words {SECRET} msg=x")),
            ("segura", format!("CEF:0|MT4|Segura|4|164|PASSWORD VIEW|5|rt=1795356207120 cs6=two {SECRET} cs6Label={name} suser=ana")),
            (
                "leef",
                format!("LEEF:2.0|BeyondTrust|BI|1|7|^|ObjectType=a^Operation=b^devTime=1795356207120^{name}=two {SECRET}^usrName=ana"),
            ),
            ("wallix", format!(r#"Nov 22 14:03:27 h WAB: [wabaudit] action="add" type="x" {name}="two "words" {SECRET}" user="ana""#)),
            (
                "teleport",
                format!(
                    r#"{{"event":"role.created","code":"T9000I","time":"2026-11-22T14:03:27Z","{name}":{{"a":["{SECRET}"]}},"user":"ana"}}"#
                ),
            ),
            (
                "vigia",
                format!(
                    r#"{{"report":"password-view","source_id":"1","time":1795356207000,"{name}":"{SECRET}","extra":{{"{name}":"{SECRET}"}},"user":"ana"}}"#
                ),
            ),
        ] {
            let masked = mask::line(&line);
            assert_eq!(mask::line(&masked), masked, "a line from the quarantine has the id it had before");
            let kept = kept(format, &line);
            assert!(!kept.contains("hunter2"), "{line}\nis kept as\n{kept}");
            assert!(kept.contains("ana"), "what is not a secret stays: {kept}");
        }
    }
}

#[test]
fn words_about_passwords_stay() {
    let words = "User forgot the password; reset it and check the token policy, see CHG0031337";
    let line = format!(r#"{{"report":"password-view","source_id":"1","time":1795356207000,"justification":"{words}"}}"#);
    says(&event("vigia", &line), "password-view", &[("justification", words)]);
}

//! Who or what acts, as far as each product says it.

use super::*;

/// Lines of a format, and the kind of actor that each names.
const LINES: &[(&str, &[(&str, &str)])] = &[
    (
        "bitwarden",
        &[
            (r#"{"object":"event","type":1700,"actingUserId":"u","date":"2026-11-22T14:03:27Z"}"#, "Person"),
            (r#"{"object":"event","type":1000,"userId":"u","date":"2026-11-22T14:03:27Z"}"#, "Person"),
            (r#"{"object":"event","type":2100,"serviceAccountId":"m","secretId":"s","date":"2026-11-22T14:03:27Z"}"#, "Service"),
            (r#"{"object":"event","type":1500,"systemUser":1,"date":"2026-11-22T14:03:27Z"}"#, "System"),
            (r#"{"object":"event","type":1500,"systemUser":0,"date":"2026-11-22T14:03:27Z"}"#, ""),
        ],
    ),
    (
        "teleport",
        &[
            (r#"{"event":"user.login","code":"T1000I","uid":"1","time":"2026-11-22T14:03:27Z","user":"ana","user_kind":1}"#, "Person"),
            (r#"{"event":"user.login","code":"T1000I","uid":"1","time":"2026-11-22T14:03:27Z","user":"ana"}"#, ""),
            (
                r#"{"event":"session.start","code":"T2000I","uid":"1","time":"2026-11-22T14:03:27Z","user":"bot-ci","user_kind":2}"#,
                "Service",
            ),
            (r#"{"event":"bot.join","code":"TJ001I","uid":"1","time":"2026-11-22T14:03:27Z","bot_name":"ci","success":true}"#, "Service"),
            (r#"{"event":"user.delete","code":"T1004I","uid":"1","time":"2026-11-22T14:03:27Z","user":"system","name":"x"}"#, "System"),
        ],
    ),
    (
        "jumpserver",
        &[
            (
                r#"operation_log - {"user":"Ana(ana)","action":"update","resource_type":"Asset","resource":"x","datetime":"2026/11/22 15:03:27 +0100"}"#,
                "Person",
            ),
            (
                r#"operation_log - {"user":"[KoKo]-bastion([KoKo]-bastion)","action":"update","resource_type":"Asset","resource":"x","datetime":"2026/11/22 15:03:27 +0100"}"#,
                "Service",
            ),
            (
                r#"operation_log - {"user":"System","action":"update","resource_type":"Asset","resource":"x","datetime":"2026/11/22 15:03:27 +0100"}"#,
                "System",
            ),
        ],
    ),
    ("segura", &[("CEF:0|MT4|senhasegura|3.7|36|UPDATE DEVICE|3|rt=Nov 22 2026 14:03:27 suser=ana", "")]),
];

#[test]
fn people_services_and_the_system_itself_are_told_apart_where_the_product_does() {
    for (format, lines) in LINES {
        for (line, kind) in *lines {
            assert_eq!(event(format, line).get("actor_kind").plain(), *kind, "{line}");
        }
    }
}

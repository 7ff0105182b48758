//! Tests for the connector `command`, with real programs, most of them badly behaved.

use crate::house::{House, until};
use rustix::process::{Pid, Signal, kill_process_group};
use std::path::Path;
use vigia_app::model::{Attempt, OperationStatus};

/// A connector that runs a script of sh, once.
async fn house(script: &str) -> House {
    house_with(script, "timeout = \"20s\"").await
}

async fn house_with(script: &str, more: &str) -> House {
    let house = House::new(&format!(
        r#"
        [limits]
        attempts = 1
        [connector.script]
        kind = "command"
        hosts = ["srv-*"]
        command = ["/bin/sh", "{{folder}}/script", "an argument"]
        env = {{ PATH = "/usr/bin:/bin", FOLDER = "{{folder}}" }}
        parameters = {{ port = "optional" }}
        {more}
        "#
    ))
    .await;
    std::fs::write(house.path("script"), script).expect("written");
    house
}

async fn run(script: &str) -> (OperationStatus, Attempt) {
    let (status, mut attempts) = house(script).await.carry_out("script", &[]).await;
    assert_eq!(attempts.len(), 1);
    (status, attempts.remove(0))
}

/// Runs it, and sees to it that nobody knows what it did.
async fn unknown(script: &str, more: &str) -> (House, Attempt) {
    let house = house_with(script, more).await;
    let (status, mut attempts) = house.carry_out("script", &[]).await;
    let attempt = attempts.remove(0);
    assert_eq!(
        (status, attempt.result.as_str(), attempt.error_class.as_str()),
        (OperationStatus::Error, "Unknown", "Inconclusive"),
        "{attempt:?}"
    );
    (house, attempt)
}

/// Whether a process whose id was written to a file is still there. A dead one that nobody has reaped yet is not.
fn lives(file: &Path) -> bool {
    let id = std::fs::read_to_string(file).expect("the script has come so far");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_gets_the_operation_and_says_what_it_verified() {
    let house = house(
        r#"cat >"$FOLDER/input"; env | sort >"$FOLDER/environment"; pwd >"$FOLDER/pwd"; echo "$1" >"$FOLDER/argument"
        echo 'set the password' >&2
        echo '{"result":"success","verified":"signed in anew","message":"Changed.","template":"linux","version":"3","log":["from the report"]}'"#,
    )
    .await;
    let (status, attempts) = house.carry_out("script", &[("port", "2222")]).await;
    let attempt = &attempts[0];
    assert_eq!(status, OperationStatus::Success, "{attempt:?}");
    assert_eq!((attempt.result.as_str(), attempt.connector.as_str()), ("Success", "script"));
    assert_eq!((attempt.message.as_str(), attempt.template.as_str(), attempt.version.as_str()), ("Changed.", "linux", "3"));
    assert_eq!(attempt.log, ["set the password", "from the report"]);
    let read = |name: &str| std::fs::read_to_string(house.path(name)).expect("was written");
    let input: serde_json::Value = serde_json::from_str(&read("input")).expect("JSON");
    assert_eq!(
        (input["operation"].as_str(), input["device"].as_str(), input["username"].as_str()),
        (Some("Change password"), Some("srv-1"), Some("app"))
    );
    assert_eq!(
        (input["parameters"]["port"].as_str(), input["attempt"].as_u64(), &input["unsure_since"]),
        (Some("2222"), Some(1), &serde_json::Value::Null)
    );
    let environment = read("environment");
    let names: Vec<_> = environment.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    assert_eq!(
        names.iter().filter(|name| !["PWD", "_", "SHLVL", "OLDPWD"].contains(name)).collect::<Vec<_>>(),
        [&"FOLDER", &"PATH"],
        "nothing else comes along"
    );
    assert_eq!((read("pwd").trim(), read("argument").trim()), ("/", "an argument"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_has_the_class_it_was_reported_with_or_ended_with() {
    for (script, class, message) in [
        (r#"echo '{"result":"error","error_class":"Policy rejected","message":"too short"}'; exit 1"#, "Policy rejected", "too short"),
        (r#"echo '{"result":"error","message":"connection refused by srv-1"}'"#, "Connectivity", "connection refused by srv-1"),
        ("echo first >&2; echo 'no such account' >&2; exit 67", "Not found", "The program ended with status 67: no such account"),
        ("exit 77", "Permission denied", "The program ended with status 77: it said nothing on standard error"),
        ("echo broken >&2; exit 3", "Other", "The program ended with status 3: broken"),
    ] {
        let (status, attempt) = run(script).await;
        assert_eq!(
            (status, attempt.result.as_str(), attempt.error_class.as_str()),
            (OperationStatus::Error, "Error", class),
            "{script}: {attempt:?}"
        );
        assert_eq!((attempt.message.as_str(), attempt.template.as_str()), (message, "sh"), "{script}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_success_is_believed_that_does_not_say_what_was_verified() {
    for script in [
        "exit 0",
        "echo done",
        "exec >&-; exit 0",
        r#"echo '{"result":"success"}'"#,
        r#"echo '{"result":"success","verified":"  "}'"#,
        r#"echo '{"result":"success","verified":"signed in"}'; exit 1"#,
        r#"echo '{"result":"success","verified":"signed in"}{}'"#,
        r#"echo '{"result":"success","verified":"signed in"}'; kill -9 $$"#,
    ] {
        unknown(script, "").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_looks_like_a_secret_in_the_output_is_masked() {
    let (_, attempt) = run(r#"echo 'password=hunter2' >&2; echo '{"result":"error","message":"password=hunter2 is wrong"}'; exit 1"#).await;
    assert!(!format!("{attempt:?}").contains("hunter2"), "{attempt:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_hangs_forks_and_ignores_sigterm_is_ended_with_all_it_started() {
    let script = r#"trap '' TERM
        (trap '' TERM; while :; do sleep 1; done) & echo $! >"$FOLDER/child"
        echo $$ >"$FOLDER/parent"
        echo 'setting the password' >&2
        while :; do sleep 1; done"#;
    let (house, attempt) = unknown(script, "timeout = \"1s\"").await;
    assert_eq!(attempt.message, "The program took longer than 1s and was ended.");
    assert_eq!(attempt.log, ["setting the password"], "what it had said is kept");
    for name in ["parent", "child"] {
        assert!(!lives(&house.path(name)), "the {name} is gone");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_closes_its_output_and_hangs_is_ended() {
    let (house, _) = unknown(r#"echo $$ >"$FOLDER/parent"; exec >&- 2>&-; sleep 1000"#, "timeout = \"1s\"").await;
    assert!(!lives(&house.path("parent")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_prints_ten_gigabytes_is_ended() {
    for script in ["head -c 10G /dev/zero", "head -c 10G /dev/zero >&2", "yes password=hunter2 | head -c 10G >&2; exit 1"] {
        let (_, attempt) = unknown(script, "").await;
        assert_eq!(attempt.message, "The program printed more than 1024 KiB and was ended.", "{script}");
        assert!(attempt.log.len() <= Attempt::MAX_LOG && attempt.log.iter().all(|line| line.len() <= Attempt::MAX_LOG_LINE), "{script}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_program_leaves_behind_is_ended_and_not_waited_for() {
    let script = r#"sleep 1000 & echo $! >"$FOLDER/child"
        setsid sh -c 'echo $$ >"$FOLDER/escaped"; sleep 1000' &
        while [ ! -s "$FOLDER/escaped" ]; do sleep 0.01; done
        echo '{"result":"success","verified":"signed in"}'"#;
    let house = house(script).await;
    let (status, _) = house.carry_out("script", &[]).await;
    assert_eq!(status, OperationStatus::Success, "its word is taken, whoever holds its output open");
    until("what it left is gone", async || !lives(&house.path("child"))).await;
    // One that leaves the group gets away; the test ends it.
    let escaped = std::fs::read_to_string(house.path("escaped")).expect("was written");
    // Not with the program kill: some of them take a negative number for more than one process group.
    let group = escaped.trim().parse().ok().and_then(Pid::from_raw).expect("a process");
    kill_process_group(group, Signal::KILL).expect("it is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_not_there_is_a_mistake_in_the_settings() {
    let house = House::new("[connector.script]\nkind = \"command\"\nhosts = [\"srv-*\"]\ncommand = [\"{folder}/none\"]").await;
    let (status, attempts) = house.carry_out("script", &[]).await;
    assert_eq!((status, attempts[0].error_class.as_str()), (OperationStatus::Error, "Configuration"));
    assert!(attempts[0].message.contains("/none cannot be run: No such file"), "{}", attempts[0].message);
}

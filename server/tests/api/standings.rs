//! What is offered to do with an operation, and what is refused: the page is told, and the server keeps to it.

use crate::harness::{Server, Setup, Visitor};
use crate::server_functions::answer;
use serde_json::{Value, json};
use vigia::notifications::{Delivery, Mailbox, Mailer};
use vigia_app::model::{
    Action, ActionResult, Chosen, ErrorClass, EventId, Failures, Greeting, Keeper, Mail, Page, Refreshed, Role, Standing,
};
use vigia_app::reports::PASSWORD_OPERATION;

const ACTIONS: &str = "/api/v1/operations/actions";

/// The only row of the report as the page gets it, and what is known of it.
async fn only_row(visitor: &Visitor) -> (EventId, Vec<Standing>) {
    let page: Page = answer(visitor.call("/fn/report_page", &("password-operation", "")).await).await;
    let [row] = &page.rows[..] else { panic!("{} rows", page.rows.len()) };
    (row.id, page.standings)
}

async fn act(visitor: &Visitor, action: &str, id: &str, mended: bool) -> Value {
    let response = visitor.post(ACTIONS, json!({ "action": action, "ids": [id], "mended": mended })).await;
    assert_eq!(response.status(), 200, "{action}");
    response.json::<Value>().await.expect("JSON")["results"][0].clone()
}

#[tokio::test]
async fn an_operation_of_another_system_is_offered_where_a_route_leads_to_a_connector() {
    let routed = Server::start().await;
    let admin = routed.signed_in(Role::Admin).await;
    let (id, standings) = only_row(&admin).await;
    assert_eq!(standings, [Standing { keeper: Keeper::Routed, locks: None }]);
    assert_eq!(only_row(&routed.signed_in(Role::Auditor).await).await.1, [], "who may do nothing is told nothing");
    let views: Page = answer(admin.call("/fn/report_page", &("password-view", "")).await).await;
    assert_eq!(views.standings, [], "nothing can be done with a view");
    act(&admin, "restart", &id.to_string(), false).await;
    let now: Refreshed = answer(admin.call("/fn/report_refresh", &("password-operation", "", vec![id])).await).await;
    assert_eq!(now.standings, [Standing { keeper: Keeper::Vigia, locks: None }], "it is Vigia's now");

    let other = r#"
        [connector.pam]
        kind = "pull"
        hosts = ["srv-*"]
        operations = ["Verify password"]
        [[route]]
        match = { source = "test" }
        connector = "pam"
    "#;
    for (connectors, carries_out) in [(other, true), ("", false)] {
        let server = Server::with(Setup { connectors: Some(connectors), ..Setup::default() }).await;
        let admin = server.signed_in(Role::Admin).await;
        let (id, standings) = only_row(&admin).await;
        assert_eq!(standings, [Standing::default()], "{connectors}");
        let failures: Failures = answer(admin.call("/fn/operation_failures", &"").await).await;
        assert_eq!((failures.groups[0].ids.len(), failures.groups[0].restartable), (1, 0));
        let greeting: Option<Greeting> = answer(admin.call("/fn/current_user", &()).await).await;
        assert_eq!(greeting.map(|greeting| greeting.carries_out), Some(carries_out));
        assert!(act(&admin, "restart", &id.to_string(), false).await["refused"].is_string(), "{connectors}");
    }
}

/// Whoever the declaration lets act is offered actions, and may act; nobody else is, or may.
#[tokio::test]
async fn who_may_act_is_whom_the_declaration_names() {
    let server = Server::start().await;
    for role in Role::ALL {
        let lets = PASSWORD_OPERATION.lets(role);
        let visitor = server.signed_in(role).await;
        let (id, standings) = only_row(&visitor).await;
        assert_eq!(!standings.is_empty(), lets, "{role}");
        let info = visitor.json(&format!("/api/v1/operations/{id}")).await;
        assert_eq!(info["actions"] != json!([]), lets, "{role}: {info}");
        let asked = json!({ "action": "cancel", "ids": [id.to_string()] });
        assert_eq!(visitor.post(ACTIONS, asked).await.status() == 200, lets, "{role}");
        let chosen = (Action::Cancel, Chosen::Ids(vec![id]), "", false);
        assert_eq!(visitor.call("/fn/operation_act", &chosen).await.status() == 200, lets, "{role}");
    }
    assert!(Role::ALL.into_iter().any(|role| !PASSWORD_OPERATION.lets(role)), "a manager may only read");
}

#[tokio::test]
async fn what_nobody_would_carry_out_can_be_canceled_and_nothing_else() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let later = |connector: &str| json!({ "device": "srv-1", "username": connector, "connector": connector, "operation": "Change password", "schedule": "2027-06-01T00:00:00Z" });
    let mut ids = Vec::new();
    for connector in ["pam", "guarded"] {
        let created: Value = admin.post("/api/v1/operations", later(connector)).await.json().await.expect("JSON");
        ids.push(created["id"].as_str().expect("an id").to_owned());
    }
    // The file of the next start has other connectors, or none.
    for (connectors, says) in [
        ("[connector.other]\nkind = \"pull\"\nhosts = [\"srv-*\"]", "There is no connector \"pam\"; there are other."),
        ("", "VIGIA_CONNECTORS"),
    ] {
        let server = Server::on(&server, Setup { connectors: Some(connectors), ..Setup::default() }).await;
        let admin = server.signed_in(Role::Admin).await;
        let info = admin.json(&format!("/api/v1/operations/{}", ids[0])).await;
        assert_eq!(info["actions"], json!(["cancel"]));
        assert!(info["hint"].as_str().is_some_and(|hint| hint.contains(says)), "{info}");
        let run = act(&admin, "run_now", &ids[0], false).await;
        assert!(run["refused"].as_str().is_some_and(|why| why.contains(says)), "{run}");
        let approve = act(&admin, "approve", &ids[1], false).await;
        assert!(approve["refused"].is_string(), "{approve}");
        let page: Page = answer(admin.call("/fn/report_page", &("password-operation", "status=Scheduled")).await).await;
        assert_eq!(page.standings, [Standing { keeper: Keeper::Stranded, locks: None }]);
        if connectors.is_empty() {
            assert_eq!(act(&admin, "cancel", &ids[0], false).await["status"], "Canceled");
            assert_eq!(act(&admin, "disapprove", &ids[1], false).await["status"], "Canceled");
        }
    }
}

#[tokio::test]
async fn what_would_lock_an_account_is_restarted_only_once_the_cause_is_mended() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let runner = server.anonymous().bearing(&server.token("runner", "execute", &["pam"]).await);
    for (number, class) in [ErrorClass::CredentialRejected, ErrorClass::AccountLocked, ErrorClass::PermissionDenied].into_iter().enumerate()
    {
        let new = json!({ "device": format!("srv-{number}"), "username": "root", "connector": "pam", "operation": "Change password" });
        let created: Value = admin.post("/api/v1/operations", new).await.json().await.expect("JSON");
        let id: EventId = created["id"].as_str().expect("an id").parse().expect("an id");
        let leased: Value =
            runner.post("/api/v1/operations/lease", json!({ "connector": "pam", "want": 10 })).await.json().await.expect("JSON");
        let jobs = leased["operations"].as_array().expect("a list");
        let job = jobs.iter().find(|job| job["id"] == id.to_string()).expect("it is due");
        let ticket = server.anonymous().bearing(job["ticket"].as_str().expect("a ticket"));
        let failed = json!({ "result": "error", "error_class": class.name(), "message": "no" });
        assert_eq!(ticket.post(&format!("/api/v1/operations/{id}/attempts/1"), failed).await.status(), 200);

        let page: Page = answer(admin.call("/fn/report_page", &("password-operation", format!("device=srv-{number}"))).await).await;
        assert_eq!(page.standings, [Standing { keeper: Keeper::Vigia, locks: Some(class).filter(|class| class.locks()) }]);
        let restart = async |mended: bool| -> Vec<ActionResult> {
            answer(admin.call("/fn/operation_act", &(Action::Restart, Chosen::Ids(vec![id]), "", mended)).await).await
        };
        let blind = restart(false).await;
        assert_eq!(blind[0].result.is_err(), class.locks(), "{class}: {blind:?}");
        if let Err(why) = &blind[0].result {
            assert!(why.to_string().contains(class.name()) && why.to_string().contains("fixed"), "{why}");
            assert!(act(&admin, "restart", &id.to_string(), false).await["refused"].is_string(), "the API does not do it blindly either");
            assert!(restart(true).await[0].result.is_ok(), "{class}");
        }
    }
    let trail = admin.json("/api/v1/reports/audit-tracking?operation=Restart&limit=1").await;
    let id = trail["rows"][0]["id"].as_str().expect("an id").to_owned();
    let record = admin.json(&format!("/api/v1/reports/audit-tracking/{id}")).await;
    assert!(!record.to_string().contains("Cause mended"), "the last one needed no such word: {record}");
}

#[tokio::test]
async fn a_demo_says_so_and_shows_its_mailbox_to_administrators() {
    let folder = tempfile::tempdir().expect("a folder");
    let mailer = Some(Mailer::Mailbox(Mailbox::new(folder.path().to_owned())));
    let server =
        Server::with(Setup { delivery: Delivery { mailer, ..Delivery::default() }, demo: "All of it is made up.", ..Setup::default() })
            .await;
    let admin = server.signed_in(Role::Admin).await;
    let greeting: Option<Greeting> = answer(admin.call("/fn/current_user", &()).await).await;
    assert_eq!(greeting.map(|greeting| greeting.demo), Some("All of it is made up.".to_owned()));
    let rule = json!({ "occasion": "operation_failed", "channel": { "email": { "to": ["soc@example.com"] } } });
    let saved = admin.request("PUT", "/api/v1/notification-rules/ops").json(&rule).send().await.expect("an answer");
    assert_eq!(saved.status(), 200);
    assert_eq!(admin.post("/api/v1/notification-rules/ops/test", json!({})).await.status(), 204);
    let mails: Option<Vec<Mail>> = answer(admin.call("/fn/mailbox", &()).await).await;
    let [mail] = &mails.expect("a mailbox")[..] else { panic!("one mail") };
    assert_eq!((mail.subject.as_str(), &mail.to[..]), ("A test of a notification rule", &["soc@example.com".to_owned()][..]));
    assert!(mail.text.starts_with("This is a test of the notification rule ops"), "{mail:?}");

    let plain = Server::start().await;
    let admin = plain.signed_in(Role::Admin).await;
    assert_eq!(answer::<Option<Vec<Mail>>>(admin.call("/fn/mailbox", &()).await).await, None);
}

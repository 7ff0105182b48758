//! Saved views: questions to the reports that people keep under a name, theirs alone or shared.

use crate::harness::{Server, Visitor, problem};
use crate::server_functions::answer;
use serde_json::{Value, json};
use vigia_app::model::{Greeting, Role};
use vigia_app::views::{NewView, SavedView};

const VIEWS: &str = "/api/v1/views";

async fn save(visitor: &Visitor, view: Value) -> String {
    let response = visitor.post(VIEWS, view.clone()).await;
    assert_eq!(response.status(), 201, "{view}");
    response.json::<Value>().await.expect("JSON")["id"].as_str().expect("an id").to_owned()
}

async fn put(visitor: &Visitor, path: &str, body: Value) -> reqwest::Response {
    visitor.request("PUT", &format!("{VIEWS}/{path}")).json(&body).send().await.expect("an answer")
}

fn incidents(shared: Option<&str>) -> Value {
    json!({ "name": "Incidents", "description": "Who looks when something burns.", "report": "password-view", "query": "reason=Incident&cursor=x", "shared": shared })
}

async fn names(visitor: &Visitor) -> Vec<String> {
    let views = visitor.json(&format!("{VIEWS}?report=password-view")).await;
    views.as_array().expect("views").iter().map(|view| view["name"].as_str().expect("a name").to_owned()).collect()
}

/// Operation, entity name and notes of what the trail says of views, oldest first.
async fn trail(auditor: &Visitor, entity: &str) -> Vec<(String, String, Vec<String>)> {
    let found =
        auditor.json(&format!("/api/v1/reports/audit-tracking?entity={entity}&sort=date&columns=operation,entity_name,change")).await;
    let mut told = Vec::new();
    for row in found["rows"].as_array().expect("rows") {
        assert_eq!(row["change"], json!(true));
        let event = auditor.json(&format!("/api/v1/reports/audit-tracking/{}", row["id"].as_str().expect("an id"))).await;
        let notes = event["extra"].as_array().expect("notes").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let notes = notes.map(|note| format!("{}: {}", text(&note["name"]), text(&note["value"]))).collect();
        told.push((text(&row["operation"]), text(&row["entity_name"]), notes));
    }
    told
}

#[tokio::test]
async fn a_view_is_its_owners_until_it_is_shared_and_every_step_is_in_the_trail() {
    let server = Server::start().await;
    let [manager, auditor, admin] =
        [server.signed_in(Role::Manager).await, server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await];
    let id = save(&auditor, incidents(None)).await;
    let one = format!("{VIEWS}/{id}");
    let view = auditor.json(&one).await;
    assert_eq!(
        view,
        json!({
            "id": id, "owner": "auditor", "name": "Incidents", "description": "Who looks when something burns.", "report": "password-view",
            "query": "reason=Incident", "shared": null, "changes": true, "first": false, "problem": null,
        })
    );
    for other in [&manager, &admin] {
        assert_eq!((names(other).await.len(), other.get(&one).await.status().as_u16()), (0, 404), "it is private");
    }
    assert_eq!(put(&auditor, &id, incidents(Some("auditor"))).await.status(), 204);
    assert_eq!((names(&manager).await.len(), names(&admin).await), (0, vec!["Incidents".to_owned()]), "shared with whoever may as much");
    let mut other = incidents(Some("manager"));
    other["query"] = json!("reason=Incident&emergency=yes");
    assert_eq!(put(&auditor, &id, other.clone()).await.status(), 204);
    assert_eq!(put(&auditor, &id, other.clone()).await.status(), 204, "nothing changes, and nothing is told");
    assert_eq!(manager.json(&one).await["changes"], json!(false));
    for (refused, status) in
        [(put(&manager, &id, other.clone()).await, 403), (manager.request("DELETE", &one).send().await.expect("an answer"), 403)]
    {
        assert_eq!(refused.status().as_u16(), status);
    }
    // An administrator may, since whoever shared it may be gone; it stays the owner's.
    other["name"] = json!("Fires");
    assert_eq!(put(&admin, &id, other).await.status(), 204);
    assert_eq!(auditor.json(&one).await["owner"], json!("auditor"));
    assert_eq!(admin.request("DELETE", &one).send().await.expect("an answer").status(), 204);
    assert_eq!(auditor.get(&one).await.status(), 404);
    let told = trail(&auditor, "Saved view").await;
    let step = |operation: &str, name: &str, notes: &[&str]| {
        (operation.to_owned(), name.to_owned(), notes.iter().map(|note| (*note).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        told,
        [
            step(
                "Creation",
                "Incidents",
                &["Report: password-view", "Query: reason=Incident", "Description: Who looks when something burns.", "Shared with: Nobody"]
            ),
            step(
                "Update",
                "Incidents",
                &["Report: password-view", "Shared with, from: Nobody", "Shared with, to: Auditors and administrators"]
            ),
            step(
                "Update",
                "Incidents",
                &[
                    "Report: password-view",
                    "Query from: reason=Incident",
                    "Query to: reason=Incident&emergency=yes",
                    "Shared with, from: Auditors and administrators",
                    "Shared with, to: Everybody",
                ]
            ),
            step("Update", "Fires", &["Report: password-view", "Owner: auditor", "Name from: Incidents", "Name to: Fires"]),
            step("Deletion", "Fires", &["Report: password-view", "Query: reason=Incident&emergency=yes", "Owner: auditor"]),
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_view_is_said_of_its_field() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    save(&auditor, incidents(None)).await;
    let with = |field: &str, value: Value| {
        let mut view = json!({ "name": "Another", "report": "password-view" });
        view[field] = value;
        view
    };
    for (view, field, says) in [
        (with("name", json!("iNCIDENTS")), "name", "already"),
        (with("name", json!("")), "name", "64"),
        (with("description", json!("a".repeat(301))), "description", "300"),
        (with("report", json!("logins")), "report", "password-operation"),
        (with("query", json!("colour=red")), "query", "colour is not a parameter"),
        (with("query", json!("status=Error")), "query", "status is not a parameter"),
    ] {
        let (status, said, at) = problem(auditor.post(VIEWS, view).await).await;
        assert_eq!((status, at.as_deref()), (400, Some(field)), "{said}");
        assert!(said.contains(says), "{field}: {said}");
    }
    assert_eq!(problem(auditor.get(&format!("{VIEWS}?report=logins")).await).await.2.as_deref(), Some("report"));
    let (status, _, _) = problem(auditor.post(VIEWS, with("shared", json!("everybody"))).await).await;
    assert_eq!(status, 400);
    let id = save(&auditor, with("name", json!("Second"))).await;
    assert_eq!(problem(put(&auditor, &id, with("name", json!("incidents"))).await).await.2.as_deref(), Some("name"));
    let moved = json!({ "name": "Second", "report": "audit-tracking" });
    assert_eq!(problem(put(&auditor, &id, moved).await).await.2.as_deref(), Some("report"), "its query is one to its report");
    // As many as a person keeps of a report, also where they are saved at once.
    let more: Vec<_> =
        (0..NewView::MAX_OF_REPORT).map(|number| auditor.post(VIEWS, with("name", json!(format!("View {number}"))))).collect();
    let statuses: Vec<_> = futures_util::future::join_all(more).await.iter().map(|response| response.status().as_u16()).collect();
    assert!(statuses.iter().all(|status| [201, 400, 503].contains(status)), "{statuses:?}");
    for number in 0..NewView::MAX_OF_REPORT {
        auditor.post(VIEWS, with("name", json!(format!("View {number}")))).await;
    }
    assert_eq!(names(&auditor).await.len(), NewView::MAX_OF_REPORT);
    let (status, said, field) = problem(auditor.post(VIEWS, with("name", json!("One more"))).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("name")), "{said}");
    assert_eq!(auditor.post(VIEWS, json!({ "name": "One more", "report": "audit-tracking" })).await.status(), 201, "of another report");
}

#[tokio::test]
async fn a_report_opens_with_the_view_that_its_reader_has_chosen_while_they_see_it() {
    let server = Server::start().await;
    let (manager, auditor) = (server.signed_in(Role::Manager).await, server.signed_in(Role::Auditor).await);
    let id = save(&auditor, incidents(Some("manager"))).await;
    let first =
        async |visitor: &Visitor| answer::<Option<Greeting>>(visitor.call("/fn/current_user", &()).await).await.expect("somebody").first;
    let choose =
        async |visitor: &Visitor, report: &str, id: Option<&str>| put(visitor, &format!("first/{report}"), json!({ "id": id })).await;
    assert_eq!(first(&manager).await, []);
    assert_eq!(choose(&manager, "password-view", Some(&id)).await.status(), 204);
    let chosen = [("password-view".to_owned(), "reason=Incident".to_owned())];
    assert_eq!((first(&manager).await.as_slice(), first(&auditor).await.as_slice()), (&chosen[..], &[][..]));
    assert_eq!(manager.json(&format!("{VIEWS}/{id}")).await["first"], json!(true));
    assert_eq!(problem(choose(&manager, "audit-tracking", Some(&id)).await).await.2.as_deref(), Some("id"), "it is of another report");
    assert_eq!(choose(&manager, "logins", None).await.status(), 400);
    assert_eq!(choose(&manager, "password-view", Some("none")).await.status(), 404);
    assert_eq!(put(&auditor, &id, incidents(None)).await.status(), 204);
    assert_eq!(first(&manager).await, [], "it is no longer shared with them");
    assert_eq!(put(&auditor, &id, incidents(Some("manager"))).await.status(), 204);
    assert_eq!(first(&manager).await, chosen);
    assert_eq!(choose(&manager, "password-view", None).await.status(), 204);
    assert_eq!(first(&manager).await, []);
    let told = trail(&auditor, "First view").await;
    let notes: Vec<_> = told.iter().map(|(_, name, notes)| (name.as_str(), notes.join(", "))).collect();
    assert_eq!(
        notes,
        [("Password view", "From: None, To: Incidents".to_owned()), ("Password view", "From: Incidents, To: None".to_owned())]
    );
}

#[tokio::test]
async fn a_view_that_this_version_does_not_understand_says_so_and_can_be_changed_and_removed() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    // As another version may have left them.
    let kept = |id: &str, query: &str| json!({ "id": id, "name": id, "query": query });
    let shelf =
        json!({ "owner": "auditor", "views": [kept("old", "colour=red"), kept("older", "sort=colour")], "first": ["auditor", "old"] });
    server.store.kept().set("views", vec![("password-view/auditor".to_owned(), Some(shelf.to_string()))]).await.expect("kept");
    let view = auditor.json(&format!("{VIEWS}/old")).await;
    assert!(view["problem"].as_str().is_some_and(|problem| problem.starts_with("colour is not a parameter of Password view")), "{view}");
    let greeting: Option<Greeting> = answer(auditor.call("/fn/current_user", &()).await).await;
    assert_eq!(greeting.expect("somebody").first, [], "the report opens all the same");
    let listed: Vec<SavedView> = answer(auditor.call("/fn/saved_views", &"password-view").await).await;
    assert!(listed.iter().all(|view| view.problem.is_some() && view.changes), "{listed:?}");
    assert_eq!(put(&auditor, "old", json!({ "name": "old", "report": "password-view", "query": "user=ana" })).await.status(), 204);
    assert_eq!(auditor.json(&format!("{VIEWS}/old")).await["problem"], Value::Null);
    assert_eq!(auditor.request("DELETE", &format!("{VIEWS}/older")).send().await.expect("an answer").status(), 204);
    assert_eq!(names(&auditor).await, ["old"]);
}

#[tokio::test]
async fn a_manager_who_sees_pseudonyms_sees_no_view_of_others_for_it_may_name_somebody() {
    let server = Server::start().await;
    let [manager, auditor, admin] =
        [server.signed_in(Role::Manager).await, server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await];
    let shared = json!({ "name": "Zelda", "report": "password-view", "query": "user=Zelda", "shared": "manager" });
    let id = save(&auditor, shared).await;
    let own = save(&manager, json!({ "name": "Mine", "report": "password-view", "query": "", "shared": "manager" })).await;
    assert_eq!(put(&manager, "first/password-view", json!({ "id": id })).await.status(), 204);
    assert_eq!(names(&manager).await, ["Mine", "Zelda"]);
    let switch = admin.request("PUT", "/api/v1/pseudonyms").json(&json!({ "for_managers": true })).send().await.expect("an answer");
    assert_eq!(switch.status(), 204);
    assert_eq!(names(&manager).await, ["Mine"]);
    assert_eq!(manager.get(&format!("{VIEWS}/{id}")).await.status(), 404);
    let greeting: Option<Greeting> = answer(manager.call("/fn/current_user", &()).await).await;
    assert_eq!(greeting.expect("somebody").first, []);
    assert_eq!(names(&auditor).await, ["Zelda", "Mine"], "nobody else is kept from anything");
    assert_eq!(manager.get(&format!("{VIEWS}/{own}")).await.status(), 200);
}

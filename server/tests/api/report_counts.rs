//! Tests of what counts rows: the values of a column, and rows by time.

use crate::harness::{Server, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

#[tokio::test]
async fn the_values_of_a_column_come_with_their_rows() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    let values = manager.json("/api/v1/reports/password-view/values/device?operation=View%20password&limit=2").await;
    let rows = |value: &Value| value["rows"].as_u64().expect("a number");
    let list = values["values"].as_array().expect("values");
    assert_eq!((list.len(), values["total"].as_u64()), (2, Some(5)), "{values}");
    assert!(list.iter().all(|value| value["value"].as_str().expect("a device").starts_with("srv-db-0") && rows(value) == 1), "{values}");

    let flags = manager.json("/api/v1/reports/password-view/values/emergency").await;
    let page = manager.json("/api/v1/reports/password-view?limit=500&columns=emergency").await;
    let all = page["rows"].as_array().expect("rows").len() as u64;
    assert_eq!(flags["values"].as_array().expect("values").iter().map(rows).sum::<u64>(), all);
    assert_eq!(flags["values"][0]["value"], json!(false));
}

#[tokio::test]
async fn rows_are_counted_by_time_in_the_readers_zone() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    let filter = "operation=View%20password";
    let hours = manager.json(&format!("/api/v1/reports/password-view/histogram/hour?{filter}")).await;
    let total: u64 = hours.as_array().expect("spans").iter().map(|span| span["rows"].as_u64().expect("a number")).sum();
    assert_eq!(total, 5, "{hours}");
    let day = manager.json(&format!("/api/v1/reports/password-view/histogram/day?{filter}&zone=America/Sao_Paulo")).await;
    assert_eq!(day, json!([{ "from": "2026-11-22T03:00:00.000Z", "rows": 5 }]));
    let none = manager.json("/api/v1/reports/password-view/histogram/month?device=srv-db-99").await;
    assert_eq!(none, json!([]));
}

#[tokio::test]
async fn rows_are_grouped_by_one_column_or_two() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    let groups = manager.json("/api/v1/reports/password-view/groups/operation,emergency?operation=View%20password").await;
    let group = |emergency: bool, rows: u64, last: &str| json!({ "values": ["View password", emergency], "rows": rows, "last": last, "average": null });
    let expected = [group(false, 4, "2026-11-22T14:02:27.000Z"), group(true, 1, "2026-11-22T14:00:27.000Z")];
    assert_eq!(groups, json!({ "groups": expected, "total": 2 }));

    let by_status = manager.json("/api/v1/reports/password-operation/groups/status/average/attempts").await;
    let page = manager.json("/api/v1/reports/password-operation?limit=500&columns=status,attempts").await;
    for group in by_status["groups"].as_array().expect("groups") {
        let of_group = page["rows"].as_array().expect("rows").iter().filter(|row| row["status"] == group["values"][0]);
        let numbers: Vec<f64> = of_group.clone().filter_map(|row| row["attempts"].as_f64()).collect();
        let average = (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64);
        assert_eq!((group["rows"].as_u64(), group["average"].as_f64()), (Some(of_group.count() as u64), average), "{group}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    for (address, status, says) in [
        ("password-view/values/date", 404, "\"date\" is not a column with values. Use one of: "),
        ("password-view/values/nothing", 404, "\"nothing\" is not a column with values. Use one of: "),
        ("password-view/histogram/year", 404, "That is not a step. Use one of: hour, day, week, month."),
        ("password-view/groups/user,user", 400, "by two that are not the same"),
        ("password-view/groups/user,nothing", 404, "\"nothing\" is not a column with values"),
        ("password-view/groups/user,device,operation", 400, "by two that are not the same"),
        ("password-operation/groups/status/average/device", 404, "Use one of: attempts."),
        ("nothing/values/user", 404, "nothing"),
        ("password-view/values/user?device.min=3", 400, "device"),
    ] {
        let (answered, detail, _) = problem(manager.get(&format!("/api/v1/reports/{address}")).await).await;
        assert_eq!(answered, status, "{address}");
        assert!(detail.contains(says), "{address}: {detail}");
    }
}

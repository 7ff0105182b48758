//! What the document says of operations.

use super::{ok, reading, schema, with_errors};
use crate::http::rest::operations::MAX_KEY;
use crate::operations::act::MAX_NOTE;
use crate::operations::create;
use crate::operations::remote::MAX_LEASED;
use crate::operations::ticket;
use serde_json::{Map, Value, json};
use vigia_app::model::{Action, Attempt, Chosen, CredentialSet, ErrorClass, NotificationRule, Occasion, OperationStatus};

pub(super) const ADMIN: &[&str] = &["invalid", "signed-out", "forbidden", "unavailable", "internal"];
pub(super) const ADMIN_ONE: &[&str] = &["invalid", "signed-out", "forbidden", "not-found", "unavailable", "internal"];

pub(super) fn describe(paths: &mut Map<String, Value>, schemas: &mut Map<String, Value>) {
    paths.insert("/api/v1/operations".to_owned(), creation());
    paths.insert("/api/v1/operations/actions".to_owned(), actions());
    paths.insert("/api/v1/operations/failures".to_owned(), failures());
    paths.insert("/api/v1/operations/lease".to_owned(), lease());
    paths.insert("/api/v1/operations/{id}".to_owned(), info());
    paths.insert("/api/v1/operations/{id}/attempts/{number}".to_owned(), told());
    paths.insert("/api/v1/connectors".to_owned(), connectors());
    paths.insert("/api/v1/credential-sets".to_owned(), sets());
    paths.insert("/api/v1/credential-sets/{name}".to_owned(), set());
    paths.insert("/api/v1/executor".to_owned(), executor());
    paths.insert("/api/v1/live".to_owned(), live());
    paths.insert("/api/v1/notification-rules".to_owned(), rules());
    paths.insert("/api/v1/notification-rules/{name}".to_owned(), rule());
    paths.insert("/api/v1/notification-rules/{name}/test".to_owned(), rule_test());
    schemas.extend(all_schemas());
}

pub(super) fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

pub(super) fn time(description: &str) -> Value {
    json!({ "type": ["string", "null"], "format": "date-time", "description": description })
}

fn body(name: &str) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema(name) } } })
}

pub(super) fn in_path(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": { "type": "string" } })
}

/// Who may create and move operations.
fn operating() -> Value {
    json!([{ "session": [] }, { "token": [] }])
}

fn key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "minLength": 1, "maxLength": MAX_KEY },
        "description": "Makes the call safe to repeat: under the same key of the same caller, nothing is done twice.",
    })
}

fn creation() -> Value {
    let created = json!({ "201": {
        "description": "It is stored, and will be carried out.",
        "headers": { "Location": { "description": "Where it can be looked at.", "schema": { "type": "string" } } },
        "content": { "application/json": { "schema": schema("Created") } },
    } });
    json!({ "post": {
        "operationId": "create_operation", "tags": ["Operations"], "summary": "Create an operation",
        "description": "For administrators, and tokens of the scope operate. It is carried out by the connector it names, at its time or at once; \
                        where the connector needs an approval, after that. Its row stands in the report Password operation.",
        "security": operating(), "parameters": [key()], "requestBody": body("NewOperation"), "responses": with_errors(created, ADMIN),
    } })
}

fn actions() -> Value {
    json!({ "post": {
        "operationId": "act_on_operations", "tags": ["Operations"], "summary": "Restart, run now, cancel, approve or disapprove operations",
        "description": format!(
            "For administrators, and tokens of the scope operate. Names up to {} operations by their ids, or all that a query string of the report \
             matches, with the number that was confirmed: nothing is done when it matches more by now. Each operation has a result of its own. \
             Whoever asked for an operation cannot approve it.",
            Chosen::MAX
        ),
        "security": operating(), "parameters": [key()], "requestBody": body("Act"),
        "responses": with_errors(ok("What became of each operation, in the order chosen.", &schema("ActResults")), ADMIN),
    } })
}

fn failures() -> Value {
    json!({ "get": {
        "operationId": "operation_failures", "tags": ["Operations"], "summary": "Failed operations by class of error and device",
        "description": "The newest 2,000 failures of what a query matches. Takes the filters of `GET /api/v1/reports/password-operation`.",
        "security": reading(),
        "responses": with_errors(ok("The groups, the largest first.", &schema("Failures")), &["invalid", "signed-out", "forbidden", "unavailable", "internal"]),
    } })
}

fn info() -> Value {
    json!({ "get": {
        "operationId": "operation", "tags": ["Operations"], "summary": "How an operation stands",
        "description": "Its state and history, and what the reader may do with it. Its row and attempts: `GET /api/v1/reports/password-operation/{id}`.",
        "security": reading(), "parameters": [in_path("id", "The operation's id.")],
        "responses": with_errors(ok("The operation.", &schema("Operation")), &["signed-out", "forbidden", "not-found", "unavailable", "internal"]),
    } })
}

fn lease() -> Value {
    json!({ "post": {
        "operationId": "lease_operations", "tags": ["Operations"], "summary": "Take operations of a pull connector, to carry them out",
        "description": "With a token of the scope execute. Each operation that is handed out is an attempt that has begun; whoever has its ticket \
                        reports on it, before the lease ends.",
        "security": [{ "token": [] }], "requestBody": body("Lease"),
        "responses": with_errors(ok("The operations; none where none is due, or the executors are paused.", &schema("Leased")), ADMIN),
    } })
}

fn told() -> Value {
    json!({ "post": {
        "operationId": "report_attempt", "tags": ["Operations"], "summary": "Report on an attempt",
        "description": "For whoever carries the attempt out: a program that leased it, or one that a webhook asked. `running` holds on to it for \
                        another lease; `success` and `error` end it. A success says what was verified. Never send a password: whatever looks \
                        like one is masked.",
        "security": [{ "ticket": [] }],
        "parameters": [in_path("id", "The operation's id."), { "name": "number", "in": "path", "required": true, "description": "The attempt's number.", "schema": { "type": "integer", "minimum": 1 } }],
        "requestBody": body("AttemptReport"),
        "responses": with_errors(ok("It was taken.", &schema("AttemptTaken")), &["invalid", "signed-out", "not-found", "unavailable", "internal"]),
    } })
}

fn connectors() -> Value {
    json!({ "get": {
        "operationId": "connectors", "tags": ["Operations"], "summary": "The connectors that are set up", "security": operating(),
        "responses": with_errors(ok("Every connector.", &json!({ "type": "array", "items": schema("Connector") })), ADMIN),
    } })
}

fn sets() -> Value {
    json!({ "get": {
        "operationId": "credential_sets", "tags": ["Operations"], "summary": "Credentials whose operations are asked for again and again",
        "responses": with_errors(ok("Every set, by name.", &json!({ "type": "array", "items": schema("CredentialSet") })), ADMIN),
    } })
}

fn set() -> Value {
    let name = || json!([in_path("name", "What the set is called.")]);
    json!({
        "put": {
            "operationId": "save_credential_set", "tags": ["Operations"], "summary": "Add or change a credential set", "parameters": name(),
            "requestBody": body("CredentialSet"), "responses": with_errors(json!({ "204": { "description": "It is saved." } }), ADMIN),
        },
        "delete": {
            "operationId": "remove_credential_set", "tags": ["Operations"], "summary": "Remove a credential set", "parameters": name(),
            "description": "The operations it has asked for stay.",
            "responses": with_errors(json!({ "204": { "description": "It is gone." } }), ADMIN_ONE),
        },
    })
}

fn executor() -> Value {
    json!({
        "get": {
            "operationId": "executor", "tags": ["Operations"], "summary": "How the executors stand",
            "responses": with_errors(ok("Of all servers together; scheduled and due are counted up to 10,000.", &schema("Executor")), ADMIN),
        },
        "put": {
            "operationId": "pause_executor", "tags": ["Operations"], "summary": "Stop taking operations, or go on",
            "description": "On every server. What runs ends by itself.", "requestBody": body("Pause"),
            "responses": with_errors(json!({ "204": { "description": "So it is." } }), ADMIN),
        },
    })
}

fn rules() -> Value {
    json!({ "get": {
        "operationId": "notification_rules", "tags": ["Notifications"], "summary": "Whom to tell what",
        "responses": with_errors(ok("Every rule, by name, and how telling goes.", &json!({ "type": "array", "items": schema("NotificationRule") })), ADMIN),
    } })
}

fn rule() -> Value {
    let name = || json!([in_path("name", "What the rule is called.")]);
    json!({
        "put": {
            "operationId": "save_notification_rule", "tags": ["Notifications"], "summary": "Add or change a notification rule", "parameters": name(),
            "description": "Webhooks are signed as Standard Webhooks says; the secret is in the answer that made it, and nowhere else.",
            "requestBody": body("NotificationRule"),
            "responses": with_errors(ok("It is saved.", &schema("SavedRule")), ADMIN),
        },
        "delete": {
            "operationId": "remove_notification_rule", "tags": ["Notifications"], "summary": "Remove a notification rule", "parameters": name(),
            "responses": with_errors(json!({ "204": { "description": "It is gone." } }), ADMIN_ONE),
        },
    })
}

fn rule_test() -> Value {
    json!({ "post": {
        "operationId": "test_notification_rule", "tags": ["Notifications"], "summary": "Send a test message",
        "parameters": [in_path("name", "What the rule is called.")],
        "responses": with_errors(json!({ "204": { "description": "It was taken." } }), ADMIN_ONE),
    } })
}

fn live() -> Value {
    json!({ "get": {
        "operationId": "live", "tags": ["Operations"], "summary": "What moves, as server-sent events",
        "description": "Each event's data is a JSON object: `{\"kind\":\"alive\"}` at once and every 15 seconds, \
                        `{\"kind\":\"moved\",\"ids\":[...]}` when operations move (no ids where many have), \
                        `{\"kind\":\"stored\",\"report\":\"...\"}` when events are stored. A stream lasts up to 10 minutes.",
        "responses": with_errors(
            json!({ "200": { "description": "The stream.", "content": { "text/event-stream": { "schema": { "type": "string" } } } } }),
            &["signed-out", "forbidden", "unavailable", "internal"],
        ),
    } })
}

fn all_schemas() -> Map<String, Value> {
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties });
    let operations: Vec<_> = create::operations().collect();
    let statuses = OperationStatus::ALL.map(OperationStatus::name);
    let target = |more: Value| {
        let mut properties = json!({
            "device": text("Where it is performed."), "username": text("Whose credential."), "credential_type": text("For example SSH Key."),
            "connector": text("Which connector carries it out."),
            "parameters": { "type": "object", "additionalProperties": { "type": "string" }, "description": "What the connector needs besides; see GET /api/v1/connectors." },
        });
        if let (Some(all), Some(more)) = (properties.as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
        properties
    };
    let ids = json!({ "type": "array", "items": { "type": "string" }, "maxItems": Chosen::MAX });
    let locking = ErrorClass::ALL.into_iter().filter(|class| class.locks()).map(ErrorClass::name).collect::<Vec<_>>().join(" or ");
    let mut schemas = Map::new();
    let mut add = |name: &str, value: Value| drop(schemas.insert(name.to_owned(), value));
    add("Created", object(&["id"], json!({ "id": text("Of its row in the report Password operation.") })));
    add(
        "NewOperation",
        object(
            &["device", "username", "connector", "operation"],
            target(json!({
                "operation": { "enum": operations }, "schedule": time("When it is due; null for now. Up to two years ahead."),
                "priority": { "enum": ["low", "normal", "high", "immediate"], "default": "normal" },
            })),
        ),
    );
    add(
        "Act",
        object(
            &["action"],
            json!({
                "action": { "enum": Action::ALL.map(Action::key) }, "ids": ids,
                "matching": object(&["query", "count"], json!({ "query": text("A query string of the report."), "count": { "type": "integer", "minimum": 1 } })),
                "note": { "type": "string", "maxLength": MAX_NOTE, "description": "Goes into the history of each." },
                "mended": {
                    "type": "boolean", "default": false,
                    "description": format!(
                        "For a restart: the cause is mended where the last attempt failed with {locking}. Without it those are refused: another \
                         attempt with the same password would lock the account."
                    ),
                },
            }),
        ),
    );
    let result = object(
        &["id", "status", "refused"],
        json!({ "id": { "type": "string" }, "status": { "enum": statuses.map(Value::from).into_iter().chain([Value::Null]).collect::<Vec<_>>(), "description": "How it stands now; null where nothing was done." }, "refused": { "type": ["string", "null"], "description": "Why nothing was done." } }),
    );
    add("ActResults", object(&["results"], json!({ "results": { "type": "array", "items": result } })));
    let group = object(
        &["error_class", "device", "message", "ids", "restartable"],
        json!({
            "error_class": { "type": "string" }, "device": { "type": "string" }, "message": text("Of the newest."),
            "ids": { "type": "array", "items": { "type": "string" }, "description": "Those that the reader may restart first, each part newest first." },
            "restartable": { "type": "integer", "description": "How many the reader may restart here." },
        }),
    );
    add(
        "Failures",
        object(
            &["groups", "cut"],
            json!({ "groups": { "type": "array", "items": group }, "cut": { "type": "boolean", "description": "Whether older failures were left out." } }),
        ),
    );
    let entry = object(
        &["at", "status", "who", "note"],
        json!({ "at": time("When."), "status": { "enum": statuses }, "who": { "type": "string" }, "note": { "type": "string" } }),
    );
    add(
        "Operation",
        object(
            &[
                "id",
                "status",
                "connector",
                "parameters",
                "due",
                "tries",
                "max_tries",
                "approve_by",
                "submitted",
                "history",
                "actions",
                "hint",
            ],
            json!({
                "id": { "type": "string" }, "status": { "enum": statuses }, "connector": text("Empty where none is known."),
                "parameters": { "type": "object", "additionalProperties": { "type": "string" } }, "due": time("When it is due next."),
                "tries": { "type": "integer", "description": "Attempts since it was asked for or restarted." }, "max_tries": { "type": "integer" },
                "approve_by": time("Until when it can be approved."), "submitted": time("When it was asked for."),
                "history": { "type": "array", "items": entry }, "actions": { "type": "array", "items": { "enum": Action::ALL.map(Action::key) } },
                "hint": text("Why it cannot be restarted here."),
            }),
        ),
    );
    add(
        "Lease",
        object(
            &["connector"],
            json!({ "connector": text("A connector of the kind pull."), "want": { "type": "integer", "minimum": 1, "maximum": MAX_LEASED, "default": 1 } }),
        ),
    );
    let job = object(
        &["id", "attempt", "ticket", "until", "operation", "device", "username", "credential_type", "parameters", "key", "unsure_since"],
        json!({
            "id": { "type": "string" }, "attempt": { "type": "integer" }, "ticket": text(&format!("{}...: proves who holds the attempt.", ticket::PREFIX)),
            "until": time("The lease ends then, without a report."), "operation": { "enum": operations }, "device": { "type": "string" }, "username": { "type": "string" },
            "credential_type": { "type": "string" }, "parameters": { "type": "object", "additionalProperties": { "type": "string" } },
            "key": text("The same for every attempt until the operation is restarted."),
            "unsure_since": time("Start of an earlier attempt whose outcome is not known: look first whether it took effect."),
        }),
    );
    add("Leased", object(&["operations"], json!({ "operations": { "type": "array", "items": job } })));
    add(
        "AttemptReport",
        object(
            &["result"],
            json!({
                "result": { "enum": ["running", "success", "error"] }, "verified": text("What was verified; a success needs it."),
                "error_class": { "enum": ErrorClass::ALL.map(ErrorClass::name) }, "message": { "type": "string" }, "template": { "type": "string" },
                "version": { "type": "string" }, "log": { "type": "array", "items": { "type": "string" }, "maxItems": Attempt::MAX_LOG },
            }),
        ),
    );
    add(
        "AttemptTaken",
        object(&["status", "until"], json!({ "status": { "enum": statuses }, "until": time("Until when the attempt is held.") })),
    );
    let parameter = object(&["name", "required"], json!({ "name": { "type": "string" }, "required": { "type": "boolean" } }));
    add(
        "Connector",
        object(
            &["name", "kind", "operations", "parameters", "approval"],
            json!({ "name": { "type": "string" }, "kind": { "enum": ["openbao", "webhook", "pull", "command"] }, "operations": { "type": "array", "items": { "type": "string" } }, "parameters": { "type": "array", "items": parameter }, "approval": { "type": "boolean" } }),
        ),
    );
    add(
        "CredentialSet",
        json!({ "type": "object", "required": ["operation", "credentials", "every_days", "window"], "properties": {
            "name": { "type": "string", "readOnly": true }, "operation": { "enum": operations },
            "credentials": { "type": "array", "minItems": 1, "maxItems": CredentialSet::MAX_CREDENTIALS, "items": object(&["device", "username", "connector"], target(json!({}))) },
            "every_days": { "type": "integer", "minimum": 1, "maximum": 366 },
            "window": object(&["from", "to", "zone"], json!({ "from": text("22:00"), "to": text("04:00; over midnight where it closes before it opens, never closed where both are the same."), "zone": text("An IANA name.") })),
            "approval": { "type": "boolean", "default": false }, "enabled": { "type": "boolean", "default": true },
            "next": { "type": ["string", "null"], "format": "date-time", "readOnly": true },
        } }),
    );
    let url = text("To a host that the setting notify_hosts allows.");
    let recipient = json!({ "type": "string", "format": "email" });
    let to = json!({ "type": "array", "minItems": 1, "maxItems": NotificationRule::MAX_RECIPIENTS, "items": recipient });
    let channel = json!({ "oneOf": [
        object(&["webhook"], json!({ "webhook": object(&["url"], json!({ "url": url })) })),
        object(&["email"], json!({ "email": object(&["to"], json!({ "to": to })) })),
    ] });
    let classes = json!({ "type": "array", "items": { "enum": ErrorClass::ALL.map(ErrorClass::name) } });
    add(
        "NotificationRule",
        json!({ "type": "object", "required": ["occasion", "channel"], "properties": {
            "name": { "type": "string", "readOnly": true },
            "occasion": { "enum": Occasion::ALL.map(Occasion::key) },
            "device": text("Only of devices whose names contain this."),
            "error_classes": classes, "channel": channel, "enabled": { "type": "boolean", "default": true },
            "sent": { "type": ["string", "null"], "format": "date-time", "readOnly": true },
            "problem": { "type": "string", "readOnly": true, "description": "Why the last try did not work." },
            "retry": { "type": ["string", "null"], "format": "date-time", "readOnly": true },
        } }),
    );
    let secret = json!({ "type": ["string", "null"], "description": "whsec_...: what a new webhook is signed with, this once." });
    add("SavedRule", object(&["secret"], json!({ "secret": secret })));
    add(
        "Executor",
        object(
            &["paused", "scheduled", "due", "running"],
            json!({ "paused": { "type": "boolean" }, "scheduled": { "type": "integer" }, "due": { "type": "integer" }, "running": { "type": "integer" } }),
        ),
    );
    add("Pause", object(&["paused"], json!({ "paused": { "type": "boolean" } })));
    schemas
}

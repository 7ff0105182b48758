//! What the document says of work in the background.

use super::operations::{ADMIN, ADMIN_ONE, in_path, text, time};
use super::{ok, schema, with_errors};
use serde_json::{Map, Value, json};

pub(super) fn describe(paths: &mut Map<String, Value>, schemas: &mut Map<String, Value>) {
    paths.insert("/api/v1/jobs".to_owned(), jobs());
    paths.insert("/api/v1/jobs/{name}/run".to_owned(), job_run());
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties });
    let seconds = |description: &str| json!({ "type": ["integer", "null"], "minimum": 0, "description": description });
    let run = object(
        &["began", "took", "error", "server"],
        json!({
            "began": { "type": "string", "format": "date-time" }, "took": { "type": "number", "minimum": 0, "description": "Seconds." },
            "error": text("What went wrong; empty when nothing did."), "server": text("Host and process."),
        }),
    );
    schemas.insert("JobRun".to_owned(), run);
    schemas.insert(
        "Job".to_owned(),
        object(
            &["name", "purpose", "every", "one", "running", "last", "next", "failures"],
            json!({
                "name": text("In the log and in metrics."), "purpose": text("What it does."),
                "every": seconds("Seconds from the end of one run to the next; null for what goes on all the time."),
                "one": { "type": "boolean", "description": "Whether one server does it for all; otherwise each does it for itself." },
                "running": time("Since when it is being done."), "last": { "oneOf": [schema("JobRun"), { "type": "null" }] },
                "next": time("When it is done next."),
                "failures": { "type": "integer", "minimum": 0, "description": "Runs that have gone wrong, one after another, up to the last." },
            }),
        ),
    );
}

fn jobs() -> Value {
    json!({ "get": {
        "operationId": "jobs", "tags": ["Jobs"], "summary": "Work in the background",
        "description": "What one server does for all is told as that server left it; the rest is about the server that answers.",
        "responses": with_errors(ok("How each job stands.", &json!({ "type": "array", "items": schema("Job") })), ADMIN),
    } })
}

fn job_run() -> Value {
    json!({ "post": {
        "operationId": "run_job", "tags": ["Jobs"], "summary": "Have a job done now",
        "description": "A job that is being done is done once more afterwards.",
        "parameters": [in_path("name", "What the job is called.")],
        "responses": with_errors(json!({ "202": { "description": "It will be, within seconds." } }), ADMIN_ONE),
    } })
}

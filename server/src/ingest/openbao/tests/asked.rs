//! Builds the two lines of an exchange.

use serde_json::{Value, json};

/// What Ines, signed in with userpass, asked for; granted unless told otherwise.
pub(super) struct Asked {
    pub request: Value,
    pub auth: Value,
    pub response: Value,
    pub error: &'static str,
}

pub(super) const HASH: &str = "hmac-sha256:00aa11bb22cc33dd44ee55ff66778899";

/// `asked("read", "secret/", "kv", "data/web/root")`.
pub(super) fn asked(operation: &str, mount: &str, kind: &str, rest: &str) -> Asked {
    Asked {
        request: json!({
            "id": "6f9f6a0e-0000-4000-8000-000000000001", "operation": operation, "path": format!("{mount}{rest}"),
            "mount_point": mount, "mount_type": kind, "namespace": {"id": "root"}, "client_token": HASH,
            "remote_address": "192.0.2.44", "remote_port": 40000
        }),
        auth: json!({
            "client_token": HASH, "accessor": HASH, "display_name": "userpass-ines", "policies": ["default"], "entity_id": "e-1",
            "metadata": {"username": "ines"}, "policy_results": {"allowed": true}
        }),
        response: json!({"mount_point": mount, "mount_type": kind}),
        error: "",
    }
}

impl Asked {
    pub(super) fn data(mut self, data: Value) -> Self {
        self.request["data"] = data;
        self
    }

    pub(super) fn answer(mut self, data: Value) -> Self {
        self.response["data"] = data;
        self
    }

    pub(super) fn denied(self) -> Self {
        self.fails("1 error occurred:\n\t* permission denied\n\n")
    }

    pub(super) fn fails(mut self, error: &'static str) -> Self {
        self.response["data"] = json!({"error": HASH});
        self.error = error;
        self
    }

    /// By a token OpenBao does not know, or none.
    pub(super) fn by_nobody(mut self) -> Self {
        self.auth = json!({"token_type": "default"});
        self
    }

    pub(super) fn id(mut self, id: &str) -> Self {
        self.request["id"] = id.into();
        self
    }

    pub(super) fn asking(&self) -> String {
        let line = json!({"time": "2026-11-20T10:00:00.123456789Z", "type": "request", "auth": self.auth, "request": self.request});
        format!("{line}\n")
    }

    pub(super) fn answering(&self) -> String {
        let mut line = json!({
            "time": "2026-11-20T11:00:00.225+01:00", "type": "response", "auth": self.auth, "request": self.request, "response": self.response
        });
        if !self.error.is_empty() {
            line["error"] = self.error.into();
        }
        // A time an hour east: 10:00:00.225 in UTC.
        format!("{line}\n")
    }

    /// The request, and a log that goes on without an answer to it.
    pub(super) fn unanswered(&self) -> String {
        let later = r#"{"time":"2026-11-20T10:01:30.123Z","type":"request","request":{"id":"later","path":"sys/audit/test"}}"#;
        format!("{}{later}\n", self.asking())
    }

    pub(super) fn log(&self) -> String {
        self.asking() + &self.answering()
    }
}

//! A vault for the scripts, and a connector that runs one of them.

use crate::bao::Bao;
use crate::house::House;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;
use vigia_app::model::{Attempt, OperationStatus};

pub struct Safe {
    pub bao: Bao,
    pub house: House,
    file: String,
}

impl Safe {
    /// Runs `script` with these variables besides those for the vault; `{folder}` in them is the folder.
    pub async fn new(folder: TempDir, script: &str, env: &[(&str, &str)]) -> Self {
        Self::with(folder, script, env, "").await
    }

    /// With something in front of the command that writes to the vault.
    pub async fn with(folder: TempDir, script: &str, env: &[(&str, &str)], before_put: &str) -> Self {
        let bao = Bao::with(folder.path(), "").await;
        // The token is where the client looks for it, and in no setting.
        std::fs::write(folder.path().join(".vault-token"), "root").expect("written");
        let program = crate::bao::program();
        let program = program.display();
        let path = "-mount=secret vigia/{device}/{username}";
        let vault = [
            ("VIGIA_VAULT_GET", format!("{program} kv get -format=json {path}")),
            ("VIGIA_VAULT_PUT", format!("{before_put} {program} kv put {path} -")),
            ("BAO_ADDR", bao.origin().to_owned()),
            ("HOME", "{folder}".to_owned()),
            ("PATH", "/usr/bin:/bin".to_owned()),
        ];
        let more = env.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let env: String = vault.into_iter().chain(more).map(|(name, value)| format!("{name} = {value:?}\n")).collect();
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connectors").canonicalize().expect("the scripts");
        let file = format!(
            r#"
            [limits]
            attempts = 1
            backoff_first = "10ms"
            backoff_cap = "10ms"
            [connector.script]
            kind = "command"
            hosts = ["127.0.0.0/8"]
            command = ["/usr/bin/python3", "{}/{script}"]
            operations = ["Change password", "Verify password"]
            parameters = {{ port = "optional", host = "optional", dn = "optional" }}
            [connector.script.env]
            {env}
            "#,
            scripts.display()
        );
        let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
        Self { house: House::with(folder, &url, &file).await, bao, file }
    }

    /// From now on with another value of a variable.
    pub fn env(&mut self, name: &str, value: &str) {
        let text = self
            .file
            .lines()
            .map(|line| if line.starts_with(&format!("{name} = ")) { format!("{name} = {value:?}") } else { line.to_owned() });
        self.house.set_up(&text.collect::<Vec<_>>().join("\n"));
    }

    /// Changes the password of an account of this machine.
    pub async fn change(&mut self, username: &str, parameters: &[(&str, &str)]) -> (OperationStatus, Attempt) {
        self.carry_out("Change password", username, parameters).await
    }

    pub async fn carry_out(&mut self, operation: &'static str, username: &str, parameters: &[(&str, &str)]) -> (OperationStatus, Attempt) {
        self.house.operation = operation;
        let (status, mut attempts) = self.house.carry_out_on("script", "127.0.0.1", username, parameters).await;
        let attempt = attempts.pop().expect("an attempt");
        for secret in self.record(username).await.as_object().into_iter().flatten() {
            let secret = secret.1.as_str().expect("text");
            assert!(!format!("{attempt:?}").contains(secret), "a password came into Vigia: {attempt:?}");
        }
        (status, attempt)
    }

    /// What the vault has of an account; null for nothing.
    pub async fn record(&self, username: &str) -> Value {
        let (_, said) = self.bao.ask("root", "GET", &format!("secret/data/vigia/127.0.0.1/{username}"), Value::Null).await;
        said["data"]["data"].clone()
    }

    /// The password the vault has of an account, which has to be settled.
    pub async fn password(&self, username: &str) -> String {
        let record = self.record(username).await;
        assert!(record["pending"].is_null(), "nothing is pending");
        record["password"].as_str().expect("a password").to_owned()
    }

    pub async fn put(&self, username: &str, record: Value) {
        self.bao.root("POST", &format!("secret/data/vigia/127.0.0.1/{username}"), serde_json::json!({ "data": record })).await;
    }
}

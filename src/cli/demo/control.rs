//! The lab's control endpoint: the true state of every copier, asked over HTTP like anybody could.

use serde_json::{Value, json};

/// Asks the lab what is true.
pub(super) struct Control {
    client: reqwest::Client,
    base: String,
}

impl Control {
    /// For a lab's control endpoint.
    pub(super) fn new(base: String) -> Result<Self, String> {
        let client = reqwest::Client::builder().no_proxy().build().map_err(|e| e.to_string())?;
        Ok(Self { client, base })
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Value, String> {
        let answer =
            request.send().await.map_err(|e| format!("the lab's control endpoint does not answer: {e}"))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|e| e.to_string())?;
        let value: Value = serde_json::from_slice(&body).map_err(|e| e.to_string())?;
        if status.is_success() { Ok(value) } else { Err(format!("the lab refuses: {}", value["error"])) }
    }

    async fn get(&self, path: &str) -> Result<Value, String> {
        self.ask(self.client.get(format!("{}/__lab/{path}", self.base))).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let request = self.client.post(format!("{}/__lab/{path}", self.base)).body(body.to_string());
        self.ask(request).await
    }

    /// The true state of every copier.
    pub(super) async fn devices(&self) -> Result<Vec<Value>, String> {
        let mut answer = self.get("devices").await?;
        match answer["devices"].take() {
            Value::Array(devices) => Ok(devices),
            _ => Err("the lab's answer holds no devices".into()),
        }
    }

    /// A person scans a page at the panel.
    pub(super) async fn scan(&self, device: &str, to: &str) -> Result<Value, String> {
        self.post(&format!("devices/{device}/scan"), &json!({"to": to, "subject": "Scan from the demo"}))
            .await
    }

    /// A person changes settings at the panel.
    pub(super) async fn panel(&self, device: &str, settings: &Value) -> Result<Value, String> {
        self.post(&format!("devices/{device}/panel"), settings).await
    }

    /// A person works with the address book at the panel.
    pub(super) async fn book(&self, device: &str, work: &Value) -> Result<Value, String> {
        self.post(&format!("devices/{device}/book"), work).await
    }

    /// Somebody flips a switch of the mail tenant.
    pub(super) async fn tenant(&self, switches: &Value) -> Result<Value, String> {
        self.post("mail", switches).await
    }

    /// What the mail server has received.
    pub(super) async fn messages(&self) -> Result<Vec<Value>, String> {
        let mut answer = self.get("mail").await?;
        match answer["messages"].take() {
            Value::Array(messages) => Ok(messages),
            _ => Err("the lab's answer holds no messages".into()),
        }
    }
}

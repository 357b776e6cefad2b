//! A person at the console: an owner or an agent who has signed in.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::reply::Reply;

/// Somebody with a token.
#[derive(Debug)]
pub struct Person<'a> {
    desk: &'a Desk,
    token: String,
}

impl<'a> Person<'a> {
    pub(crate) async fn sign_in(desk: &'a Desk, email: &str) -> Self {
        let credentials = json!({ "email": email, "password": "demo" });
        let answer = desk.post("/dev/login", &credentials).await.good().json();
        Self { desk, token: answer["accessToken"].as_str().expect("a token").to_owned() }
    }

    /// Sends a request with this person's token, and the version it is based on, if any.
    pub async fn send(&self, method: Method, path: &str, version: Option<u64>, body: Option<&Value>) -> Reply {
        let mut request = self.desk.request(method, path).bearer_auth(&self.token);
        if let Some(version) = version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.desk.send(request).await
    }

    /// Reads something.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, None).await
    }

    /// Changes a part of something, as it is now.
    pub async fn change(&self, path: &str, patch: &Value) -> Reply {
        let version = self.get(path).await.good().json()["version"].as_u64().expect("a version");
        self.send(Method::PATCH, path, Some(version), Some(patch)).await
    }

    /// Every item of a list, page by page.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = None::<String>;
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = match &cursor {
                Some(cursor) => self.get(&format!("{path}{mark}cursor={cursor}")).await,
                None => self.get(path).await,
            };
            let page = page.good().json();
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return items,
            }
        }
    }

    /// A whole conversation.
    pub async fn conversation(&self, id: &str) -> Value {
        self.get(&format!("/v1/admin/conversations/{id}")).await.good().json()
    }
}

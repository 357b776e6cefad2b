//! A person of the business: signed in, asking the admin API.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::{Reply, Visitor};

/// Somebody with a token.
#[derive(Debug, Clone)]
pub struct Person {
    http: Client,
    base_url: String,
    token: String,
}

impl Person {
    pub(crate) const fn new(http: Client, base_url: String, token: String) -> Self {
        Self { http, base_url, token }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A request with the token, for what this type has no word for.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url)).bearer_auth(&self.token)
    }

    /// Asks for a path, as `/v1/admin/me`.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    /// Makes or does something.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    /// Changes the item of that version.
    pub async fn patch(&self, path: &str, version: u64, body: &Value) -> Reply {
        Reply::of(self.request(Method::PATCH, path).header("if-match", version).json(body)).await
    }

    /// Replaces the item of that version.
    pub async fn put(&self, path: &str, version: u64, body: &Value) -> Reply {
        Reply::of(self.request(Method::PUT, path).header("if-match", version).json(body)).await
    }

    /// Removes the item of that version.
    pub async fn delete(&self, path: &str, version: u64) -> Reply {
        Reply::of(self.request(Method::DELETE, path).header("if-match", version)).await
    }

    /// Changes a part of something as it is now.
    pub async fn change(&self, path: &str, patch: &Value) -> Value {
        let version = self.get(path).await.ok()["version"].as_u64().expect("a version");
        self.patch(path, version, patch).await.ok()
    }

    /// Every item of a list, page by page.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let (mut items, mut page) = (Vec::new(), path.to_owned());
        loop {
            let told = self.get(&page).await.ok();
            items.extend(told["items"].as_array().expect("items").iter().cloned());
            let Some(next) = told["nextCursor"].as_str() else { return items };
            let mark = if path.contains('?') { '&' } else { '?' };
            page = format!("{path}{mark}cursor={next}");
        }
    }

    /// The whole thread of a visitor.
    pub async fn thread(&self, visitor: &Visitor) -> Value {
        let id = visitor.conversation().expect("a conversation");
        self.get(&format!("/v1/admin/conversations/{id}")).await.ok()
    }
}

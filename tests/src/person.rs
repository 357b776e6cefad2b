//! A person of the business: signed in, asking the admin API.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::Reply;

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
    #[must_use]
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
}

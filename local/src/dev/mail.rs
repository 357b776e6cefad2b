//! `/dev/mail`: the mailbox as pages and as JSON. A mail's own HTML is shown in a frame that may do nothing.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use super::{Shared, refused};
use crate::desk::Desk;
use crate::mailbox::Received;

pub(super) fn router() -> Router<Arc<Desk>> {
    Router::new()
        .route("/mail", get(list))
        .route("/mail.json", get(list_json))
        .route("/mail/{number}", get(letter))
        .route("/mail/{number}/html", get(html))
        .route("/mail/{number}/files/{position}", get(file))
}

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    mails: Vec<Received>,
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage {
    received: Received,
}

async fn list(State(desk): Shared, Query(filter): Query<Filter>) -> Response {
    let mut mails = desk.mailbox.to(filter.to.as_deref());
    mails.reverse();
    page(&MailboxPage { mails, to: filter.to })
}

async fn list_json(State(desk): Shared, Query(filter): Query<Filter>) -> Json<Vec<Value>> {
    Json(desk.mailbox.to(filter.to.as_deref()).iter().map(Received::json).collect())
}

async fn letter(State(desk): Shared, Path(number): Path<u64>) -> Response {
    match desk.mailbox.find(number) {
        Some(received) => page(&LetterPage { received }),
        None => refused(StatusCode::NOT_FOUND, "There is no such mail."),
    }
}

/// The mail's HTML for the frame of its page; its links open in a tab of their own.
async fn html(State(desk): Shared, Path(number): Path<u64>) -> Response {
    let Some(received) = desk.mailbox.find(number) else {
        return refused(StatusCode::NOT_FOUND, "There is no such mail.");
    };
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; sandbox allow-popups allow-popups-to-escape-sandbox";
    let mut response = Html(format!("<base target=\"_blank\">{}", received.mail.html)).into_response();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

async fn file(State(desk): Shared, Path((number, position)): Path<(u64, usize)>) -> Response {
    let file = desk.mailbox.find(number).and_then(|received| received.mail.attachments.into_iter().nth(position));
    let Some(file) = file else {
        return refused(StatusCode::NOT_FOUND, "There is no such file.");
    };
    let mut response = file.bytes.into_response();
    let plain: String = file.name.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    for (name, value) in [(CONTENT_TYPE, file.mime), (CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\""))]
    {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

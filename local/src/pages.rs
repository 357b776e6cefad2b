//! Pages: the demo shops, the widget as it was built, and a word about the console.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use jiff::SignedDuration;
use shared::ports::Clock as _;
use tower_http::services::{ServeDir, ServeFile};

use crate::desk::Desk;

/// Where the project's files are.
const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[derive(Template)]
#[template(path = "console.html")]
struct Console {
    base: String,
    from: String,
    to: String,
}

/// The built widget, if it was built.
#[must_use]
pub fn widget() -> Option<PathBuf> {
    Some(web("widget/dist/chat-widget.js")).filter(|file| file.exists())
}

/// Everything that is neither the API nor `/dev`.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    let files = ServeDir::new(web("shop")).fallback(ServeDir::new(web("widget/dist")));
    Router::new()
        .route("/admin", get(console))
        .route_service("/salon", ServeFile::new(web("shop/salon.html")))
        .with_state(desk)
        .fallback_service(files)
        .layer(middleware::from_fn(fresh))
}

fn web(path: &str) -> PathBuf {
    Path::new(PROJECT).join("web").join(path)
}

/// A developer sees the newest build, and a page of any site may load the widget, as from a CDN.
async fn fresh(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn console(State(desk): State<Arc<Desk>>) -> Response {
    let day = |ahead: i64| {
        let at = desk.clock.now().saturating_add(SignedDuration::from_hours(24 * ahead)).unwrap_or_default();
        at.strftime("%Y-%m-%d").to_string()
    };
    let page = Console { base: desk.base_url.clone(), from: day(0), to: day(30) };
    page.render().map_or_else(|error| error.to_string().into_response(), |page| Html(page).into_response())
}

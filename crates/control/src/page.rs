//! Pages for people and probes: the dashboard, and whether the process is well.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, Response as HttpResponse, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use dashboard::Answer;
use tokio::sync::watch;

use crate::seams::Fatal;
use crate::summary::Summary;

/// The longest markup that is shown as a preview, in bytes: a creative's, with room for what it is wrapped in.
const MAX_PREVIEW: usize = 256 * 1024;

/// What the pages need to know.
#[derive(Clone)]
pub(crate) struct Page {
    /// What was spent.
    pub summary: watch::Receiver<Arc<Summary>>,
    /// Why nothing goes on, where nothing does.
    pub fatal: watch::Receiver<Option<Fatal>>,
}

/// The pages' routes.
pub(crate) fn router(page: Page) -> Router {
    Router::new()
        .route("/", get(index))
        .route(
            "/icon.svg",
            get(|headers: HeaderMap| async move { file("icon.svg", &headers) }),
        )
        .route("/assets/{name}", get(assets))
        .route(
            "/preview",
            post(preview).layer(DefaultBodyLimit::max(MAX_PREVIEW)),
        )
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(page)
}

async fn healthz(State(page): State<Page>) -> Response {
    match &*page.fatal.borrow() {
        None => "ok\n".into_response(),
        Some(fatal) => (StatusCode::SERVICE_UNAVAILABLE, format!("{fatal}\n")).into_response(),
    }
}

async fn metrics(State(page): State<Page>) -> Response {
    let healthy = page.fatal.borrow().is_none();
    let text = crate::metrics::render(&page.summary.borrow(), healthy);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// Ready once bidders were given a book.
async fn readyz(State(page): State<Page>) -> Response {
    if let Some(fatal) = &*page.fatal.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("{fatal}\n")).into_response();
    }
    match page.summary.borrow().book_sent {
        true => "ok\n".into_response(),
        false => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the first book is being built\n",
        )
            .into_response(),
    }
}

async fn index(headers: HeaderMap) -> Response {
    file("", &headers)
}

async fn assets(Path(name): Path<String>, headers: HeaderMap) -> Response {
    file(&format!("assets/{name}"), &headers)
}

/// Shows an advertiser's markup in the dashboard's frame.
async fn preview(headers: HeaderMap, markup: String) -> Response {
    let site = text(&headers, HeaderName::from_static("sec-fetch-site"));
    let dest = text(&headers, HeaderName::from_static("sec-fetch-dest"));
    // A form sends text as a name and its value: the markup stands behind `markup=`.
    let markup = markup.strip_prefix("markup=").unwrap_or(&markup);
    respond(dashboard::preview(markup, site, dest))
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    let answer = dashboard::answer(
        path,
        text(headers, ACCEPT_ENCODING),
        text(headers, IF_NONE_MATCH),
    );
    match answer {
        Some(answer) => respond(answer),
        None => (
            StatusCode::NOT_FOUND,
            "there is no such file: reload the dashboard\n",
        )
            .into_response(),
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn respond(answer: Answer) -> Response {
    let mut response = HttpResponse::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let response = response.body(Body::from(answer.body));
    response.unwrap_or_else(|error| {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
    })
}

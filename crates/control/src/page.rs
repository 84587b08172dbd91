//! Plain pages for people and probes: what runs, what it has spent, and whether it is well.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use minijinja::{AutoEscape, Environment, context};
use tokio::sync::watch;

use crate::seams::Fatal;
use crate::serve::Endpoints;
use crate::summary::{CampaignSummary, Summary};

const TEMPLATE: &str = include_str!("page/status.html");
/// The page has its own style and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// What the pages show.
#[derive(Clone)]
pub(crate) struct Page {
    /// What was spent.
    pub summary: watch::Receiver<Arc<Summary>>,
    /// Where things listen.
    pub endpoints: Endpoints,
    /// Why nothing goes on, where nothing does.
    pub fatal: watch::Receiver<Option<Fatal>>,
}

/// The pages' routes.
pub(crate) fn router(page: Page) -> Router {
    Router::new()
        .route("/", get(status))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(page)
}

async fn healthz(State(page): State<Page>) -> Response {
    match &*page.fatal.borrow() {
        None => "ok\n".into_response(),
        Some(fatal) => (StatusCode::SERVICE_UNAVAILABLE, format!("{fatal}\n")).into_response(),
    }
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

async fn status(State(page): State<Page>) -> Response {
    let summary = page.summary.borrow().clone();
    let endpoints = page.endpoints.borrow().clone();
    let fatal = page.fatal.borrow().as_ref().map(Fatal::to_string);
    match render(&summary, &endpoints, fatal) {
        Ok(html) => (
            [
                (CONTENT_SECURITY_POLICY, POLICY),
                (CACHE_CONTROL, "no-store"),
            ],
            Html(html),
        )
            .into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

fn render(
    summary: &Summary,
    endpoints: &[(String, String)],
    fatal: Option<String>,
) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let campaign = |campaign: &CampaignSummary| {
        let text = |money: campaign::money::Money| money.to_decimal(campaign.currency);
        context! {
            name => &campaign.name,
            display_name => &campaign.display_name,
            currency => campaign.currency.to_string(),
            spend => text(campaign.spend),
            today => text(campaign.spend_today),
            held => text(campaign.held),
            daily => campaign.daily_budget.map(text),
            overspend => text(campaign.overspend),
            house_loss => text(campaign.house_loss),
            bids => campaign.bids,
            wins => campaign.wins,
            impressions => campaign.impressions,
            clicks => campaign.clicks,
            conversions => campaign.conversions,
        }
    };
    let campaigns: Vec<_> = summary.campaigns.iter().map(campaign).collect();
    let endpoints: Vec<_> = endpoints
        .iter()
        .map(|(title, url)| {
            // Only what is a web address becomes a link.
            let links = url.starts_with("http://") || url.starts_with("https://");
            context! { title, url, links }
        })
        .collect();
    environment.render_str(
        TEMPLATE,
        context! {
            version => env!("CARGO_PKG_VERSION"),
            book => summary.book_version,
            campaigns,
            endpoints,
            fatal,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use campaign::id::CampaignId;
    use campaign::money::{Currency, Money};

    #[test]
    fn what_people_wrote_reaches_the_page_escaped() {
        let campaign = CampaignSummary {
            id: CampaignId(1),
            name: "advertisers/acme/campaigns/spring".to_string(),
            display_name: "<script>alert(1)</script> & \"co\"".to_string(),
            currency: Currency::USD,
            spend: Money(1_230_000_000),
            spend_today: Money::ZERO,
            held: Money::ZERO,
            daily_budget: None,
            overspend: Money::ZERO,
            house_loss: Money::ZERO,
            bids: 7,
            wins: 3,
            impressions: 2,
            clicks: 1,
            conversions: 0,
        };
        let summary = Summary {
            book_version: 5,
            book_sent: true,
            campaigns: vec![campaign],
        };
        let endpoints = [("bids".to_string(), "javascript:alert(1)".to_string())];
        let html = render(&summary, &endpoints, Some("<b>disk</b>".to_string())).unwrap();
        assert!(html.contains("&lt;script&gt;"), "{html}");
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("<b>disk"), "{html}");
        assert!(!html.contains("href=\"javascript"), "{html}");
        assert!(html.contains("1.23"), "{html}");
    }
}

//! The facts of what all advertisers share.

use api::v1;

use crate::print::table::Page;
use crate::print::{amount, words};

/// Adds an exchange's.
pub fn exchange(page: &mut Page, exchange: &v1::Exchange) {
    let code = &exchange.currency_code;
    page.fact("Seats", exchange.seats.join(", "));
    page.fact("Auction", words::auction(exchange.auction_type()));
    page.fact("Currency", code);
    let span =
        |span: &Option<prost_types::Duration>| span.as_ref().map_or(String::new(), words::span);
    page.fact("Margin", span(&exchange.timeout_margin));
    page.fact("Timeout", span(&exchange.default_timeout));
    page.fact(
        "No-bid",
        match exchange.no_bid() {
            v1::NoBidForm::Unspecified | v1::NoBidForm::Empty => "204",
            v1::NoBidForm::Reason => "200 with the reason",
        },
    );
    page.fact(
        "Billing",
        match exchange.billing() {
            v1::BillingNotice::Unspecified | v1::BillingNotice::Burl => "burl",
            v1::BillingNotice::ImpressionPixel => "impression pixel",
        },
    );
    page.fact("Floors", floors(exchange).join("\n"));
}

/// Adds a deal's.
pub fn deal(page: &mut Page, deal: &v1::Deal) {
    page.fact("Exchange", &deal.exchange);
    page.fact("Deal id", &deal.deal_id);
    page.fact("Price", words::deal_price(deal));
    page.fact("Flight", words::flight(deal.flight.as_ref()));
    page.fact("Seats", deal.seats.join(", "));
    page.fact("For", deal.advertisers.join("\n"));
}

/// Adds a rate table's.
pub fn rate_table(page: &mut Page, table: &v1::RateTable) {
    page.fact("In force", if table.in_force { "now" } else { "no" });
    page.fact("From", words::moment(table.effective_time.as_ref()));
    let each = table.rates.iter();
    let lines = each.map(|rate| format!("1 {} = {} USD", rate.currency_code, rate.usd));
    page.fact("Rates", lines.collect::<Vec<_>>().join("\n"));
}

/// Adds a block list's.
pub fn block_list(page: &mut Page, list: &v1::BlockList) {
    page.fact("Attached", list.attached_to.join("\n"));
    page.fact("Domains", list.domains.join(", "));
    page.fact("Bundles", list.bundles.join(", "));
    page.fact("Publishers", list.publishers.join(", "));
    let categories = list.categories.iter().flat_map(|it| it.ids.iter().cloned());
    page.fact("Categories", categories.collect::<Vec<_>>().join(", "));
    page.fact("Advertisers", list.advertiser_domains.join(", "));
}

/// What an open bid must offer, a line each.
pub fn floors(exchange: &v1::Exchange) -> Vec<String> {
    let Some(policy) = &exchange.floor_policy else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if policy.margin_ppm != 0 {
        let percent = f64::from(policy.margin_ppm) / 10_000.0;
        lines.push(format!("{percent} % above the floor"));
    }
    let least = [
        ("banner", policy.banner_cpm_micros),
        ("video", policy.video_cpm_micros),
        ("audio", policy.audio_cpm_micros),
        ("native", policy.native_cpm_micros),
    ];
    for (format, micros) in least.into_iter().filter(|(_, micros)| *micros != 0) {
        let price = amount::micros(micros, &exchange.currency_code);
        lines.push(format!("{format} at least {price} CPM"));
    }
    lines
}

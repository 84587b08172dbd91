//! `outbid why CAMPAIGN`: why a campaign or an ad does not serve, in the order in which a manager checks.

use api::names::{Kind, Name};
use api::v1;
use campaign::time::{Span, Timestamp};

use crate::contract;
use crate::failure::Failure;
use crate::print::table::{Page, Side, Table};
use crate::print::tree::Tree;
use crate::print::{amount, status};
use crate::report::percent;
use crate::resolve;
use crate::resource::{Resource, short};
use crate::server::Server;
use crate::session::Session;

/// How many ads of a campaign are looked at.
const MAX_ADS: usize = 1_000;
/// How many reasons a page tells.
const MAX_REASONS: usize = 10;
/// How far back bids and wins are looked at. The trade's time.
const LOOKED_BACK: Span = Span::hours(24);

/// All that is known of why.
pub struct Findings {
    /// The campaign, or the ad.
    pub about: Resource,
    /// Its ads, or itself, each with what came of its bids.
    pub ads: Vec<(v1::Ad, v1::Metrics)>,
    /// Why its ads did not bid, counted on a sample.
    pub funnel: v1::ListNoBidReasonsResponse,
    /// How the campaign's money is spent against its plan.
    pub pacing: Option<v1::CampaignPacing>,
}

/// Explains it.
pub async fn run(text: &str, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let name = resolve::resolve(&server, &[Kind::Campaign, Kind::Ad], text).await?;
    let about = match server.get(&name).await {
        Ok(resource) => resource,
        Err(failure) => return Err(resolve::suggest(&server, &name, failure).await),
    };
    let findings = find(&server, &name, about).await?;
    session.print(
        || findings.page(),
        || findings.tree(),
        || findings.stopped().map(|ad| ad.name.clone()).collect(),
    )?;
    session.next(&[findings.next()]);
    Ok(())
}

async fn find(server: &Server, name: &Name, about: Resource) -> Result<Findings, Failure> {
    let ads = match &about {
        Resource::Ad(ad) => vec![(**ad).clone()],
        _ => {
            let listed = server.list(Kind::Ad, name.as_str(), false, MAX_ADS).await?;
            let ads = listed
                .resources
                .into_iter()
                .filter_map(|resource| match resource {
                    Resource::Ad(ad) => Some(*ad),
                    _ => None,
                });
            ads.collect()
        }
    };
    let now = server.status().await?.product_time;
    let now = now.as_ref().map_or(Timestamp(0), api::time::moment);
    let request = v1::QueryReportRequest {
        parent: name.to_string(),
        dimensions: vec![v1::Dimension::Ad as i32],
        start_time: api::time::write_moment(Timestamp(now.0.saturating_sub(LOOKED_BACK.0))),
        page_size: i32::try_from(MAX_ADS).unwrap_or(i32::MAX),
        ..v1::QueryReportRequest::default()
    };
    let rows = server.report(request).await?.rows;
    let with_metrics = ads.into_iter().map(|ad| {
        let row = rows.iter().find(|row| row.ad == ad.name);
        let metrics = row.and_then(|row| row.metrics.clone()).unwrap_or_default();
        (ad, metrics)
    });
    let campaign = match name.kind() {
        Kind::Campaign => Some(name.clone()),
        _ => name.parent(),
    };
    let pacing = match campaign {
        Some(campaign) => server.pacing(campaign.as_str()).await?.campaigns.pop(),
        None => None,
    };
    Ok(Findings {
        funnel: server.no_bid_reasons(name).await?,
        about,
        ads: with_metrics.collect(),
        pacing,
    })
}

impl Findings {
    fn page(&self) -> String {
        let mut page = Page::default();
        let code = self.about.currency_code();
        let budget = self.about.budget().copied().unwrap_or_default();
        let spend = self.about.spend().cloned().unwrap_or_default();
        page.fact(self.about.kind().noun(), short(self.about.name()));
        page.fact("status", status::brief(&self.about));
        let lines = status::obstacles(&self.about, |reason| self.advice(reason));
        let title = status::obstacles_title(&self.about).to_lowercase();
        page.fact(&title, lines.join("\n"));
        let of = |spent: i64, limit: Option<i64>| {
            format!(
                "{} of {}",
                amount::about(spent, code),
                amount::limit(limit, code)
            )
        };
        page.fact("today", of(spend.today_nanos, budget.daily_micros));
        page.fact("lifetime", of(spend.total_nanos, budget.lifetime_micros));
        page.fact("held", amount::about(spend.held_nanos, code));
        let mut text = page.render();
        text.push_str("\nThe last 24 hours:\n");
        for line in self.table().render().lines() {
            text.push_str(&format!("  {line}\n"));
        }
        text.push_str(&self.refusals());
        text.push_str(&format!("\n{}\n", self.verdict()));
        text
    }

    /// What kept its ads from bidding, most often first.
    fn refusals(&self) -> String {
        let refusals = self.most_often_first();
        if refusals.is_empty() {
            return String::new();
        }
        let mut table = Table::new(&[
            ("TIMES", Side::Right),
            ("STEP", Side::Left),
            ("REASON", Side::Left),
            ("", Side::Left),
        ]);
        for refusal in refusals.into_iter().take(MAX_REASONS) {
            let reason = refusal.reason.clone().unwrap_or_default();
            table.row([
                refusal.count.to_string(),
                reason.step,
                reason.code,
                reason.sentence,
            ]);
        }
        let since = crate::print::words::moment(self.funnel.start_time.as_ref());
        let lines = table.render();
        let lines = lines.lines().map(|line| format!("  {line}\n"));
        format!(
            "\nWhy its ads did not bid, since {since}, counted on a sample:\n{}",
            lines.collect::<String>()
        )
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&[
            ("AD", Side::Left),
            ("STATUS", Side::Left),
            ("BIDS", Side::Right),
            ("WINS", Side::Right),
            ("WIN RATE", Side::Right),
            ("IMPRESSIONS", Side::Right),
            ("SPEND", Side::Right),
        ]);
        for (ad, metrics) in &self.ads {
            table.row([
                short(&ad.name),
                status::brief(&Resource::from(ad.clone())),
                metrics.bids.to_string(),
                metrics.wins.to_string(),
                percent(metrics.wins, metrics.bids),
                metrics.impressions.to_string(),
                amount::about(metrics.spend_nanos, &ad.currency_code),
            ]);
        }
        table
    }

    fn tree(&self) -> Tree {
        let ads = self.ads.iter().map(|(ad, metrics)| {
            Tree::table([
                ("ad", Tree::of(&contract::reflect("Ad", ad))),
                ("last_day", Tree::of(&contract::reflect("Metrics", metrics))),
            ])
        });
        let about = match &self.about {
            Resource::Ad(_) => "ad",
            _ => "campaign",
        };
        let no_bids = contract::reflect("ListNoBidReasonsResponse", &self.funnel);
        let mut fields = vec![
            ("verdict", Tree::Text(self.verdict())),
            (about, Tree::of(&self.about.reflect())),
            ("ads", Tree::List(ads.collect())),
            ("no_bids", Tree::of(&no_bids)),
        ];
        if let Some(pacing) = &self.pacing {
            let pacing = contract::reflect("CampaignPacing", pacing);
            fields.push(("pacing", Tree::of(&pacing)));
        }
        let named = fields
            .into_iter()
            .map(|(name, tree)| (name.to_string(), tree));
        Tree::Table(named.collect())
    }
}

#[cfg(test)]
mod tests;

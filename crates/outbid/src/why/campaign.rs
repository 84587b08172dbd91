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
struct Findings {
    /// The campaign, or the ad.
    about: Resource,
    /// Its ads, or itself, each with what came of its bids.
    ads: Vec<(v1::Ad, v1::Metrics)>,
    /// Why its ads did not bid, counted on a sample.
    funnel: v1::ListNoBidReasonsResponse,
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
    Ok(Findings {
        funnel: server.no_bid_reasons(name).await?,
        about,
        ads: with_metrics.collect(),
    })
}

impl Findings {
    fn reasons(&self) -> Vec<v1::ServingStatusReason> {
        match &self.about {
            Resource::Campaign(campaign) => status::reasons(&campaign.serving_status_reasons),
            Resource::Ad(ad) => status::reasons(&ad.serving_status_reasons),
            _ => Vec::new(),
        }
    }

    /// The ads that cannot bid.
    fn stopped(&self) -> impl Iterator<Item = &v1::Ad> {
        let ads = self.ads.iter().map(|(ad, _)| ad);
        ads.filter(|ad| ad.serving_status() != v1::ServingStatus::Eligible)
    }

    fn sum(&self, count: fn(&v1::Metrics) -> i64) -> i64 {
        self.ads.iter().map(|(_, metrics)| count(metrics)).sum()
    }

    /// What it comes to, in one sentence.
    fn verdict(&self) -> String {
        if let Some(reason) = self.reasons().first() {
            return format!(
                "It cannot bid: {}. To do: {}.",
                status::words(*reason),
                status::advice(*reason)
            );
        }
        let (bids, wins) = (self.sum(|m| m.bids), self.sum(|m| m.wins));
        match (bids, wins, self.sum(|m| m.impressions)) {
            (0, ..) => "It may bid and did not in the last 24 hours: no request was one that it wants, or each was \
                        refused. `outbid why -f request.json` tells of one request."
                .to_string(),
            (_, 0, _) => "It bids and does not win: others pay more, or the floors are higher. Raise max_bid_cpm_micros \
                          or the goal, or widen the targeting."
                .to_string(),
            (_, _, 0) => "It wins and nothing was billed: the exchange does not show what it won, or its notices do not \
                          reach the bidder."
                .to_string(),
            _ => {
                let stopped = self.stopped().count();
                let share = percent(wins, bids);
                match stopped {
                    0 => format!("It serves: {share} of its bids win."),
                    _ => format!("It serves: {share} of its bids win. {stopped} of its ads cannot bid."),
                }
            }
        }
    }

    fn page(&self) -> String {
        let mut page = Page::default();
        let code = self.about.currency_code();
        let budget = self.about.budget().copied().unwrap_or_default();
        let spend = self.about.spend().cloned().unwrap_or_default();
        page.fact(self.about.kind().noun(), short(self.about.name()));
        page.fact("status", status::brief(&self.about));
        let reasons: Vec<String> = self
            .reasons()
            .into_iter()
            .map(|reason| format!("{}: {}", status::words(reason), status::advice(reason)))
            .collect();
        page.fact("why not", reasons.join("\n"));
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
        let mut refusals = self.funnel.refusals.clone();
        if refusals.is_empty() {
            return String::new();
        }
        refusals.sort_by_key(|refusal| std::cmp::Reverse(refusal.count));
        let mut table = Table::new(&[
            ("TIMES", Side::Right),
            ("STEP", Side::Left),
            ("REASON", Side::Left),
            ("", Side::Left),
        ]);
        for refusal in refusals.into_iter().take(MAX_REASONS) {
            let reason = refusal.reason.unwrap_or_default();
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
        Tree::table([
            ("verdict", Tree::Text(self.verdict())),
            (about, Tree::of(&self.about.reflect())),
            ("ads", Tree::List(ads.collect())),
            (
                "no_bids",
                Tree::of(&contract::reflect("ListNoBidReasonsResponse", &self.funnel)),
            ),
        ])
    }

    fn next(&self) -> String {
        let name = short(self.about.name());
        use v1::ServingStatusReason as Reason;
        match self.reasons().first() {
            Some(Reason::CampaignPaused | Reason::AdPaused) => format!("outbid resume {name}"),
            Some(Reason::BudgetSpent | Reason::DailyBudgetSpent) => {
                format!("outbid budget add {name} 50{}", self.about.currency_code())
            }
            Some(_) => format!("outbid edit {name}"),
            None if self.sum(|m| m.bids) == 0 => "outbid why -f request.json".to_string(),
            None => format!("outbid report --in {name} --by ad,hour --since 24h"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(
        reasons: &[v1::ServingStatusReason],
        bids: i64,
        wins: i64,
        impressions: i64,
    ) -> Findings {
        let campaign = v1::Campaign {
            name: "advertisers/acme/campaigns/spring".to_string(),
            currency_code: "USD".to_string(),
            serving_status: match reasons {
                [] => v1::ServingStatus::Eligible as i32,
                _ => v1::ServingStatus::NotServing as i32,
            },
            serving_status_reasons: reasons.iter().map(|reason| *reason as i32).collect(),
            ..v1::Campaign::default()
        };
        let ad = v1::Ad {
            name: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
            currency_code: "USD".to_string(),
            serving_status: campaign.serving_status,
            ..v1::Ad::default()
        };
        let metrics = v1::Metrics {
            bids,
            wins,
            impressions,
            ..v1::Metrics::default()
        };
        Findings {
            about: Resource::from(campaign),
            ads: vec![(ad, metrics)],
            funnel: v1::ListNoBidReasonsResponse::default(),
        }
    }

    #[test]
    fn reasons_are_told_most_often_first() {
        let refusal = |code: &str, count| v1::Refusal {
            reason: Some(v1::NoBidReason {
                code: code.to_string(),
                step: "targeting".to_string(),
                sentence: "It is so.".to_string(),
                nbr: 0,
            }),
            count,
        };
        let mut findings = findings(&[], 0, 0, 0);
        assert_eq!(findings.refusals(), "");
        findings.funnel.refusals = vec![refusal("geo", 3), refusal("device", 40)];
        findings.funnel.start_time = "2026-11-20T08:00:00Z".parse().ok();
        assert_eq!(
            findings.refusals(),
            "\nWhy its ads did not bid, since 2026-11-20T08:00:00Z, counted on a sample:\n  \
             TIMES  STEP       REASON\n     40  targeting  device  It is so.\n      3  targeting  geo     It is so.\n"
        );
    }

    #[test]
    fn the_verdict_follows_the_order_in_which_a_manager_checks() {
        let check = |findings: Findings, verdict: &str, next: &str| {
            assert!(
                findings.verdict().contains(verdict),
                "{}",
                findings.verdict()
            );
            assert_eq!(findings.next(), next);
        };
        use v1::ServingStatusReason as Reason;
        check(
            findings(&[Reason::CampaignPaused, Reason::NoAds], 9, 9, 9),
            "It cannot bid: campaign paused. To do: resume the campaign.",
            "outbid resume acme/spring",
        );
        check(
            findings(&[], 0, 0, 0),
            "It may bid and did not",
            "outbid why -f request.json",
        );
        let report = "outbid report --in acme/spring --by ad,hour --since 24h";
        check(findings(&[], 10, 0, 0), "It bids and does not win", report);
        check(findings(&[], 10, 5, 0), "nothing was billed", report);
        check(
            findings(&[], 10, 5, 4),
            "It serves: 50.00% of its bids win.",
            report,
        );
    }
}

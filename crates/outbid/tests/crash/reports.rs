//! What the product says of itself, over gRPC.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use api::bearer::Bearer;
use api::v1::ad_service_client::AdServiceClient;
use api::v1::advertiser_service_client::AdvertiserServiceClient;
use api::v1::campaign_service_client::CampaignServiceClient;
use api::v1::report_service_client::ReportServiceClient;
use api::v1::{self, Dimension};
use campaign::id::{AdId, CampaignId};
use campaign::money::Money;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

use crate::inspect::same;
use crate::product::Product;
use crate::written::{ByAd, Figures};

/// How long the reports may take to show what the journal holds.
const SETTLE_LIMIT: Duration = Duration::from_secs(30);
/// How long a call may take.
const CALL_LIMIT: Duration = Duration::from_secs(10);
/// More than there are ads.
const PAGE: i32 = 1_000;

/// Who pays for everything here.
pub const ADVERTISER: &str = "advertisers/demo";

/// A connection to control.
#[derive(Clone)]
pub struct Control {
    channel: InterceptedService<Channel, Bearer>,
}

/// Which number is which name.
pub struct Directory {
    pub advertiser: u64,
    ads: BTreeMap<String, AdId>,
}

/// A campaign's limits, in millionths: daily and lifetime.
pub type Limits = (Option<i64>, Option<i64>);

/// A change of limits as it was answered.
pub struct Adjusted {
    pub limits: Limits,
    /// What is in force: more than was asked where more was held.
    pub in_force: Limits,
}

impl Control {
    pub async fn connect(product: &Product) -> anyhow::Result<Control> {
        let address = product.control;
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.timeout(CALL_LIMIT);
        let channel = endpoint
            .connect()
            .await
            .context("control does not answer")?;
        let token = std::fs::read_to_string(&product.token).context("there is no token")?;
        let bearer = Bearer::new(token.trim()).context("the token is none")?;
        Ok(Control {
            channel: InterceptedService::new(channel, bearer),
        })
    }

    /// Reads the names of what is sold. They never change.
    pub async fn directory(&self) -> anyhow::Result<Directory> {
        let mut advertisers = AdvertiserServiceClient::new(self.channel.clone());
        let name = ADVERTISER.to_string();
        let advertiser = advertisers
            .get_advertiser(v1::GetAdvertiserRequest { name })
            .await?
            .into_inner()
            .number;
        let mut ads = AdServiceClient::new(self.channel.clone());
        let parent = format!("{ADVERTISER}/campaigns/-");
        let list = v1::ListAdsRequest {
            parent,
            page_size: PAGE,
            ..Default::default()
        };
        let list = ads.list_ads(list).await?.into_inner().ads;
        let ads = list
            .into_iter()
            .map(|ad| (ad.name, AdId(ad.number)))
            .collect();
        Ok(Directory { advertiser, ads })
    }

    /// Waits until the reports say exactly what the journal holds.
    pub async fn agree(&self, directory: &Directory, written: &ByAd) -> anyhow::Result<()> {
        let end = Instant::now() + SETTLE_LIMIT;
        loop {
            let counted = self.figures(directory).await?;
            match same(&counted, written) {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > end => {
                    return Err(error).context("the reports after the restart");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    async fn figures(&self, directory: &Directory) -> anyhow::Result<ByAd> {
        let by_ad = self.report(Dimension::Ad).await?;
        let by_campaign = self.report(Dimension::Campaign).await?;
        let sum = |rows: &[v1::ReportRow]| -> i64 {
            rows.iter().map(|row| metrics(row).spend_nanos).sum()
        };
        // Between the two calls the ledger may have moved on; what has come to rest is compared.
        if sum(&by_ad) != sum(&by_campaign) {
            return Ok(ByAd::new());
        }
        let mut ads = ByAd::new();
        for row in &by_ad {
            let metrics = metrics(row);
            ensure!(
                metrics.overspend_nanos == 0,
                "OVERSPENT: {} by {}",
                row.ad,
                metrics.overspend_nanos
            );
            let ad = directory
                .ads
                .get(&row.ad)
                .with_context(|| format!("nobody knows the ad \"{}\"", row.ad))?;
            let figures = figures(&metrics);
            if figures != Figures::default() {
                ads.insert(*ad, figures);
            }
        }
        Ok(ads)
    }

    async fn report(&self, by: Dimension) -> anyhow::Result<Vec<v1::ReportRow>> {
        let request = v1::QueryReportRequest {
            parent: ADVERTISER.to_string(),
            dimensions: vec![by.into()],
            page_size: PAGE,
            ..Default::default()
        };
        let mut reports = ReportServiceClient::new(self.channel.clone());
        Ok(reports.query_report(request).await?.into_inner().rows)
    }

    /// The number and the limits of a campaign.
    pub async fn campaign(&self, name: &str) -> anyhow::Result<(CampaignId, Limits)> {
        let mut campaigns = CampaignServiceClient::new(self.channel.clone());
        let name = name.to_string();
        let campaign = campaigns
            .get_campaign(v1::GetCampaignRequest { name })
            .await?
            .into_inner();
        Ok((
            CampaignId(campaign.number),
            limits(campaign.budget.as_ref()),
        ))
    }

    /// Sets limits of a campaign, in millionths; one that is `None` stays.
    pub async fn adjust(&self, name: &str, (daily, lifetime): Limits) -> anyhow::Result<Adjusted> {
        let set = |micros| v1::BudgetChange {
            change: Some(v1::budget_change::Change::SetMicros(micros)),
        };
        let request = v1::AdjustBudgetRequest {
            name: name.to_string(),
            daily: daily.map(set),
            lifetime: lifetime.map(set),
            ..Default::default()
        };
        let mut campaigns = CampaignServiceClient::new(self.channel.clone());
        let answer = campaigns.adjust_budget(request).await?.into_inner();
        Ok(Adjusted {
            limits: limits(answer.budget.as_ref()),
            in_force: limits(answer.effective_budget.as_ref()),
        })
    }
}

fn limits(budget: Option<&v1::Budget>) -> Limits {
    budget.map_or((None, None), |budget| {
        (budget.daily_micros, budget.lifetime_micros)
    })
}

fn metrics(row: &v1::ReportRow) -> v1::Metrics {
    row.metrics.clone().unwrap_or_default()
}

fn figures(metrics: &v1::Metrics) -> Figures {
    Figures {
        wins: metrics.wins,
        billed: metrics.impressions,
        shown: metrics.page_impressions,
        views: metrics.views,
        clicks: metrics.clicks,
        conversions: metrics.conversions,
        owed: Money(metrics.spend_nanos.saturating_add(metrics.house_loss_nanos)),
    }
}

//! The calls that read resources, one or many.

use api::names::{Kind, Name};
use api::v1;
use api::v1::ad_service_client::AdServiceClient;
use api::v1::advertiser_service_client::AdvertiserServiceClient;
use api::v1::audience_service_client::AudienceServiceClient;
use api::v1::block_list_service_client::BlockListServiceClient;
use api::v1::campaign_service_client::CampaignServiceClient;
use api::v1::conversion_action_service_client::ConversionActionServiceClient;
use api::v1::creative_service_client::CreativeServiceClient;
use api::v1::deal_service_client::DealServiceClient;
use api::v1::exchange_service_client::ExchangeServiceClient;
use api::v1::experiment_service_client::ExperimentServiceClient;
use api::v1::rate_table_service_client::RateTableServiceClient;

use super::{MAX_ANSWER_BYTES, Server};
use crate::failure::{Exit, Failure};
use crate::resource::Resource;

/// How many of a list one page asks for; the most that the contract allows.
const PAGE_SIZE: i32 = 1_000;
/// How many pages one command reads at most.
const MAX_PAGES: usize = 1_000;

/// What a list shows.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Deleted ones too.
    pub deleted: bool,
    /// Only those of which this holds, in the contract's own words.
    pub filter: String,
    /// In this order.
    pub order_by: String,
}

/// A list, as long as it was asked for.
pub struct Listed {
    /// The resources, by name.
    pub resources: Vec<Resource>,
    /// Whether there are more.
    pub more: bool,
}

/// One page that is asked for.
struct Asked {
    size: i32,
    token: String,
    wanted: Wanted,
}

/// One page of a list, and what asks for the next.
macro_rules! page {
    (
        $server:ident, $asked:ident,
        $client:ident . $method:ident ( $Request:ident { $($own:ident),* } ) . $field:ident
    ) => {{
        let request = v1::$Request {
            $($own,)*
            page_size: $asked.size,
            page_token: $asked.token,
            show_deleted: $asked.wanted.deleted,
            filter: $asked.wanted.filter,
            order_by: $asked.wanted.order_by,
        };
        let page = call!($server, $client.$method(request))?;
        let resources = page.$field.into_iter().map(Resource::from);
        (resources.collect(), page.next_page_token)
    }};
}

impl Server {
    /// Answers one resource, or none where it is not there.
    pub async fn find(&self, name: &Name) -> Result<Option<Resource>, Failure> {
        match self.get(name).await {
            Ok(resource) => Ok(Some(resource)),
            Err(failure) if failure.exit == Exit::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Lists what hangs below `parent`, in which `-` stands for any, page after page until there are `limit`.
    pub async fn list(
        &self,
        kind: Kind,
        parent: &str,
        deleted: bool,
        limit: usize,
    ) -> Result<Listed, Failure> {
        let wanted = Wanted {
            deleted,
            ..Wanted::default()
        };
        self.list_those(kind, parent, &wanted, limit).await
    }

    /// As [`Server::list`], but only those that are wanted, in the order that is.
    pub async fn list_those(
        &self,
        kind: Kind,
        parent: &str,
        wanted: &Wanted,
        limit: usize,
    ) -> Result<Listed, Failure> {
        let mut resources = Vec::new();
        let mut token = String::new();
        for _ in 0..MAX_PAGES {
            let left = limit.saturating_sub(resources.len());
            let size = i32::try_from(left).map_or(PAGE_SIZE, |left| left.min(PAGE_SIZE));
            let asked = Asked {
                size,
                token,
                wanted: wanted.clone(),
            };
            let page = self.page(kind, parent.to_string(), asked).await?;
            resources.extend(page.0);
            token = page.1;
            if token.is_empty() || resources.len() >= limit {
                break;
            }
        }
        let more = !token.is_empty() || resources.len() > limit;
        resources.truncate(limit);
        Ok(Listed { resources, more })
    }
}

#[rustfmt::skip]
impl Server {
    /// Answers one resource.
    pub async fn get(&self, name: &Name) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => call!(self, AdvertiserServiceClient.get_advertiser(
                v1::GetAdvertiserRequest { name })).map(Resource::from),
            Kind::Campaign => call!(self, CampaignServiceClient.get_campaign(
                v1::GetCampaignRequest { name })).map(Resource::from),
            Kind::Ad => call!(self, AdServiceClient.get_ad(
                v1::GetAdRequest { name })).map(Resource::from),
            Kind::Creative => call!(self, CreativeServiceClient.get_creative(
                v1::GetCreativeRequest { name })).map(Resource::from),
            Kind::Deal => call!(self, DealServiceClient.get_deal(
                v1::GetDealRequest { name })).map(Resource::from),
            Kind::BlockList => call!(self, BlockListServiceClient.get_block_list(
                v1::GetBlockListRequest { name })).map(Resource::from),
            Kind::RateTable => call!(self, RateTableServiceClient.get_rate_table(
                v1::GetRateTableRequest { name })).map(Resource::from),
            Kind::Exchange => call!(self, ExchangeServiceClient.get_exchange(
                v1::GetExchangeRequest { name })).map(Resource::from),
            Kind::Audience => call!(self, AudienceServiceClient.get_audience(
                v1::GetAudienceRequest { name })).map(Resource::from),
            Kind::ConversionAction => call!(self, ConversionActionServiceClient.get_conversion_action(
                v1::GetConversionActionRequest { name })).map(Resource::from),
            Kind::Experiment => call!(self, ExperimentServiceClient.get_experiment(
                v1::GetExperimentRequest { name })).map(Resource::from),
        }
    }

    async fn page(&self, kind: Kind, parent: String, asked: Asked) -> Result<(Vec<Resource>, String), Failure> {
        Ok(match kind {
            Kind::Advertiser => page!(self, asked, AdvertiserServiceClient.list_advertisers(
                ListAdvertisersRequest { }).advertisers),
            Kind::Campaign => page!(self, asked, CampaignServiceClient.list_campaigns(
                ListCampaignsRequest { parent }).campaigns),
            Kind::Ad => page!(self, asked, AdServiceClient.list_ads(
                ListAdsRequest { parent }).ads),
            Kind::Creative => page!(self, asked, CreativeServiceClient.list_creatives(
                ListCreativesRequest { parent }).creatives),
            Kind::Deal => page!(self, asked, DealServiceClient.list_deals(
                ListDealsRequest { }).deals),
            Kind::BlockList => page!(self, asked, BlockListServiceClient.list_block_lists(
                ListBlockListsRequest { }).block_lists),
            Kind::RateTable => page!(self, asked, RateTableServiceClient.list_rate_tables(
                ListRateTablesRequest { }).rate_tables),
            Kind::Exchange => page!(self, asked, ExchangeServiceClient.list_exchanges(
                ListExchangesRequest { }).exchanges),
            Kind::Audience => page!(self, asked, AudienceServiceClient.list_audiences(
                ListAudiencesRequest { parent }).audiences),
            Kind::ConversionAction => page!(self, asked, ConversionActionServiceClient.list_conversion_actions(
                ListConversionActionsRequest { parent }).conversion_actions),
            Kind::Experiment => page!(self, asked, ExperimentServiceClient.list_experiments(
                ListExperimentsRequest { parent }).experiments),
        })
    }
}

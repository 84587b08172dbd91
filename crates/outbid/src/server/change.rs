//! The calls that change something.

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
use prost_types::FieldMask;

use super::{MAX_ANSWER_BYTES, Server};
use crate::failure::Failure;
use crate::resource::Resource;

/// One change, which a rehearsal only has checked.
macro_rules! change {
    ($server:ident, $client:ident . $method:ident ( $Request:ident { $($field:ident $(: $value:expr)?),* } )) => {{
        let request = v1::$Request {
            $($field $(: $value)?,)*
            validate_only: $server.rehearsing,
            ..Default::default()
        };
        call!($server, $client.$method(request)).map(Resource::from)
    }};
}

#[rustfmt::skip]
impl Server {
    /// Makes a resource under its name.
    pub async fn create(&self, name: &Name, resource: Resource) -> Result<Resource, Failure> {
        let parent = name.parent().map_or(String::new(), |parent| parent.to_string());
        let id = name.id().to_string();
        match resource {
            Resource::Advertiser(it) => change!(self, AdvertiserServiceClient.create_advertiser(
                CreateAdvertiserRequest { advertiser_id: id, advertiser: Some(*it) })),
            Resource::Campaign(it) => change!(self, CampaignServiceClient.create_campaign(
                CreateCampaignRequest { parent, campaign_id: id, campaign: Some(*it) })),
            Resource::Ad(it) => change!(self, AdServiceClient.create_ad(
                CreateAdRequest { parent, ad_id: id, ad: Some(*it) })),
            Resource::Creative(it) => change!(self, CreativeServiceClient.create_creative(
                CreateCreativeRequest { parent, creative_id: id, creative: Some(*it) })),
            Resource::Exchange(it) => change!(self, ExchangeServiceClient.create_exchange(
                CreateExchangeRequest { exchange_id: id, exchange: Some(*it) })),
            Resource::Deal(it) => change!(self, DealServiceClient.create_deal(
                CreateDealRequest { deal_id: id, deal: Some(*it) })),
            Resource::RateTable(it) => change!(self, RateTableServiceClient.create_rate_table(
                CreateRateTableRequest { rate_table_id: id, rate_table: Some(*it) })),
            Resource::BlockList(it) => change!(self, BlockListServiceClient.create_block_list(
                CreateBlockListRequest { block_list_id: id, block_list: Some(*it) })),
            Resource::Experiment(it) => change!(self, ExperimentServiceClient.create_experiment(
                CreateExperimentRequest { parent, experiment_id: id, experiment: Some(*it) })),
            Resource::Audience(it) => change!(self, AudienceServiceClient.create_audience(
                CreateAudienceRequest { parent, audience_id: id, audience: Some(*it) })),
            Resource::ConversionAction(it) => change!(self, ConversionActionServiceClient.create_conversion_action(
                CreateConversionActionRequest { parent, conversion_action_id: id, conversion_action: Some(*it) })),
        }
    }

    /// Changes the fields of a resource that `paths` names.
    pub async fn update(&self, resource: Resource, paths: Vec<String>) -> Result<Resource, Failure> {
        let update_mask = Some(FieldMask { paths });
        match resource {
            Resource::Advertiser(it) => change!(self, AdvertiserServiceClient.update_advertiser(
                UpdateAdvertiserRequest { advertiser: Some(*it), update_mask })),
            Resource::Campaign(it) => change!(self, CampaignServiceClient.update_campaign(
                UpdateCampaignRequest { campaign: Some(*it), update_mask })),
            Resource::Ad(it) => change!(self, AdServiceClient.update_ad(
                UpdateAdRequest { ad: Some(*it), update_mask })),
            Resource::Creative(it) => change!(self, CreativeServiceClient.update_creative(
                UpdateCreativeRequest { creative: Some(*it), update_mask })),
            Resource::Exchange(it) => change!(self, ExchangeServiceClient.update_exchange(
                UpdateExchangeRequest { exchange: Some(*it), update_mask })),
            Resource::Deal(it) => change!(self, DealServiceClient.update_deal(
                UpdateDealRequest { deal: Some(*it), update_mask })),
            Resource::RateTable(it) => change!(self, RateTableServiceClient.update_rate_table(
                UpdateRateTableRequest { rate_table: Some(*it), update_mask })),
            Resource::BlockList(it) => change!(self, BlockListServiceClient.update_block_list(
                UpdateBlockListRequest { block_list: Some(*it), update_mask })),
            Resource::Experiment(it) => change!(self, ExperimentServiceClient.update_experiment(
                UpdateExperimentRequest { experiment: Some(*it), update_mask })),
            Resource::Audience(it) => change!(self, AudienceServiceClient.update_audience(
                UpdateAudienceRequest { audience: Some(*it), update_mask })),
            Resource::ConversionAction(it) => change!(self, ConversionActionServiceClient.update_conversion_action(
                UpdateConversionActionRequest { conversion_action: Some(*it), update_mask })),
        }
    }

    /// Deletes a resource. `force` deletes what hangs below an advertiser or a campaign too.
    pub async fn delete(&self, name: &Name, force: bool) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => change!(self, AdvertiserServiceClient.delete_advertiser(
                DeleteAdvertiserRequest { name, force })),
            Kind::Campaign => change!(self, CampaignServiceClient.delete_campaign(
                DeleteCampaignRequest { name, force })),
            Kind::Ad => change!(self, AdServiceClient.delete_ad(DeleteAdRequest { name })),
            Kind::Creative => change!(self, CreativeServiceClient.delete_creative(DeleteCreativeRequest { name })),
            Kind::Exchange => change!(self, ExchangeServiceClient.delete_exchange(DeleteExchangeRequest { name })),
            Kind::Deal => change!(self, DealServiceClient.delete_deal(DeleteDealRequest { name })),
            Kind::RateTable => change!(self, RateTableServiceClient.delete_rate_table(
                DeleteRateTableRequest { name })),
            Kind::BlockList => change!(self, BlockListServiceClient.delete_block_list(
                DeleteBlockListRequest { name })),
            Kind::Audience => change!(self, AudienceServiceClient.delete_audience(DeleteAudienceRequest { name })),
            Kind::ConversionAction => change!(self, ConversionActionServiceClient.delete_conversion_action(
                DeleteConversionActionRequest { name })),
            Kind::Experiment => change!(self, ExperimentServiceClient.delete_experiment(
                DeleteExperimentRequest { name })),
        }
    }

    /// Brings back what was deleted.
    pub async fn undelete(&self, name: &Name) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => change!(self, AdvertiserServiceClient.undelete_advertiser(
                UndeleteAdvertiserRequest { name })),
            Kind::Campaign => change!(self, CampaignServiceClient.undelete_campaign(
                UndeleteCampaignRequest { name })),
            Kind::Ad => change!(self, AdServiceClient.undelete_ad(UndeleteAdRequest { name })),
            Kind::Creative => change!(self, CreativeServiceClient.undelete_creative(
                UndeleteCreativeRequest { name })),
            Kind::Exchange => change!(self, ExchangeServiceClient.undelete_exchange(
                UndeleteExchangeRequest { name })),
            Kind::Deal => change!(self, DealServiceClient.undelete_deal(UndeleteDealRequest { name })),
            Kind::RateTable => change!(self, RateTableServiceClient.undelete_rate_table(
                UndeleteRateTableRequest { name })),
            Kind::BlockList => change!(self, BlockListServiceClient.undelete_block_list(
                UndeleteBlockListRequest { name })),
            Kind::Audience => change!(self, AudienceServiceClient.undelete_audience(
                UndeleteAudienceRequest { name })),
            Kind::ConversionAction => change!(self, ConversionActionServiceClient.undelete_conversion_action(
                UndeleteConversionActionRequest { name })),
            Kind::Experiment => change!(self, ExperimentServiceClient.undelete_experiment(
                UndeleteExperimentRequest { name })),
        }
    }

    /// Stops what has a switch of its own.
    pub async fn pause(&self, name: &Name) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => change!(self, AdvertiserServiceClient.pause_advertiser(
                PauseAdvertiserRequest { name })),
            Kind::Campaign => change!(self, CampaignServiceClient.pause_campaign(PauseCampaignRequest { name })),
            Kind::Ad => change!(self, AdServiceClient.pause_ad(PauseAdRequest { name })),
            Kind::Exchange => change!(self, ExchangeServiceClient.pause_exchange(PauseExchangeRequest { name })),
            Kind::Deal => change!(self, DealServiceClient.pause_deal(PauseDealRequest { name })),
            Kind::Creative | Kind::RateTable | Kind::BlockList | Kind::Audience | Kind::ConversionAction
            | Kind::Experiment => Err(no_switch(kind)),
        }
    }

    /// Lets what has a switch of its own run again.
    pub async fn resume(&self, name: &Name) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => change!(self, AdvertiserServiceClient.resume_advertiser(
                ResumeAdvertiserRequest { name })),
            Kind::Campaign => change!(self, CampaignServiceClient.resume_campaign(ResumeCampaignRequest { name })),
            Kind::Ad => change!(self, AdServiceClient.resume_ad(ResumeAdRequest { name })),
            Kind::Exchange => change!(self, ExchangeServiceClient.resume_exchange(ResumeExchangeRequest { name })),
            Kind::Deal => change!(self, DealServiceClient.resume_deal(ResumeDealRequest { name })),
            Kind::Creative | Kind::RateTable | Kind::BlockList | Kind::Audience | Kind::ConversionAction
            | Kind::Experiment => Err(no_switch(kind)),
        }
    }
}

impl Server {
    /// Adds members to an audience.
    pub async fn add_members(
        &self,
        request: v1::AddAudienceMembersRequest,
    ) -> Result<v1::AddAudienceMembersResponse, Failure> {
        call!(self, AudienceServiceClient.add_audience_members(request))
    }

    /// Removes members from an audience, or from all of an advertiser's.
    pub async fn remove_members(
        &self,
        request: v1::RemoveAudienceMembersRequest,
    ) -> Result<v1::RemoveAudienceMembersResponse, Failure> {
        call!(self, AudienceServiceClient.remove_audience_members(request))
    }

    /// Sets, raises or cuts a campaign's budget.
    pub async fn adjust_budget(
        &self,
        request: v1::AdjustBudgetRequest,
    ) -> Result<v1::AdjustBudgetResponse, Failure> {
        let request = v1::AdjustBudgetRequest {
            validate_only: self.rehearsing,
            ..request
        };
        call!(self, CampaignServiceClient.adjust_budget(request))
    }
}

fn no_switch(kind: Kind) -> Failure {
    let instead = match kind {
        Kind::RateTable | Kind::BlockList => "delete it, or change it",
        Kind::ConversionAction => "delete it, and its notices are refused",
        Kind::Audience => "delete it, or take it out of the ads' targeting",
        Kind::Experiment => "set its end_time, or delete it",
        _ => "pause the ads that show it",
    };
    let words = kind.words();
    Failure::usage(format!("no {words} has a switch of its own: {instead}"))
}

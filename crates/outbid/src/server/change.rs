//! The calls that change something.

use api::names::{Kind, Name};
use api::v1;
use api::v1::ad_service_client::AdServiceClient;
use api::v1::advertiser_service_client::AdvertiserServiceClient;
use api::v1::campaign_service_client::CampaignServiceClient;
use api::v1::creative_service_client::CreativeServiceClient;
use prost_types::FieldMask;

use super::{MAX_ANSWER_BYTES, Server};
use crate::failure::Failure;
use crate::resource::Resource;

impl Server {
    /// Makes a resource under its name.
    pub async fn create(&self, name: &Name, resource: Resource) -> Result<Resource, Failure> {
        let parent = name
            .parent()
            .map_or(String::new(), |parent| parent.to_string());
        let id = name.id().to_string();
        match resource {
            Resource::Advertiser(advertiser) => {
                let request = v1::CreateAdvertiserRequest {
                    advertiser_id: id,
                    advertiser: Some(advertiser),
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdvertiserServiceClient.create_advertiser(request))
                    .map(Resource::Advertiser)
            }
            Resource::Campaign(campaign) => {
                let request = v1::CreateCampaignRequest {
                    parent,
                    campaign_id: id,
                    campaign: Some(campaign),
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CampaignServiceClient.create_campaign(request)).map(Resource::Campaign)
            }
            Resource::Ad(ad) => {
                let request = v1::CreateAdRequest {
                    parent,
                    ad_id: id,
                    ad: Some(*ad),
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdServiceClient.create_ad(request)).map(Resource::from)
            }
            Resource::Creative(creative) => {
                let request = v1::CreateCreativeRequest {
                    parent,
                    creative_id: id,
                    creative: Some(*creative),
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CreativeServiceClient.create_creative(request)).map(Resource::from)
            }
        }
    }

    /// Changes the fields of a resource that `paths` names.
    pub async fn update(
        &self,
        resource: Resource,
        paths: Vec<String>,
    ) -> Result<Resource, Failure> {
        let update_mask = Some(FieldMask { paths });
        match resource {
            Resource::Advertiser(advertiser) => {
                let request = v1::UpdateAdvertiserRequest {
                    advertiser: Some(advertiser),
                    update_mask,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdvertiserServiceClient.update_advertiser(request))
                    .map(Resource::Advertiser)
            }
            Resource::Campaign(campaign) => {
                let request = v1::UpdateCampaignRequest {
                    campaign: Some(campaign),
                    update_mask,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CampaignServiceClient.update_campaign(request)).map(Resource::Campaign)
            }
            Resource::Ad(ad) => {
                let request = v1::UpdateAdRequest {
                    ad: Some(*ad),
                    update_mask,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdServiceClient.update_ad(request)).map(Resource::from)
            }
            Resource::Creative(creative) => {
                let request = v1::UpdateCreativeRequest {
                    creative: Some(*creative),
                    update_mask,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CreativeServiceClient.update_creative(request)).map(Resource::from)
            }
        }
    }

    /// Deletes a resource. `force` deletes what hangs below an advertiser or a campaign too.
    pub async fn delete(&self, name: &Name, force: bool) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => {
                let request = v1::DeleteAdvertiserRequest {
                    name,
                    force,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdvertiserServiceClient.delete_advertiser(request))
                    .map(Resource::Advertiser)
            }
            Kind::Campaign => {
                let request = v1::DeleteCampaignRequest {
                    name,
                    force,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CampaignServiceClient.delete_campaign(request)).map(Resource::Campaign)
            }
            Kind::Ad => {
                let request = v1::DeleteAdRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdServiceClient.delete_ad(request)).map(Resource::from)
            }
            Kind::Creative => {
                let request = v1::DeleteCreativeRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CreativeServiceClient.delete_creative(request)).map(Resource::from)
            }
        }
    }

    /// Stops an advertiser, a campaign or an ad.
    pub async fn pause(&self, name: &Name) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => {
                let request = v1::PauseAdvertiserRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdvertiserServiceClient.pause_advertiser(request))
                    .map(Resource::Advertiser)
            }
            Kind::Campaign => {
                let request = v1::PauseCampaignRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CampaignServiceClient.pause_campaign(request)).map(Resource::Campaign)
            }
            Kind::Ad => {
                let request = v1::PauseAdRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdServiceClient.pause_ad(request)).map(Resource::from)
            }
            Kind::Creative => Err(no_switch(kind)),
        }
    }

    /// Lets an advertiser, a campaign or an ad run again.
    pub async fn resume(&self, name: &Name) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => {
                let request = v1::ResumeAdvertiserRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdvertiserServiceClient.resume_advertiser(request))
                    .map(Resource::Advertiser)
            }
            Kind::Campaign => {
                let request = v1::ResumeCampaignRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, CampaignServiceClient.resume_campaign(request)).map(Resource::Campaign)
            }
            Kind::Ad => {
                let request = v1::ResumeAdRequest {
                    name,
                    validate_only: self.rehearsing,
                    ..Default::default()
                };
                call!(self, AdServiceClient.resume_ad(request)).map(Resource::from)
            }
            Kind::Creative => Err(no_switch(kind)),
        }
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
    Failure::usage(format!(
        "a {} has no switch of its own: pause the ads that show it",
        kind.noun()
    ))
}

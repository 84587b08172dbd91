//! Who pays.

use api::v1;
use api::v1::advertiser_service_server::AdvertiserService;
use campaign::ad::State;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct Advertisers(pub AuthorityHandle);

standard_service! {
    impl AdvertiserService for Advertisers
    Advertiser: get get_advertiser(GetAdvertiserRequest),
    list list_advertisers(ListAdvertisersRequest) -> ListAdvertisersResponse { advertisers },
    create create_advertiser(CreateAdvertiserRequest), update update_advertiser(UpdateAdvertiserRequest),
    delete delete_advertiser(DeleteAdvertiserRequest),
    undelete undelete_advertiser(UndeleteAdvertiserRequest),
    id advertiser_id, one advertiser, list parent |_| None, parent |_| None, force |request| request.force,
    pause pause_advertiser(PauseAdvertiserRequest), resume resume_advertiser(ResumeAdvertiserRequest);
}

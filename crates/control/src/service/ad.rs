//! What bids.

use api::v1;
use api::v1::ad_service_server::AdService;
use campaign::ad::State;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct Ads(pub AuthorityHandle);

standard_service! {
    impl AdService for Ads
    Ad: get get_ad(GetAdRequest), list list_ads(ListAdsRequest) -> ListAdsResponse { ads },
    create create_ad(CreateAdRequest), update update_ad(UpdateAdRequest), delete delete_ad(DeleteAdRequest),
    undelete undelete_ad(UndeleteAdRequest),
    id ad_id, one ad, list parent |request| Some(&request.parent), parent |request| Some(&request.parent),
    force |_| false, pause pause_ad(PauseAdRequest), resume resume_ad(ResumeAdRequest);
}

//! What was agreed with publishers.

use api::v1;
use api::v1::deal_service_server::DealService;
use campaign::ad::State;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct Deals(pub AuthorityHandle);

standard_service! {
    impl DealService for Deals
    Deal: get get_deal(GetDealRequest),
    list list_deals(ListDealsRequest) -> ListDealsResponse { deals },
    create create_deal(CreateDealRequest), update update_deal(UpdateDealRequest),
    delete delete_deal(DeleteDealRequest),
    undelete undelete_deal(UndeleteDealRequest),
    id deal_id, one deal, list parent |_| None, parent |_| None, force |_| false,
    pause pause_deal(PauseDealRequest), resume resume_deal(ResumeDealRequest);
}

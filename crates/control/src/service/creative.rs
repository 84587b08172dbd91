//! What is shown.

use api::v1;
use api::v1::creative_service_server::CreativeService;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct Creatives(pub AuthorityHandle);

standard_service! {
    impl CreativeService for Creatives
    Creative: get get_creative(GetCreativeRequest),
    list list_creatives(ListCreativesRequest) -> ListCreativesResponse { creatives },
    create create_creative(CreateCreativeRequest), update update_creative(UpdateCreativeRequest),
    delete delete_creative(DeleteCreativeRequest),
    undelete undelete_creative(UndeleteCreativeRequest),
    id creative_id, one creative, list parent |request| Some(&request.parent),
    parent |request| Some(&request.parent), force |_| false;
}

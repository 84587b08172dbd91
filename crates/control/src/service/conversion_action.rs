//! What users do that advertisers count.

use api::v1;
use api::v1::conversion_action_service_server::ConversionActionService;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct ConversionActions(pub AuthorityHandle);

standard_service! {
    impl ConversionActionService for ConversionActions
    ConversionAction: get get_conversion_action(GetConversionActionRequest),
    list list_conversion_actions(ListConversionActionsRequest) -> ListConversionActionsResponse { conversion_actions },
    create create_conversion_action(CreateConversionActionRequest),
    update update_conversion_action(UpdateConversionActionRequest),
    delete delete_conversion_action(DeleteConversionActionRequest),
    undelete undelete_conversion_action(UndeleteConversionActionRequest),
    id conversion_action_id, one conversion_action, list parent |request| Some(&request.parent),
    parent |request| Some(&request.parent), force |_| false;
}

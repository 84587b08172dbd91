//! Users whom advertisers know.

use api::v1;
use api::v1::audience_service_server::AudienceService;
use tonic::{Request, Response, Status};

use super::{manner, standard_service};
use crate::authority::{Authority, AuthorityHandle};

/// The service.
pub struct Audiences(pub AuthorityHandle);

standard_service! {
    impl AudienceService for Audiences
    Audience: get get_audience(GetAudienceRequest),
    list list_audiences(ListAudiencesRequest) -> ListAudiencesResponse { audiences },
    create create_audience(CreateAudienceRequest), update update_audience(UpdateAudienceRequest),
    delete delete_audience(DeleteAudienceRequest),
    undelete undelete_audience(UndeleteAudienceRequest),
    id audience_id, one audience, list parent |request| Some(&request.parent),
    parent |request| Some(&request.parent), force |_| false;

    async fn add_audience_members(
        &self,
        request: Request<v1::AddAudienceMembersRequest>,
    ) -> Result<Response<v1::AddAudienceMembersResponse>, Status> {
        let request = request.into_inner();
        self.0.answer(move |authority| authority.add_members(&request)).await
    }

    async fn remove_audience_members(
        &self,
        request: Request<v1::RemoveAudienceMembersRequest>,
    ) -> Result<Response<v1::RemoveAudienceMembersResponse>, Status> {
        let request = request.into_inner();
        self.0.answer(move |authority| authority.remove_members(&request)).await
    }
}

//! Who changed what.

use api::v1;
use api::v1::audit_service_server::AuditService;
use tonic::{Request, Response, Status};

use super::manner;
use crate::authority::AuthorityHandle;

/// The service.
pub struct Audits(pub AuthorityHandle);

#[tonic::async_trait]
impl AuditService for Audits {
    async fn get_change_event(
        &self,
        request: Request<v1::GetChangeEventRequest>,
    ) -> Result<Response<v1::ChangeEvent>, Status> {
        let request = request.into_inner();
        self.0
            .answer(move |authority| authority.change_event(&request.name))
            .await
    }

    async fn list_change_events(
        &self,
        request: Request<v1::ListChangeEventsRequest>,
    ) -> Result<Response<v1::ListChangeEventsResponse>, Status> {
        let request = request.into_inner();
        self.0
            .answer(move |authority| authority.list_change_events(&request))
            .await
    }

    async fn revert_change(
        &self,
        request: Request<v1::RevertChangeRequest>,
    ) -> Result<Response<v1::ChangeEvent>, Status> {
        let request = request.into_inner();
        let manner = manner(
            "RevertChangeRequest",
            &request.request_id,
            request.validate_only,
            &request,
        )?;
        self.0
            .answer(move |authority| authority.revert(&request, &manner))
            .await
    }

    async fn verify_chain(
        &self,
        _: Request<v1::VerifyChainRequest>,
    ) -> Result<Response<v1::VerifyChainResponse>, Status> {
        self.0.answer(|authority| authority.verify_chain()).await
    }
}

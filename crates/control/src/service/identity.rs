//! Who may call.

use api::v1;
use api::v1::identity_service_server::IdentityService;
use tonic::{Request, Response, Status};

use super::manner;
use crate::authority::AuthorityHandle;

/// The service.
pub struct Identities(pub AuthorityHandle);

#[tonic::async_trait]
impl IdentityService for Identities {
    async fn who_am_i(
        &self,
        _: Request<v1::WhoAmIRequest>,
    ) -> Result<Response<v1::WhoAmIResponse>, Status> {
        self.0.answer(|authority| authority.who_am_i()).await
    }

    async fn get_api_token(
        &self,
        request: Request<v1::GetApiTokenRequest>,
    ) -> Result<Response<v1::ApiToken>, Status> {
        let request = request.into_inner();
        self.0
            .answer(move |authority| authority.get_token(&request.name))
            .await
    }

    async fn list_api_tokens(
        &self,
        request: Request<v1::ListApiTokensRequest>,
    ) -> Result<Response<v1::ListApiTokensResponse>, Status> {
        let request = request.into_inner();
        self.0
            .answer(move |authority| authority.list_tokens(&request))
            .await
    }

    async fn create_api_token(
        &self,
        request: Request<v1::CreateApiTokenRequest>,
    ) -> Result<Response<v1::CreateApiTokenResponse>, Status> {
        let request = request.into_inner();
        let manner = manner(
            "CreateApiTokenRequest",
            &request.request_id,
            request.validate_only,
            &request,
        )?;
        self.0
            .answer(move |authority| authority.create_token(request, &manner))
            .await
    }

    async fn rotate_api_token(
        &self,
        request: Request<v1::RotateApiTokenRequest>,
    ) -> Result<Response<v1::RotateApiTokenResponse>, Status> {
        let request = request.into_inner();
        let manner = manner(
            "RotateApiTokenRequest",
            &request.request_id,
            request.validate_only,
            &request,
        )?;
        self.0
            .answer(move |authority| authority.rotate_token(&request, &manner))
            .await
    }

    async fn revoke_api_token(
        &self,
        request: Request<v1::RevokeApiTokenRequest>,
    ) -> Result<Response<v1::ApiToken>, Status> {
        let request = request.into_inner();
        let manner = manner(
            "RevokeApiTokenRequest",
            &request.request_id,
            request.validate_only,
            &request,
        )?;
        self.0
            .answer(move |authority| authority.revoke_token(&request, &manner))
            .await
    }
}

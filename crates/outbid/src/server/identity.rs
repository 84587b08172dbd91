//! The calls that make, change and end tokens, and the one that takes a change back.

use api::v1;
use api::v1::audit_service_client::AuditServiceClient;
use api::v1::identity_service_client::IdentityServiceClient;

use super::{MAX_ANSWER_BYTES, Server};
use crate::failure::Failure;

impl Server {
    /// The token that is shown.
    pub async fn who_am_i(&self) -> Result<v1::ApiToken, Failure> {
        let told = call!(self, IdentityServiceClient.who_am_i(v1::WhoAmIRequest {}));
        Ok(told?.api_token.unwrap_or_default())
    }

    /// A page of tokens.
    pub async fn api_tokens(
        &self,
        request: v1::ListApiTokensRequest,
    ) -> Result<v1::ListApiTokensResponse, Failure> {
        call!(self, IdentityServiceClient.list_api_tokens(request))
    }

    /// Makes a token.
    pub async fn create_api_token(
        &self,
        request: v1::CreateApiTokenRequest,
    ) -> Result<v1::CreateApiTokenResponse, Failure> {
        call!(self, IdentityServiceClient.create_api_token(request))
    }

    /// Gives a token a new secret.
    pub async fn rotate_api_token(
        &self,
        request: v1::RotateApiTokenRequest,
    ) -> Result<v1::RotateApiTokenResponse, Failure> {
        call!(self, IdentityServiceClient.rotate_api_token(request))
    }

    /// Ends a token.
    pub async fn revoke_api_token(
        &self,
        request: v1::RevokeApiTokenRequest,
    ) -> Result<v1::ApiToken, Failure> {
        call!(self, IdentityServiceClient.revoke_api_token(request))
    }

    /// Takes a change back, or tells what that would do.
    pub async fn revert_change(
        &self,
        request: v1::RevertChangeRequest,
    ) -> Result<v1::ChangeEvent, Failure> {
        call!(self, AuditServiceClient.revert_change(request))
    }
}

//! The configuration, read again.

use api::errors::CallError;
use api::v1;
use api::v1::configuration_service_server::ConfigurationService;
use tokio::sync::watch;
use tonic::{Code, Request, Response, Status};

use crate::authority::{Authority, AuthorityHandle};
use crate::seams::Reload;

/// The service.
pub struct Configurations {
    /// Notes what was changed.
    pub authority: AuthorityHandle,
    /// Whom to ask, where the process can.
    pub reload: watch::Receiver<Option<Reload>>,
}

#[tonic::async_trait]
impl ConfigurationService for Configurations {
    async fn reload_configuration(
        &self,
        request: Request<v1::ReloadConfigurationRequest>,
    ) -> Result<Response<v1::ReloadConfigurationResponse>, Status> {
        let validate_only = request.into_inner().validate_only;
        let reload = self.reload.borrow().clone();
        let reload = reload.ok_or_else(|| {
            let what = "this process reads no configuration while it runs: `outbid serve` does";
            CallError::new(Code::FailedPrecondition, "NO_CONFIGURATION", what)
        })?;
        // A caller that goes away must not leave a change that nobody noted.
        let authority = self.authority.of_caller()?;
        let reloading = tokio::spawn(async move {
            let changes = reload(validate_only).await.map_err(|why| {
                let what = format!("nothing was changed: {why}");
                CallError::new(Code::FailedPrecondition, "CONFIGURATION_UNUSABLE", what)
            })?;
            if !validate_only {
                let noted = changes.clone();
                let work = move |authority: &mut Authority| authority.note_configuration(&noted);
                authority.call(work).await?;
            }
            Ok::<_, CallError>(changes)
        });
        let ended = |_| {
            let what = "the process is ending";
            CallError::new(Code::Unavailable, "STOPPING", what)
        };
        let changes = reloading.await.map_err(ended)??;
        Ok(Response::new(v1::ReloadConfigurationResponse { changes }))
    }
}

//! The calls that look at how things are and what came of them.

use api::names::Name;
use api::v1;
use api::v1::audit_service_client::AuditServiceClient;
use api::v1::configuration_service_client::ConfigurationServiceClient;
use api::v1::diagnostics_service_client::DiagnosticsServiceClient;
use api::v1::experiment_service_client::ExperimentServiceClient;
use api::v1::report_service_client::ReportServiceClient;

use super::{MAX_ANSWER_BYTES, Server};
use crate::failure::Failure;

impl Server {
    /// What an experiment came to.
    pub async fn experiment_results(&self, name: &str) -> Result<v1::ExperimentResults, Failure> {
        let request = v1::GetExperimentResultsRequest {
            name: name.to_string(),
        };
        call!(
            self,
            ExperimentServiceClient.get_experiment_results(request)
        )
    }

    /// Counts why ads did not bid.
    pub async fn no_bid_reasons(
        &self,
        parent: &Name,
    ) -> Result<v1::ListNoBidReasonsResponse, Failure> {
        let request = v1::ListNoBidReasonsRequest {
            parent: parent.to_string(),
        };
        call!(self, DiagnosticsServiceClient.list_no_bid_reasons(request))
    }

    /// The requests that were traced last.
    pub async fn bid_traces(
        &self,
        request: v1::ListBidTracesRequest,
    ) -> Result<v1::ListBidTracesResponse, Failure> {
        call!(self, DiagnosticsServiceClient.list_bid_traces(request))
    }

    /// Decides one bid request without bidding.
    pub async fn explain(
        &self,
        request: v1::ExplainBidRequest,
    ) -> Result<v1::ExplainBidResponse, Failure> {
        call!(self, DiagnosticsServiceClient.explain_bid(request))
    }

    /// A page of what was changed, newest first.
    pub async fn change_events(
        &self,
        request: v1::ListChangeEventsRequest,
    ) -> Result<v1::ListChangeEventsResponse, Failure> {
        call!(self, AuditServiceClient.list_change_events(request))
    }

    /// Whether what was noted of changes is as it was written.
    pub async fn verify_chain(&self) -> Result<v1::VerifyChainResponse, Failure> {
        call!(
            self,
            AuditServiceClient.verify_chain(v1::VerifyChainRequest {})
        )
    }

    /// The impressions that were won last.
    pub async fn wins(
        &self,
        request: v1::ListWinsRequest,
    ) -> Result<v1::ListWinsResponse, Failure> {
        call!(self, DiagnosticsServiceClient.list_wins(request))
    }

    /// Tells how the process is.
    pub async fn status(&self) -> Result<v1::GetStatusResponse, Failure> {
        call!(
            self,
            DiagnosticsServiceClient.get_status(v1::GetStatusRequest {})
        )
    }

    /// Has the process read its configuration again, or tell only what that would change.
    pub async fn reload_configuration(
        &self,
        validate_only: bool,
    ) -> Result<v1::ReloadConfigurationResponse, Failure> {
        let request = v1::ReloadConfigurationRequest { validate_only };
        call!(
            self,
            ConfigurationServiceClient.reload_configuration(request)
        )
    }

    /// One page of a report.
    pub async fn report(
        &self,
        request: v1::QueryReportRequest,
    ) -> Result<v1::QueryReportResponse, Failure> {
        call!(self, ReportServiceClient.query_report(request))
    }

    /// How a campaign's budget stands now.
    pub async fn pacing(&self, name: &str) -> Result<v1::WatchPacingResponse, Failure> {
        let request = v1::WatchPacingRequest {
            name: name.to_string(),
            message_limit: 1,
        };
        let mut told = call!(self, ReportServiceClient.watch_pacing(request))?;
        let first = told
            .message()
            .await
            .map_err(|status| self.failure(&status))?;
        Ok(first.unwrap_or_default())
    }

    /// The last moves of money in a campaign.
    pub async fn moves(&self, name: &str, last: i32) -> Result<Vec<v1::Move>, Failure> {
        let request = v1::ListMovesRequest {
            parent: name.to_string(),
            page_size: last,
            ..v1::ListMovesRequest::default()
        };
        Ok(call!(self, ReportServiceClient.list_moves(request))?.moves)
    }

    /// What happened last to a campaign's pacing.
    pub async fn pacing_events(
        &self,
        name: &str,
        last: i32,
    ) -> Result<Vec<v1::PacingEvent>, Failure> {
        let request = v1::ListPacingEventsRequest {
            parent: name.to_string(),
            page_size: last,
            ..v1::ListPacingEventsRequest::default()
        };
        Ok(call!(self, ReportServiceClient.list_pacing_events(request))?.events)
    }
}

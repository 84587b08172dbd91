//! The calls that look at what came of things.

use api::names::Name;
use api::v1;
use api::v1::diagnostics_service_client::DiagnosticsServiceClient;
use api::v1::experiment_service_client::ExperimentServiceClient;

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
}

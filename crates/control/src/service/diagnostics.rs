//! Why something is as it is.

use api::errors::CallError;
use api::v1;
use api::v1::diagnostics_service_server::DiagnosticsService;
use auction::explain::{AdFate, Explanation, ImpressionFunnel, Outcome};
use auction::reason::NoBidReason;
use tokio::sync::watch;
use tonic::{Code, Request, Response, Status};

use super::funnel::{self, unknown_exchange};
use crate::authority::{Authority, AuthorityHandle};
use crate::catalog::Catalog;
use crate::seams::{ExplainError, ExplainRequest, Explainer, Sampled, Traffic};
use crate::serve::Endpoints;

/// The longest request that is explained, in bytes: what the bidder takes.
pub const MAX_REQUEST: usize = 256 * 1024;

/// The service.
pub struct Diagnostics {
    /// Knows the names.
    pub authority: AuthorityHandle,
    /// Asks the bidder.
    pub explainer: Explainer,
    /// Tells of the bidder's last requests.
    pub sampled: Sampled,
    /// Where things listen.
    pub endpoints: Endpoints,
    /// Whom to ask about the bidder's traffic.
    pub traffic: watch::Receiver<Option<Traffic>>,
}

#[tonic::async_trait]
impl DiagnosticsService for Diagnostics {
    async fn explain_bid(
        &self,
        request: Request<v1::ExplainBidRequest>,
    ) -> Result<Response<v1::ExplainBidResponse>, Status> {
        let v1::ExplainBidRequest {
            exchange,
            request_json,
        } = request.into_inner();
        if request_json.is_empty() || request_json.len() > MAX_REQUEST {
            let what = format!("write an OpenRTB request as JSON, of at most {MAX_REQUEST} bytes");
            return Err(CallError::field("request_json", "OUT_OF_RANGE", what).into());
        }
        let asked = ExplainRequest {
            exchange,
            body: request_json.into_bytes(),
        };
        let explanation = (self.explainer)(asked)
            .await
            .map_err(|error| match &error {
                ExplainError::UnknownExchange(name) => unknown_exchange(name, "exchange"),
                ExplainError::Unreadable(_) => {
                    CallError::field("request_json", "INVALID_REQUEST", error.to_string())
                }
                ExplainError::Unavailable(_) => CallError::new(
                    Code::Unavailable,
                    "BIDDER_UNAVAILABLE",
                    format!("{error}: try again in a moment"),
                ),
            })?;
        let wire = self
            .authority
            .answer(move |authority| Ok(write(authority.catalog(), explanation)));
        wire.await
    }

    async fn list_no_bid_reasons(
        &self,
        request: Request<v1::ListNoBidReasonsRequest>,
    ) -> Result<Response<v1::ListNoBidReasonsResponse>, Status> {
        let (request, samples) = (request.into_inner(), (self.sampled)());
        let work = move |authority: &mut Authority| {
            funnel::no_bid_reasons(authority, &samples, &request.parent)
        };
        self.authority.answer(work).await
    }

    async fn list_bid_traces(
        &self,
        request: Request<v1::ListBidTracesRequest>,
    ) -> Result<Response<v1::ListBidTracesResponse>, Status> {
        let (request, samples) = (request.into_inner(), (self.sampled)());
        let work = move |authority: &mut Authority| funnel::traces(authority, &samples, &request);
        self.authority.answer(work).await
    }

    async fn list_wins(
        &self,
        request: Request<v1::ListWinsRequest>,
    ) -> Result<Response<v1::ListWinsResponse>, Status> {
        let request = request.into_inner();
        let work = move |authority: &mut Authority| funnel::wins(authority, &request);
        self.authority.answer(work).await
    }

    async fn get_status(
        &self,
        _: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let mut endpoints = Vec::new();
        for (title, url) in self.endpoints.borrow().iter() {
            endpoints.push(v1::Endpoint {
                title: title.clone(),
                url: url.clone(),
            });
        }
        let traffic = self.traffic.borrow().as_ref().map(|traffic| traffic());
        let status = self.authority.call(move |authority| {
            Ok(v1::GetStatusResponse {
                version: env!("CARGO_PKG_VERSION").to_string(),
                product_time: api::time::write_moment(authority.view().now),
                start_time: api::time::write_moment(authority.started()),
                endpoints,
                record_version: authority.catalog().version,
                book_version: authority.book_version(),
                journal_applied_count: authority.applied(),
                healthy: true,
                problem: String::new(),
                traffic,
            })
        });
        // An authority that has failed is just what is asked about.
        let status = status.await.or_else(|error| match error.reason() {
            "STORE_FAILED" => Ok(v1::GetStatusResponse {
                version: env!("CARGO_PKG_VERSION").to_string(),
                problem: Status::from(error).message().to_string(),
                ..v1::GetStatusResponse::default()
            }),
            _ => Err(error),
        });
        Ok(Response::new(status?))
    }
}

fn write(catalog: &Catalog, explanation: Explanation) -> v1::ExplainBidResponse {
    let impressions = explanation.impressions.into_iter();
    v1::ExplainBidResponse {
        request_id: explanation.request_id,
        refused: explanation.refused.map(reason),
        privacy: explanation.privacy,
        impressions: impressions
            .map(|funnel| impression(catalog, funnel))
            .collect(),
    }
}

fn impression(catalog: &Catalog, funnel: ImpressionFunnel) -> v1::ImpressionFunnel {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let refusal = |(why, ads): (NoBidReason, usize)| v1::Refusal {
        reason: Some(reason(why)),
        count: count(ads),
    };
    v1::ImpressionFunnel {
        imp_id: funnel.imp_id,
        refused: funnel.refused.map(reason),
        understood: funnel.understood,
        considered_count: count(funnel.considered),
        refusals: funnel.refusals.into_iter().map(refusal).collect(),
        ads: funnel.ads.into_iter().map(|ad| fate(catalog, ad)).collect(),
        nearest_miss: funnel.nearest_miss.map(|ad| fate(catalog, ad)),
    }
}

fn fate(catalog: &Catalog, fate: AdFate) -> v1::AdFate {
    use v1::ad_fate::Outcome as Wire;
    let outcome = match fate.outcome {
        Outcome::Bid {
            price,
            currency,
            creative,
        } => Wire::Bid(v1::ExplainedBid {
            price_cpm_micros: price.micros(currency).unwrap_or(i64::MAX),
            currency_code: currency.to_string(),
            creative: catalog.name_of(creative.0),
            creative_number: creative.0,
        }),
        Outcome::Refused(why) => Wire::Refused(reason(why)),
    };
    v1::AdFate {
        ad: catalog.name_of(fate.ad.0),
        ad_number: fate.ad.0,
        display_name: fate.ad_name,
        outcome: Some(outcome),
        detail: fate.detail,
    }
}

/// A reason as the wire says it.
pub(super) fn reason(why: NoBidReason) -> v1::NoBidReason {
    v1::NoBidReason {
        code: why.name().to_string(),
        step: why.step().name().to_string(),
        sentence: why.sentence().to_string(),
        nbr: why.nbr(),
    }
}

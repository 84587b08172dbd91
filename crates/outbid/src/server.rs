//! The calls to the control process, each by the kind of what it is about.

use std::time::Duration;

use api::bearer::Bearer;
use api::names::{Kind, Name};
use api::v1;
use api::v1::ad_service_client::AdServiceClient;
use api::v1::advertiser_service_client::AdvertiserServiceClient;
use api::v1::audit_service_client::AuditServiceClient;
use api::v1::block_list_service_client::BlockListServiceClient;
use api::v1::campaign_service_client::CampaignServiceClient;
use api::v1::creative_service_client::CreativeServiceClient;
use api::v1::deal_service_client::DealServiceClient;
use api::v1::diagnostics_service_client::DiagnosticsServiceClient;
use api::v1::exchange_service_client::ExchangeServiceClient;
use api::v1::experiment_service_client::ExperimentServiceClient;
use api::v1::rate_table_service_client::RateTableServiceClient;
use api::v1::report_service_client::ReportServiceClient;
use tonic::Status;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

use crate::contexts::Context;
use crate::failure::{Exit, Failure};
use crate::resource::Resource;

/// How long to wait for a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long to wait for an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// The largest answer: a page of 1,000 ads with long lists in their targeting.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// How many of a list one page asks for; the most that the contract allows.
const PAGE_SIZE: i32 = 1_000;
/// How many pages one command reads at most.
const MAX_PAGES: usize = 1_000;

/// A connection to the control process.
pub struct Server {
    /// Each call through it shows the token.
    channel: InterceptedService<Channel, Bearer>,
    url: String,
    /// Whether changes are only checked.
    rehearsing: bool,
}

/// What a list shows.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Deleted ones too.
    pub deleted: bool,
    /// Only those of which this holds, in the contract's own words.
    pub filter: String,
    /// In this order.
    pub order_by: String,
}

/// A list, as long as it was asked for.
pub struct Listed {
    /// The resources, by name.
    pub resources: Vec<Resource>,
    /// Whether there are more.
    pub more: bool,
}

/// One call: the client, the method, what it is asked.
macro_rules! call {
    ($server:expr, $client:ident . $method:ident ( $request:expr )) => {
        $client::new($server.channel.clone())
            .max_decoding_message_size(MAX_ANSWER_BYTES)
            .$method($request)
            .await
            .map(tonic::Response::into_inner)
            .map_err(|status| $server.failure(&status))
    };
}

mod change;
mod identity;
mod look;
mod tls;

impl Server {
    /// Connects to where the control process listens, and shows the token with every call. An address without a scheme
    /// is taken for `http`.
    pub async fn connect(target: &Context) -> Result<Server, Failure> {
        let address = target.server.as_str();
        let (url, secured) = match address.split_once("://") {
            None => (format!("http://{address}"), false),
            Some(("http", _)) => (address.to_string(), false),
            Some(("https", _)) => (address.to_string(), true),
            Some((scheme, _)) => {
                return Err(Failure::usage(format!(
                    "--server {address}: {scheme} is not spoken here, write https://HOST:PORT or http://HOST:PORT"
                )));
            }
        };
        let mut endpoint = Endpoint::from_shared(url.clone())
            .map_err(|_| {
                Failure::usage(format!(
                    "--server {address} is no address: write https://HOST:PORT or http://HOST:PORT"
                ))
            })?
            .connect_timeout(CONNECT_LIMIT)
            .timeout(ANSWER_LIMIT);
        if secured {
            let wrong = |error| {
                Failure::usage(format!(
                    "the certificates cannot be used: {}",
                    tls::chain(&error)
                ))
            };
            endpoint = endpoint.tls_config(tls::config(target)?).map_err(wrong)?;
        }
        let bearer = match &target.token {
            None => Bearer::none(),
            Some(token) => Bearer::new(token).ok_or_else(|| {
                Failure::usage(
                    "the token has characters that no token has: copy it again, without line breaks",
                )
            })?,
        };
        match endpoint.connect().await {
            Ok(channel) => {
                let channel = InterceptedService::new(channel, bearer);
                Ok(Server {
                    channel,
                    url,
                    rehearsing: false,
                })
            }
            Err(error) => {
                Err(tls::refused(&error, &url).unwrap_or_else(|| Failure::no_server(&url)))
            }
        }
    }

    /// The same server, asked only what would be: nothing is changed by the calls made through this.
    pub fn rehearsal(&self) -> Server {
        Server {
            channel: self.channel.clone(),
            url: self.url.clone(),
            rehearsing: true,
        }
    }

    fn failure(&self, status: &Status) -> Failure {
        tls::refused(status, &self.url).unwrap_or_else(|| Failure::of_call(status, &self.url))
    }

    /// Answers one resource.
    pub async fn get(&self, name: &Name) -> Result<Resource, Failure> {
        let (kind, name) = (name.kind(), name.to_string());
        match kind {
            Kind::Advertiser => call!(
                self,
                AdvertiserServiceClient.get_advertiser(v1::GetAdvertiserRequest { name })
            )
            .map(Resource::Advertiser),
            Kind::Campaign => call!(
                self,
                CampaignServiceClient.get_campaign(v1::GetCampaignRequest { name })
            )
            .map(Resource::Campaign),
            Kind::Ad => {
                call!(self, AdServiceClient.get_ad(v1::GetAdRequest { name })).map(Resource::from)
            }
            Kind::Creative => call!(
                self,
                CreativeServiceClient.get_creative(v1::GetCreativeRequest { name })
            )
            .map(Resource::from),
            Kind::Deal => call!(
                self,
                DealServiceClient.get_deal(v1::GetDealRequest { name })
            )
            .map(Resource::from),
            Kind::BlockList => call!(
                self,
                BlockListServiceClient.get_block_list(v1::GetBlockListRequest { name })
            )
            .map(Resource::from),
            Kind::RateTable => call!(
                self,
                RateTableServiceClient.get_rate_table(v1::GetRateTableRequest { name })
            )
            .map(Resource::from),
            Kind::Exchange => call!(
                self,
                ExchangeServiceClient.get_exchange(v1::GetExchangeRequest { name })
            )
            .map(Resource::from),
            Kind::Experiment => call!(
                self,
                ExperimentServiceClient.get_experiment(v1::GetExperimentRequest { name })
            )
            .map(Resource::from),
        }
    }

    /// Answers one resource, or none where it is not there.
    pub async fn find(&self, name: &Name) -> Result<Option<Resource>, Failure> {
        match self.get(name).await {
            Ok(resource) => Ok(Some(resource)),
            Err(failure) if failure.exit == Exit::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Lists what hangs below `parent`, in which `-` stands for any, page after page until there are `limit`.
    pub async fn list(
        &self,
        kind: Kind,
        parent: &str,
        deleted: bool,
        limit: usize,
    ) -> Result<Listed, Failure> {
        let wanted = Wanted {
            deleted,
            ..Wanted::default()
        };
        self.list_those(kind, parent, &wanted, limit).await
    }

    /// As [`Server::list`], but only those that are wanted, in the order that is.
    pub async fn list_those(
        &self,
        kind: Kind,
        parent: &str,
        wanted: &Wanted,
        limit: usize,
    ) -> Result<Listed, Failure> {
        let mut resources = Vec::new();
        let mut token = String::new();
        for _ in 0..MAX_PAGES {
            let left = limit.saturating_sub(resources.len());
            let size = i32::try_from(left).map_or(PAGE_SIZE, |left| left.min(PAGE_SIZE));
            let page = self.page(kind, parent, wanted, size, token).await?;
            resources.extend(page.0);
            token = page.1;
            if token.is_empty() || resources.len() >= limit {
                break;
            }
        }
        let more = !token.is_empty() || resources.len() > limit;
        resources.truncate(limit);
        Ok(Listed { resources, more })
    }

    async fn page(
        &self,
        kind: Kind,
        parent: &str,
        wanted: &Wanted,
        page_size: i32,
        page_token: String,
    ) -> Result<(Vec<Resource>, String), Failure> {
        let parent = parent.to_string();
        let show_deleted = wanted.deleted;
        let (filter, order_by) = (wanted.filter.clone(), wanted.order_by.clone());
        Ok(match kind {
            Kind::Advertiser => {
                let request = v1::ListAdvertisersRequest {
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, AdvertiserServiceClient.list_advertisers(request))?;
                (
                    page.advertisers
                        .into_iter()
                        .map(Resource::Advertiser)
                        .collect(),
                    page.next_page_token,
                )
            }
            Kind::Campaign => {
                let request = v1::ListCampaignsRequest {
                    parent,
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, CampaignServiceClient.list_campaigns(request))?;
                (
                    page.campaigns.into_iter().map(Resource::Campaign).collect(),
                    page.next_page_token,
                )
            }
            Kind::Ad => {
                let request = v1::ListAdsRequest {
                    parent,
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, AdServiceClient.list_ads(request))?;
                (
                    page.ads.into_iter().map(Resource::from).collect(),
                    page.next_page_token,
                )
            }
            Kind::Creative => {
                let request = v1::ListCreativesRequest {
                    parent,
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, CreativeServiceClient.list_creatives(request))?;
                (
                    page.creatives.into_iter().map(Resource::from).collect(),
                    page.next_page_token,
                )
            }
            Kind::Deal => {
                let request = v1::ListDealsRequest {
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, DealServiceClient.list_deals(request))?;
                (
                    page.deals.into_iter().map(Resource::from).collect(),
                    page.next_page_token,
                )
            }
            Kind::BlockList => {
                let request = v1::ListBlockListsRequest {
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, BlockListServiceClient.list_block_lists(request))?;
                (
                    page.block_lists.into_iter().map(Resource::from).collect(),
                    page.next_page_token,
                )
            }
            Kind::RateTable => {
                let request = v1::ListRateTablesRequest {
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, RateTableServiceClient.list_rate_tables(request))?;
                (
                    page.rate_tables.into_iter().map(Resource::from).collect(),
                    page.next_page_token,
                )
            }
            Kind::Exchange => {
                let request = v1::ListExchangesRequest {
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, ExchangeServiceClient.list_exchanges(request))?;
                (
                    page.exchanges.into_iter().map(Resource::from).collect(),
                    page.next_page_token,
                )
            }
            Kind::Experiment => {
                let request = v1::ListExperimentsRequest {
                    parent,
                    page_size,
                    page_token,
                    show_deleted,
                    filter,
                    order_by,
                };
                let page = call!(self, ExperimentServiceClient.list_experiments(request))?;
                (
                    page.experiments.into_iter().map(Resource::from).collect(),
                    page.next_page_token,
                )
            }
        })
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

//! The socket: gRPC, gRPC-Web and pages on one port.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::v1::ad_service_server::AdServiceServer;
use api::v1::advertiser_service_server::AdvertiserServiceServer;
use api::v1::audience_service_server::AudienceServiceServer;
use api::v1::audit_service_server::AuditServiceServer;
use api::v1::block_list_service_server::BlockListServiceServer;
use api::v1::campaign_service_server::CampaignServiceServer;
use api::v1::configuration_service_server::ConfigurationServiceServer;
use api::v1::conversion_action_service_server::ConversionActionServiceServer;
use api::v1::creative_service_server::CreativeServiceServer;
use api::v1::deal_service_server::DealServiceServer;
use api::v1::diagnostics_service_server::DiagnosticsServiceServer;
use api::v1::exchange_service_server::ExchangeServiceServer;
use api::v1::experiment_service_server::ExperimentServiceServer;
use api::v1::identity_service_server::IdentityServiceServer;
use api::v1::rate_table_service_server::RateTableServiceServer;
use api::v1::report_service_server::ReportServiceServer;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::access::gate::{self, Gate};
use crate::authority::AuthorityHandle;
use crate::calls;
use crate::page::{self, Page};
use crate::seams::{Explainer, Fatal, Reload, Sampled, Traffic};
use crate::secure::{self, Certificates};
use crate::service::ad::Ads;
use crate::service::advertiser::Advertisers;
use crate::service::audience::Audiences;
use crate::service::audit::Audits;
use crate::service::block_list::BlockLists;
use crate::service::campaign::Campaigns;
use crate::service::configuration::Configurations;
use crate::service::conversion_action::ConversionActions;
use crate::service::creative::Creatives;
use crate::service::deal::Deals;
use crate::service::diagnostics::Diagnostics;
use crate::service::exchange::Exchanges;
use crate::service::experiment::Experiments;
use crate::service::identity::Identities;
use crate::service::rate_table::RateTables;
use crate::service::report::Reports;
use crate::summary::Summary;

/// Where things listen: what it is, and its address.
pub type Endpoints = watch::Receiver<Arc<Vec<(String, String)>>>;

/// The longest message that is taken, in bytes.
pub(crate) const MAX_MESSAGE: usize = 2 * 1024 * 1024;
/// The longest message that is answered, in bytes: a page of large creatives.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// How long a call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How many calls one connection may have under way.
const CALLS_A_CONNECTION: usize = 128;
/// How long a stop waits for calls under way.
const DRAIN: Duration = Duration::from_secs(5);

/// What the socket needs to know of the rest.
pub(crate) struct Parts {
    /// By which callers know whom they speak to, if they do.
    pub certificates: Option<watch::Receiver<Certificates>>,
    pub authority: AuthorityHandle,
    pub gate: Arc<Gate>,
    pub explainer: Explainer,
    pub sampled: Sampled,
    pub endpoints: Endpoints,
    pub traffic: watch::Receiver<Option<Traffic>>,
    pub reload: watch::Receiver<Option<Reload>>,
    pub summary: watch::Receiver<Arc<Summary>>,
    pub fatal: watch::Receiver<Option<Fatal>>,
}

/// Why the socket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Everybody could read the tokens on their way.
    #[error(
        "control listens on loopback only (127.0.0.1 or [::1]), not on {0}, without TLS: on the network, its tokens could be read by \
         whoever listens. Reach it through a tunnel, such as ssh -L"
    )]
    NotLoopback(SocketAddr),
    /// The system refused.
    #[error(
        "control cannot listen on {address}: {source}. Is another one running? Take another port with --control-addr"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Opens the socket.
pub(crate) async fn listen(
    address: SocketAddr,
    is_secured: bool,
) -> Result<TcpListener, ServeError> {
    if !is_secured && !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    let listened = TcpListener::bind(address).await;
    listened.map_err(|source| ServeError::Listen { address, source })
}

/// A reflection service of this version of its protocol.
macro_rules! reflection {
    ($build:ident) => {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(api::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .$build()
            .expect("the descriptors are generated with the code, and a test serves them")
    };
}

/// Answers calls until `stop`, and then those that are under way.
pub(crate) async fn serve(listener: TcpListener, parts: Parts, stop: watch::Receiver<bool>) {
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut services = Vec::new();
    let grpc = grpc(&parts, &mut services)
        .add_service(health_service)
        .add_service(reflection!(build_v1))
        .add_service(reflection!(build_v1alpha))
        .into_axum_router()
        .layer(middleware::from_fn_with_state(
            Arc::clone(&parts.gate),
            gate::pass,
        ))
        .layer(tonic_web::GrpcWebLayer::new())
        .layer(cors());
    let page = Page {
        summary: parts.summary,
        fatal: parts.fatal.clone(),
    };
    let is_secured = parts.certificates.is_some();
    let router = grpc
        .merge(page::router(page))
        .layer(middleware::from_fn(move |request, next| {
            local_names_only(is_secured, request, next)
        }))
        .layer(middleware::from_fn(calls::log));
    tokio::spawn(tell_health(health, services, parts.fatal, stop.clone()));

    let mut stopping = stop.clone();
    let signal = async move {
        // An error means that whoever could stop it is gone, which is a stop too.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let server = Server::builder()
        .accept_http1(true)
        .timeout(CALL_TIMEOUT)
        .concurrency_limit_per_connection(CALLS_A_CONNECTION)
        .http2_keepalive_interval(Some(Duration::from_secs(60)))
        .add_routes(Routes::from(router));
    let served = async move {
        match parts.certificates {
            None => {
                let incoming = TcpListenerStream::new(listener);
                server.serve_with_incoming_shutdown(incoming, signal).await
            }
            Some(certificates) => {
                let incoming = secure::incoming(listener, certificates);
                server.serve_with_incoming_shutdown(incoming, signal).await
            }
        }
    };
    let mut stopping = stop;
    let drained = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        served = served => {
            if let Err(error) = served {
                tracing::error!(%error, "control's socket failed");
            }
        }
        () = drained => tracing::warn!("some calls were still under way when control stopped"),
    }
}

/// The services, and their names.
fn grpc(parts: &Parts, names: &mut Vec<&'static str>) -> Routes {
    let authority = || parts.authority.for_callers();
    let diagnostics = Diagnostics {
        authority: authority(),
        explainer: parts.explainer.clone(),
        sampled: parts.sampled.clone(),
        endpoints: parts.endpoints.clone(),
        traffic: parts.traffic.clone(),
    };
    let configurations = Configurations {
        authority: authority(),
        reload: parts.reload.clone(),
    };
    macro_rules! limited {
        ($Server:ident, $service:expr) => {{
            let server = $Server::new($service);
            names.push(name_of(&server));
            server
                .max_decoding_message_size(MAX_MESSAGE)
                .max_encoding_message_size(MAX_ANSWER)
        }};
    }
    Routes::new(limited!(AdvertiserServiceServer, Advertisers(authority())))
        .add_service(limited!(CampaignServiceServer, Campaigns(authority())))
        .add_service(limited!(AdServiceServer, Ads(authority())))
        .add_service(limited!(CreativeServiceServer, Creatives(authority())))
        .add_service(limited!(ExchangeServiceServer, Exchanges(authority())))
        .add_service(limited!(DealServiceServer, Deals(authority())))
        .add_service(limited!(RateTableServiceServer, RateTables(authority())))
        .add_service(limited!(BlockListServiceServer, BlockLists(authority())))
        .add_service(limited!(AudienceServiceServer, Audiences(authority())))
        .add_service(limited!(
            ConversionActionServiceServer,
            ConversionActions(authority())
        ))
        .add_service(limited!(
            ExperimentServiceServer,
            Experiments(authority(), parts.sampled.clone())
        ))
        .add_service(limited!(
            ReportServiceServer,
            Reports(authority(), parts.sampled.clone())
        ))
        .add_service(limited!(DiagnosticsServiceServer, diagnostics))
        .add_service(limited!(IdentityServiceServer, Identities(authority())))
        .add_service(limited!(AuditServiceServer, Audits(authority())))
        .add_service(limited!(ConfigurationServiceServer, configurations))
}

fn name_of<S: NamedService>(_: &S) -> &'static str {
    S::NAME
}

/// Keeps the gRPC health service true.
async fn tell_health(
    health: HealthReporter,
    services: Vec<&'static str>,
    mut fatal: watch::Receiver<Option<Fatal>>,
    mut stop: watch::Receiver<bool>,
) {
    let all = || services.iter().copied().chain([""]);
    for service in all() {
        health
            .set_service_status(service, ServingStatus::Serving)
            .await;
    }
    tokio::select! {
        _ = fatal.wait_for(Option::is_some) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    for service in all() {
        health
            .set_service_status(service, ServingStatus::NotServing)
            .await;
    }
}

/// Pages of this machine may call, from whatever port they are served: the dashboard in development.
fn cors() -> CorsLayer {
    let origin = AllowOrigin::predicate(|origin: &HeaderValue, _| {
        let origin = origin.to_str().unwrap_or_default();
        let authority = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        authority.is_some_and(is_local)
    });
    let names = |names: &[&'static str]| -> Vec<HeaderName> {
        names
            .iter()
            .map(|name| HeaderName::from_static(name))
            .collect()
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([axum::http::Method::POST])
        .allow_headers(names(&[
            "authorization",
            "content-type",
            "grpc-timeout",
            "x-grpc-web",
            "x-user-agent",
        ]))
        .expose_headers(names(&[
            "grpc-status",
            "grpc-message",
            "grpc-status-details-bin",
        ]))
}

/// Refuses requests that were meant for another name: a page of the web whose name was made to point here (DNS
/// rebinding) would count as its own origin, and could change budgets from a visitor's browser.
/// Over TLS the name is the certificate's to check.
async fn local_names_only(is_secured: bool, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get("host")
        .and_then(|host| host.to_str().ok());
    let named = request
        .uri()
        .authority()
        .map(|authority| authority.as_str())
        .or(host);
    if is_secured || named.is_none_or(is_local) {
        return next.run(request).await;
    }
    let what = "control answers to the names localhost, 127.0.0.1 and [::1] only\n";
    (StatusCode::MISDIRECTED_REQUEST, what).into_response()
}

fn is_local(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for local in [
            "localhost",
            "localhost:5173",
            "127.0.0.1:9090",
            "[::1]:9090",
            "[::1]",
        ] {
            assert!(is_local(local), "{local}");
        }
        for other in [
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com:80",
            "",
            "null",
            "::1",
        ] {
            assert!(!is_local(other), "{other}");
        }
    }
}

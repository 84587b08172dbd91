//! Control on a real store in a directory of its own, with the test in the bidder's place.

pub mod money;
mod said;
pub mod trade;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::bearer::Bearer;
use api::errors::{Details, details};
use api::v1;
use api::v1::ad_service_client::AdServiceClient;
use api::v1::advertiser_service_client::AdvertiserServiceClient;
use api::v1::audit_service_client::AuditServiceClient;
use api::v1::campaign_service_client::CampaignServiceClient;
use api::v1::creative_service_client::CreativeServiceClient;
use api::v1::deal_service_client::DealServiceClient;
use api::v1::diagnostics_service_client::DiagnosticsServiceClient;
use api::v1::exchange_service_client::ExchangeServiceClient;
use api::v1::identity_service_client::IdentityServiceClient;
use api::v1::rate_table_service_client::RateTableServiceClient;
use api::v1::report_service_client::ReportServiceClient;
use auction::book::{AdTerms, BidTally, Book, Update};
use auction::prices::{Offered, Prices};
use campaign::id::AdId;
use campaign::time::{Clock, ManualClock, Timestamp};
use control::config::{Market, Tls};
use control::seams::{BidderLinks, Build};
use control::secure::Certificates;
use control::{ControlHandle, Seams};
use pacing::lease::{GrantAnswer, LeaseMessage};
use pacing::ledger::terms::Rules;
use store::Store;
use store::disk::FileSystem;
use store::segment::writer::Writer;
use tokio::sync::mpsc;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Status};

/// Saturday, 21 November 2026, noon.
pub const NOON: &str = "2026-11-21T12:00:00Z";

pub const MARKET: &str = r#"
    rates = { EUR = "1.10" }
    [[exchanges]]
    id = 1
    name = "demo"
    seat = "outbid"
"#;

/// How many records there are before a test makes the first: the rates and the exchange of [`MARKET`].
pub const PLANTED: u64 = 2;

/// How long a test waits for what must come. Nothing is asserted of how long it took.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Harness {
    pub control: ControlHandle,
    pub clock: Arc<ManualClock>,
    pub updates: mpsc::Receiver<Update>,
    pub answers: mpsc::Receiver<GrantAnswer>,
    pub leases: mpsc::Sender<LeaseMessage>,
    pub tallies: mpsc::Sender<Vec<BidTally>>,
    pub offers: mpsc::Sender<Vec<Offered>>,
    pub writer: Writer<FileSystem>,
    pub book: Arc<Book>,
    pub terms: std::collections::BTreeMap<AdId, AdTerms>,
    pub recalled: Vec<AdId>,
    pub prices: Arc<Prices>,
    /// A token that may do everything; the clients of the harness show it.
    pub token: String,
    channel: Channel,
}

/// Calls that show a token.
pub type Calls = InterceptedService<Channel, Bearer>;

/// A bidder's place: the other ends of control's channels.
struct Ends {
    updates: mpsc::Receiver<Update>,
    answers: mpsc::Receiver<GrantAnswer>,
    leases: mpsc::Sender<LeaseMessage>,
    tallies: mpsc::Sender<Vec<BidTally>>,
    offers: mpsc::Sender<Vec<Offered>>,
}

fn seams(
    directory: &Path,
    clock: Arc<ManualClock>,
) -> (Seams<FileSystem>, Ends, Writer<FileSystem>) {
    let store = Store::open(directory).unwrap();
    let journal: PathBuf = directory.join("journal");
    std::fs::create_dir_all(&journal).unwrap();
    let disk = FileSystem::open(&journal).unwrap();
    let (writer, _) = Writer::open(disk.clone()).unwrap();
    let (update, updates) = mpsc::channel(64);
    let (answer, answers) = mpsc::channel(64);
    let (leases, lease) = mpsc::channel(64);
    let (tallies, tally) = mpsc::channel(64);
    let (offers, offered) = mpsc::channel(64);
    let seams = Seams {
        clock: clock as Arc<dyn Clock>,
        store,
        journal: disk,
        progress: writer.progress().clone(),
        links: BidderLinks {
            updates: update,
            answers: answer,
            leases: lease,
            tallies: tally,
            offers: offered,
        },
        market: Market::parse(MARKET).unwrap(),
        certificates: None,
        rules: Rules::default(),
        explainer: said::explainer(),
        sampled: said::sampled(),
        build: Arc::new(Book::build),
    };
    (
        seams,
        Ends {
            updates,
            answers,
            leases,
            tallies,
            offers,
        },
        writer,
    )
}

/// Starts control over TLS, without a client: its handle, what must be kept while it runs, and a token.
pub async fn start_secured(
    directory: &Path,
    tls: Tls,
) -> (ControlHandle, impl Sized + use<>, String) {
    let clock = Arc::new(ManualClock::new(Timestamp::parse(NOON).unwrap()));
    let (mut seams, ends, writer) = seams(directory, clock);
    seams.certificates = Some(Certificates::read(&tls).unwrap());
    // Any address of this machine, which takes TLS.
    let control = control::start("0.0.0.0:0".parse().unwrap(), seams)
        .await
        .unwrap();
    let token = control.first_token(None).await.unwrap();
    (control, (ends, writer), token)
}

/// Tries to start control on this address, and tells why it cannot.
pub async fn listen_on(directory: &Path, address: &str) -> String {
    let clock = Arc::new(ManualClock::new(Timestamp::parse(NOON).unwrap()));
    let (seams, _ends, _writer) = seams(directory, clock);
    match control::start(address.parse().unwrap(), seams).await {
        Ok(_) => panic!("control listens on {address}"),
        Err(error) => error.to_string(),
    }
}

impl Harness {
    pub async fn start(directory: &Path) -> Harness {
        Harness::start_at(directory, Timestamp::parse(NOON).unwrap()).await
    }

    pub async fn start_at(directory: &Path, now: Timestamp) -> Harness {
        Harness::start_with(directory, now, Arc::new(Book::build)).await
    }

    /// Starts with books built so.
    pub async fn start_with(directory: &Path, now: Timestamp, build: Build) -> Harness {
        let clock = Arc::new(ManualClock::new(now));
        let (mut seams, ends, writer) = seams(directory, clock.clone());
        seams.build = build;
        let control = control::start("127.0.0.1:0".parse().unwrap(), seams)
            .await
            .unwrap();
        let channel = Channel::from_shared(format!("http://{}", control.local_addr())).unwrap();
        Harness {
            token: control.first_token(None).await.unwrap(),
            channel: channel.connect().await.unwrap(),
            control,
            clock,
            updates: ends.updates,
            answers: ends.answers,
            leases: ends.leases,
            tallies: ends.tallies,
            offers: ends.offers,
            writer,
            book: Arc::new(Book::default()),
            terms: std::collections::BTreeMap::new(),
            recalled: Vec::new(),
            prices: Arc::default(),
        }
    }

    /// Calls as an admin of everything.
    pub fn calls(&self) -> Calls {
        self.calls_with(&self.token)
    }

    /// Calls that show this token; none where it is empty.
    pub fn calls_with(&self, token: &str) -> Calls {
        let bearer = match token {
            "" => Bearer::none(),
            token => Bearer::new(token).unwrap(),
        };
        InterceptedService::new(self.channel.clone(), bearer)
    }

    /// A new token's secret.
    pub async fn token_of(&self, id: &str, role: v1::Role, resource: &str) -> String {
        let request = v1::CreateApiTokenRequest {
            api_token_id: id.to_string(),
            api_token: Some(v1::ApiToken {
                display_name: format!("Somebody called {id}"),
                bindings: vec![v1::RoleBinding {
                    role: role as i32,
                    resource: resource.to_string(),
                }],
                ..Default::default()
            }),
            ..Default::default()
        };
        let made = self.identity().create_api_token(request).await;
        made.unwrap().into_inner().secret
    }

    pub fn audit(&self) -> AuditServiceClient<Calls> {
        AuditServiceClient::new(self.calls())
    }
    pub fn identity(&self) -> IdentityServiceClient<Calls> {
        IdentityServiceClient::new(self.calls())
    }
    pub fn advertisers(&self) -> AdvertiserServiceClient<Calls> {
        AdvertiserServiceClient::new(self.calls())
    }
    pub fn campaigns(&self) -> CampaignServiceClient<Calls> {
        CampaignServiceClient::new(self.calls())
    }
    pub fn ads(&self) -> AdServiceClient<Calls> {
        AdServiceClient::new(self.calls())
    }
    pub fn creatives(&self) -> CreativeServiceClient<Calls> {
        CreativeServiceClient::new(self.calls())
    }
    pub fn exchanges(&self) -> ExchangeServiceClient<Calls> {
        ExchangeServiceClient::new(self.calls())
    }
    pub fn deals(&self) -> DealServiceClient<Calls> {
        DealServiceClient::new(self.calls())
    }
    pub fn rate_tables(&self) -> RateTableServiceClient<Calls> {
        RateTableServiceClient::new(self.calls())
    }
    pub fn reports(&self) -> ReportServiceClient<Calls> {
        ReportServiceClient::new(self.calls())
    }
    pub fn diagnostics(&self) -> DiagnosticsServiceClient<Calls> {
        DiagnosticsServiceClient::new(self.calls())
    }

    pub async fn answer(&mut self) -> GrantAnswer {
        let answer = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        answer.expect("an answer to a request for money").unwrap()
    }

    /// An advertiser, a campaign, a creative and an ad, all named for what they are.
    pub async fn usual(&self) -> v1::Ad {
        let mut advertisers = self.advertisers();
        advertisers
            .create_advertiser(new_advertiser("acme"))
            .await
            .unwrap();
        self.campaigns()
            .create_campaign(new_campaign("spring"))
            .await
            .unwrap();
        self.creatives()
            .create_creative(new_creative("banner"))
            .await
            .unwrap();
        let ad = self.ads().create_ad(new_ad("mpu")).await.unwrap();
        ad.into_inner()
    }
}

/// Asks again until the answer is what is waited for.
pub async fn until<T, F: Future<Output = T>>(
    what: &str,
    mut ask: impl FnMut() -> F,
    reached: impl Fn(&T) -> bool,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = ask().await;
        if reached(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "it never came to be that {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

pub const CAMPAIGN: &str = "advertisers/acme/campaigns/spring";
pub const AD: &str = "advertisers/acme/campaigns/spring/ads/mpu";
pub const CREATIVE: &str = "advertisers/acme/creatives/banner";

pub fn new_advertiser(id: &str) -> v1::CreateAdvertiserRequest {
    v1::CreateAdvertiserRequest {
        advertiser_id: id.to_string(),
        advertiser: Some(v1::Advertiser {
            display_name: "Acme".to_string(),
            currency_code: "USD".to_string(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub fn new_campaign(id: &str) -> v1::CreateCampaignRequest {
    v1::CreateCampaignRequest {
        parent: "advertisers/acme".to_string(),
        campaign_id: id.to_string(),
        campaign: Some(v1::Campaign {
            display_name: "Spring".to_string(),
            budget: Some(v1::Budget {
                daily_micros: Some(100_000_000),
                lifetime_micros: Some(1_000_000_000),
            }),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub fn new_creative(id: &str) -> v1::CreateCreativeRequest {
    let markup = v1::banner::Markup::Html("<a href=\"{{click_url}}\">Buy</a>".to_string());
    v1::CreateCreativeRequest {
        parent: "advertisers/acme".to_string(),
        creative_id: id.to_string(),
        creative: Some(v1::Creative {
            display_name: "Banner".to_string(),
            landing_url: "https://www.acme.example/buy".to_string(),
            material: Some(v1::creative::Material::Banner(v1::Banner {
                size: Some(v1::Size {
                    width: 300,
                    height: 250,
                }),
                markup: Some(markup),
                apis: vec![],
            })),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub fn new_ad(id: &str) -> v1::CreateAdRequest {
    v1::CreateAdRequest {
        parent: CAMPAIGN.to_string(),
        ad_id: id.to_string(),
        ad: Some(v1::Ad {
            display_name: "Medium rectangle".to_string(),
            goal: Some(v1::Goal {
                worth: Some(v1::goal::Worth::FixedCpmMicros(2_000_000)),
            }),
            creatives: vec![CREATIVE.to_string()],
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// Says which error it must be.
pub fn refused<T: std::fmt::Debug>(
    result: Result<T, Status>,
    code: Code,
    reason: &str,
) -> (Status, Details) {
    let status = result.expect_err("this call is to be refused");
    let details = details(&status);
    let info = details
        .info
        .clone()
        .unwrap_or_else(|| panic!("{status} carries no ErrorInfo"));
    assert_eq!(
        (status.code(), info.reason.as_str()),
        (code, reason),
        "{status}"
    );
    assert_eq!(info.domain, "outbid");
    assert!(!status.message().is_empty());
    (status, details)
}

/// The paths of the fields that are wrong.
pub fn fields((_, details): (Status, Details)) -> Vec<String> {
    details
        .violations
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}

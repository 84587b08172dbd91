//! The one table of what each method needs.

use std::collections::HashMap;

use prost::Message;
use prost_types::{DescriptorProto, FileDescriptorSet};

use super::role::Permission::{self, Administer, Bill, Manage, Read};

/// What a method needs, and on what.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `CampaignService/PauseCampaign`.
    pub method: &'static str,
    /// Any of these will do.
    pub needs: &'static [Permission],
    /// On what.
    pub on: On,
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Nothing: any good token may call.
    Nothing,
    /// Everything: the role must be held at the root.
    Everything,
    /// The role may be held anywhere. The answer shows, and the authority allows, what the caller may touch.
    Somewhere,
    /// The resource that this field of the request names; a dotted path, every text of which counts.
    Field(&'static str),
    /// As [`On::Field`] for the parent of a list, where `advertisers/-` asks for what the caller may read.
    List(&'static str),
}

const READ: &[Permission] = &[Read];
const MANAGE: &[Permission] = &[Manage];
/// Which of the fields are whose is for the authority, which knows what they were before.
const MANAGE_OR_BILL: &[Permission] = &[Manage, Bill];
const ADMINISTER: &[Permission] = &[Administer];

const fn rule(method: &'static str, needs: &'static [Permission], on: On) -> Rule {
    Rule { method, needs, on }
}

use On::{Everything, Field, List, Nothing, Somewhere};

/// Every method that has callers. Add a line for a new one here, and one with what each role gets in
/// `tests/access/expectations.rs`.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule("AdvertiserService/GetAdvertiser", READ, Field("name")),
    rule("AdvertiserService/ListAdvertisers", READ, Somewhere),
    rule("AdvertiserService/CreateAdvertiser", ADMINISTER, Everything),
    rule("AdvertiserService/UpdateAdvertiser", MANAGE_OR_BILL, Field("advertiser.name")),
    rule("AdvertiserService/DeleteAdvertiser", ADMINISTER, Field("name")),
    rule("AdvertiserService/UndeleteAdvertiser", ADMINISTER, Field("name")),
    rule("AdvertiserService/PauseAdvertiser", MANAGE, Field("name")),
    rule("AdvertiserService/ResumeAdvertiser", MANAGE, Field("name")),

    rule("CampaignService/GetCampaign", READ, Field("name")),
    rule("CampaignService/ListCampaigns", READ, List("parent")),
    rule("CampaignService/CreateCampaign", MANAGE, Field("parent")),
    rule("CampaignService/UpdateCampaign", MANAGE, Field("campaign.name")),
    rule("CampaignService/DeleteCampaign", MANAGE, Field("name")),
    rule("CampaignService/UndeleteCampaign", MANAGE, Field("name")),
    rule("CampaignService/PauseCampaign", MANAGE, Field("name")),
    rule("CampaignService/ResumeCampaign", MANAGE, Field("name")),
    rule("CampaignService/AdjustBudget", MANAGE, Field("name")),
    rule("CampaignService/BatchUpdateCampaigns", MANAGE, Field("requests.campaign.name")),

    rule("AdService/GetAd", READ, Field("name")),
    rule("AdService/ListAds", READ, List("parent")),
    rule("AdService/CreateAd", MANAGE, Field("parent")),
    rule("AdService/UpdateAd", MANAGE, Field("ad.name")),
    rule("AdService/DeleteAd", MANAGE, Field("name")),
    rule("AdService/UndeleteAd", MANAGE, Field("name")),
    rule("AdService/PauseAd", MANAGE, Field("name")),
    rule("AdService/ResumeAd", MANAGE, Field("name")),

    rule("CreativeService/GetCreative", READ, Field("name")),
    rule("CreativeService/ListCreatives", READ, List("parent")),
    rule("CreativeService/CreateCreative", MANAGE, Field("parent")),
    rule("CreativeService/UpdateCreative", MANAGE, Field("creative.name")),
    rule("CreativeService/DeleteCreative", MANAGE, Field("name")),
    rule("CreativeService/UndeleteCreative", MANAGE, Field("name")),

    rule("AudienceService/GetAudience", READ, Field("name")),
    rule("AudienceService/ListAudiences", READ, List("parent")),
    rule("AudienceService/CreateAudience", MANAGE, Field("parent")),
    rule("AudienceService/UpdateAudience", MANAGE, Field("audience.name")),
    rule("AudienceService/DeleteAudience", MANAGE, Field("name")),
    rule("AudienceService/UndeleteAudience", MANAGE, Field("name")),
    rule("AudienceService/AddAudienceMembers", MANAGE, Field("name")),
    rule("AudienceService/RemoveAudienceMembers", MANAGE, Field("name")),

    rule("ConversionActionService/GetConversionAction", READ, Field("name")),
    rule("ConversionActionService/ListConversionActions", READ, List("parent")),
    rule("ConversionActionService/CreateConversionAction", MANAGE, Field("parent")),
    rule("ConversionActionService/UpdateConversionAction", MANAGE, Field("conversion_action.name")),
    rule("ConversionActionService/DeleteConversionAction", MANAGE, Field("name")),
    rule("ConversionActionService/UndeleteConversionAction", MANAGE, Field("name")),

    rule("ExperimentService/GetExperiment", READ, Field("name")),
    rule("ExperimentService/ListExperiments", READ, List("parent")),
    rule("ExperimentService/CreateExperiment", MANAGE, Field("parent")),
    rule("ExperimentService/UpdateExperiment", MANAGE, Field("experiment.name")),
    rule("ExperimentService/DeleteExperiment", MANAGE, Field("name")),
    rule("ExperimentService/UndeleteExperiment", MANAGE, Field("name")),
    rule("ExperimentService/GetExperimentResults", READ, Field("name")),

    // Whoever targets an exchange may see how it is; what is there is everybody's.
    rule("ExchangeService/GetExchange", READ, Somewhere),
    rule("ExchangeService/ListExchanges", READ, Somewhere),
    rule("ExchangeService/CreateExchange", ADMINISTER, Everything),
    rule("ExchangeService/UpdateExchange", ADMINISTER, Everything),
    rule("ExchangeService/DeleteExchange", ADMINISTER, Everything),
    rule("ExchangeService/UndeleteExchange", ADMINISTER, Everything),
    rule("ExchangeService/PauseExchange", ADMINISTER, Everything),
    rule("ExchangeService/ResumeExchange", ADMINISTER, Everything),

    // What is for some advertisers alone the authority shows to those who may read one of them.
    rule("DealService/GetDeal", READ, Somewhere),
    rule("DealService/ListDeals", READ, Somewhere),
    rule("DealService/CreateDeal", ADMINISTER, Everything),
    rule("DealService/UpdateDeal", ADMINISTER, Everything),
    rule("DealService/DeleteDeal", ADMINISTER, Everything),
    rule("DealService/UndeleteDeal", ADMINISTER, Everything),
    rule("DealService/PauseDeal", ADMINISTER, Everything),
    rule("DealService/ResumeDeal", ADMINISTER, Everything),

    rule("RateTableService/GetRateTable", READ, Somewhere),
    rule("RateTableService/ListRateTables", READ, Somewhere),
    rule("RateTableService/CreateRateTable", ADMINISTER, Everything),
    rule("RateTableService/UpdateRateTable", ADMINISTER, Everything),
    rule("RateTableService/DeleteRateTable", ADMINISTER, Everything),
    rule("RateTableService/UndeleteRateTable", ADMINISTER, Everything),

    rule("BlockListService/GetBlockList", READ, Everything),
    rule("BlockListService/ListBlockLists", READ, Everything),
    rule("BlockListService/CreateBlockList", ADMINISTER, Everything),
    rule("BlockListService/UpdateBlockList", ADMINISTER, Everything),
    rule("BlockListService/DeleteBlockList", ADMINISTER, Everything),
    rule("BlockListService/UndeleteBlockList", ADMINISTER, Everything),

    rule("ReportService/QueryReport", READ, Field("parent")),
    rule("ReportService/ExportReport", READ, Field("parent")),
    rule("ReportService/ForecastDelivery", READ, Field("parent")),
    rule("ReportService/WatchPacing", READ, Field("name")),
    rule("ReportService/GetBidLandscape", READ, Field("name")),
    rule("ReportService/ListMoves", READ, Field("parent")),
    rule("ReportService/ListPacingEvents", READ, Field("parent")),

    // An explanation and a trace name the ads of every advertiser.
    rule("DiagnosticsService/ExplainBid", READ, Everything),
    rule("DiagnosticsService/ListWins", READ, List("parent")),
    rule("DiagnosticsService/GetStatus", READ, Somewhere),
    rule("DiagnosticsService/ListNoBidReasons", READ, Field("parent")),
    rule("DiagnosticsService/ListBidTraces", READ, Everything),

    // What an event is of, and so who may see it or take it back, the authority knows.
    rule("AuditService/GetChangeEvent", READ, Somewhere),
    rule("AuditService/ListChangeEvents", READ, Somewhere),
    rule("AuditService/RevertChange", MANAGE_OR_BILL, Somewhere),
    rule("AuditService/VerifyChain", READ, Everything),

    rule("ConfigurationService/ReloadConfiguration", ADMINISTER, Everything),

    rule("IdentityService/WhoAmI", &[], Nothing),
    rule("IdentityService/GetApiToken", ADMINISTER, Somewhere),
    rule("IdentityService/ListApiTokens", ADMINISTER, Somewhere),
    rule("IdentityService/CreateApiToken", ADMINISTER, Somewhere),
    rule("IdentityService/RotateApiToken", ADMINISTER, Somewhere),
    rule("IdentityService/RevokeApiToken", ADMINISTER, Somewhere),
];

/// The package whose methods the table is of.
const PACKAGE: &str = "outbid.control.v1";
/// What may be called without a token: whether the process is well, and what the contract is.
const OPEN: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// What a path is, as the gate sees it.
#[derive(Clone, Copy, Debug)]
pub enum Known<'a> {
    /// No token is needed.
    Open,
    /// A method with a row, and the numbers of the fields that name what it is about.
    Method(&'static Rule, &'a [u32]),
    /// A method of the contract that has no row.
    WithoutRule,
    /// No method of ours.
    Foreign,
}

/// The table, with the paths of its fields resolved.
#[derive(Debug)]
pub struct Rules {
    methods: HashMap<String, Option<(&'static Rule, Vec<u32>)>>,
}

impl Rules {
    /// Resolves the table against the contract.
    ///
    /// # Errors
    /// A row that is of no method, or of a field that its request does not have.
    pub fn new() -> Result<Rules, String> {
        let files = FileDescriptorSet::decode(api::DESCRIPTORS).map_err(|e| e.to_string())?;
        let ours = || files.file.iter().filter(|file| file.package() == PACKAGE);
        let messages: HashMap<String, &DescriptorProto> = ours()
            .flat_map(|file| &file.message_type)
            .map(|it| (format!(".{PACKAGE}.{}", it.name()), it))
            .collect();
        let mut methods = HashMap::new();
        let mut unused: Vec<&str> = RULES.iter().map(|rule| rule.method).collect();
        for service in ours().flat_map(|file| &file.service) {
            for method in &service.method {
                let short = format!("{}/{}", service.name(), method.name());
                let path = format!("/{PACKAGE}.{short}");
                let rule = RULES.iter().find(|rule| rule.method == short);
                unused.retain(|known| *known != short);
                let found = match rule {
                    None => None,
                    Some(rule) => {
                        if method.client_streaming() {
                            return Err(format!(
                                "{short}: what it names cannot be read from a stream"
                            ));
                        }
                        let fields = match rule.on {
                            Field(path) | List(path) => {
                                numbers(&messages, method.input_type(), path)
                                    .ok_or_else(|| format!("{short}: its request has no {path}"))?
                            }
                            Nothing | Everything | Somewhere => Vec::new(),
                        };
                        Some((rule, fields))
                    }
                };
                methods.insert(path, found);
            }
        }
        match unused.as_slice() {
            [] => Ok(Rules { methods }),
            more => Err(format!("no such methods: {}", more.join(", "))),
        }
    }

    /// What this path is.
    pub fn of(&self, path: &str) -> Known<'_> {
        match self.methods.get(path) {
            Some(Some((rule, fields))) => Known::Method(rule, fields),
            Some(None) => Known::WithoutRule,
            None if OPEN.iter().any(|open| path.starts_with(open)) => Known::Open,
            None => Known::Foreign,
        }
    }
}

fn numbers(
    messages: &HashMap<String, &DescriptorProto>,
    input: &str,
    path: &str,
) -> Option<Vec<u32>> {
    let mut message = input.to_string();
    let mut numbers = Vec::new();
    for part in path.split('.') {
        let described = messages.get(&message)?;
        let field = described.field.iter().find(|field| field.name() == part)?;
        numbers.push(u32::try_from(field.number()).ok()?);
        message = field.type_name().to_string();
    }
    // The last one is a text, which has no type of its own.
    message.is_empty().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_of_a_method_and_a_field() {
        let rules = Rules::new().unwrap();
        let Known::Method(rule, fields) =
            rules.of("/outbid.control.v1.CampaignService/UpdateCampaign")
        else {
            panic!("a method");
        };
        assert_eq!((rule.on, fields), (Field("campaign.name"), &[1, 1][..]));
        let foreign = rules.of("/outbid.control.v1.CampaignService/Nonsense");
        assert!(matches!(foreign, Known::Foreign), "{foreign:?}");
        let open = rules.of("/grpc.health.v1.Health/Check");
        assert!(matches!(open, Known::Open), "{open:?}");
    }

    #[test]
    fn no_method_has_two_rows() {
        let mut methods: Vec<&str> = RULES.iter().map(|rule| rule.method).collect();
        methods.sort_unstable();
        let before = methods.len();
        methods.dedup();
        assert_eq!(methods.len(), before);
    }
}

//! What each role gets from each method, when it is held at the advertiser that the call is about. One line a method:
//! whoever adds a method adds a line here, and one to `RULES` in `src/access/rules.rs`.

/// Who is let in: `yes` or `no` for a reader, billing, a manager and an admin of `advertisers/acme`, and a line of what
/// to send. `NAME` stands for `advertisers/acme` with what the method takes below it. Admins of everything are let in
/// everywhere.
pub struct Expectation {
    /// `CampaignService/PauseCampaign`.
    pub method: &'static str,
    /// READER, BILLING, MANAGER, ADMIN, each of `advertisers/acme`.
    pub roles: [bool; 4],
    /// The same roles, held at another advertiser.
    pub elsewhere: [bool; 4],
    /// The fields of the request that name something, each with its text.
    pub names: &'static [(&'static str, &'static str)],
}

const ALL: [bool; 4] = [true; 4];
const NONE: [bool; 4] = [false; 4];
/// Those who change campaigns.
const MANAGING: [bool; 4] = [false, false, true, true];
/// Those who change advertisers: billing their budgets, managers the rest.
const CHANGING: [bool; 4] = [false, true, true, true];
const ADMIN: [bool; 4] = [false, false, false, true];

const ACME: &str = "advertisers/acme";
const CAMPAIGN: &str = "advertisers/acme/campaigns/spring";
const AD: &str = "advertisers/acme/campaigns/spring/ads/mpu";
const CREATIVE: &str = "advertisers/acme/creatives/banner";
const EXCHANGE: &str = "exchanges/demo";
const BLOCK_LIST: &str = "blockLists/bad";
const DEAL: &str = "deals/spring";
const RATE_TABLE: &str = "rateTables/configured";
const AUDIENCE: &str = "advertisers/acme/audiences/buyers";
const ACTION: &str = "advertisers/acme/conversionActions/purchase";
const EXPERIMENT: &str = "advertisers/acme/experiments/higher";

/// A line of a method that is about one resource: nobody who holds a role elsewhere is let in.
const fn on(
    method: &'static str,
    roles: [bool; 4],
    names: &'static [(&'static str, &'static str)],
) -> Expectation {
    Expectation {
        method,
        roles,
        elsewhere: NONE,
        names,
    }
}

/// A line of a method that shows or changes what its caller may touch, wherever that is.
const fn own(
    method: &'static str,
    roles: [bool; 4],
    names: &'static [(&'static str, &'static str)],
) -> Expectation {
    Expectation {
        method,
        roles,
        elsewhere: roles,
        names,
    }
}

/// Every method.
#[rustfmt::skip]
pub const EXPECTATIONS: &[Expectation] = &[
    on("AdvertiserService/GetAdvertiser", ALL, &[("name", ACME)]),
    own("AdvertiserService/ListAdvertisers", ALL, &[]),
    on("AdvertiserService/CreateAdvertiser", NONE, &[]),
    on("AdvertiserService/UpdateAdvertiser", CHANGING, &[("advertiser.name", ACME)]),
    on("AdvertiserService/DeleteAdvertiser", ADMIN, &[("name", ACME)]),
    on("AdvertiserService/UndeleteAdvertiser", ADMIN, &[("name", ACME)]),
    on("AdvertiserService/PauseAdvertiser", MANAGING, &[("name", ACME)]),
    on("AdvertiserService/ResumeAdvertiser", MANAGING, &[("name", ACME)]),

    on("CampaignService/GetCampaign", ALL, &[("name", CAMPAIGN)]),
    on("CampaignService/ListCampaigns", ALL, &[("parent", ACME)]),
    on("CampaignService/CreateCampaign", MANAGING, &[("parent", ACME)]),
    on("CampaignService/UpdateCampaign", MANAGING, &[("campaign.name", CAMPAIGN)]),
    on("CampaignService/BatchUpdateCampaigns", MANAGING, &[("parent", ACME), ("requests.campaign.name", CAMPAIGN)]),
    on("CampaignService/DeleteCampaign", MANAGING, &[("name", CAMPAIGN)]),
    on("CampaignService/UndeleteCampaign", MANAGING, &[("name", CAMPAIGN)]),
    on("CampaignService/PauseCampaign", MANAGING, &[("name", CAMPAIGN)]),
    on("CampaignService/ResumeCampaign", MANAGING, &[("name", CAMPAIGN)]),
    on("CampaignService/AdjustBudget", MANAGING, &[("name", CAMPAIGN)]),

    on("AdService/GetAd", ALL, &[("name", AD)]),
    on("AdService/ListAds", ALL, &[("parent", CAMPAIGN)]),
    on("AdService/CreateAd", MANAGING, &[("parent", CAMPAIGN)]),
    on("AdService/UpdateAd", MANAGING, &[("ad.name", AD)]),
    on("AdService/DeleteAd", MANAGING, &[("name", AD)]),
    on("AdService/UndeleteAd", MANAGING, &[("name", AD)]),
    on("AdService/PauseAd", MANAGING, &[("name", AD)]),
    on("AdService/ResumeAd", MANAGING, &[("name", AD)]),

    on("CreativeService/GetCreative", ALL, &[("name", CREATIVE)]),
    on("CreativeService/ListCreatives", ALL, &[("parent", ACME)]),
    on("CreativeService/CreateCreative", MANAGING, &[("parent", ACME)]),
    on("CreativeService/UpdateCreative", MANAGING, &[("creative.name", CREATIVE)]),
    on("CreativeService/DeleteCreative", MANAGING, &[("name", CREATIVE)]),
    on("CreativeService/UndeleteCreative", MANAGING, &[("name", CREATIVE)]),

    on("AudienceService/GetAudience", ALL, &[("name", AUDIENCE)]),
    on("AudienceService/ListAudiences", ALL, &[("parent", ACME)]),
    on("AudienceService/CreateAudience", MANAGING, &[("parent", ACME)]),
    on("AudienceService/UpdateAudience", MANAGING, &[("audience.name", AUDIENCE)]),
    on("AudienceService/DeleteAudience", MANAGING, &[("name", AUDIENCE)]),
    on("AudienceService/UndeleteAudience", MANAGING, &[("name", AUDIENCE)]),
    on("AudienceService/AddAudienceMembers", MANAGING, &[("name", AUDIENCE)]),
    on("AudienceService/RemoveAudienceMembers", MANAGING, &[("name", AUDIENCE)]),

    on("ConversionActionService/GetConversionAction", ALL, &[("name", ACTION)]),
    on("ConversionActionService/ListConversionActions", ALL, &[("parent", ACME)]),
    on("ConversionActionService/CreateConversionAction", MANAGING, &[("parent", ACME)]),
    on("ConversionActionService/UpdateConversionAction", MANAGING, &[("conversion_action.name", ACTION)]),
    on("ConversionActionService/DeleteConversionAction", MANAGING, &[("name", ACTION)]),
    on("ConversionActionService/UndeleteConversionAction", MANAGING, &[("name", ACTION)]),

    on("ExperimentService/GetExperiment", ALL, &[("name", EXPERIMENT)]),
    on("ExperimentService/ListExperiments", ALL, &[("parent", ACME)]),
    on("ExperimentService/CreateExperiment", MANAGING, &[("parent", ACME)]),
    on("ExperimentService/UpdateExperiment", MANAGING, &[("experiment.name", EXPERIMENT)]),
    on("ExperimentService/DeleteExperiment", MANAGING, &[("name", EXPERIMENT)]),
    on("ExperimentService/UndeleteExperiment", MANAGING, &[("name", EXPERIMENT)]),
    on("ExperimentService/GetExperimentResults", ALL, &[("name", EXPERIMENT)]),

    own("ExchangeService/GetExchange", ALL, &[("name", EXCHANGE)]),
    own("ExchangeService/ListExchanges", ALL, &[]),
    on("ExchangeService/CreateExchange", NONE, &[]),
    on("ExchangeService/UpdateExchange", NONE, &[("exchange.name", EXCHANGE)]),
    on("ExchangeService/DeleteExchange", NONE, &[("name", EXCHANGE)]),
    on("ExchangeService/UndeleteExchange", NONE, &[("name", EXCHANGE)]),
    on("ExchangeService/PauseExchange", NONE, &[("name", EXCHANGE)]),
    on("ExchangeService/ResumeExchange", NONE, &[("name", EXCHANGE)]),

    own("DealService/GetDeal", ALL, &[("name", DEAL)]),
    own("DealService/ListDeals", ALL, &[]),
    on("DealService/CreateDeal", NONE, &[]),
    on("DealService/UpdateDeal", NONE, &[("deal.name", DEAL)]),
    on("DealService/DeleteDeal", NONE, &[("name", DEAL)]),
    on("DealService/UndeleteDeal", NONE, &[("name", DEAL)]),
    on("DealService/PauseDeal", NONE, &[("name", DEAL)]),
    on("DealService/ResumeDeal", NONE, &[("name", DEAL)]),

    own("RateTableService/GetRateTable", ALL, &[("name", RATE_TABLE)]),
    own("RateTableService/ListRateTables", ALL, &[]),
    on("RateTableService/CreateRateTable", NONE, &[]),
    on("RateTableService/UpdateRateTable", NONE, &[("rate_table.name", RATE_TABLE)]),
    on("RateTableService/DeleteRateTable", NONE, &[("name", RATE_TABLE)]),
    on("RateTableService/UndeleteRateTable", NONE, &[("name", RATE_TABLE)]),

    on("BlockListService/GetBlockList", NONE, &[("name", BLOCK_LIST)]),
    on("BlockListService/ListBlockLists", NONE, &[]),
    on("BlockListService/CreateBlockList", NONE, &[]),
    on("BlockListService/UpdateBlockList", NONE, &[("block_list.name", BLOCK_LIST)]),
    on("BlockListService/DeleteBlockList", NONE, &[("name", BLOCK_LIST)]),
    on("BlockListService/UndeleteBlockList", NONE, &[("name", BLOCK_LIST)]),

    on("ReportService/QueryReport", ALL, &[("parent", ACME)]),
    on("ReportService/ExportReport", ALL, &[("parent", ACME)]),
    on("ReportService/ForecastDelivery", ALL, &[("parent", ACME)]),
    on("ReportService/WatchPacing", ALL, &[("name", CAMPAIGN)]),
    on("ReportService/GetBidLandscape", ALL, &[("name", AD)]),
    on("ReportService/ListMoves", ALL, &[("parent", CAMPAIGN)]),
    on("ReportService/ListPacingEvents", ALL, &[("parent", CAMPAIGN)]),
    on("DiagnosticsService/ExplainBid", NONE, &[("exchange", "demo")]),
    own("DiagnosticsService/ListWins", ALL, &[("parent", "advertisers/-")]),
    own("DiagnosticsService/GetStatus", ALL, &[]),
    on("DiagnosticsService/ListNoBidReasons", ALL, &[("parent", ACME)]),
    on("DiagnosticsService/ListBidTraces", NONE, &[]),

    on("AuditService/GetChangeEvent", ALL, &[("name", "changeEvents/5")]),
    own("AuditService/ListChangeEvents", ALL, &[]),
    on("AuditService/RevertChange", MANAGING, &[("name", "changeEvents/5")]),
    on("AuditService/VerifyChain", NONE, &[]),

    on("ConfigurationService/ReloadConfiguration", NONE, &[]),

    own("IdentityService/WhoAmI", ALL, &[]),
    // An admin of an advertiser is let in; which tokens are there to be touched, a test of their own asks.
    own("IdentityService/GetApiToken", ADMIN, &[("name", "apiTokens/no-such")]),
    own("IdentityService/ListApiTokens", ADMIN, &[]),
    own("IdentityService/CreateApiToken", ADMIN, &[]),
    own("IdentityService/RotateApiToken", ADMIN, &[("name", "apiTokens/no-such")]),
    own("IdentityService/RevokeApiToken", ADMIN, &[("name", "apiTokens/no-such")]),
];

//! Why an ad did not bid. Every refusal has a reason, and each ad that did not bid can say which step said no.

/// At which step of the decision a reason says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The request as a whole.
    Request,
    /// One impression of it.
    Impression,
    /// The ad, its state and its creatives against what the publisher allows.
    Ad,
    /// What the ad wants.
    Targeting,
    /// Frequency, price, pacing and budget.
    Money,
}

impl Step {
    /// The step's name.
    pub const fn name(self) -> &'static str {
        match self {
            Step::Request => "request",
            Step::Impression => "impression",
            Step::Ad => "ad",
            Step::Targeting => "targeting",
            Step::Money => "money",
        }
    }
}

macro_rules! reasons {
    ($($step:ident { $($reason:ident $name:literal $nbr:literal $why:literal;)* })*) => {
        /// Why an ad did not bid, or why a whole request or impression was passed over. The order is that of the steps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum NoBidReason {
            $($(#[doc = $why] $reason,)*)*
        }

        impl NoBidReason {
            /// All of them, in the order of the steps.
            pub const ALL: &'static [NoBidReason] = &[$($(NoBidReason::$reason,)*)*];

            /// The name that metrics, reports and the API use.
            pub const fn name(self) -> &'static str {
                match self { $($(NoBidReason::$reason => $name,)*)* }
            }

            /// One sentence for people.
            pub const fn sentence(self) -> &'static str {
                match self { $($(NoBidReason::$reason => $why,)*)* }
            }

            /// The step that says it.
            pub const fn step(self) -> Step {
                match self { $($(NoBidReason::$reason => Step::$step,)*)* }
            }

            /// OpenRTB's no-bid reason code (`nbr`, list 5.24): ours are finer, and most say 0, "unknown", there.
            pub const fn nbr(self) -> i32 {
                match self { $($(NoBidReason::$reason => $nbr,)*)* }
            }
        }
    };
}

reasons! {
    Request {
        InvalidRequest "invalid_request" 2 "The request lacks what no bid can do without: an id, an impression.";
        UnknownExchange "unknown_exchange" 0 "No exchange is configured under this name.";
        BlockedInventory "blocked_inventory" 0 "A block list of ours shuts out the site, app, publisher or content.";
        ExchangePaused "exchange_paused" 0 "A person paused the exchange.";
        NoCommonCurrency "no_common_currency" 0 "None of the currencies that the request takes has a rate.";
        OurSeatBlocked "our_seat_blocked" 0 "`wseat` leaves our seat out, or `bseat` names it.";
        InsufficientTime "insufficient_time" 15 "`tmax` less the exchange's margin leaves no time.";
        Overload "overload" 0 "The bidder sheds load.";
    }
    Impression {
        InvalidImpression "invalid_impression" 2 "The impression cannot be understood.";
        NoSupportedFormat "no_supported_format" 0 "The impression asks for no format that we serve.";
        PrivateAuction "private_auction" 0 "Only deals may bid, and the ad asks for none of them.";
        DealSeatBlocked "deal_seat_blocked" 0 "The deal is for other seats (`wseat`).";
        DealAdvertiserBlocked "deal_advertiser_blocked" 0 "The deal is for other advertisers (`wadomain`, or its own list).";
    }
    Ad {
        AdvertiserPaused "advertiser_paused" 0 "A person paused the advertiser.";
        CampaignPaused "campaign_paused" 0 "A person paused the campaign.";
        AdPaused "ad_paused" 0 "A person paused the ad.";
        OutsideFlight "outside_flight" 0 "The campaign's or the ad's flight is not on.";
        NoCreative "no_creative" 0 "The ad has no creative.";
        Format "format" 0 "No creative of the ad is of a format that the impression takes.";
        InterstitialSize "interstitial_size" 0 "The impression is an interstitial, and no creative fills the screen.";
        Size "size" 0 "No creative has a size that the impression takes.";
        Duration "duration" 0 "No film or sound is of a length that the impression takes.";
        MimeType "mime_type" 0 "No creative is of a content type that the impression takes.";
        Protocol "protocol" 0 "The impression takes no VAST version that the creative can be written in.";
        Api "api" 0 "The creative needs an API framework that the impression lacks.";
        NativeAsset "native_asset" 0 "A required native asset is missing.";
        Bitrate "bitrate" 0 "No media file is within the bit rates that the impression takes.";
        NotSecure "not_secure" 0 "The impression is secure, and the creative is not.";
        CreativeAttribute "creative_attribute" 0 "The creative has an attribute that the impression forbids (`battr`).";
        CreativeType "creative_type" 0 "The impression forbids this type of banner (`btype`).";
        BlockedCategory "blocked_category" 0 "The publisher blocks the creative's category (`bcat`).";
        CategoryNotAllowed "category_not_allowed" 0 "The publisher takes only certain categories (`acat`), and the creative's is not one.";
        BlockedAdvertiser "blocked_advertiser" 0 "The publisher blocks the advertiser's domain (`badv`), or a block list of ours does there.";
        BlockedApp "blocked_app" 0 "The publisher blocks the advertised app (`bapp`).";
        CreativeLanguage "creative_language" 0 "The publisher does not take the creative's language (`wlang`).";
    }
    Targeting {
        Geo "geo" 0 "The place is not one that the ad wants.";
        Device "device" 0 "The device is not of a type that the ad wants.";
        Os "os" 0 "The operating system is not one that the ad wants.";
        Browser "browser" 0 "The browser is not one that the ad wants.";
        Connection "connection" 0 "The connection is not one that the ad wants.";
        Language "language" 0 "The language is not one that the ad wants.";
        DayPart "day_part" 0 "The hour of the week is not one that the ad wants.";
        Domain "domain" 0 "The site is not one that the ad wants.";
        Bundle "bundle" 0 "The app is not one that the ad wants.";
        Publisher "publisher" 0 "The publisher is not one that the ad wants.";
        Exchange "exchange" 0 "The exchange is not one that the ad wants.";
        Category "category" 0 "The content is not of a category that the ad wants.";
        Keyword "keyword" 0 "No keyword that the ad wants.";
        Segment "segment" 0 "The user is in no segment that the ad wants.";
        Audience "audience" 0 "The user is in no audience that the ad wants, or in one that it shuts out.";
        Deal "deal" 0 "None of the deals that the ad asks for.";
        Position "position" 0 "The position is not one that the ad wants.";
        TargetedSize "targeted_size" 0 "The impression's size is not one that the ad wants.";
        TargetedFormat "targeted_format" 0 "The impression's format is not one that the ad wants.";
        VideoPlacement "video_placement" 0 "The video placement is not one that the ad wants.";
        VideoDuration "video_duration" 0 "The video's length is not one that the ad wants.";
        Age "age" 0 "The user's age is not one that the ad wants.";
        ExperimentArm "experiment_arm" 0 "The user is in an arm of an experiment that leaves the ad, or what it shows, out.";
        Channel "channel" 0 "Site, app or out of home: not where the ad wants to be.";
        NoConsent "no_consent" 0 "The ad needs personal data, or counts impressions a user, and there is no right to.";
    }
    Money {
        UnknownUser "unknown_user" 8 "The ad caps its impressions a user, and the request names no user that we know.";
        FrequencyCap "frequency_cap" 0 "The user has seen it often enough.";
        DealFloor "deal_floor" 0 "The ad's price is below the deal's floor.";
        Floor "floor" 0 "The ad's price is below the floor.";
        NoRate "no_rate" 0 "The floor's currency or the advertiser's has no rate.";
        PriceTooLow "price_too_low" 0 "The price rounds to nothing.";
        Paced "paced" 0 "Pacing sits this auction out.";
        OutbidByOurs "outbid_by_ours" 0 "Another of our ads bid higher on this impression.";
        BudgetExhausted "budget_exhausted" 0 "The budget of the advertiser, the campaign or the ad is spent or held.";
        AwaitingLease "awaiting_lease" 0 "The bidder holds no money for the ad yet, or its lease has run out.";
        Late "late" 15 "The answer would have come too late.";
    }
}

impl NoBidReason {
    /// How many there are: counters by reason are arrays of this length.
    pub const COUNT: usize = Self::ALL.len();

    /// The reason's place in [`NoBidReason::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The reason of this name.
    pub fn parse(name: &str) -> Option<NoBidReason> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_knows_its_place_and_name() {
        for (place, reason) in NoBidReason::ALL.iter().enumerate() {
            assert_eq!(reason.index(), place);
            assert_eq!(NoBidReason::parse(reason.name()), Some(*reason));
        }
        assert!(
            NoBidReason::ALL
                .windows(2)
                .all(|pair| pair[0].step() <= pair[1].step())
        );
    }
}

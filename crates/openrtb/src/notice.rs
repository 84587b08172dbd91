//! What exchange and bidder tell each other about an auction: reasons for not bidding, reasons for losing.
//!
//! OpenRTB 2.6 takes both lists from OpenRTB 3.0, "List: No-Bid Reason Codes" and "List: Loss Reason Codes". The macros
//! that carry them are in [`crate::macros`].

/// Reasons for not bidding, `nbr`. From 500 on they are the exchange's own.
pub mod no_bid {
    /// Unknown error.
    pub const UNKNOWN_ERROR: i32 = 0;
    /// Technical error.
    pub const TECHNICAL_ERROR: i32 = 1;
    /// Invalid request.
    pub const INVALID_REQUEST: i32 = 2;
    /// Known web crawler.
    pub const WEB_CRAWLER: i32 = 3;
    /// Suspected non-human traffic.
    pub const NON_HUMAN_TRAFFIC: i32 = 4;
    /// The address is a cloud's, a data centre's or a proxy's.
    pub const PROXY_IP: i32 = 5;
    /// Unsupported device.
    pub const UNSUPPORTED_DEVICE: i32 = 6;
    /// Blocked publisher or site.
    pub const BLOCKED_PUBLISHER: i32 = 7;
    /// Unmatched user.
    pub const UNMATCHED_USER: i32 = 8;
    /// The user's daily cap is met.
    pub const DAILY_USER_CAP: i32 = 9;
    /// The domain's daily cap is met.
    pub const DAILY_DOMAIN_CAP: i32 = 10;
    /// ads.txt authorisation unavailable.
    pub const ADS_TXT_UNAVAILABLE: i32 = 11;
    /// ads.txt authorisation violated.
    pub const ADS_TXT_VIOLATION: i32 = 12;
    /// ads.cert authentication unavailable.
    pub const ADS_CERT_UNAVAILABLE: i32 = 13;
    /// ads.cert authentication violated.
    pub const ADS_CERT_VIOLATION: i32 = 14;
    /// Not enough time to answer.
    pub const INSUFFICIENT_TIME: i32 = 15;
    /// The supply chain is incomplete.
    pub const INCOMPLETE_SUPPLY_CHAIN: i32 = 16;
    /// A node of the supply chain is blocked.
    pub const BLOCKED_SUPPLY_CHAIN_NODE: i32 = 17;
}

/// Reasons for losing, `${AUCTION_LOSS}`. From 500 on they are the exchange's own.
pub mod loss {
    /// The bid won.
    pub const WON: i32 = 0;
    /// Internal error of the exchange.
    pub const INTERNAL_ERROR: i32 = 1;
    /// The impression opportunity expired.
    pub const EXPIRED: i32 = 2;
    /// Invalid bid response.
    pub const INVALID_RESPONSE: i32 = 3;
    /// Invalid deal id.
    pub const INVALID_DEAL_ID: i32 = 4;
    /// Invalid auction id.
    pub const INVALID_AUCTION_ID: i32 = 5;
    /// Invalid advertiser domain.
    pub const INVALID_ADVERTISER_DOMAIN: i32 = 6;
    /// No markup.
    pub const MISSING_MARKUP: i32 = 7;
    /// No creative id.
    pub const MISSING_CREATIVE_ID: i32 = 8;
    /// No price.
    pub const MISSING_PRICE: i32 = 9;
    /// Not enough data to approve the creative.
    pub const MISSING_APPROVAL_DATA: i32 = 10;
    /// Below the auction's floor.
    pub const BELOW_AUCTION_FLOOR: i32 = 100;
    /// Below the deal's floor.
    pub const BELOW_DEAL_FLOOR: i32 = 101;
    /// Lost to a higher bid.
    pub const HIGHER_BID: i32 = 102;
    /// Lost to a bid for a deal.
    pub const DEAL_BID: i32 = 103;
    /// The seat is blocked.
    pub const SEAT_BLOCKED: i32 = 104;
    /// Creative filtered, reason unknown.
    pub const CREATIVE_FILTERED: i32 = 200;
    /// The exchange still processes the creative.
    pub const CREATIVE_PENDING: i32 = 201;
    /// The exchange disapproved the creative.
    pub const CREATIVE_DISAPPROVED: i32 = 202;
    /// The size is not allowed.
    pub const CREATIVE_SIZE: i32 = 203;
    /// The format is not right.
    pub const CREATIVE_FORMAT: i32 = 204;
    /// The advertiser is excluded.
    pub const CREATIVE_ADVERTISER: i32 = 205;
    /// The store id is excluded.
    pub const CREATIVE_STORE_ID: i32 = 206;
    /// Not secure.
    pub const CREATIVE_NOT_SECURE: i32 = 207;
    /// The language is excluded.
    pub const CREATIVE_LANGUAGE: i32 = 208;
    /// The category is excluded.
    pub const CREATIVE_CATEGORY: i32 = 209;
    /// An attribute is excluded.
    pub const CREATIVE_ATTRIBUTE: i32 = 210;
    /// The ad type is excluded.
    pub const CREATIVE_AD_TYPE: i32 = 211;
    /// The animation is too long.
    pub const CREATIVE_ANIMATION: i32 = 212;
    /// Not allowed in the deal.
    pub const CREATIVE_DEAL: i32 = 213;
    /// Invalid SKAdNetwork.
    pub const CREATIVE_SKADNETWORK: i32 = 214;
    /// The application's bundle is excluded.
    pub const CREATIVE_APP_BUNDLE: i32 = 215;
}

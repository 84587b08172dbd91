//! What the rows are measured on: ads and requests of a plausible market, made from a seed.
//!
//! What is assumed, and none of it is taken from anybody's traffic:
//!
//! - **Ads.** Forty ads an advertiser, eight a campaign. 70 % show banners (one to four creatives of the usual
//!   sizes), 20 % films in three encodings, 10 % are native. Each asks about six things out of twenty: a place
//!   (countries; or regions, cities and television markets, any of them), devices, systems, hours of the week in its
//!   campaign's zone, categories wanted and not, segments, keywords, blocked sites, apps and publishers, deals.
//!   Values follow Zipf's law, in ads and in requests alike, so that popular things meet. Between 0.3 and 0.9 % of
//!   100,000 ads want a usual impression.
//! - **Money.** Highest bids from 0.30 to 11 USD CPM, the low ones most often; 60 % of the ads have a fixed price,
//!   the rest price a click or a conversion. One ad in eight and one campaign in 25 caps its impressions a user.
//!   Floors from 0.05 to 2.5 USD.
//! - **Requests.** Four shapes of 2.2, 2.3, 3.9 and 5.3 KB (3.4 KB in the mean) with 1, 1, 2 and 3 impressions (1.75
//!   in the mean), `tmax` 300, of 2.5's habits (`ext` for consent and chain). No two are of the same values, and each
//!   sending is of another of a million users. Nearly half come from under the GDPR with TC strings, 78 % of which
//!   grant all.
//! - **Names.** Every domain is below `example`; user agents are those of real browsers, telephones and televisions.

pub mod ads;
mod creatives;
mod device;
pub mod dice;
mod request_parts;
pub mod requests;
pub mod targeting;
mod words;

pub use request_parts::VENDOR;
pub use words::exchange as exchange_name;

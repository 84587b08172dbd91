//! A campaign as the wire says it.

use campaign::ad::State;
use campaign::advertiser::{Advertiser, Campaign};
use campaign::id::CampaignId;

use crate::errors::Violations;
use crate::{money, spending, text, time, v1};

/// Reads a campaign of this advertiser; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Campaign,
    id: CampaignId,
    state: State,
    advertiser: &Advertiser,
    path: &str,
    wrong: &mut Violations,
) -> Campaign {
    let at = |field: &str| format!("{path}.{field}");
    let currency = advertiser.currency;
    Campaign {
        id,
        advertiser: advertiser.id,
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        state,
        flight: time::flight(wire.flight.as_ref(), &at("flight"), wrong),
        time_zone: time::zone(
            &wire.time_zone,
            &advertiser.time_zone,
            &at("time_zone"),
            wrong,
        ),
        budget: money::budget(wire.budget.as_ref(), currency, &at("budget"), wrong),
        frequency_caps: money::frequency_caps(&wire.frequency_caps, &at("frequency_caps"), wrong),
        spending: spending::read(wire, currency, path, wrong),
        share: spending::share(
            (wire.min_share_percent, wire.max_share_percent),
            path,
            wrong,
        ),
    }
}

//! An advertiser as the wire says it.

use campaign::ad::State;
use campaign::advertiser::Advertiser;
use campaign::id::AdvertiserId;
use campaign::time::TimeZone;

use crate::errors::Violations;
use crate::{money, text, time, v1};

/// How long a click is credited where the advertiser does not say, in days.
pub const DEFAULT_CLICK_WINDOW_DAYS: u32 = 30;
/// How long it may be credited at most, in days.
pub const MAX_CLICK_WINDOW_DAYS: u32 = 90;

/// Reads an advertiser; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Advertiser,
    id: AdvertiserId,
    state: State,
    path: &str,
    wrong: &mut Violations,
) -> Advertiser {
    let at = |field: &str| format!("{path}.{field}");
    let currency = money::currency(&wire.currency_code, &at("currency_code"), wrong);
    let click_window_days = match u32::try_from(wire.click_window_days) {
        Ok(0) => DEFAULT_CLICK_WINDOW_DAYS,
        Ok(days) if days <= MAX_CLICK_WINDOW_DAYS => days,
        _ => {
            let most = MAX_CLICK_WINDOW_DAYS;
            wrong.add(
                &at("click_window_days"),
                "OUT_OF_RANGE",
                format!("write 1 to {most}"),
            );
            DEFAULT_CLICK_WINDOW_DAYS
        }
    };
    Advertiser {
        id,
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        state,
        currency,
        time_zone: time::zone(
            &wire.time_zone,
            &TimeZone::default(),
            &at("time_zone"),
            wrong,
        ),
        budget: money::budget(wire.budget.as_ref(), currency, &at("budget"), wrong),
        click_window_days,
    }
}

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

/// Reads for how many days after a click conversions count; 0 says nothing, which `unsaid` words.
pub(crate) fn click_window(
    days: i32,
    unsaid: &str,
    path: &str,
    wrong: &mut Violations,
) -> Option<u32> {
    match u32::try_from(days) {
        Ok(0) => None,
        Ok(days) if days <= MAX_CLICK_WINDOW_DAYS => Some(days),
        _ => {
            let what = format!("write 1 to {MAX_CLICK_WINDOW_DAYS}{unsaid}");
            wrong.add(path, "OUT_OF_RANGE", what);
            None
        }
    }
}

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
    let click_window_days =
        click_window(wire.click_window_days, "", &at("click_window_days"), wrong)
            .unwrap_or(DEFAULT_CLICK_WINDOW_DAYS);
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

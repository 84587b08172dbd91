//! A conversion action as the wire says it.

use campaign::conversion::{ConversionAction, Counting};
use campaign::id::{AdvertiserId, ConversionActionId};
use campaign::money::Currency;

use crate::advertiser::click_window;
use crate::errors::Violations;
use crate::{money, text, v1};

/// Reads a conversion action of this advertiser, which notices call `key`; `path` is where it stands in the request.
pub fn read(
    wire: &v1::ConversionAction,
    (id, key): (ConversionActionId, &str),
    (advertiser, currency): (AdvertiserId, Currency),
    path: &str,
    wrong: &mut Violations,
) -> ConversionAction {
    let at = |field: &str| format!("{path}.{field}");
    let unsaid = ", or 0 for the advertiser's window";
    let click_window_days = click_window(
        wire.click_window_days,
        unsaid,
        &at("click_window_days"),
        wrong,
    );
    let default_value = match wire.default_value_micros {
        0 => None,
        micros => Some(money::amount(
            micros,
            currency,
            &at("default_value_micros"),
            wrong,
        )),
    };
    if wire.always_default_value && default_value.is_none() {
        let what = "write what one is worth";
        wrong.add(&at("default_value_micros"), "REQUIRED", what);
    }
    if v1::ConversionCategory::try_from(wire.category).is_err() {
        let what = "write a category such as CONVERSION_CATEGORY_PURCHASE";
        wrong.add(&at("category"), "UNKNOWN_VALUE", what);
    }
    let counting = match v1::ConversionCounting::try_from(wire.counting) {
        Ok(v1::ConversionCounting::OnePerClick) => Counting::OnePerClick,
        Ok(v1::ConversionCounting::Unspecified | v1::ConversionCounting::Every) => Counting::Every,
        Err(_) => {
            let what = "write CONVERSION_COUNTING_EVERY or CONVERSION_COUNTING_ONE_PER_CLICK";
            wrong.add(&at("counting"), "UNKNOWN_VALUE", what);
            Counting::Every
        }
    };
    ConversionAction {
        id,
        advertiser,
        key: key.to_string(),
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        counting,
        click_window_days,
        default_value,
        always_default_value: wire.always_default_value,
        counts_for_bidding: !wire.excluded_from_bidding,
    }
}

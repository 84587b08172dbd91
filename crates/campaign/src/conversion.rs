//! What users do that advertisers count.

use crate::id::{AdvertiserId, ConversionActionId};
use crate::money::Money;

/// One thing that users do and that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionAction {
    /// Its number.
    pub id: ConversionActionId,
    /// Whose it is.
    pub advertiser: AdvertiserId,
    /// What notices call it.
    pub key: String,
    /// What people call it.
    pub display_name: String,
    /// Which conversions after one click count.
    pub counting: Counting,
    /// How long after a click it is credited to it, in days. The advertiser's window where there is none.
    pub click_window_days: Option<u32>,
    /// What one is worth where the notice does not say.
    pub default_value: Option<Money>,
    /// Whether it is worth that whatever the notice says.
    pub always_default_value: bool,
    /// Whether bids are made with regard to it.
    pub counts_for_bidding: bool,
}

/// Which conversions after one click count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// Every one.
    #[default]
    Every,
    /// The first one.
    OnePerClick,
}

impl ConversionAction {
    /// What a conversion is worth, of which a notice says this.
    pub fn worth(&self, said: Option<Money>) -> Option<Money> {
        let said = said.filter(|_| !self.always_default_value);
        said.or(self.default_value)
    }
}

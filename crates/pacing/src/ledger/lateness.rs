//! How much is kept back of an expired lease, for billings that come too late for their reservation.

use campaign::id::AdvertiserId;
use campaign::money::Money;

use super::rows::LatenessRow;

/// Parts of a whole.
const MILLION: i128 = 1_000_000;

/// Stands for what was seen before anything was: one part in a hundred of ten units of the currency came late.
/// So the first leases keep back a little, and the first few units of real evidence outweigh it.
const PRIOR_EXPIRED: i128 = 10_000_000_000;
const PRIOR_BILLED_LATE: i128 = PRIOR_EXPIRED / 100;

/// Twice what is seen is kept back: some leases have worse luck than all of them together.
const MARGIN: i128 = 2;

/// Beyond this, old evidence is halved: exchanges change, and sums must not run out of digits. A million units.
const EVIDENCE_LIMIT: Money = Money(1_000_000_000_000_000);

impl LatenessRow {
    /// Nothing seen yet.
    pub(super) fn new(advertiser: AdvertiserId) -> LatenessRow {
        LatenessRow {
            advertiser,
            expired: Money::ZERO,
            billed_late: Money::ZERO,
        }
    }

    /// The share to keep back, in parts per million: `2 × (billed late + prior) ÷ (expired + prior)`, at most all.
    pub fn share_ppm(&self) -> u32 {
        let late = i128::from(self.billed_late.nanos()) + PRIOR_BILLED_LATE;
        let expired = i128::from(self.expired.nanos()) + PRIOR_EXPIRED;
        let share = ceil_div(MARGIN * late * MILLION, expired).clamp(0, MILLION);
        u32::try_from(share).unwrap_or(1_000_000)
    }

    /// What to keep back of so much in doubt; rounded up, never more than it.
    pub(super) fn hold_back(&self, in_doubt: Money) -> Money {
        let kept = ceil_div(
            i128::from(in_doubt.nanos()) * i128::from(self.share_ppm()),
            MILLION,
        );
        // A share of at most one of an `i64` is an `i64`.
        i64::try_from(kept).map_or(in_doubt, Money).min(in_doubt)
    }

    pub(super) fn saw_expiry(&mut self, in_doubt: Money) {
        self.expired = self.expired.saturating_add(in_doubt);
        self.forget_some();
    }

    pub(super) fn saw_late_billing(&mut self, price: Money) {
        self.billed_late = self.billed_late.saturating_add(price);
        self.forget_some();
    }

    fn forget_some(&mut self) {
        if self.expired.max(self.billed_late) > EVIDENCE_LIMIT {
            self.expired = Money(self.expired.nanos() / 2);
            self.billed_late = Money(self.billed_late.nanos() / 2);
        }
    }
}

/// Neither is negative, and the divisor is not zero.
fn ceil_div(dividend: i128, divisor: i128) -> i128 {
    (dividend + divisor - 1) / divisor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hold_back_follows_what_was_seen() {
        let check = |expired: i64, late: i64, share_ppm: u32| {
            let row = LatenessRow {
                expired: Money(expired),
                billed_late: Money(late),
                ..LatenessRow::new(AdvertiserId(1))
            };
            assert_eq!(row.share_ppm(), share_ppm, "{expired} {late}");
        };
        check(0, 0, 20_000);
        check(90_000_000_000, 0, 2_000);
        check(990_000_000_000, 0, 200);
        check(990_000_000_000, 49_900_000_000, 100_000);
        check(10_000_000_000, 20_000_000_000, 1_000_000);
    }

    #[test]
    fn a_hold_back_is_rounded_up_and_never_more_than_what_is_in_doubt() {
        let row = LatenessRow::new(AdvertiserId(1));
        let check = |in_doubt: i64, kept: i64| {
            assert_eq!(row.hold_back(Money(in_doubt)), Money(kept), "{in_doubt}");
        };
        check(0, 0);
        check(1, 1);
        check(50, 1);
        check(51, 2);
        check(i64::MAX, 184_467_440_737_095_517);
    }

    #[test]
    fn old_evidence_fades_and_never_overflows() {
        let mut row = LatenessRow::new(AdvertiserId(1));
        row.saw_expiry(Money(600_000_000_000_000));
        row.saw_late_billing(Money(60_000_000_000_000));
        row.saw_expiry(Money(600_000_000_000_000));
        assert_eq!(row.expired, Money(600_000_000_000_000));
        assert_eq!(row.billed_late, Money(30_000_000_000_000));
        row.saw_expiry(Money::MAX);
        row.saw_late_billing(Money::MAX);
        assert!(row.share_ppm() <= 1_000_000);
    }
}

//! What time does, and what comes too late.

use crate::script::check;

#[test]
fn nothing_of_a_silent_lease_is_freed_before_the_watermark_passes_its_release() {
    check(
        "
        budget ad1 day 2.00
        grant ad1 2.00 -> granted 2.00
        at 2h
        expire 64s -> 0
        account ad1 day held 2.00
        grant ad1 1.00 -> exhausted ad1 day
        expire 65s -> 1
        # Two parts in a hundred are kept back until something is known of this advertiser.
        account ad1 day held 0.04
        lease l1 settled 0 released 1.96 doubt 0 back 0.04
        expire 664s -> 0
        account ad1 day held 0.04
        expire 665s -> 0
        account ad1 day held 0
        lease l1 settled 0 released 2.00 doubt 0 back 0
        ",
    );
}

#[test]
fn a_return_starts_the_wait_for_its_notices() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        at 2s
        return l1 used 1.00 -> freed 1.00
        expire 61s -> 0
        expire 62s -> 1
        account ad1 day held 0.02
        return l1 used 1.00 -> freed 0.00
        ",
    );
}

#[test]
fn a_late_billing_is_paid_by_the_hold_back_then_by_free_room_then_by_the_house() {
    check(
        "
        budget ad1 day 2.00
        grant ad1 2.00 -> granted 2.00
        expire 65s -> 1
        lease l1 settled 0 released 1.96 doubt 0 back 0.04
        bill b1 of l1 max 0.05 price 0.03 -> charged 0.03 late
        lease l1 settled 0.03 released 1.96 doubt 0 back 0.01 beyond 0
        bill b2 of l1 max 0.05 price 0.03 -> charged 0.03 late
        lease l1 settled 0.04 released 1.96 doubt 0 back 0 beyond 0.02
        account ad1 day posted 0.06 held 0
        at 70s
        grant ad1 1.93 -> granted 1.93
        bill b3 of l1 max 0.05 price 0.03 -> charged 0.01 house 0.02 late
        bill b3 of l1 max 0.05 price 0.03 -> repeated
        account ad1 day posted 0.07 held 1.93
        house ad1 0.02
        lose b4 of l1 max 0.05 -> repeated
        bill b4 of l1 max 0.05 price 0.05 -> charged 0.00 house 0.05 late
        house ad1 0.07
        ",
    );
}

#[test]
fn a_late_billing_has_no_room_where_a_cap_was_cut() {
    check(
        "
        budget ad1 day 2.00
        grant ad1 2.00 -> granted 2.00
        expire 12m -> 1
        grant ad1 1.00 -> granted 1.00
        budget ad1 day 0.50
        bill b1 of l1 max 0.05 price 0.05 -> charged 0.00 house 0.05 late
        account ad1 day posted 0 held 1.00 effective 1.00
        ",
    );
}

#[test]
fn the_hold_back_grows_where_billings_come_late() {
    check(
        "
        grant ad1 90.00 -> granted 90.00
        expire 65s -> 1
        lease l1 back 1.80
        bill b1 of l1 max 20.00 price 19.90 -> charged 19.90 late
        at 70s
        grant ad1 1.00 -> granted 1.00
        expire 140s -> 1
        # 2 × (0.10 + 19.90) ÷ (10 + 90)
        lease l2 back 0.40
        ",
    );
}

#[test]
fn after_a_restart_releases_wait_for_the_notices_that_nobody_took() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        lose b2 of l1 max 0.50 -> voided 0.50
        restart 1h
        expire 1h -> 0
        account ad1 day posted 0.40 held 1.00
        # The loss is still known, although its first time to be forgotten has passed.
        lose b2 of l1 max 0.50 -> repeated
        expire 3659s -> 0
        lose b2 of l1 max 0.50 -> repeated
        expire 3660s -> 1
        account ad1 day held 0.02
        at 1h
        # No number is given twice.
        grant ad1 1.00 -> granted 1.00
        lease l2 doubt 1.00
        ",
    );
}

#[test]
fn what_is_over_is_forgotten_but_a_repetition_is_never_charged_again() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.40 -> charged 0.40
        return l1 used 0.50 -> freed 1.50
        expire 8d -> 1
        bill b1 of l1 max 0.50 price 0.40 -> repeated
        expire 12000m -> 0
        lease l1 gone
        bill b1 of l1 max 0.50 price 0.40 -> tooold
        house ad1 0
        account ad1 day posted 0.40
        expire 18d -> 0
        account ad1 day gone
        account ad1 lifetime posted 0.40
        ",
    );
}

#[test]
fn a_loss_told_after_its_billing_was_forgotten_frees_nothing() {
    check(
        "
        grant ad1 2.00 -> granted 2.00
        bill b1 of l1 max 0.50 price 0.50 -> charged 0.50
        # Nobody took notices for nine days, so the lease is still in doubt when the bid is forgotten.
        restart 9d
        expire 9d -> 0
        bill b1 of l1 max 0.50 price 0.50 -> tooold
        lose b1 of l1 max 0.50 -> repeated
        account ad1 day posted 0.50 held 1.50
        ",
    );
}
